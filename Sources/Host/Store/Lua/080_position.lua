-- Shares: what an account owns of a symbol, what they cost, and what its open orders hold.

-- Moves shares into a position (quantity > 0) or out of it, `amount` being their money. What
-- closes a part of the position leaves at average cost (rounded down, so that the last share takes
-- the rest), and the difference is profit where `realize` says so. Fees are not part of cost.
local function move_shares(position, quantity, amount, realize)
    local owned = position.quantity
    local sign = owned > 0 and 1 or -1
    local size, moving = sign * owned, quantity > 0 and quantity or -quantity
    local opening_amount = amount
    if owned ~= 0 and (owned > 0) ~= (quantity > 0) then
        local closing = size < moving and size or moving
        local closed_cost = multiply_divide(sign * position.cost, closing, size)
        local closing_amount = amount
        if closing < moving then closing_amount = multiply_divide(amount, closing, moving) end
        position.cost = position.cost - sign * closed_cost
        if realize then
            position.realized = bounded(
                position.realized + sign * (closing_amount - closed_cost))
        end
        opening_amount = amount - closing_amount
    end
    if owned == 0 or (owned > 0) == (quantity > 0) or moving > size then
        local direction = quantity > 0 and 1 or -1
        position.cost = bounded(position.cost + direction * opening_amount)
    end
    position.quantity = bounded(owned + quantity)
end

-- The position that the account would have were its orders on this side and this one all filled.
local function exposure(position, side, quantity)
    if side == BUY then return bounded(position.quantity + position.open_buy + quantity) end
    return bounded(position.quantity - position.held - quantity)
end

-- Whether an order can do nothing but bring the position nearer to zero.
local function only_reduces(position, side, quantity)
    local outcome = exposure(position, side, quantity)
    if side == BUY then return position.quantity < 0 and outcome <= 0 end
    return position.quantity > 0 and outcome >= 0
end

-- What positions cost an account, after one of them has come from `before` to what it costs now.
function risk.note_cost(account, before, now)
    local long, short = (now > 0 and now or 0) - (before > 0 and before or 0), 0
    if now < 0 or before < 0 then
        short = (before < 0 and before or 0) - (now < 0 and now or 0)
    end
    account.long_cost = bounded(account.long_cost + long)
    account.short_cost = bounded(account.short_cost + short)
end

-- Charges account and position with what an order holds and works with from now on, and with what that
-- is in money. A link group is charged its largest member's. Nothing is marked as changed.
local function charge_hold(call, order, hold, working, notional)
    local was_hold, was_working = order.hold, order.working
    local was_notional = order.notional or risk.charged_notional(call, order)
    order.hold, order.working, order.notional = hold, working, notional
    if order.x then
        local other_hold, other_working, other_notional = largest_of_others(call, order)
        if hold < other_hold then hold = other_hold end
        if was_hold < other_hold then was_hold = other_hold end
        if working < other_working then working = other_working end
        if was_working < other_working then was_working = other_working end
        if notional < other_notional then notional = other_notional end
        if was_notional < other_notional then was_notional = other_notional end
    end
    local position, account = position_of(call, order.account), account_of(call, order.account)
    if order.side == BUY then
        account.held = bounded(account.held + (hold - was_hold))
        account.open_buy = bounded(account.open_buy + (notional - was_notional))
        position.open_buy = bounded(position.open_buy + (working - was_working))
    else
        account.open_sell = bounded(account.open_sell + (notional - was_notional))
        position.held = bounded(position.held + (working - was_working))
    end
end

-- What account and position are charged by now: held, its money, its units.
local function charges(call, order)
    local position, account = position_of(call, order.account), account_of(call, order.account)
    if order.side == BUY then return account.held, account.open_buy, position.open_buy end
    return 0, account.open_sell, position.held
end

-- Gives back what an order holds, as if it had not come yet, until `update_hold` is called for it.
local function lift(call, order)
    order.held_before, order.noted_before, order.open_before = charges(call, order)
    charge_hold(call, order, 0, 0, 0)
end

-- Brings what account and position hold for an order in line with what it needs now: nothing once
-- it has ended.
local function update_hold(call, order)
    local working, price = working_of(order), held_price_of(order)
    local hold, notional = working, nil
    if order.side == BUY then
        hold, notional = buy_need(call, order, working, price)
    else
        notional = notional_of(call.instrument, price, working)
    end
    local held, noted, open = order.held_before, order.noted_before, order.open_before
    if not held then held, noted, open = charges(call, order) end
    order.held_before, order.noted_before, order.open_before = nil, nil, nil
    charge_hold(call, order, hold, working, notional)
    local held_now, noted_now, open_now = charges(call, order)
    if held_now ~= held or noted_now ~= noted then
        account_changed(call, account_of(call, order.account))
    end
    if open_now ~= open then position_changed(call, position_of(call, order.account)) end
end

-- One more of the account's open orders.
function risk.count(call, order)
    if order.is_counted then return end
    order.is_counted = true
    local account = account_of(call, order.account)
    account.open_orders = account.open_orders + 1
    account_changed(call, account)
end

function risk.discount(call, order)
    if not order.is_counted then return end
    order.is_counted = false
    local account = account_of(call, order.account)
    account.open_orders = account.open_orders - 1
    account_changed(call, account)
end
