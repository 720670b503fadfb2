-- throttle: staff opens a throttle that has shut: the account may execute in the symbol again, and its
-- window begins anew.

do

local REASON_BYTES = 255

local function throttle_function(keys, args)
    expect_arguments(args, 4)
    check_part(#args[3] >= 1 and #args[3] <= REASON_BYTES, 'reason')
    local call = begin(keys, 17, args[2])
    instrument_of(call, args[2])
    local account = account_of(call, args[1])
    local position = position_of(call, account.id)
    local throttle = risk.throttle_of(call, position.key)
    if throttle.latched == 0 then
        refuse('not_latched', 'account=' .. account.id .. ', symbol=' .. args[2])
    end
    local old = throttle.record
    throttle.latched, throttle.latched_at = 0, 0
    risk.start_window(call, throttle, position.executed)
    local text = pack('Bc0', #args[3], args[3])
    audit(call, args[4], AUDITED.throttle, position.key, old, { record = text })
    prepare(call)
    return call, { 'ok', call.seq, throttle.record }
end

register('throttle', throttle_function)

end
