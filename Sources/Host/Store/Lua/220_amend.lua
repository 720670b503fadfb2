-- amend: another price, total quantity or trigger price for an open order.
--
-- Less at the same price keeps its place. Anything else leaves the book and comes back as a new
-- arrival with what is left of it: judged, covered, matched, and at the back of its level. What waits
-- for a trigger or for its main order's fills changes where it stands.

do

-- '' leaves a value as it is.
local function new_value(text, name, old)
    if text == '' then return old end
    return whole_within(text, name, 1, MAXIMUM)
end

local function check_values(instrument, order, price, quantity, trigger)
    check_tick(instrument, price)
    check_tick(instrument, trigger)
    check_lot(instrument, quantity)
    if quantity < order.filled then
        local scale = instrument.quantity_scale
        refuse('below_filled', 'quantity=' .. decimal(quantity, scale) .. ', filled='
            .. decimal(order.filled, scale))
    end
    if quantity == order.filled or order.pricing == MARKET then return end
    local values = risk.below_min_notional(instrument, price, quantity)
    if values then refuse('min_notional', values) end
end

-- Keeps its place, or ends where nothing is left to do.
function entry.shrink(call, order, quantity)
    local shown = shown_of(order)
    if quantity == order.filled then
        take_from_book(call, order, shown)
        stop_expiry(call, order)
        order.quantity = quantity
        close_order(call, order, FILLED, '')
    else
        order.quantity = quantity
        clamp_shown(order)
        change_level_of(call, order, shown_of(order) - shown, 0)
    end
    update_hold(call, order)
end

local function check_arrival(call, order, guards, is_waiting)
    risk.check_account(call, account_of(call, order.account), order.side, working_of(order))
    local code, values = refusal(call, order, guards, is_waiting)
    if code then refuse(code, values) end
end

-- A new arrival with the new values; refused as a whole where it couldn't be taken.
local function arrive_again(call, order, price, quantity, guards)
    take_from_book(call, order, shown_of(order))
    lift(call, order)
    order.price, order.quantity = price, quantity
    check_arrival(call, order, guards, false)
    execute(call, order)
    if not is_open(order) then stop_expiry(call, order) end
end

-- A pegged order with another limit or quantity, at the price that follows. Returns whether it keeps
-- its place.
local function peg_again(call, order, limit, quantity, guards)
    local price_before, quantity_before = order.price, order.quantity
    local shown = shown_of(order)
    lift(call, order)
    order.x.peg_limit, order.quantity = limit, quantity
    -- Without a reference it stays where it is, as far as its limit lets it.
    local price, is_buy = pegged_price(call, order) or price_before, order.side == BUY
    local is_outside = is_buy and price > limit or not is_buy and price < limit
    if is_outside then price = limit end
    check_arrival(call, order, guards, false)
    if price == price_before and quantity <= quantity_before then
        clamp_shown(order)
        change_level_of(call, order, shown_of(order) - shown, 0)
        update_hold(call, order)
        return true
    end
    take_from_book(call, order, shown)
    order.price = price
    place_in_book(call, order)
    update_hold(call, order)
    return false
end

-- One that stands in no book.
local function change_waiting(call, order, price, quantity, trigger, guards_text)
    local x = order.x
    parked.disarm(call, order)
    lift(call, order)
    order.quantity, x.trigger_price = quantity, trigger
    if order.pricing == LIMIT then order.price = price end
    if x.source > 0 and x.trail == 0 and order.pricing == MARKET then
        order.price = protected(call.instrument, order.side, trigger)
    end
    parked.forget_guards(call, order)
    parked.keep_guards(call, order, guards_text)
    if quantity == order.filled then
        stop_expiry(call, order)
        close_order(call, order, FILLED, '')
        update_hold(call, order)
        return
    end
    if x.waiting then
        update_hold(call, order)
        return
    end
    check_arrival(call, order, parked.take_guards(call, order), true)
    parked.arm(call, order)
    update_hold(call, order)
    local last = x.source == TRIGGER.LAST and market_of(call).last or 0
    if last > 0 and triggers.is_triggered(order, last) then parked.fire(call, order, 'last') end
end

