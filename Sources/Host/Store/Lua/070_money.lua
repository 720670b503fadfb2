-- What things cost: amounts, fees and holds. All in the money scale, exact but for one rounding.

-- The money of a trade, rounded down, the same for both sides; and whether it was rounded.
local function amount_of(instrument, price, quantity)
    if instrument.factor > 1 then quantity = bounded(quantity * instrument.factor) end
    local amount, rest = multiply_divide(price, quantity, instrument.divisor)
    return amount, rest > 0
end

-- Charges a fill's fee and returns what it pays now. The order's fees are the exact sum of
-- amount × bps ÷ 10000 rounded up once: fee_rest is what rounding took too early, in 1/10000.
local function charge(order, amount, bps)
    if bps == 0 then return 0 end
    local fee, rest = multiply_divide(amount, bps, 10000)
    rest = rest - order.fee_rest
    if rest > 0 then fee, rest = fee + 1, rest - 10000 end
    order.fee_rest = -rest
    order.fee = bounded(order.fee + fee)
    return fee
end

-- The money that `quantity` more of a buy order may need at its price, a pegged one at its limit: cost
-- and worst fee.
local function buy_need(instrument, order, quantity)
    if quantity == 0 then return 0 end
    local price, x = order.price, order.x
    if x and x.peg > 0 then price = x.peg_limit end
    local cost, is_rounded = amount_of(instrument, price, quantity)
    if is_rounded then cost = cost + 1 end
    local fee = 0
    if instrument.worst_bps > 0 then
        local rest
        fee, rest = multiply_divide(cost, instrument.worst_bps, 10000)
        if rest > order.fee_rest then fee = fee + 1 end
    end
    return bounded(cost + fee)
end

-- What is only for limits and standing stands in a table: a chunk has no more than 200 locals. A
-- buying-power multiple is in 1/10000: this one lends nothing.
local risk = { CASH_ONLY = 10000 }

local function available_cash(account)
    return account.balance - account.held
end

function risk.money_values(instrument, required, available)
    local scale = instrument.money_scale
    return 'required=' .. decimal(required, scale) .. ', available=' .. decimal(available, scale)
end

local function share_values(instrument, required, available)
    local scale = instrument.quantity_scale
    return 'required=' .. decimal(required, scale) .. ', available=' .. decimal(available, scale)
end

-- A LEDGER section: 28 bytes and the texts. The account's balance is the one after it.
local function ledger_entry(call, kind, account, amount, quantity, symbol, description)
    local id = account.id
    append(call, 'ledger', pack(
        '<BI4BlllBc0Bc0Bc0', 7, 28 + #id + #symbol + #description, kind, amount, account.balance,
        quantity, #id, id, #symbol, symbol, #description, description))
end
