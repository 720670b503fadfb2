-- The event entry: everything that a call changed, packed as docs/REDIS.md says, and the writing
-- of call and event together.

-- Values in one command; Lua's unpack fails near 8,000.
local VALUES_PER_COMMAND = 4000

local prepare, commit, audit

-- What is audited, as the AUDIT section numbers it.
local AUDITED = { account = 1, instrument = 2, key = 3, position = 4, throttle = 13 }

do

-- The event's pieces, in a table that stays: grown anew it would cost more than what is in it. What
-- a large event leaves in it is let go.
local PIECES_KEPT = 100
local pieces, piece_count = {}, 0

-- The totals of a level where nothing stands.
local NO_LEVEL = '\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'

local function add_piece(piece)
    piece_count = piece_count + 1
    pieces[piece_count] = piece
end

-- The two pieces of a section: its head with what names it, and its record. Not one: Lua hashes
-- every byte of every text that is made, so the record is better not copied once more.
local function named_section(kind, name, record)
    add_piece(pack('<BI4Bc0', kind, 1 + #name + #record, #name, name))
    add_piece(record)
end

local function add_order(order)
    local id, record = order.id, pack_order(order)
    order.record = record
    add_piece(pack('<BI4BBc0', 1, 2 + #id + #record, order.cause, #id, id))
    add_piece(record)
end

local function add_orders(orders)
    for index = 1, #orders do add_order(orders[index]) end
end

-- Those that end as they began are left out, and not written.
local function add_levels(levels)
    for index = 1, #levels do
        local level = levels[index]
        local section = pack(
            '<BI4BBlll', 5, 26, LIT, level.side, level.price, level.quantity, level.count)
        local record = sub(section, -16)
        level.is_same = record == (level.record or NO_LEVEL)
        level.record = record
        if not level.is_same then add_piece(section) end
    end
end

local function add_positions(positions)
    for index = 1, #positions do
        local position = positions[index]
        position.record = pack_position(position)
        named_section(3, position.key, position.record)
    end
end

local function add_accounts(accounts)
    for index = 1, #accounts do
        local account = accounts[index]
        account.record = pack_account(account)
        named_section(2, account.id, account.record)
    end
end

local function add_instruments(instruments)
    for index = 1, #instruments do
        local instrument = instruments[index]
        instrument.record = pack_instrument(instrument)
        named_section(6, instrument.symbol, instrument.record)
    end
end

-- Sections that were packed as they came up.
local function add_packed(sections)
    for index = 1, #sections do add_piece(sections[index]) end
end

local function add_market(call)
    local market = call.market
    if market and market.is_changed then
        market.record = pack_market(market)
        named_section(8, call.symbol, market.record)
    end
end

local function add_fee(call)
    if call.fee == 0 then return end
    local total = redis_call('HGET', call.keys.fees, call.instrument.currency) or 0
    call.fee_total = format('%d', bounded(total + call.fee))
end

-- Five texts of at most 255 bytes, each with its length.
local ACTOR_BYTES = 5 * 256

-- Has the event say who did this, unless `actor` is empty; the texts in it are the host's business.
-- `subject` is the table that the record after is packed into, `old` the record before, if any.
function audit(call, actor, kind, target, old, subject)
    if #actor > ACTOR_BYTES then refuse('bad_argument', 'name=actor') end
    if actor == '' then return end
    call.audit = { actor = actor, kind = kind, target = target, old = old, subject = subject }
end

-- The record after is only packed by now; the one before was read in this call, so both are exact.
local function add_audit(act)
    local old, new = act.old or '', act.subject.record
    add_piece(pack('<BI4BBc0I4', 11, 10 + #act.target + #old + #new + #act.actor, act.kind,
        #act.target, act.target, #old))
    add_piece(old)
    add_piece(pack('<I4', #new))
    add_piece(new)
    add_piece(act.actor)
end

local function joined_pieces()
    local event = concat(pieces, '', 1, piece_count)
    if piece_count > PIECES_KEPT then pieces = {} end
    piece_count = 0
    return event
end

-- The last step of the first half: packs the records that changed and the event.
function prepare(call)
    piece_count = 0
    risk.keep_totals(call)
    if call.throttles ~= NONE then risk.keep_throttles(call) end
    add_piece(pack('<BBlBc0', 1, call.kind, call.time, #call.symbol, call.symbol))
    add_instruments(call.changed_instruments)
    if call.main then add_order(call.main) end
    add_packed(call.trades)
    add_packed(call.steps)
    add_orders(call.other_orders)
    add_levels(call.changed_levels)
    add_positions(call.changed_positions)
    add_accounts(call.changed_accounts)
    add_packed(call.ledger)
    add_market(call)
    add_packed(call.guards)
    add_packed(call.access)
    if call.audit then add_audit(call.audit) end
    add_fee(call)
    call.event = joined_pieces()
end

-- One command where it can be; `write` is command, key and values.
local function run(write)
    local count = #write
    -- All that it would have added or removed was taken back.
    if write.is_void or (count < 3 and write[1] == 'ZREM') then return end
    if count <= VALUES_PER_COMMAND then
        redis_call(unpack(write))
        return
    end
    for from = 3, count, VALUES_PER_COMMAND do
        local to = from + VALUES_PER_COMMAND - 1
        redis_call(write[1], write[2], unpack(write, from, to < count and to or count))
    end
end

-- The records of a list into their hash, each under what its `name` says.
local function write_records(key, list, name)
    local count = #list
    if count < 3 then
        for index = 1, count do
            redis_call('HSET', key, list[index][name], list[index].record)
        end
        return
    end
    local write = { 'HSET', key }
    for index = 1, count do
        write[2 * index + 1], write[2 * index + 2] = list[index][name], list[index].record
    end
    run(write)
end

local function write_levels(keys, levels)
    for index = 1, #levels do
        local level = levels[index]
        if level.is_same then
            -- As it stands.
        elseif level.count == 0 then
            redis_call('HDEL', keys[level.side], level.field)
        else
            redis_call('HSET', keys[level.side], level.field, level.record)
        end
    end
end

-- The second half. The event goes first: it is the one write that could still be refused (by a
-- stream that stands ahead of the sequence number), and every other key was read before.
function commit(call)
    local keys, seq, main, market = call.keys, format('%d', call.seq), call.main, call.market
    redis_call('XADD', keys.events, seq .. '-0', 'e', call.event)
    redis_call('SET', keys.seq, seq)
    if call.account_counter then redis_call('SET', keys.account_id, call.account_counter) end
    write_records(keys.instruments, call.changed_instruments, 'symbol')
    if main then redis_call('HSET', keys.orders, main.id, main.record) end
    write_records(keys.orders, call.other_orders, 'id')
    if call.names then write_levels(call.names.levels, call.changed_levels) end
    write_records(keys.positions, call.changed_positions, 'key')
    write_records(keys.accounts, call.changed_accounts, 'id')
    if market and market.is_changed then
        redis_call('HSET', keys.market, call.symbol, market.record)
    end
    if call.fee_total then
        redis_call('HSET', keys.fees, call.instrument.currency, call.fee_total)
    end
    for index = 1, #call.writes do run(call.writes[index]) end
end

end

-- Orders that a call sets off and that can't go on, since a number of theirs passes 2^53: whoever set
-- them off isn't to be stopped by that. The call, which has written nothing, is computed anew, and they
-- end when their turn comes. `at_risk` is the one whose turn it is.
local culprits = { at_risk = false, count = 0, ids = NONE, is_bare = false }

local callable

do

local CULPRITS_PER_CALL = 10
local SET_OFF = { amount_too_large = true, too_much_work = true }

local function forget_culprits()
    culprits.at_risk, culprits.is_bare = false, false
    if culprits.count > 0 then culprits.count, culprits.ids = 0, NONE end
end

local function leaves_out_culprit(refusal)
    local id = culprits.at_risk
    culprits.at_risk = false
    if not id or type(refusal) ~= 'table' or refusal.refused ~= 'amount_too_large'
        or culprits.count == CULPRITS_PER_CALL then
        return false
    end
    culprits.count = culprits.count + 1
    set_in(culprits, 'ids', id, true)
    return true
end

-- Makes a function of Redis out of its halves: `plan(keys, args)` gives the call to be written, or
-- nil where nothing is, and the reply; `write_call` is `commit` but for lists.
function callable(plan, write_call, never_waits)
    return function(keys, args)
        if not redis_call then bind() end
        give_back_tables()
        local done, call, reply = pcall(plan, keys_of(keys[1]), args)
        while not done and leaves_out_culprit(call) do
            give_back_tables()
            done, call, reply = pcall(plan, keys_of(keys[1]), args)
        end
        -- A cancel is done, whatever it would set off.
        if not done and never_waits and type(call) == 'table' and SET_OFF[call.refused] then
            give_back_tables()
            culprits.is_bare = true
            done, call, reply = pcall(plan, keys_of(keys[1]), args)
        end
        forget_culprits()
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

end

local function expect_arguments(args, count)
    if #args ~= count then refuse('bad_argument', 'name=count') end
end
