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

-- The fees that an account pays: its own, or the instrument's.
function risk.maker_bps(instrument, account)
    return account.maker_bps < 0 and instrument.maker_bps or account.maker_bps
end

function risk.taker_bps(instrument, account)
    return account.taker_bps < 0 and instrument.taker_bps or account.taker_bps
end

local function worst_bps(instrument, account)
    if account.maker_bps < 0 and account.taker_bps < 0 then return instrument.worst_bps end
    local maker = risk.maker_bps(instrument, account)
    local taker = risk.taker_bps(instrument, account)
    return maker > taker and maker or taker
end

-- What `quantity` costs at a price, rounded up.
local function notional_of(instrument, price, quantity)
    if quantity == 0 then return 0 end
    local amount, is_rounded = amount_of(instrument, price, quantity)
    return is_rounded and bounded(amount + 1) or amount
end

-- The worst price that an order may come to as it stands.
local function held_price_of(order)
    local x = order.x
    return x and x.peg > 0 and x.peg_limit or order.price
end

-- The money that `quantity` more of a buy order may need at a price: cost and worst fee; and the cost
-- alone.
local function buy_need(call, order, quantity, price)
    if quantity == 0 then return 0, 0 end
    local instrument = call.instrument
    local cost, fee = notional_of(instrument, price, quantity), 0
    local account = account_of(call, order.account)
    -- A market order never rests, so that it is the taker in all its trades.
    local bps = order.pricing == MARKET and risk.taker_bps(instrument, account)
        or worst_bps(instrument, account)
    if bps > 0 then
        local rest
        fee, rest = multiply_divide(cost, bps, 10000)
        if rest > order.fee_rest then fee = fee + 1 end
    end
    return bounded(cost + fee), cost
end

-- What an account may lay out in all, with what its positions cost: `multiple` times its worth at cost,
-- rounded down.
local function buying_power(account)
    local worth = account.balance - account.short_cost + account.long_cost
    if worth > MAXIMUM then worth = MAXIMUM end
    local rest = fmod(worth, 10000)
    if rest < 0 then rest = rest + 10000 end
    local part = rest * account.multiple
    local power = (worth - rest) / 10000 * account.multiple + (part - fmod(part, 10000)) / 10000
    return power > MAXIMUM and MAXIMUM or power
end

-- Cash that an order may take: what isn't held, or with a multiple what buying power is left.
local function available_cash(account)
    if account.multiple == risk.CASH_ONLY then return account.balance - account.held end
    return buying_power(account) - account.long_cost - account.short_cost - account.held
end

-- Cash that may leave: no more than there is.
function risk.free_cash(account)
    local free, available = account.balance - account.held, available_cash(account)
    return free < available and free or available
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
