-- amend: another price or another total quantity for an open order.
--
-- Less at the same price keeps its place. Anything else leaves the book and comes back as a new
-- arrival with what is left of it: judged, covered, matched, and at the back of its level.

do

-- '' leaves a value as it is.
local function new_value(text, name, old)
    if text == '' then return old end
    return whole_within(text, name, 1, MAXIMUM)
end

local function check_values(instrument, order, price, quantity)
    check_tick(instrument, price)
    check_lot(instrument, quantity)
    if quantity < order.filled then
        local scale = instrument.quantity_scale
        refuse('below_filled', 'quantity=' .. decimal(quantity, scale) .. ', filled='
            .. decimal(order.filled, scale))
    end
    if quantity == order.filled then return end
    local values = below_min_notional(instrument, price, quantity)
    if values then refuse('min_notional', values) end
end

-- Keeps its place, or ends where nothing is left to do.
local function shrink(call, order, quantity)
    if quantity == order.filled then
        take_from_book(call, order, leaves_of(order))
        stop_expiry(call, order)
        order.quantity = quantity
        close_order(call, order, FILLED, '')
    else
        change_level_of(call, order, quantity - order.quantity, 0)
        order.quantity = quantity
    end
    update_hold(call, order)
end

-- Takes the order out of its book and gives back what it holds, as if it had not come yet.
local function lift(call, order)
    take_from_book(call, order, leaves_of(order))
    if order.side == BUY then
        local account = account_of(call, order.account)
        account.held = account.held - order.hold
    end
    local position = position_of(call, order.account)
    if order.side == BUY then
        position.open_buy = position.open_buy - order.working
    else
        position.held = position.held - order.working
    end
    order.hold, order.working = 0, 0
    if order.side == BUY then account_changed(call, account_of(call, order.account)) end
    position_changed(call, position)
end

-- A new arrival with the new values; refused as a whole where it couldn't be taken.
local function arrive_again(call, order, price, quantity, guards)
    lift(call, order)
    order.price, order.quantity = price, quantity
    local leaves = quantity - order.filled
    check_account(call, account_of(call, order.account), order.side, leaves)
    local code, values = judge(call, guards, order, leaves)
    if not code then code, values = uncovered(call, order) end
    if code then refuse(code, values) end
    local matches, stop = walk(call, order)
    settle(call, order, matches)
    conclude(call, order, stop, false)
    if order.status > PARTIALLY_FILLED then stop_expiry(call, order) end
    update_hold(call, order)
end

local function begin_amend(keys, args)
    local order, answer = open_order(keys, args[1])
    if not order then return nil, nil, answer end
    local call = begin_with(keys, 3, order)
    if call.instrument.revision ~= whole(args[4], 'revision') then
        return nil, nil, { 'stale' }
    end
    check_instrument(call.instrument)
    return order, call
end

local function amend(keys, args)
    expect_arguments(args, 5)
    local guards = read_guards(args[5])
    local order, call, answer = begin_amend(keys, args)
    if not order then return nil, answer end
    local price = new_value(args[2], 'price', order.price)
    local quantity = new_value(args[3], 'quantity', order.quantity)
    if price == order.price and quantity == order.quantity then
        return nil, { 'ok', order.last_seq, pack_order(order), 1, 0, 0, 0, 0 }
    end
    check_values(call.instrument, order, price, quantity)
    -- An amend that comes too late for its order is answered when it is made again.
    if expire_first(call) then return call, { 'busy', call.seq } end
    if order.status > PARTIALLY_FILLED then
        call.kind = 4
        prepare(call)
        return call, { 'busy', call.seq }
    end
    call.main = order
    order_changed(call, order, 4)
    local keeps_place = quantity == order.filled
        or (price == order.price and quantity < order.quantity)
    if keeps_place then
        shrink(call, order, quantity)
    else
        arrive_again(call, order, price, quantity, guards)
    end
    prepare(call)
    return call, {
        'ok', call.seq, order.record, keeps_place and 1 or 0, 1, #call.trades, call.last_price,
        call.last_quantity,
    }
end

register('amend', amend)

end
