-- The event entry: everything that a call changed, packed as docs/REDIS.md says, and the writing
-- of call and event together.

-- Values in one command; Lua's unpack fails near 8,000.
local VALUES_PER_COMMAND = 4000

-- The two parts of a section: its head with what names it, and its record.
local function named_section(parts, kind, name, record)
    local count = #parts
    parts[count + 1] = pack('<BI4Bc0', kind, 1 + #name + #record, #name, name)
    parts[count + 2] = record
end

local function section(parts, kind, body)
    local count = #parts
    parts[count + 1] = pack('<BI4', kind, #body)
    parts[count + 2] = body
end

local function add_order(call, parts, order)
    local id, record, count = order.id, pack_order(order), #parts
    order.record = record
    put(call, 'HSET', call.keys.orders, id, record)
    parts[count + 1] = pack('<BI4BBc0', 1, 2 + #id + #record, order.cause, #id, id)
    parts[count + 2] = record
end

local function add_other_orders(call, parts)
    for _, order in ipairs(call.other_orders) do add_order(call, parts, order) end
end

local function add_levels(call, parts)
    for _, level in ipairs(call.changed_levels) do
        local key = call.names.levels[level.side]
        if level.count == 0 then
            drop(call, 'HDEL', key, level.field)
        else
            put(call, 'HSET', key, level.field, pack('<ll', level.quantity, level.count))
        end
        section(parts, 5, pack(
            '<BBlll', LIT, level.side, level.price, level.quantity, level.count))
    end
end

local function add_holders(call, parts)
    for _, position in ipairs(call.changed_positions) do
        local record = pack_position(position)
        put(call, 'HSET', call.keys.positions, position.key, record)
        named_section(parts, 3, position.key, record)
    end
    for _, account in ipairs(call.changed_accounts) do
        local record = pack_account(account)
        account.record = record
        put(call, 'HSET', call.keys.accounts, account.id, record)
        named_section(parts, 2, account.id, record)
    end
end

local function add_instruments(call, parts)
    for _, instrument in ipairs(call.changed_instruments) do
        local record = pack_instrument(instrument)
        instrument.record = record
        put(call, 'HSET', call.keys.instruments, instrument.symbol, record)
        named_section(parts, 6, instrument.symbol, record)
    end
end

-- Sections that were packed as they came up.
local function add_packed(parts, sections)
    local count = #parts
    for index, packed in ipairs(sections) do parts[count + index] = packed end
end

local function add_market(call, parts)
    local market = call.market
    if market and market.is_changed then
        local record = pack_market(market)
        put(call, 'HSET', call.keys.market, call.symbol, record)
        named_section(parts, 8, call.symbol, record)
    end
end

local function add_fee(call)
    if call.fee == 0 then return end
    local key, currency = call.keys.fees, call.instrument.currency
    local total = bounded(tonumber(redis_call('HGET', key, currency) or '0') + call.fee)
    put(call, 'HSET', key, currency, format('%d', total))
end

-- The last step of the first half: packs the event and lines up the writes.
local function prepare(call)
    local parts = { pack('<BBlBc0', 1, call.kind, call.time, #call.symbol, call.symbol) }
    add_instruments(call, parts)
    if call.main then add_order(call, parts, call.main) end
    add_packed(parts, call.trades)
    add_other_orders(call, parts)
    add_levels(call, parts)
    add_holders(call, parts)
    add_packed(parts, call.ledger)
    add_market(call, parts)
    add_packed(parts, call.guards)
    add_fee(call)
    call.event = concat(parts)
end

-- One command where it can be; `write` is command, key and values.
local function run(write)
    local count = #write
    if count <= VALUES_PER_COMMAND then
        redis_call(unpack(write))
        return
    end
    for from = 3, count, VALUES_PER_COMMAND do
        local to = from + VALUES_PER_COMMAND - 1
        redis_call(write[1], write[2], unpack(write, from, to < count and to or count))
    end
end

-- The second half. The event goes first: it is the one write that could still be refused (by a
-- stream that stands ahead of the sequence number), and every other key was read before.
local function commit(call)
    local seq = format('%d', call.seq)
    redis_call('XADD', call.keys.events, seq .. '-0', 'e', call.event)
    redis_call('SET', call.keys.seq, seq)
    if call.account_counter then redis_call('SET', call.keys.account_id, call.account_counter) end
    for _, write in ipairs(call.writes) do run(write) end
end

-- Makes a function of Redis out of its halves: `plan(keys, args)` gives the call to be written, or
-- nil where nothing is, and the reply; `write_call` is `commit` but for lists.
local function callable(plan, write_call)
    return function(keys, args)
        if not redis_call then bind() end
        local done, call, reply = pcall(plan, keys_of(keys[1]), args)
        if not done then
            local refusal = call
            if type(refusal) == 'table' and refusal.refused then
                return { 'refused', refusal.refused, refusal.values }
            end
            error(refusal)
        end
        if call then write_call(call) end
        return reply
    end
end

local function expect_arguments(args, count)
    if #args ~= count then refuse('bad_argument', 'name=count') end
end
