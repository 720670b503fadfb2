-- The packed records of docs/REDIS.md as Lua tables, and back.

local NEW, PARTIALLY_FILLED, FILLED, CANCELLED, REJECTED, EXPIRED = 1, 2, 3, 4, 5, 6
local BUY, SELL = 1, 2
local REST, CANCEL_REMAINDER, ALL_OR_NONE = 1, 2, 3
local LIT, INTERNAL = 0, 1
local LIMIT, MARKET = 1, 2

local ORDER_FORMAT = '<BBBBBBBBllllllllllllllllc8Bc0Bc0'

-- What of the order account and position know: nothing once it has ended.
local function leaves_of(order)
    if order.status > PARTIALLY_FILLED then return 0 end
    return order.quantity - order.filled
end

-- Records are unpacked into locals and then into one constructor: a table that grows field by field
-- is built anew at every power of two.
local function unpack_order(id, record)
    local version, status, side, policy, book, pricing, self_trade, flags, price, quantity, filled,
        notional_high, notional_low, amount, hold, fee, fee_rest, book_seq, accepted_seq, last_seq,
        created_at, updated_at, closed_at, expire_at, request_hash, symbol, reason, position =
        unpack_struct(ORDER_FORMAT, record)
    return {
        id = id, account = match(id, '^[^-]*'), status = status, side = side, policy = policy,
        book = book, pricing = pricing, self_trade = self_trade, price = price,
        quantity = quantity, filled = filled, notional_high = notional_high,
        notional_low = notional_low, amount = amount, hold = hold, fee = fee, fee_rest = fee_rest,
        book_seq = book_seq, accepted_seq = accepted_seq, last_seq = last_seq,
        created_at = created_at, updated_at = updated_at, closed_at = closed_at,
        expire_at = expire_at, request_hash = request_hash, symbol = symbol, reason = reason,
        host = sub(record, position), working = status > PARTIALLY_FILLED and 0 or quantity - filled,
        cause = 0, record = record, is_changed = false,
    }
end

local function pack_order(o)
    return pack(
        ORDER_FORMAT, 1, o.status, o.side, o.policy, o.book, o.pricing, o.self_trade, 0, o.price,
        o.quantity, o.filled, o.notional_high, o.notional_low, o.amount, o.hold, o.fee, o.fee_rest,
        o.book_seq, o.accepted_seq, o.last_seq, o.created_at, o.updated_at, o.closed_at,
        o.expire_at, o.request_hash, #o.symbol, o.symbol, #o.reason, o.reason) .. o.host
end

local ACCOUNT_FORMAT = '<BBBBllllllBc0'

local function unpack_account(id, record)
    local version, state, active, spare, balance, held, short_limit, created_at, updated_at,
        last_seq, currency, position = unpack_struct(ACCOUNT_FORMAT, record)
    return {
        id = id, state = state, active = active, balance = balance, held = held,
        short_limit = short_limit, created_at = created_at, updated_at = updated_at,
        last_seq = last_seq, currency = currency, host = sub(record, position), record = record,
        is_changed = false,
    }
end

local function pack_account(a)
    return pack(
        ACCOUNT_FORMAT, 1, a.state, a.active, 0, a.balance, a.held, a.short_limit, a.created_at,
        a.updated_at, a.last_seq, #a.currency, a.currency) .. a.host
end

local POSITION_FORMAT = '<BBBBllllll'

-- No record: zeros.
local function unpack_position(key, record)
    local version, b, c, d, quantity, held, open_buy, cost, realized, last_seq =
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0
    if record then
        version, b, c, d, quantity, held, open_buy, cost, realized, last_seq =
            unpack_struct(POSITION_FORMAT, record)
    end
    return {
        key = key, quantity = quantity, held = held, open_buy = open_buy, cost = cost,
        realized = realized, last_seq = last_seq, record = record, is_changed = false,
    }
end

local function pack_position(p)
    return pack(
        POSITION_FORMAT, 1, 0, 0, 0, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq)
end

local INSTRUMENT_FORMAT = '<BBBBBllllllllBc0'
local INSTRUMENT_LEAST_BYTES = 5 + 8 * 8 + 1

local POWERS_OF_TEN = { [0] = 1 }
for exponent = 1, 18 do POWERS_OF_TEN[exponent] = POWERS_OF_TEN[exponent - 1] * 10 end

local function unpack_instrument(symbol, record)
    local version, state, price_scale, quantity_scale, money_scale, tick, lot, band_bps,
        min_notional, maker_bps, taker_bps, revision, created_at, currency, position =
        unpack_struct(INSTRUMENT_FORMAT, record)
    -- Price × quantity is in 10^-(price_scale + quantity_scale): what makes money of it.
    local exponent = price_scale + quantity_scale - money_scale
    return {
        symbol = symbol, version = version, state = state, price_scale = price_scale,
        quantity_scale = quantity_scale, money_scale = money_scale, tick = tick, lot = lot,
        band_bps = band_bps, min_notional = min_notional, maker_bps = maker_bps,
        taker_bps = taker_bps, revision = revision, created_at = created_at, currency = currency,
        host = sub(record, position), divisor = POWERS_OF_TEN[exponent > 0 and exponent or 0],
        factor = POWERS_OF_TEN[exponent < 0 and -exponent or 0],
        worst_bps = maker_bps > taker_bps and maker_bps or taker_bps,
    }
end

local function pack_instrument(i)
    return pack(
        INSTRUMENT_FORMAT, 1, i.state, i.price_scale, i.quantity_scale, i.money_scale, i.tick,
        i.lot, i.band_bps, i.min_notional, i.maker_bps, i.taker_bps, i.revision, i.created_at,
        #i.currency, i.currency) .. i.host
end

local MARKET_FORMAT = '<BBBBllllllll'

local function unpack_market(record)
    local version, b, c, d, last, last_quantity, last_seq, day, open, high, low, volume =
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    if record then
        version, b, c, d, last, last_quantity, last_seq, day, open, high, low, volume =
            unpack_struct(MARKET_FORMAT, record)
    end
    return {
        last = last, last_quantity = last_quantity, last_seq = last_seq, day = day, open = open,
        high = high, low = low, volume = volume, is_changed = false, record = false,
    }
end

local function pack_market(m)
    return pack(
        MARKET_FORMAT, 1, 0, 0, 0, m.last, m.last_quantity, m.last_seq, m.day, m.open, m.high,
        m.low, m.volume)
end
