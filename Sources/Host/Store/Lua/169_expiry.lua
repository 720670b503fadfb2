-- Orders whose time has come.

local due_orders, expire_orders

do

-- What of a call's expiries an order takes: a family ends with its main order or container.
local function weight_of(call, order)
    local x = order.x
    if x and (x.has_children or x.role == CONTAINER) then return #family_of(call, order.id) end
    return 1
end

-- The orders that are due, earliest first: as many as one call ends, and one at least. The second
-- result is true where there are more. Mostly there are none, which a count tells at half the price.
function due_orders(call)
    local key, time = call.names.expiry, format('%d', call.time)
    if redis_call('ZCOUNT', key, '-inf', time) == 0 then return NONE, false end
    local ids = redis_call(
        'ZRANGEBYSCORE', key, '-inf', time, 'LIMIT', '0', format('%d', EXPIRIES_PER_CALL + 1))
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    local due, weight = {}, 0
    for index = 1, #ids do
        local order = order_from(call, ids[index], records[index])
        weight = weight + weight_of(call, order)
        if index > 1 and weight > EXPIRIES_PER_CALL then return due, true end
        due[index] = order
    end
    return due, false
end

function expire_orders(call, due)
    if #due == 0 then return end
    for _, order in ipairs(due) do
        if is_open(order) then
            end_order(call, order, EXPIRED, 'expired', 5)
        else
            -- It should have left when it ended: it would be due for ever.
            remove_from_zset(call, call.names.expiry, order.id)
        end
    end
    -- Before anything else trades, so that nothing does for an order that has expired.
    run_families(call)
end

end
