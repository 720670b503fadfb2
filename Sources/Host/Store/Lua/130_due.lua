-- Orders whose time has come. Each call that could trade in a symbol ends them first.

-- The ids of at most `most` due orders, earliest first.
local function due_orders(call, most)
    return redis_call(
        'ZRANGEBYSCORE', call.names.expiry, '-inf', format('%d', call.time), 'LIMIT', '0', most)
end

local function expire_orders(call, ids)
    if #ids == 0 then return end
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    for index, id in ipairs(ids) do
        end_resting(call, order_from(call, id, records[index]), EXPIRED, 'expired', 5)
    end
end

-- A call that does nothing but this chunk of what is due.
local function expire_chunk(call, ids)
    call.kind = 4
    expire_orders(call, ids)
    prepare(call)
    return call
end

-- Ends what is due, as a part of the call. Where that is more than one call may do, the call does
-- a chunk of it and nothing else, and `true` says that it must be made again.
local function expire_first(call)
    local ids = due_orders(call, EXPIRIES_PER_CALL + 1)
    if #ids > EXPIRIES_PER_CALL then
        ids[#ids] = nil
        expire_chunk(call, ids)
        return true
    end
    expire_orders(call, ids)
    return false
end
