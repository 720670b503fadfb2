-- What an order must satisfy to be taken at all, new or amended. All of it is refused, and none of
-- it is recorded.

-- `quantity` is what the order would add to the account's open orders.
function risk.check_account(call, account, side, quantity)
    local code, values, state = risk.barred(call, account)
    if code then refuse(code, values) end
    if account.currency ~= call.instrument.currency then
        refuse('currency_mismatch', 'account=' .. account.currency .. ', instrument='
            .. call.instrument.currency)
    end
    local position = position_of(call, account.id)
    exposure(position, side, quantity)
    if state == 2 and not only_reduces(position, side, quantity) then
        refuse('account_reducing', values)
    end
end

local function check_lot(instrument, quantity)
    if fmod(quantity, instrument.lot) ~= 0 then
        local scale = instrument.quantity_scale
        refuse('lot_size', 'quantity=' .. decimal(quantity, scale) .. ', lot='
            .. decimal(instrument.lot, scale))
    end
end

local function check_tick(instrument, price)
    if fmod(price, instrument.tick) ~= 0 then
        local scale = instrument.price_scale
        refuse('tick_size', 'price=' .. decimal(price, scale) .. ', tick='
            .. decimal(instrument.tick, scale))
    end
end

-- nil, or the values that a reason names.
function risk.below_min_notional(instrument, price, quantity)
    local notional = amount_of(instrument, price, quantity)
    if notional >= instrument.min_notional then return nil end
    local scale = instrument.money_scale
    return 'notional=' .. decimal(notional, scale) .. ', minimum='
        .. decimal(instrument.min_notional, scale)
end

-- Whether account and position can take an order that holds nothing now, at its price with worst fees.
-- In a link group only what passes the largest of the others counts. nil, or code and values.
function risk.uncovered(call, order)
    local instrument, account = call.instrument, account_of(call, order.account)
    local working = working_of(order)
    local other_hold, other_working = largest_of_others(call, order)
    if order.side == BUY then
        local required = buy_need(call, order, working, held_price_of(order))
        local available = available_cash(account) + other_hold
        if required <= available or required <= other_hold then return nil end
        return 'insufficient_cash', risk.money_values(instrument, required, available)
    end
    local position = position_of(call, order.account)
    local available = position.quantity - position.held + account.short_limit + other_working
    if working <= available or working <= other_working then return nil end
    return 'insufficient_shares', share_values(instrument, working, available)
end

-- A market buy's: what it would trade now, to the unit. `cost` is that without fees.
function risk.uncovered_cost(call, order, cost)
    local instrument, account = call.instrument, account_of(call, order.account)
    local fee, rest = multiply_divide(cost, risk.taker_bps(instrument, account), 10000)
    if rest > 0 then fee = fee + 1 end
    local required, available = bounded(cost + fee), available_cash(account)
    if required <= available or required == 0 then return nil end
    return 'insufficient_cash', risk.money_values(instrument, required, available)
end
