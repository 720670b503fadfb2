-- What an order must satisfy to be taken at all, new or amended. All of it is refused, and none of
-- it is recorded.

local CLOSED_STATES = { [2] = 'instrument_halted', [3] = 'instrument_closed' }
local BLOCKED_STATES = { [3] = 'account_cancel_only', [4] = 'account_halted' }

local function check_instrument(instrument)
    local code = CLOSED_STATES[instrument.state]
    if code then refuse(code, 'symbol=' .. instrument.symbol) end
end

-- `quantity` is what the order would add to the account's open orders.
local function check_account(call, account, side, quantity)
    if account.active ~= 1 then refuse('account_inactive', 'account=' .. account.id) end
    local code = BLOCKED_STATES[account.state]
    if code then refuse(code, 'account=' .. account.id) end
    if account.currency ~= call.instrument.currency then
        refuse('currency_mismatch', 'account=' .. account.currency .. ', instrument='
            .. call.instrument.currency)
    end
    local position = position_of(call, account.id)
    exposure(position, side, quantity)
    if account.state == 2 and not only_reduces(position, side, quantity) then
        refuse('account_reducing', 'account=' .. account.id)
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
local function below_min_notional(instrument, price, quantity)
    local notional = amount_of(instrument, price, quantity)
    if notional >= instrument.min_notional then return nil end
    local scale = instrument.money_scale
    return 'notional=' .. decimal(notional, scale) .. ', minimum='
        .. decimal(instrument.min_notional, scale)
end

-- A limit order's coverage before it matches: money at its limit with worst fees, or the shares.
-- `needed` and `held` are quantities: what the order works with, and what is held for it already.
-- Returns nil, or code and values.
local function uncovered(call, order)
    local instrument, account = call.instrument, account_of(call, order.account)
    local leaves = leaves_of(order)
    if order.side == BUY then
        local required = buy_need(instrument, order, leaves)
        local available = available_cash(account)
        if required <= available then return nil end
        return 'insufficient_cash', money_values(instrument, required, available)
    end
    local position = position_of(call, order.account)
    local available = position.quantity - position.held + account.short_limit
    if leaves <= available then return nil end
    return 'insufficient_shares', share_values(instrument, leaves, available)
end

-- A market buy's: what it walked, to the unit.
local function uncovered_walk(call, order, matches)
    local instrument, account = call.instrument, account_of(call, order.account)
    local cost = 0
    for _, found in ipairs(matches) do cost = bounded(cost + found.amount) end
    local fee, rest = multiply_divide(cost, instrument.taker_bps, 10000)
    if rest > 0 then fee = fee + 1 end
    local required, available = bounded(cost + fee), available_cash(account)
    if required <= available then return nil end
    return 'insufficient_cash', money_values(instrument, required, available)
end
