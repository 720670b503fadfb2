-- tick: what time brings in a symbol that nobody trades in just now, and work that was left by a host
-- which didn't come back for it.

do

local function tick(keys, args)
    expect_arguments(args, 1)
    local call = begin(keys, 4, args[1])
    instrument_of(call, args[1])
    if has_unfinished(call) and is_trading(call) then
        return work_chunk(call), { 'ok', call.seq, 1 }
    end
    local due, has_more = due_orders(call)
    if #due == 0 then return nil, { 'ok', 0, 0 } end
    expire_chunk(call, due)
    return call, { 'ok', call.seq, (has_more or call.is_left) and 1 or 0 }
end

register('tick', tick, { 'allow-oom' })

end
