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

-- Charges account and position with what an order holds and works with from now on. A link group is
-- charged its largest member's. Nothing is marked as changed.
local function charge_hold(call, order, hold, working)
    local was_hold, was_working = order.hold, order.working
    order.hold, order.working = hold, working
    if order.x then
        local other_hold, other_working = largest_of_others(call, order)
        if hold < other_hold then hold = other_hold end
        if was_hold < other_hold then was_hold = other_hold end
        if working < other_working then working = other_working end
        if was_working < other_working then was_working = other_working end
    end
    local position = position_of(call, order.account)
    if order.side == BUY then
        if hold ~= was_hold then
            local account = account_of(call, order.account)
            account.held = bounded(account.held + (hold - was_hold))
        end
        position.open_buy = bounded(position.open_buy + (working - was_working))
    else
        position.held = bounded(position.held + (working - was_working))
    end
end

-- Gives back what an order holds, as if it had not come yet, until `update_hold` is called for it.
local function lift(call, order)
    local position = position_of(call, order.account)
    order.held_before = order.side == BUY and account_of(call, order.account).held or 0
    order.open_before = order.side == BUY and position.open_buy or position.held
    charge_hold(call, order, 0, 0)
end

-- Brings what account and position hold for an order in line with what it needs now: nothing once
-- it has ended.
local function update_hold(call, order)
    local working = working_of(order)
    local hold, position, account = working, position_of(call, order.account), nil
    local held, open = order.held_before, order.open_before
    if order.side == BUY then
        hold = buy_need(call.instrument, order, working)
        account = account_of(call, order.account)
        held, open = held or account.held, open or position.open_buy
    else
        open = open or position.held
    end
    order.held_before, order.open_before = nil, nil
    charge_hold(call, order, hold, working)
    if account and account.held ~= held then account_changed(call, account) end
    local now = order.side == BUY and position.open_buy or position.held
    if now ~= open then position_changed(call, position) end
end
