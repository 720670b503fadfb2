-- family: what a container's plugin is called with: the container, its state and all its children. It only
-- reads.

do

function entry.container_of(keys, id)
    local record = redis_call('HGET', keys.orders, id)
    local order = record and unpack_order(id, record)
    if not order or not order.x or order.x.role ~= CONTAINER then
        refuse('unknown_order', 'order_id=' .. id)
    end
    return order
end

local function family(keys, args)
    expect_arguments(args, 1)
    local main = entry.container_of(keys, args[1])
    local call = begin_with(keys, 11, main)
    local reply = {
        'ok', call.seq - 1, format('%d', call.time), pack_order(main),
        redis_call('HGET', keys.states, main.id) or '',
    }
    for index, child in ipairs(family_of(call, main.id)) do
        if index > 1 then
            reply[#reply + 1], reply[#reply + 2] = child.id, pack_order(child)
        end
    end
    return nil, reply
end

register('family', family, { 'no-writes' })

end
