-- One call: what it has read, what it changes, and the writing of it at the end.
--
-- Orders, accounts, positions, levels and the market are read once, changed in their tables, and
-- named in `changed`. `main` is the order that the call is about; its section stands first.

local function now()
    local time = redis_call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

-- kind is the event's (docs/REDIS.md). The sequence number is the one that this call will have.
local function begin(keys, kind, symbol)
    return {
        keys = keys, kind = kind, symbol = symbol, names = nil, main = nil,
        seq = tonumber(redis_call('GET', keys.seq) or '0') + 1, time = now(),
        orders = {}, accounts = {}, positions = {}, levels = { {}, {} }, market = nil,
        -- Orders that this call took out of a book, still in its zset: counted by [book][side].
        removed = { [0] = { 0, 0 }, [1] = { 0, 0 } },
        changed = { orders = {}, accounts = {}, positions = {}, levels = {}, instruments = {} },
        trades = {}, ledger = {}, guards = {}, fees = {},
        writes = {}, write_of = {},
    }
end

-- Adds values to the call's one command of that name on that key. Hashes have been read before they
-- are written; a zset is read here, so that a key of another type is met before any write.
local function queue(call, command, key, first, second)
    local of_key = call.write_of[key]
    if not of_key then
        if command == 'ZADD' or command == 'ZREM' then redis_call('ZCARD', key) end
        of_key = {}
        call.write_of[key] = of_key
    end
    local values = of_key[command]
    if not values then
        values = { command = command, key = key }
        of_key[command] = values
        call.writes[#call.writes + 1] = values
    end
    values[#values + 1] = first
    if second then values[#values + 1] = second end
end

local function changed(call, list, record)
    if not record.is_changed then
        record.is_changed = true
        record.last_seq = call.seq
        list[#list + 1] = record
    end
end

local function account_changed(call, account)
    changed(call, call.changed.accounts, account)
    account.updated_at = call.time
end

local function position_changed(call, position)
    changed(call, call.changed.positions, position)
end

-- cause: why, as the event says it (docs/REDIS.md, ORDER section).
local function order_changed(call, order, cause)
    changed(call, call.changed.orders, order)
    order.cause = cause
    order.updated_at = call.time
end

local function instrument_of(call, symbol)
    local record = redis_call('HGET', call.keys.instruments, symbol)
    if not record then refuse('unknown_symbol', 'symbol=' .. symbol) end
    call.names = keys_of_symbol(call.keys, symbol)
    call.instrument = unpack_instrument(symbol, record)
    return call.instrument
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
