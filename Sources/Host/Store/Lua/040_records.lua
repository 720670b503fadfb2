-- The packed records of docs/REDIS.md as Lua tables, and back.

local NEW, PARTIALLY_FILLED, FILLED, CANCELLED, REJECTED, EXPIRED = 1, 2, 3, 4, 5, 6
local BUY, SELL = 1, 2
local REST, CANCEL_REMAINDER, ALL_OR_NONE = 1, 2, 3
local LIT, INTERNAL = 0, 1
local LIMIT, MARKET = 1, 2

-- The host part ends a record. It is packed in the same go, where c0 writes all of a text, rather
-- than added to a text of its own: Lua hashes every byte of every text that is made.
local ORDER_FORMAT = '<BBBBBBBBllllllllllllllllc8Bc0Bc0'
local WHOLE_ORDER_FORMAT = ORDER_FORMAT .. 'c0'

-- What of the order account and position know: nothing once it has ended.
local function leaves_of(order)
    if order.status > PARTIALLY_FILLED then return 0 end
    return order.quantity - order.filled
end

-- Tables of the call before, to be filled again: a table of many fields costs more to make and to
-- collect than to fill. Who takes one sets every field.
local order_pool, account_pool, position_pool, level_pool =
    { taken = 0 }, { taken = 0 }, { taken = 0 }, { taken = 0 }

local function take(pool)
    local taken = pool.taken + 1
    pool.taken = taken
    local record = pool[taken]
    if not record then
        record = {}
        pool[taken] = record
    end
    return record
end

-- When a call begins, none of the last one's tables is needed any more.
local function give_back_tables()
    order_pool.taken, account_pool.taken, position_pool.taken, level_pool.taken = 0, 0, 0, 0
end

local function unpack_order(id, record)
    local o, version, flags, position = take(order_pool), nil, nil, nil
    version, o.status, o.side, o.policy, o.book, o.pricing, o.self_trade, flags, o.price,
        o.quantity, o.filled, o.notional_high, o.notional_low, o.amount, o.hold, o.fee, o.fee_rest,
        o.book_seq, o.accepted_seq, o.last_seq, o.created_at, o.updated_at, o.closed_at,
        o.expire_at, o.request_hash, o.symbol, o.reason, position =
        unpack_struct(ORDER_FORMAT, record)
    o.id, o.account, o.host = id, match(id, '^[^-]*'), sub(record, position)
    o.working = leaves_of(o)
    o.cause, o.record, o.is_changed = 0, record, false
    return o
end

local function pack_order(o)
    return pack(
        WHOLE_ORDER_FORMAT, 1, o.status, o.side, o.policy, o.book, o.pricing, o.self_trade, 0,
        o.price, o.quantity, o.filled, o.notional_high, o.notional_low, o.amount, o.hold, o.fee,
        o.fee_rest, o.book_seq, o.accepted_seq, o.last_seq, o.created_at, o.updated_at, o.closed_at,
        o.expire_at, o.request_hash, #o.symbol, o.symbol, #o.reason, o.reason, o.host)
end

local ACCOUNT_FORMAT = '<BBBBllllllBc0'
local WHOLE_ACCOUNT_FORMAT = ACCOUNT_FORMAT .. 'c0'

local function unpack_account(id, record)
    local a, version, spare, position = take(account_pool), nil, nil, nil
    version, a.state, a.active, spare, a.balance, a.held, a.short_limit, a.created_at,
        a.updated_at, a.last_seq, a.currency, position = unpack_struct(ACCOUNT_FORMAT, record)
    a.id, a.host, a.record, a.is_changed = id, sub(record, position), record, false
    return a
end

local function pack_account(a)
    return pack(
        WHOLE_ACCOUNT_FORMAT, 1, a.state, a.active, 0, a.balance, a.held, a.short_limit,
        a.created_at, a.updated_at, a.last_seq, #a.currency, a.currency, a.host)
end

local POSITION_FORMAT = '<BBBBllllll'

-- No record: zeros.
local function unpack_position(key, record)
    local p, version, b, c, d = take(position_pool), nil, nil, nil, nil
    if record then
        version, b, c, d, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq =
            unpack_struct(POSITION_FORMAT, record)
    else
        p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq = 0, 0, 0, 0, 0, 0
    end
    p.key, p.record, p.is_changed = key, record, false
    return p
end

local function pack_position(p)
    return pack(
        POSITION_FORMAT, 1, 0, 0, 0, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq)
end

local INSTRUMENT_FORMAT = '<BBBBBllllllllBc0'
local INSTRUMENT_LEAST_BYTES = 5 + 8 * 8 + 1

local POWERS_OF_TEN = { [0] = 1 }
for exponent = 1, 18 do POWERS_OF_TEN[exponent] = POWERS_OF_TEN[exponent - 1] * 10 end

-- The coming session changes, `<lB` each, as pairs of time and state.
local function unpack_schedule(schedule)
    local changes, position = {}, 1
    while position + 8 <= #schedule do
        local time, state
        time, state, position = unpack_struct('<lB', schedule, position)
        changes[#changes + 1] = { time = time, state = state }
    end
    return changes
end

local function unpack_instrument(symbol, record)
    local version, state, price_scale, quantity_scale, money_scale, tick, lot, band_bps,
        min_notional, maker_bps, taker_bps, revision, created_at, currency, position =
        unpack_struct(INSTRUMENT_FORMAT, record)
    local schedule = ''
    -- Version 1 knew no sessions.
    if version > 1 then schedule, position = unpack_struct('Bc0', record, position) end
    -- Price × quantity is in 10^-(price_scale + quantity_scale): what makes money of it.
    local exponent = price_scale + quantity_scale - money_scale
    return {
        symbol = symbol, version = version, state = state, price_scale = price_scale,
        quantity_scale = quantity_scale, money_scale = money_scale, tick = tick, lot = lot,
        band_bps = band_bps, min_notional = min_notional, maker_bps = maker_bps,
        taker_bps = taker_bps, revision = revision, created_at = created_at, currency = currency,
        schedule = schedule, changes = unpack_schedule(schedule),
        host = sub(record, position), divisor = POWERS_OF_TEN[exponent > 0 and exponent or 0],
        factor = POWERS_OF_TEN[exponent < 0 and -exponent or 0],
        worst_bps = maker_bps > taker_bps and maker_bps or taker_bps,
    }
end

local function pack_instrument(i)
    return pack(
        INSTRUMENT_FORMAT .. 'Bc0', 2, i.state, i.price_scale, i.quantity_scale, i.money_scale, i.tick,
        i.lot, i.band_bps, i.min_notional, i.maker_bps, i.taker_bps, i.revision, i.created_at,
        #i.currency, i.currency, #i.schedule, i.schedule) .. i.host
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
