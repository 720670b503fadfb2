-- cancel: ends an open order. It never waits and is never refused by a state or a limit.

do

local function cancel(keys, args)
    expect_arguments(args, 2)
    if args[2] == '' or #args[2] > 255 then refuse('bad_argument', 'name=reason') end
    local order, answer = open_order(keys, args[1])
    if not order then return nil, answer end
    local call = begin_with(keys, 2, order)
    call.main = order
    end_resting(call, order, CANCELLED, args[2], 3)
    prepare(call)
    return call, { 'ok', call.seq, order.record }
end

register('cancel', cancel, { 'allow-oom' })

end
