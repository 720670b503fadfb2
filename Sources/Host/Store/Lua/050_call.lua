-- One call: what it has read, what it changes, and the writes that it lines up.
--
-- Orders, accounts, positions, levels and the market are read once and changed in their tables;
-- those that changed are listed, for the event and for the writing. `main` is the order that the
-- call is about; its section stands first.
--
-- Making tables and collecting them again is a good part of what a call costs. So one table serves
-- every call of the process (they come one after the other), and a list or map in it is NONE until
-- it has something in it. For the same reason redis_call is given text: it spells a number with 17
-- digits before anything else, at half the price of the command.

local NONE = {}

-- What is only for limits and standing stands in a table: a chunk has no more than 200 locals. A
-- buying-power multiple is in 1/10000: this one lends nothing.
local risk = { CASH_ONLY = 10000 }

local function append(call, name, item)
    local list = call[name]
    if list == NONE then
        call[name] = { item }
    else
        list[#list + 1] = item
    end
end

local function set_in(call, name, key, value)
    local map = call[name]
    if map == NONE then
        call[name] = { [key] = value }
    else
        map[key] = value
    end
end

-- Hashes have been read before they are written; a zset is read here, so that a key of another type
-- is met before any write. Of what a call does to one member only the last counts; `is_last` says
-- that it does nothing to it from here on.
local function add_to_zset(call, key, score, member, is_last)
    if is_last then
        redis_call('ZCARD', key)
        append(call, 'writes', { 'ZADD', key, score, member })
        return
    end
    local added = call.additions[key]
    local write = added and added[member]
    if write then
        write[3], write.is_void = score, false
    else
        redis_call('ZCARD', key)
        write = { 'ZADD', key, score, member }
        append(call, 'writes', write)
        if added then
            added[member] = write
        else
            set_in(call, 'additions', key, { [member] = write })
        end
    end
    local removal = call.removals[key]
    if not removal then return end
    for index = #removal, 3, -1 do
        if removal[index] == member then
            removal[index] = removal[#removal]
            removal[#removal] = nil
        end
    end
end

local function remove_from_zset(call, key, member)
    local added = call.additions[key]
    if added and added[member] then added[member].is_void = true end
    local write = call.removals[key]
    if write then
        write[#write + 1] = member
        return
    end
    redis_call('ZCARD', key)
    write = { 'ZREM', key, member }
    append(call, 'writes', write)
    set_in(call, 'removals', key, write)
end

-- Where an order stands in line: in its level or in the work queue. Later ones have larger numbers.
local function next_place(call)
    local place = call.places
    if place == PLACES_PER_CALL then refuse('too_much_work') end
    call.places = place + 1
    return call.seq * PLACES_PER_CALL + place
end

local begin, account_changed, position_changed, order_changed, instrument_of

do

local CALL = {}

local function now()
    local time = redis_call('TIME')
    return time[1] * 1000000 + time[2]
end

-- kind is the event's (docs/REDIS.md). The sequence number is the one that this call will have.
function begin(keys, kind, symbol)
    local call = CALL
    call.keys, call.kind, call.symbol = keys, kind, symbol
    call.names, call.instrument, call.market, call.main = nil, nil, nil, nil
    call.seq, call.time = (redis_call('GET', keys.seq) or 0) + 1, now()
    -- By id.
    call.orders, call.accounts, call.positions = NONE, NONE, NONE
    -- By score: the price, negated for bids.
    call.levels = NONE
    call.other_orders, call.changed_accounts, call.changed_positions = NONE, NONE, NONE
    call.changed_levels, call.changed_instruments = NONE, NONE
    -- Sections of the event that are packed as they come up.
    call.trades, call.steps, call.ledger, call.guards, call.access = NONE, NONE, NONE, NONE, NONE
    -- Of risk's limits: totals of scopes that were read, throttles, what counts once the order is taken.
    call.totals, call.throttles, call.rates, call.is_taken = NONE, NONE, NONE, false
    call.is_kept, call.unbarred, call.same, call.coming = nil, nil, nil, 0
    -- Commands, most of them on zsets: those that add to one are found by its key and the member,
    -- those that remove from one by its key.
    call.writes, call.additions, call.removals = NONE, NONE, NONE
    call.fee, call.fee_total, call.account_counter, call.event = 0, nil, nil, nil
    call.audit = nil
    -- Whether the main order's own arrival is over, and whether anything happened to it after.
    call.is_concluded, call.later = false, 0
    -- The sides of books as far as they were read, and the orders that this call placed in them. How
    -- much the order that arrives would still trade.
    call.windows, call.placed, call.places, call.wanted = NONE, NONE, 0, 0
    -- Families by their main order's id, orders that were parked here by the key of their triggers,
    -- open reduce-only orders by account.
    call.families, call.armed, call.reducers = NONE, NONE, NONE
    -- What is to be done after an arrival (170_after.lua).
    call.is_special, call.grants, call.ended = false, NONE, NONE
    call.queue, call.queue_head, call.sweeping, call.points = NONE, 1, false, NONE
    -- Of the work queue as calls before left it: what was read, and how much of it is done.
    call.waiting, call.waiting_head = NONE, 1
    call.fires, call.arrivals = 0, 0
    -- Of the trades of the arrival that is under way; 0 where there is none.
    call.fills, call.first_price, call.last_price, call.last_quantity = 0, 0, 0, 0
    return call
end

local function changed(call, name, record)
    if not record.is_changed then
        record.is_changed = true
        record.last_seq = call.seq
        append(call, name, record)
    end
end

function account_changed(call, account)
    changed(call, 'changed_accounts', account)
    account.updated_at = call.time
end

function position_changed(call, position)
    changed(call, 'changed_positions', position)
end

-- cause: why, as the event says it (docs/REDIS.md, ORDER section); the first one stays.
function order_changed(call, order, cause)
    if order == call.main then
        order.last_seq = call.seq
        if call.is_concluded then call.later = 1 end
    else
        changed(call, 'other_orders', order)
    end
    if order.cause == 0 then order.cause = cause end
    order.updated_at = call.time
end

-- What was made of a record, for as long as the record is the same. Nothing changes these tables.
local unpacked_instruments = {}

function instrument_of(call, symbol)
    local record = redis_call('HGET', call.keys.instruments, symbol)
    if not record then refuse('unknown_symbol', 'symbol=' .. symbol) end
    call.names = keys_of_symbol(call.keys, symbol)
    local instrument = unpacked_instruments[symbol]
    if not instrument or instrument.record ~= record then
        instrument = unpack_instrument(symbol, record)
        instrument.record = record
        unpacked_instruments[symbol] = instrument
    end
    call.instrument = instrument
    return instrument
end

end

local function account_of(call, id)
    local account = call.accounts[id]
    if not account then
        local record = redis_call('HGET', call.keys.accounts, id)
        if not record then refuse('unknown_account', 'account=' .. id) end
        account = unpack_account(id, record)
        set_in(call, 'accounts', id, account)
    end
    return account
end

-- The account's position in the call's symbol; zeros where there is none yet.
local function position_of(call, id)
    local position = call.positions[id]
    if not position then
        local key = id .. ':' .. call.symbol
        position = unpack_position(key, redis_call('HGET', call.keys.positions, key))
        set_in(call, 'positions', id, position)
    end
    return position
end

local function market_of(call)
    if not call.market then
        call.market = unpack_market(redis_call('HGET', call.keys.market, call.symbol))
    end
    return call.market
end

-- Reads at one go what `account_of` and `position_of` would read one by one.
local function preload(call, ids)
    local missing, keys, seen = {}, {}, {}
    for index = 1, #ids do
        local id = ids[index]
        if not seen[id] and not (call.accounts[id] and call.positions[id]) then
            seen[id] = true
            missing[#missing + 1] = id
            keys[#keys + 1] = id .. ':' .. call.symbol
        end
    end
    if #missing == 0 then return end
    local accounts = redis_call('HMGET', call.keys.accounts, unpack(missing))
    local positions = redis_call('HMGET', call.keys.positions, unpack(keys))
    for index = 1, #missing do
        local id = missing[index]
        if not call.accounts[id] then
            set_in(call, 'accounts', id, unpack_account(id, accounts[index]))
        end
        if not call.positions[id] then
            set_in(call, 'positions', id, unpack_position(keys[index], positions[index]))
        end
    end
end
