-- Arrivals: an order that comes to its book, for the first time or again, with whatever must hold
-- before it may trade.

local refusal, execute, arrive
-- Set where pegs are defined.
local start_peg

do

local function quantity_values(call, order, open)
    local scale, position = call.instrument.quantity_scale, position_of(call, order.account)
    return 'quantity=' .. decimal(working_of(order), scale) .. ', position='
        .. decimal(position.quantity, scale) .. ', open=' .. decimal(open, scale)
end

-- nil, or code and values where a reduce-only order could do more than bring its position to zero.
local function check_reduce_only(call, order)
    local position = position_of(call, order.account)
    local code, values = parked.too_many_reducers(call, order)
    if code then return code, values end
    local size = order.side == SELL and position.quantity or -position.quantity
    local open = position.reducers > 0 and reducing_beside(call, order) or 0
    if size > 0 and open + working_of(order) <= size then return nil end
    return 'reduce_only', quantity_values(call, order, open)
end

local function check_post_only(call, order)
    local opposite = opposite_of(order)
    local resting = front(call, order.book, opposite, score_of(opposite, order.price))
    if not resting or is_beyond(order, resting.price) then return nil end
    local scale = call.instrument.price_scale
    return 'post_only', 'price=' .. decimal(order.price, scale) .. ', best='
        .. decimal(resting.price, scale)
end

-- Market pricing: sets the protection price.
local function price_market_order(call, order)
    local price, code = protection_price(call, order)
    if not price then return code, '' end
    order.price = price
    local values = risk.below_min_notional(call.instrument, price, working_of(order))
    if values then return 'min_notional', values end
    return nil
end

-- A market buy must be covered for what it would trade, anything else for its worst price.
local function check_cover(call, order)
    if order.pricing ~= MARKET or order.side ~= BUY then return risk.uncovered(call, order) end
    local _, cost, stop, rest = look_ahead(call, order)
    if stop == 'cap' then
        local amount, is_rounded = amount_of(call.instrument, order.price, rest)
        cost = bounded(cost + amount + (is_rounded and 1 or 0))
    end
    return risk.uncovered_cost(call, order, cost)
end

-- What keeps an order that holds nothing from working: nil, or code and values. An order that waits
-- for a trigger is only judged and covered.
function refusal(call, order, guards, is_waiting)
    if #guards > 0 then
        local code, values = risk.judge(call, guards, order, is_waiting)
        if code then return code, values end
    end
    local x = order.x
    if order.pricing == MARKET and not is_waiting then
        local code, values = price_market_order(call, order)
        if code then return code, values end
    end
    if x and x.peg > 0 and not x.is_parked then
        local code, values = start_peg(call, order)
        if code then return code, values end
    end
    local code, values
    if is_waiting then
        code, values = risk.uncovered(call, order)
    else
        code, values = check_cover(call, order)
    end
    if code or not x then return code, values end
    if x.reduce_only then
        code, values = check_reduce_only(call, order)
        if code then return code, values end
    end
    if x.post_only and not is_waiting then return check_post_only(call, order) end
    return nil
end

-- Whether what must be done at once can be, and how much of the order that is; else its end. A minimum
-- is asked for only once.
local function is_possible(call, order)
    local x = order.x
    local least = x and x.min_quantity or 0
    local is_whole = order.policy == ALL_OR_NONE
    if not is_whole and least == 0 then return true, 0 end
    local found, _, stop = look_ahead(call, order)
    if is_whole and stop then
        close_order(call, order, CANCELLED, stop == 'cap' and 'fill_limit' or 'fok_unfillable')
        return false
    end
    if least > 0 then
        x.min_quantity = 0
        if found < least then
            close_order(call, order, CANCELLED, 'min_quantity')
            return false
        end
    end
    return true, is_whole and working_of(order) or least
end

-- The trades of an order that nothing keeps from working, and what becomes of it then.
function execute(call, order)
    call.first_price, call.last_price, call.last_quantity = 0, 0, 0
    local can, at_once = is_possible(call, order)
    if can then
        conclude(call, order, match_order(call, order, order.filled + at_once))
    else
        stop_expiry(call, order)
    end
    update_hold(call, order)
    if order.x and order.x.link > 0 then keep_links_covered(call, order) end
end

-- Ends an order that couldn't begin to work.
function parked.turn_away(call, order, code, values)
    if values ~= '' then code = code .. ': ' .. values end
    stop_expiry(call, order)
    close_order(call, order, order.filled > 0 and CANCELLED or REJECTED, code)
    update_hold(call, order)
    order_changed(call, order, 7)
end

local function go_on(call, order)
    local x = order.x
    lift(call, order)
    local bar, why = risk.barred_arrival(call, order)
    if bar then return parked.turn_away(call, order, bar, why) end
    if order.status ~= TRIGGERED then
        call.first_price, call.last_price, call.last_quantity = 0, 0, 0
        conclude(call, order, match_order(call, order, 0))
        update_hold(call, order)
        if x.link > 0 then keep_links_covered(call, order) end
        return
    end
    order.status = order.filled > 0 and PARTIALLY_FILLED or NEW
    local code, values = refusal(call, order, parked.take_guards(call, order), false)
    if code then return parked.turn_away(call, order, code, values) end
    if x.role ~= AFTER then parked.forget_guards(call, order) end
    execute(call, order)
end

-- The first of the work queue: a sweep goes on, an order whose time has come arrives.
function arrive(call, order)
    order.x.queued = false
    remove_from_zset(call, call.names.work, order.id)
    order_changed(call, order, 7)
    if culprits.ids[order.id] then return parked.turn_away(call, order, 'amount_too_large', '') end
    culprits.at_risk = order.id
    go_on(call, order)
    culprits.at_risk = false
end

end
