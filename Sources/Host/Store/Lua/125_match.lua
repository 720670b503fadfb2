-- Matching: who trades with whom, and what becomes of an order that has traded what it could.

local match_order, conclude

do

-- The same account's order is next: one of both, or both, give way. Returns whether the match goes on.
local function prevent_self_trade(call, order, resting)
    local mode = order.self_trade
    if mode == SELF_TRADE.OLDEST or mode == SELF_TRADE.BOTH then
        end_order(call, resting, CANCELLED, 'self_trade', 7)
        return mode == SELF_TRADE.OLDEST
    end
    local own, other = working_of(order), working_of(resting)
    local less = own < other and own or other
    if less == other then
        end_order(call, resting, CANCELLED, 'self_trade', 7)
    else
        local x, shown = resting.x, shown_of(resting)
        resting.quantity = resting.quantity - less
        if x and x.role == AFTER then x.granted = x.granted - less end
        clamp_shown(resting)
        change_level_of(call, resting, shown_of(resting) - shown, 0)
        update_hold(call, resting)
        note_restated(call, resting, 'self_trade')
        order_changed(call, resting, 7)
    end
    if less == own then return false end
    order.quantity = order.quantity - less
    if order.x and order.x.role == AFTER then order.x.granted = order.x.granted - less end
    note_restated(call, order, 'self_trade')
    return true
end

-- Whether a market buy's account can pay for a trade. It was covered for what it was to trade, but its
-- own trades may take orders away that were counted with it.
local function is_paid(call, order, price, quantity)
    if order.side == SELL then return true end
    local instrument, account = call.instrument, account_of(call, order.account)
    local amount = amount_of(instrument, price, quantity)
    local fee, rest = multiply_divide(amount, risk.taker_bps(instrument, account), 10000)
    if rest > order.fee_rest then fee = fee + 1 end
    return amount + fee <= available_cash(account)
end

-- Trades until nothing is left, and returns nil; or returns why it ends:
--   end    nothing more within its price
--   self   the next is the same account's, and the order gives way
--   lit    the next, internal, has a price outside the lit book's
--   cap    FILLS_PER_CALL; what gives way to itself counts as a fill
--   cash   a market buy that can't pay for the next
-- The last doesn't stop it before it has filled `at_least`: that was counted before.
function match_order(call, order, at_least)
    local side = opposite_of(order)
    local limit = score_of(side, order.price)
    local bid, ask
    while true do
        -- An internal trade may move the lit book's best prices: by links, and by what it cuts.
        if order.book == INTERNAL then bid, ask = lit_bounds(call) end
        call.wanted = working_of(order)
        local resting = front(call, order.book, side, limit)
        if not resting or is_beyond(order, resting.price) then return 'end' end
        local price = resting.price
        local is_own = risk.is_own(call, order, resting)
        if is_own and order.self_trade == SELF_TRADE.NEWEST then return 'self' end
        if not is_own and bid and (price < bid or price > ask) then return 'lit' end
        if call.fills >= FILLS_PER_CALL and order.filled >= at_least then return 'cap' end
        if is_own then
            call.fills = call.fills + 1
            if not prevent_self_trade(call, order, resting) then return 'self' end
        else
            local own, shown = working_of(order), shown_of(resting)
            local quantity = own < shown and own or shown
            if order.pricing == MARKET and not is_paid(call, order, price, quantity) then
                return 'cash'
            end
            call.fills = call.fills + 1
            make_trade(call, order, resting, quantity)
            if not is_open(order) or working_of(order) == 0 then return nil end
        end
    end
end

-- Why the remainder of an order that couldn't trade is cancelled; nil where it rests.
local function remainder_reason(call, order, stop)
    if stop == 'self' then return 'self_trade' end
    if stop == 'cash' then return 'insufficient_cash' end
    if order.pricing == MARKET then
        if stop == 'lit' then return 'outside_lit' end
        return best_price(call, order.book, opposite_of(order)) and 'protection_price'
            or 'no_liquidity'
    end
    if order.policy ~= REST then return 'ioc_remainder' end
    return nil
end

-- What becomes of an order after its trades: it is filled, rests, goes on in the next call, or its
-- remainder is cancelled.
function conclude(call, order, stop)
    if not is_open(order) then return end
    local x = order.x
    if stop == 'cap' then
        if not x then
            x = new_extra()
            order.x = x
        end
        parked.enqueue(call, order)
        return
    end
    if x then x.was_queued = false end
    local reason = stop and remainder_reason(call, order, stop)
    if reason then
        stop_expiry(call, order)
        close_order(call, order, CANCELLED, reason)
    elseif not stop then
        -- A child that has used up what its main order filled.
        x.waiting = true
        parked.park(call, order)
    else
        place_in_book(call, order)
        if x and x.peg == 0 then parked.unpark(call, order) end
    end
end

end
