-- One call: what it has read, what it changes, and the writes that it lines up.
--
-- Orders, accounts, positions, levels and the market are read once and changed in their tables;
-- those that changed are listed, for the event and for the writing. `main` is the order that the
-- call is about; its section stands first. A list or map that few calls need is NONE until it has
-- something in it: tables are a good part of what a call costs.

local NONE = {}

local function now()
    local time = redis_call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- kind is the event's (docs/REDIS.md). The sequence number is the one that this call will have.
local function begin(keys, kind, symbol)
    return {
        keys = keys, kind = kind, symbol = symbol, names = nil, instrument = nil, market = nil,
        seq = tonumber(redis_call('GET', keys.seq) or '0') + 1, time = now(),
        main = nil, orders = {}, accounts = {}, positions = {},
        -- By score: the price, negated for bids.
        levels = NONE,
        -- How many orders this call took out of a book that still stand in its zset, by its key.
        removed = NONE,
        other_orders = NONE, changed_accounts = NONE, changed_positions = NONE,
        changed_levels = NONE, changed_instruments = NONE, trades = NONE, ledger = NONE,
        guards = NONE, fee = 0, account_counter = nil,
        writes = {}, puts = {}, drops = NONE, event = nil,
    }
end

local function append(call, name, item)
    local list = call[name]
    if list == NONE then
        call[name] = { item }
    else
        list[#list + 1] = item
    end
end

local function set_in(call, name, key, value)
    if call[name] == NONE then call[name] = {} end
    call[name][key] = value
end

-- A command of this call; fields are added to it while it waits. Hashes have been read before they
-- are written; a zset is read here, so that a key of another type is met before any write.
local function new_write(call, command, key)
    if (command == 'ZADD' or command == 'ZREM') and not (call.puts[key] or call.drops[key]) then
        redis_call('ZCARD', key)
    end
    local write = { command, key }
    call.writes[#call.writes + 1] = write
    return write
end

-- HSET field value, or ZADD score member.
local function put(call, command, key, first, second)
    local write = call.puts[key]
    if not write then
        write = new_write(call, command, key)
        call.puts[key] = write
    end
    local count = #write
    write[count + 1], write[count + 2] = first, second
end

-- HDEL field, or ZREM member.
local function drop(call, command, key, name)
    local write = call.drops[key]
    if not write then
        write = new_write(call, command, key)
        set_in(call, 'drops', key, write)
    end
    write[#write + 1] = name
end

local function changed(call, name, record)
    if not record.is_changed then
        record.is_changed = true
        record.last_seq = call.seq
        append(call, name, record)
    end
end

local function account_changed(call, account)
    changed(call, 'changed_accounts', account)
    account.updated_at = call.time
end

local function position_changed(call, position)
    changed(call, 'changed_positions', position)
end

-- cause: why, as the event says it (docs/REDIS.md, ORDER section).
local function order_changed(call, order, cause)
    if order == call.main then
        order.last_seq = call.seq
    else
        changed(call, 'other_orders', order)
    end
    order.cause = cause
    order.updated_at = call.time
end

-- What was made of a record, for as long as the record is the same. Nothing changes these tables.
local unpacked_instruments = {}

local function instrument_of(call, symbol)
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

local function account_of(call, id)
    local account = call.accounts[id]
    if not account then
        local record = redis_call('HGET', call.keys.accounts, id)
        if not record then refuse('unknown_account', 'account=' .. id) end
        account = unpack_account(id, record)
        call.accounts[id] = account
    end
    return account
end

-- The account's position in the call's symbol; zeros where there is none yet.
local function position_of(call, id)
    local position = call.positions[id]
    if not position then
        local key = id .. ':' .. call.symbol
        position = unpack_position(key, redis_call('HGET', call.keys.positions, key))
        call.positions[id] = position
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
    for _, id in ipairs(ids) do
        if not seen[id] and not (call.accounts[id] and call.positions[id]) then
            seen[id] = true
            missing[#missing + 1] = id
            keys[#keys + 1] = id .. ':' .. call.symbol
        end
    end
    if #missing == 0 then return end
    local accounts = redis_call('HMGET', call.keys.accounts, unpack(missing))
    local positions = redis_call('HMGET', call.keys.positions, unpack(keys))
    for index, id in ipairs(missing) do
        call.accounts[id] = call.accounts[id] or unpack_account(id, accounts[index])
        call.positions[id] = call.positions[id] or unpack_position(keys[index], positions[index])
    end
end
