-- Orders whose time has come. Each call that could trade in a symbol ends them first.

local expire_chunk, expire_first

do

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
