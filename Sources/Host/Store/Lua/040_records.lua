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

local function unpack_order(id, record)
    local o = { id = id, account = match(id, '^[^-]*') }
    local version, flags, position
    version, o.status, o.side, o.policy, o.book, o.pricing, o.self_trade, flags, o.price,
        o.quantity, o.filled, o.notional_high, o.notional_low, o.amount, o.hold, o.fee, o.fee_rest,
        o.book_seq, o.accepted_seq, o.last_seq, o.created_at, o.updated_at, o.closed_at,
        o.expire_at, o.request_hash, o.symbol, o.reason, position =
        unpack_struct(ORDER_FORMAT, record)
    o.host = sub(record, position)
    o.working = leaves_of(o)
    return o
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
    local a = { id = id }
    local version, spare, position
    version, a.state, a.active, spare, a.balance, a.held, a.short_limit, a.created_at,
        a.updated_at, a.last_seq, a.currency, position = unpack_struct(ACCOUNT_FORMAT, record)
    a.host = sub(record, position)
    return a
end

local function pack_account(a)
    return pack(
        ACCOUNT_FORMAT, 1, a.state, a.active, 0, a.balance, a.held, a.short_limit, a.created_at,
        a.updated_at, a.last_seq, #a.currency, a.currency) .. a.host
end

local POSITION_FORMAT = '<BBBBllllll'

local function unpack_position(key, record)
    local p = { key = key }
    local version, b, c, d
    if record then
        version, b, c, d, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq =
            unpack_struct(POSITION_FORMAT, record)
    else
        p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq = 0, 0, 0, 0, 0, 0
    end
    return p
end

local function pack_position(p)
    return pack(
        POSITION_FORMAT, 1, 0, 0, 0, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq)
end

local INSTRUMENT_FORMAT = '<BBBBBllllllllBc0'
local INSTRUMENT_LEAST_BYTES = 5 + 8 * 8 + 1

local function unpack_instrument(symbol, record)
    local i = { symbol = symbol }
    local position
    i.version, i.state, i.price_scale, i.quantity_scale, i.money_scale, i.tick, i.lot, i.band_bps,
        i.min_notional, i.maker_bps, i.taker_bps, i.revision, i.created_at, i.currency, position =
        unpack_struct(INSTRUMENT_FORMAT, record)
    i.host = sub(record, position)
    -- Price × quantity is in 10^-(price_scale + quantity_scale): what makes money of it.
    local exponent = i.price_scale + i.quantity_scale - i.money_scale
    i.divisor = exponent > 0 and tonumber('1e' .. exponent) or 1
    i.factor = exponent < 0 and tonumber('1e' .. -exponent) or 1
    i.worst_bps = i.maker_bps > i.taker_bps and i.maker_bps or i.taker_bps
    return i
end

local function pack_instrument(i)
    return pack(
        INSTRUMENT_FORMAT, 1, i.state, i.price_scale, i.quantity_scale, i.money_scale, i.tick,
        i.lot, i.band_bps, i.min_notional, i.maker_bps, i.taker_bps, i.revision, i.created_at,
        #i.currency, i.currency) .. i.host
end

local MARKET_FORMAT = '<BBBBllllllll'

local function unpack_market(record)
    local m = {}
    local version, b, c, d
    if record then
        version, b, c, d, m.last, m.last_quantity, m.last_seq, m.day, m.open, m.high, m.low,
            m.volume = unpack_struct(MARKET_FORMAT, record)
    else
        m.last, m.last_quantity, m.last_seq, m.day = 0, 0, 0, 0
        m.open, m.high, m.low, m.volume = 0, 0, 0, 0
    end
    return m
end

local function pack_market(m)
    return pack(
        MARKET_FORMAT, 1, 0, 0, 0, m.last, m.last_quantity, m.last_seq, m.day, m.open, m.high,
        m.low, m.volume)
end