-- What children do with their main order's fills grows and shrinks with it.
local function change_children(call, main, difference)
    for _, child in ipairs(family_of(call, main.id)) do
        local x = child.x
        if child ~= main and x and x.role == AFTER and is_open(child) then
            local quantity = child.quantity + difference
            local least = x.granted > child.filled and x.granted or child.filled
            child.quantity = quantity > least and quantity or least
            if child.quantity < 1 then child.quantity = call.instrument.lot end
            order_changed(call, child, 7)
        end
    end
end

local function refuse_amend(order)
    refuse('amend_unsupported', 'order_id=' .. order.id)
end

local function check_supported(order, price, quantity, trigger)
    local x = order.x
    if not x then
        if trigger ~= 0 then refuse_amend(order) end
        return
    end
    if x.role == CONTAINER or x.queued then refuse_amend(order) end
    local is_shared = x.role == AFTER or x.link > 0
    if is_shared and quantity ~= order.quantity then refuse_amend(order) end
    local is_waiting = order.status == PARKED and x.source > 0
    if trigger ~= x.trigger_price and (not is_waiting or x.trail > 0) then refuse_amend(order) end
    if x.trail > 0 and order.status == PARKED and price ~= order.price then refuse_amend(order) end
    if order.pricing == MARKET and price ~= order.price then refuse_amend(order) end
end

-- Price, quantity and trigger price as they are to be, and whether anything changes.
local function new_values(order, args)
    local x = order.x
    local price_now = x and x.peg > 0 and x.peg_limit or order.price
    local trigger_now = x and x.trigger_price or 0
    local price = new_value(args[2], 'price', price_now)
    local quantity = new_value(args[3], 'quantity', order.quantity)
    local trigger = new_value(args[6], 'trigger_price', trigger_now)
    return price, quantity, trigger,
        price ~= price_now or quantity ~= order.quantity or trigger ~= trigger_now
end

-- Returns whether it kept its place.
local function change(call, order, price, quantity, trigger, args)
    local guards = read_guards(args[5])
    if not is_in_book(order) then
        change_waiting(call, order, price, quantity, trigger, args[5])
        return true
    end
    local x = order.x
    local is_same_price = price == (x and x.peg > 0 and x.peg_limit or order.price)
    if quantity == order.filled or (is_same_price and quantity < order.quantity) then
        entry.shrink(call, order, quantity)
        return true
    end
    if x and x.peg > 0 then
        return peg_again(call, order, price, quantity, guards)
    end
    arrive_again(call, order, price, quantity, guards)
    return false
end

local function amend(keys, args)
    expect_arguments(args, 8)
    read_guards(args[5])
    risk.check_decisions(args[8])
    local order, answer = open_order(keys, args[1])
    if not order then return nil, answer end
    local call = begin_with(keys, 3, order)
    if call.instrument.revision ~= whole(args[4], 'revision') or risk.is_old_policy(call, args[7]) then
        return nil, { 'stale' }
    end
    check_instrument(call)
    local price, quantity, trigger, is_change = new_values(order, args)
    check_supported(order, price, quantity, trigger)
    if not is_change then
        return nil, { 'ok', order.last_seq, pack_order(order), 1, 0, 0, 0, 0, 0 }
    end
    check_values(call.instrument, order, price, quantity, trigger)
    risk.check_switches(call, account_of(call, order.account))
    if has_unfinished(call) then return work_chunk(call), { 'busy', call.seq } end
    -- Where that ended or changed the order, the amend is answered when it is made again.
    if expire_first(call) then return call, { 'busy', call.seq } end
    if order.is_changed then
        call.kind = 4
        after(call)
        prepare(call)
        return call, { 'busy', call.seq }
    end
    call.main = order
    risk.judge_amend(call, read_guards(args[5]), order)
    order_changed(call, order, 4)
    risk.note_decisions(call, order.id, args[8])
    local difference = quantity - order.quantity
    if order.x and order.x.rolls_up and difference > 0 then
        entry.check_children(call, main_of(call, order), difference)
    end
    local keeps_place = change(call, order, price, quantity, trigger, args)
    if order.x and order.x.has_children and difference ~= 0 then
        change_children(call, order, difference)
    end
    local fills, last_price, last_quantity = #call.trades, call.last_price, call.last_quantity
    call.is_concluded = true
    after(call)
    prepare(call)
    return call, {
        'ok', call.seq, order.record, keeps_place and 1 or 0, 1, fills, last_price, last_quantity,
        call.later,
    }
end

register('amend', amend)

end
