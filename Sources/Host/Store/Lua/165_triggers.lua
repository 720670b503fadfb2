-- Triggers and trails: what a price sets off.

local triggers = {}

do

-- Triggers that fire and trail in one call, together.
local FIRES_PER_CALL = 200

local REASONS = { 'last', 'bid', 'ask' }

-- Whether a price makes the order's trigger true.
function triggers.is_triggered(order, price)
    local x = order.x
    if x.direction == TRIGGER.UP then return price >= x.trigger_price end
    return price <= x.trigger_price
end

-- Shows the waiting orders of an index whose score in Redis is at most `limit`, page by page until `visit`
-- says that it has enough, and all those that this call put there, which may come before them.
local function each_waiting(call, key, limit, armed, visit)
    local offset, is_enough = 0, false
    repeat
        local members = redis_call(
            'ZRANGEBYSCORE', key, '-inf', limit, 'LIMIT', page_start(offset), '100')
        local ids = {}
        for index = 1, #members do ids[index] = id_of_member(members[index]) end
        local records = #ids > 0 and redis_call('HMGET', call.keys.orders, unpack(ids)) or NONE
        for index = 1, #ids do
            local order = order_from(call, ids[index], records[index])
            if not order.x.is_listed and visit(order) then
                is_enough = true
                break
            end
        end
        offset = offset + #members
    until is_enough or #members < 100
    for _, order in ipairs(armed or NONE) do visit(order) end
end

local function by_turn(score_of_order)
    return function(a, b)
        local first, second = score_of_order(a), score_of_order(b)
        if first ~= second then return first < second end
        if a.accepted_seq ~= b.accepted_seq then return a.accepted_seq < b.accepted_seq end
        return a.id < b.id
    end
end

local function trigger_score(order)
    local x = order.x
    return x.direction == TRIGGER.DOWN and -x.trigger_price or x.trigger_price
end

-- Fires the triggers of one source and direction that a price makes true, in their turn. false where
-- the call has done as much as it may and there are more.
local function fire_index(call, source, direction, price)
    local key, found = call.names.stops[source][direction], {}
    local left = FIRES_PER_CALL - call.fires
    each_waiting(
        call, key, signed_score(direction == TRIGGER.DOWN, price), call.armed[key], function(order)
            if order.x.is_armed and triggers.is_triggered(order, price) then
                found[#found + 1] = order
            end
            return #found > left
        end)
    if #found == 0 then return true end
    table_sort(found, by_turn(trigger_score))
    for index = 1, #found do
        if call.fires == FIRES_PER_CALL then return false end
        call.fires = call.fires + 1
        parked.fire(call, found[index], REASONS[source])
    end
    return true
end

-- All triggers of a source that a price makes true.
function triggers.fire_at(call, source, price)
    return fire_index(call, source, TRIGGER.UP, price)
        and fire_index(call, source, TRIGGER.DOWN, price)
end

-- A price that is there: between the first tick and the last. Whoever trades mustn't be refused for what
-- others' orders make of it.
local function on_grid(price, tick)
    local last = MAXIMUM - fmod(MAXIMUM, tick)
    if price > last then return last end
    return price < tick and tick or price
end

-- Of a trailing order: its trigger, as far behind `price` as it is to trail, and what follows from it.
local function set_trail(call, order, price)
    local x, tick = order.x, call.instrument.tick
    local offset = x.trail_offset
    if x.trail == 2 then
        offset = multiply_divide(price, offset, 10000)
        offset = offset - fmod(offset, tick)
        if offset < tick then offset = tick end
    end
    local trigger = on_grid(order.side == SELL and price - offset or price + offset, tick)
    x.peg_limit, x.trigger_price = price, trigger
    if order.pricing == MARKET then
        order.price = protected(call.instrument, order.side, trigger)
    else
        order.price = on_grid(trigger + x.limit_offset, tick)
    end
end

-- Moves the trailing orders of a side along with a price. Those whose peak or trough it passes.
local function trail_side(call, side, price)
    local key, found = call.names.trails[side], {}
    local function is_passed(order)
        local peak = order.x.peg_limit
        if side == SELL then return price > peak end
        return price < peak
    end
    local limit = '(' .. signed_score(side == BUY, price)
    local stops = call.names.stops[TRIGGER.LAST][side == SELL and TRIGGER.DOWN or TRIGGER.UP]
    local left = FIRES_PER_CALL - call.fires
    each_waiting(call, key, limit, call.armed[stops], function(order)
        local x = order.x
        if x.is_armed and x.trail > 0 and order.side == side and is_passed(order) then
            found[#found + 1] = order
        end
        return #found > left
    end)
    if #found == 0 then return true end
    table_sort(found, by_turn(function(order)
        return side == BUY and -order.x.peg_limit or order.x.peg_limit
    end))
    for index = 1, #found do
        if call.fires == FIRES_PER_CALL then return false end
        call.fires = call.fires + 1
        local order = found[index]
        if culprits.ids[order.id] then
            parked.turn_away(call, order, 'amount_too_large', '')
        else
            culprits.at_risk = order.id
            set_trail(call, order, price)
            parked.arm(call, order)
            update_hold(call, order)
            note_restated(call, order, 'trailed')
            order_changed(call, order, 7)
            culprits.at_risk = false
        end
    end
    return true
end

function triggers.trail_at(call, price)
    return trail_side(call, SELL, price) and trail_side(call, BUY, price)
end

-- Sets what a waiting order's price depends on: of a trailing one the trigger, from the last trade.
-- nil, or the reason why it can't be.
function triggers.start_trigger(call, order)
    local x = order.x
    if x.trail == 0 then
        if order.pricing == MARKET then
            order.price = protected(call.instrument, order.side, x.trigger_price)
        end
        return nil
    end
    local last = market_of(call).last
    if last == 0 then return 'no_reference_price' end
    set_trail(call, order, last)
    return nil
end

-- Whether anything waits for a bid or an ask.
function triggers.has_quote_triggers(call)
    local up, down = TRIGGER.UP, TRIGGER.DOWN
    local bid, ask = call.names.stops[TRIGGER.BID], call.names.stops[TRIGGER.ASK]
    local armed = call.armed
    if armed[bid[up]] or armed[bid[down]] or armed[ask[up]] or armed[ask[down]] then
        return true
    end
    return redis_call('EXISTS', bid[up], bid[down], ask[up], ask[down]) > 0
end

end
