-- Orders whose time has come. Each call that could trade in a symbol ends them first.

local due_orders, expire_chunk, expire_first

do

-- The ids of at most `most` due orders, earliest first. Mostly there are none, which a count tells
-- at half the price.
function due_orders(call, most)
    local key, time = call.names.expiry, format('%d', call.time)
    if redis_call('ZCOUNT', key, '-inf', time) == 0 then return NONE end
    return redis_call(
        'ZRANGEBYSCORE', key, '-inf', time, 'LIMIT', '0', format('%d', most))
end

local function expire_orders(call, ids)
    if #ids == 0 then return end
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    for index = 1, #ids do
        local order = order_from(call, ids[index], records[index])
        if is_open(order) then end_order(call, order, EXPIRED, 'expired', 5) end
    end
    -- Before anything else trades, so that nothing does for an order that has expired.
    run_families(call)
end

-- A call that does nothing but this chunk of what is due.
function expire_chunk(call, ids)
    call.kind = 4
    expire_orders(call, ids)
    after(call)
    prepare(call)
    return call
end

-- Ends what is due, as a part of the call. Where that is more than one call may do, the call does
-- a chunk of it and nothing else, and `true` says that it must be made again.
function expire_first(call)
    local ids = due_orders(call, EXPIRIES_PER_CALL + 1)
    if #ids > EXPIRIES_PER_CALL then
        ids[#ids] = nil
        expire_chunk(call, ids)
        return true
    end
    expire_orders(call, ids)
    return false
end

end
