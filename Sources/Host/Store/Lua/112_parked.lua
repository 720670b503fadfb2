-- Orders that stand in no book and wait for something: for a price, for what their main order fills,
-- for their turn in the work queue. And what an order leaves behind when it ends, wherever it stood.

-- What a trigger looks at, and from which side the price comes.
local TRIGGER = { LAST = 1, BID = 2, ASK = 3, UP = 1, DOWN = 2 }

-- A STEP section: what happened to an order that its record alone doesn't tell.
local function note_step(call, kind, order, reason)
    append(call, 'steps', pack(
        '<BI4BI4lllBc0Bc0', 12, 31 + #order.id + #reason, kind, #call.trades, order.price,
        order.quantity, order.filled, #order.id, order.id, #reason, reason))
end

local function note_triggered(call, order, reason)
    note_step(call, 7, order, reason)
end

local function note_restated(call, order, reason)
    note_step(call, 8, order, reason)
end

-- A score that is negated where lower prices come later.
local function signed_score(is_negative, number)
    return format('%d', is_negative and -number or number)
end

-- Functions that only special orders meet stand in tables: a chunk has no more than 200 locals.
local parked = {}
local close_order, end_order

do

-- Open reduce-only orders of an account in a symbol: all are looked at after each of its trades.
local REDUCERS_MOST = 50

function parked.park(call, order)
    local x = order.x
    call.is_special = true
    if x.is_parked then return end
    x.is_parked = true
    add_to_zset(call, call.names.parked, format('%d', order.accepted_seq), order.id)
end

function parked.unpark(call, order)
    local x = order.x
    if not x.is_parked then return end
    x.is_parked = false
    remove_from_zset(call, call.names.parked, order.id)
end

local function stop_member(order)
    return format('%016d%s', order.accepted_seq, order.id)
end

-- Has it wait for its trigger, at the trigger's present price.
function parked.arm(call, order)
    local x = order.x
    local key, member = call.names.stops[x.source][x.direction], stop_member(order)
    add_to_zset(call, key, signed_score(x.direction == TRIGGER.DOWN, x.trigger_price), member)
    local armed = call.armed[key]
    if not armed then
        set_in(call, 'armed', key, { order })
    elseif not x.is_listed then
        armed[#armed + 1] = order
    end
    x.is_armed, x.is_listed = true, true
    if x.trail == 0 then return end
    add_to_zset(
        call, call.names.trails[order.side], signed_score(order.side == BUY, x.peg_limit), member)
end

function parked.disarm(call, order)
    local x = order.x
    if not x.is_armed then return end
    x.is_armed = false
    local member = stop_member(order)
    remove_from_zset(call, call.names.stops[x.source][x.direction], member)
    if x.trail > 0 then remove_from_zset(call, call.names.trails[order.side], member) end
end

-- The guards of an order that is judged later.
function parked.keep_guards(call, order, text)
    order.guards_text = text
    if text == '' then return end
    redis_call('HLEN', call.keys.guards)
    append(call, 'writes', { 'HSET', call.keys.guards, order.id, text })
end

-- They are kept no longer than until the order works.
function parked.take_guards(call, order)
    local text = order.guards_text
    if not text then
        text = redis_call('HGET', call.keys.guards, order.id) or ''
        order.guards_text = text
    end
    return read_guards(text)
end

function parked.forget_guards(call, order)
    local text = order.guards_text or redis_call('HGET', call.keys.guards, order.id)
    if text and text ~= '' then
        append(call, 'writes', { 'HDEL', call.keys.guards, order.id })
    end
    order.guards_text = ''
end

-- To the end of the work queue; who has stood in it keeps its number, and goes first.
function parked.enqueue(call, order)
    local x = order.x
    x.queued = true
    parked.park(call, order)
    if x.was_queued then
        call.sweeping = order
    else
        x.was_queued, order.book_seq = true, next_place(call)
        append(call, 'queue', order)
    end
    add_to_zset(call, call.names.work, format('%d', order.book_seq), order.id)
end

-- An after-child that has nothing left to work with, until its main order fills more.
function parked.suspend(call, order)
    local x = order.x
    parked.disarm(call, order)
    if x.queued then
        x.queued = false
        remove_from_zset(call, call.names.work, order.id)
        order.status = PARKED
    end
    x.waiting = true
end

-- Its trigger has come true.
function parked.fire(call, order, reason)
    parked.disarm(call, order)
    order.status = TRIGGERED
    note_triggered(call, order, reason)
    order_changed(call, order, 7)
    parked.enqueue(call, order)
end

local function reducers_key(call, order)
    return call.keys.prefix .. ':reduce:' .. order.account .. ':' .. call.symbol
end

-- nil, or code and values.
function parked.too_many_reducers(call, order)
    if order.x.is_reducer or position_of(call, order.account).reducers < REDUCERS_MOST then
        return nil
    end
    return 'too_many_reduce_only', format('limit=%d', REDUCERS_MOST)
end

function parked.check_reducers(call, order)
    local code, values = parked.too_many_reducers(call, order)
    if code then refuse(code, values) end
end

-- One more open reduce-only order.
function parked.start_reducer(call, order)
    order.x.is_reducer = true
    local position = position_of(call, order.account)
    position.reducers = position.reducers + 1
    position_changed(call, position)
    add_to_zset(
        call, reducers_key(call, order), format('%d', order.accepted_seq), order.id)
    local known = call.reducers[order.account]
    if known then known[#known + 1], known.is_sorted = order, false end
end

local function stop_reducer(call, order)
    order.x.is_reducer = false
    local position = position_of(call, order.account)
    position.reducers = position.reducers - 1
    position_changed(call, position)
    remove_from_zset(call, reducers_key(call, order), order.id)
end

-- Its plugin is to be called.
function parked.wake_container(call, main)
    redis_call('ZCARD', call.keys.timers)
    add_to_zset(call, call.keys.timers, format('%d', call.time), main.id)
end

-- What an order that has ended leaves in no index. Its book is the caller's.
local function retire(call, order)
    local x = order.x
    parked.disarm(call, order)
    stop_expiry(call, order)
    if x.queued then
        x.queued = false
        remove_from_zset(call, call.names.work, order.id)
    end
    x.waiting = false
    if x.is_parked or x.role == AFTER then parked.forget_guards(call, order) end
    parked.unpark(call, order)
    if x.peg > 0 then remove_from_zset(call, call.names.pegs, order.id) end
    if x.is_reducer then stop_reducer(call, order) end
    if x.has_children or x.role == CONTAINER then append(call, 'ended', order) end
    if x.role == CONTAINER then
        remove_from_zset(call, call.keys.timers, order.id)
        redis_call('HLEN', call.keys.states)
        append(call, 'writes', { 'HDEL', call.keys.states, order.id })
    end
    if x.rolls_up then
        local main = main_of(call, order)
        if is_open(main) and fmod(main.x.wakes, 4) >= 2 then parked.wake_container(call, main) end
    end
end

-- Holds are the caller's, too.
function close_order(call, order, status, reason)
    order.status = status
    order.reason = sub(reason, 1, 255)
    order.closed_at = call.time
    risk.discount(call, order)
    if order.x then retire(call, order) end
end

-- Ends an open order wherever it stands.
function end_order(call, order, status, reason, cause)
    if is_in_book(order) then take_from_book(call, order, shown_of(order)) end
    stop_expiry(call, order)
    close_order(call, order, status, reason)
    update_hold(call, order)
    order_changed(call, order, cause)
end

end
