-- Orders whose time has come. Each call that could trade in a symbol ends them first.

local expire_chunk, expire_first

do

-- A call that does nothing but this chunk of what is due.
function expire_chunk(call, due)
    call.kind = 4
    expire_orders(call, due)
    after(call)
    prepare(call)
    return call
end

-- Ends what is due, as a part of the call. Where that is more than one call may do, the call does
-- a chunk of it and nothing else, and `true` says that it must be made again.
function expire_first(call)
    local due, has_more = due_orders(call)
    if has_more then
        expire_chunk(call, due)
        return true
    end
    expire_orders(call, due)
    return false
end

end
