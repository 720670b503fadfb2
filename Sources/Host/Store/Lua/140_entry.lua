-- What an order must satisfy to be taken at all, new or amended. All of it is refused, and none of
-- it is recorded.

local BLOCKED_STATES = { [3] = 'account_cancel_only', [4] = 'account_halted' }

-- Whether the instrument trades now. What an administrator set wins; else the calendar's last change
-- up to this moment says it, and before the first one the opposite of what that brings. The time is
-- the call's own, so a session begins and ends on time whatever the hosts do.
local check_instrument

do

local function quotient(a, b)
    return (a - fmod(a, b)) / b
end

-- 2026-03-09T13:30:00Z, from UTC microseconds. Years are counted from 1 March, in eras of 400.
local function iso_time(micros)
    local seconds = quotient(micros, 1000000)
    local second = fmod(seconds, 86400)
    local days = quotient(seconds, 86400) + 719468
    local era, day = quotient(days, 146097), fmod(days, 146097)
    local year = quotient(
        day - quotient(day, 1460) + quotient(day, 36524) - quotient(day, 146096), 365)
    day = day - (365 * year + quotient(year, 4) - quotient(year, 100))
    local month = quotient(5 * day + 2, 153)
    day = day - quotient(153 * month + 2, 5) + 1
    month = month < 10 and month + 3 or month - 9
    year = year + era * 400 + (month <= 2 and 1 or 0)
    return format('%04d-%02d-%02dT%02d:%02d:%02dZ', year, month, day, quotient(second, 3600),
        fmod(quotient(second, 60), 60), fmod(second, 60))
end

-- Whether the calendar has it closed, and when it opens next, where that is known.
local function calendar_state(changes, time)
    if #changes == 0 then return false end
    local is_closed, opens_at = changes[1].state == 1, nil
    for index = 1, #changes do
        local change = changes[index]
        if change.time <= time then
            is_closed = change.state == 3
        elseif change.state == 1 then
            opens_at = change.time
            break
        end
    end
    return is_closed, opens_at
end

function check_instrument(instrument)
    local symbol = 'symbol=' .. instrument.symbol
    if instrument.state == 2 then refuse('instrument_halted', symbol) end
    if instrument.state == 3 then refuse('instrument_closed', symbol) end
    local is_closed, opens_at = calendar_state(instrument.changes, CALL.time)
    if not is_closed then return end
    if opens_at then symbol = symbol .. ', opens_at=' .. iso_time(opens_at) end
    refuse('instrument_closed', symbol)
end

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
