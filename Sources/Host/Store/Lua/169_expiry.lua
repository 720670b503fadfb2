-- Orders whose time has come.

local due_orders, expire_orders

do

-- The ids of at most `most` due orders, earliest first. Mostly there are none, which a count tells
-- at half the price.
function due_orders(call, most)
    local key, time = call.names.expiry, format('%d', call.time)
    if redis_call('ZCOUNT', key, '-inf', time) == 0 then return NONE end
    return redis_call(
        'ZRANGEBYSCORE', key, '-inf', time, 'LIMIT', '0', format('%d', most))
end

function expire_orders(call, ids)
    if #ids == 0 then return end
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    for index = 1, #ids do
        local order = order_from(call, ids[index], records[index])
        if is_open(order) then
            end_order(call, order, EXPIRED, 'expired', 5)
        else
            -- It should have left when it ended: it would be due for ever.
            remove_from_zset(call, call.names.expiry, ids[index])
        end
    end
    -- Before anything else trades, so that nothing does for an order that has expired.
    run_families(call)
end

end
