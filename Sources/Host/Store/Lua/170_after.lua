-- What an arrival sets off, in the same call as far as the limits of a call allow, and in the next
-- ones as far as they don't: families, triggers and trails, the work queue, pegs.

local after, after_end, has_unfinished, work_chunk

do

-- Orders of the work queue that arrive in one call.
local ARRIVALS_PER_CALL = 100
-- Rounds in which pegged orders move.
local REPRICINGS_PER_CALL = 4

-- The prices that an arrival's trades touched: they lie between the first and the last.
local function note_points(call)
    local first, last = call.first_price, call.last_price
    call.first_price = 0
    if first == 0 then return end
    call.points = first == last and { last } or { first, last }
end

-- false where the call may do no more.
local function run_points(call)
    while #call.points > 0 do
        local price = call.points[1]
        if not triggers.fire_at(call, TRIGGER.LAST, price) then return false end
        if not triggers.trail_at(call, price) then return false end
        local rest = {}
        for index = 2, #call.points do rest[index - 1] = call.points[index] end
        call.points = rest
    end
    return true
end

local function run_quotes(call)
    if not triggers.has_quote_triggers(call) then return true end
    local bid, ask = best_price(call, LIT, BUY), best_price(call, LIT, SELL)
    if bid and not triggers.fire_at(call, TRIGGER.BID, bid) then return false end
    return not ask or triggers.fire_at(call, TRIGGER.ASK, ask)
end

-- Reads on in the work queue as calls before left it. false where that is all.
local function read_waiting(call)
    local read = #call.waiting
    if not call.is_chunk then return false end
    local ids = redis_call(
        'ZRANGE', call.names.work, format('%d', read), format('%d', read + ARRIVALS_PER_CALL - 1))
    if #ids == 0 then return false end
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    for index = 1, #ids do
        local order = order_from(call, ids[index], records[index])
        order.x.was_queued = true
        append(call, 'waiting', order)
    end
    return true
end

local function is_waiting(order)
    return order and is_open(order) and order.x.queued
end

-- The next that is to arrive, past those that ended while they waited: a sweep that goes on, then those
-- that calls before left, then those that this one set off.
local function next_in_queue(call)
    local sweeping = call.sweeping
    if is_waiting(sweeping) then return sweeping end
    repeat
        local order = call.waiting[call.waiting_head]
        while order do
            if is_waiting(order) then return order end
            call.waiting_head = call.waiting_head + 1
            order = call.waiting[call.waiting_head]
        end
    until not read_waiting(call)
    local order = call.queue[call.queue_head]
    while order and not is_waiting(order) do
        call.queue_head = call.queue_head + 1
        order = call.queue[call.queue_head]
    end
    return order
end

local function run_queue(call)
    local order = next_in_queue(call)
    if not order then return 'empty' end
    if call.arrivals == ARRIVALS_PER_CALL or call.fills >= FILLS_PER_CALL then return 'full' end
    call.arrivals = call.arrivals + 1
    if order == call.sweeping then
        call.sweeping = false
    elseif order == call.waiting[call.waiting_head] then
        call.waiting_head = call.waiting_head + 1
    else
        call.queue_head = call.queue_head + 1
    end
    arrive(call, order)
    note_points(call)
    return 'more'
end

-- Whether pegs moved and the call may go on with what that sets off.
local function run_pegs(call)
    if not move_pegs(call) then return false end
    call.repricings = call.repricings + 1
    call.goes_on = call.repricings == REPRICINGS_PER_CALL
    return not call.goes_on
end

-- Points that are left for the next call; those that were left by the last. Without any the key only
-- says that there is more to do.
local function keep_points(call)
    local key, packed = call.names.points, ''
    for index = 1, #call.points do packed = packed .. pack('<l', call.points[index]) end
    if packed ~= '' or call.goes_on then
        append(call, 'writes', { 'SET', key, packed })
    elseif call.had_points then
        append(call, 'writes', { 'DEL', key })
    end
end

-- Works until nothing is left, or the call has had its fill. Returns whether there is more to do.
local function run_all(call)
    while true do
        run_families(call)
        if not run_points(call) then return true end
        if not run_quotes(call) then
            -- Those that have fired may all have arrived: then nothing else tells of the others.
            call.goes_on = true
            return true
        end
        local state = run_queue(call)
        if state == 'full' then return true end
        if state == 'empty' and not run_pegs(call) then return call.goes_on end
    end
end

-- Everything that follows from what the call did so far. call.is_left: whether the next call is to go on
-- with it.
function after(call)
    call.is_left = false
    run_families(call)
    if not call.is_special or culprits.is_bare or not is_trading(call) then return end
    note_points(call)
    call.is_left = run_all(call)
    keep_points(call)
end

-- Everything that follows from an end that waits for nobody: families only where work was left that
-- must come first.
function after_end(call)
    if not call.is_special then return after(call) end
    local removal, key = call.removals[call.names.work], call.names.work
    local others = redis_call('ZCARD', key) - (removal and #removal - 2 or 0)
    if others > 0 or redis_call('EXISTS', call.names.points) > 0 then
        run_families(call)
    else
        after(call)
    end
end

-- Whether a call before left work. Finds out whether anything can happen later in the symbol at all.
function has_unfinished(call)
    call.had_points, call.new_pegs, call.pegged = false, nil, nil
    call.repricings, call.goes_on, call.is_chunk = 0, false, false
    call.is_special = redis_call('ZCARD', call.names.parked) > 0
    if not call.is_special then return false end
    return redis_call('EXISTS', call.names.work, call.names.points) > 0
end

-- A call that does nothing but a part of what was left.
function work_chunk(call)
    call.kind = 10
    expire_orders(call, (due_orders(call)))
    call.is_chunk = true
    local packed = redis_call('GET', call.names.points)
    if packed then
        call.had_points, call.points = true, {}
        for at = 1, #packed, 8 do append(call, 'points', (unpack_struct('<l', packed, at))) end
    end
    after(call)
    prepare(call)
    return call
end

end
