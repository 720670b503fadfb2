-- expire: ends what is due in a symbol that nobody trades in just now.

do

local function expire(keys, args)
    expect_arguments(args, 2)
    local most = whole_within(args[2], 'most', 1, MAXIMUM)
    if most > EXPIRIES_PER_CALL then most = EXPIRIES_PER_CALL end
    local call = begin(keys, 4, args[1])
    instrument_of(call, args[1])
    local ids = due_orders(call, most)
    if #ids == 0 then return nil, { 'ok', 0, 0 } end
    return expire_chunk(call, ids), { 'ok', call.seq, #ids }
end

register('expire', expire, { 'allow-oom' })

end
