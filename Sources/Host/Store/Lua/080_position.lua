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

-- Brings what account and position hold for an order in line with what it needs now: nothing once
-- it has ended. order.working is the quantity that they hold for so far.
local function update_hold(call, order)
    local leaves = leaves_of(order)
    local position = position_of(call, order.account)
    local hold = leaves
    if order.side == BUY then
        hold = buy_need(call.instrument, order, leaves)
        if hold ~= order.hold then
            local account = account_of(call, order.account)
            account.held = bounded(account.held + (hold - order.hold))
            account_changed(call, account)
        end
        position.open_buy = bounded(position.open_buy + (leaves - order.working))
    else
        position.held = bounded(position.held + (leaves - order.working))
    end
    if leaves ~= order.working then position_changed(call, position) end
    order.hold, order.working = hold, leaves
end
