-- cancel: ends an open order, and the children of one that has some. It never waits and is never
-- refused by a state or a limit.

do

-- Of a main order that has ended, its open children. The order stays as it is.
local function cancel_children(keys, main, answer)
    if not main.x or not main.x.has_children then return nil, answer end
    local call = begin_with(keys, 2, main)
    has_unfinished(call)
    if not cancel_family(call, main) then return nil, answer end
    after_end(call)
    prepare(call)
    return call, { 'ok', call.seq, pack_order(main) }
end

local function cancel(keys, args)
    expect_arguments(args, 2)
    if args[2] == '' or #args[2] > 255 then refuse('bad_argument', 'name=reason') end
    local order, answer, ended = open_order(keys, args[1])
    if not order then return cancel_children(keys, ended, answer) end
    local call = begin_with(keys, 2, order)
    has_unfinished(call)
    call.main = order
    end_order(call, order, CANCELLED, args[2], 3)
    local x = order.x
    if x and (x.has_children or x.role == CONTAINER) then cancel_family(call, order) end
    after_end(call)
    prepare(call)
    return call, { 'ok', call.seq, order.record }
end

register('cancel', cancel, { 'allow-oom' })

end
