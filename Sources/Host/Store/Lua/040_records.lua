-- The packed records of docs/REDIS.md as Lua tables, and back.

local NEW, PARTIALLY_FILLED, FILLED, CANCELLED, REJECTED, EXPIRED, TRIGGERED, PARKED =
    1, 2, 3, 4, 5, 6, 7, 8
local BUY, SELL = 1, 2
local REST, ALL_OR_NONE = 1, 3
local LIT, INTERNAL = 0, 1
local LIMIT, MARKET = 1, 2
local CONTAINER, AFTER = 1, 2

-- What only some orders have (see below), zero and false where it isn't given.
local new_extra, read_extra
local unpack_order, pack_order, unpack_account, pack_account, unpack_position, pack_position
local totals_in
local unpack_instrument, pack_instrument, unpack_market, pack_market
local INSTRUMENT_LEAST_BYTES = 5 + 8 * 8 + 1

local function is_open(order)
    local status = order.status
    return status <= PARTIALLY_FILLED or status >= TRIGGERED
end

-- What is still to be filled: nothing once it has ended.
local function leaves_of(order)
    if not is_open(order) then return 0 end
    return order.quantity - order.filled
end

-- What of it account and position are charged for.
local function working_of(order)
    local x = order.x
    if not x then return leaves_of(order) end
    if x.role == CONTAINER or x.waiting or x.is_coming or not is_open(order) then return 0 end
    local most = order.quantity
    if x.role == AFTER and x.granted < most then most = x.granted end
    return most - order.filled
end


local give_back_tables, new_order, new_level

do

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
function give_back_tables()
    order_pool.taken, account_pool.taken, position_pool.taken, level_pool.taken = 0, 0, 0, 0
end

function new_order()
    return take(order_pool)
end

function new_level()
    return take(level_pool)
end

-- The host part ends a record. It is packed in the same go, where c0 writes all of a text, rather
-- than added to a text of its own: Lua hashes every byte of every text that is made.
local ORDER_FORMAT = '<BBBBBBBBllllllllllllllllc8Bc0Bc0Bc0'
local WHOLE_ORDER_FORMAT = ORDER_FORMAT .. 'c0'
local EXTRA_FORMAT = '<BBBBBBBBllllllllll'
local EXTRA_BYTES = 8 + 10 * 8

local FLAGS = { 'post_only', 'reduce_only', 'queued', 'waiting', 'has_children', 'rolls_up' }

-- An order that is more than a limit or market order has a table `x`; all others have `x = false`,
-- so that they cost nothing of it. `has_ext` says that the record keeps its EXT part.
function new_extra()
    return {
        post_only = false, reduce_only = false, queued = false, waiting = false,
        has_children = false, rolls_up = false, has_ext = false, source = 0, direction = 0,
        trail = 0, peg = 0, link = 0, link_action = 0, role = 0, wakes = 0, trigger_price = 0,
        trail_offset = 0, limit_offset = 0, peg_offset = 0, peg_limit = 0, display = 0, shown = 0,
        min_quantity = 0, granted = 0, state_version = 0,
    }
end

-- false for a plain order, nil where `ext` is of no known form.
function read_extra(flags, ext)
    if flags == 0 and ext == '' then return false end
    local x = new_extra()
    for index = 1, #FLAGS do
        local bit = fmod(flags, 2)
        x[FLAGS[index]] = bit == 1
        flags = (flags - bit) / 2
    end
    if ext == '' then return x end
    if #ext ~= EXTRA_BYTES then return nil end
    x.has_ext = true
    x.source, x.direction, x.trail, x.peg, x.link, x.link_action, x.role, x.wakes,
        x.trigger_price, x.trail_offset, x.limit_offset, x.peg_offset, x.peg_limit, x.display,
        x.shown, x.min_quantity, x.granted, x.state_version = unpack_struct(EXTRA_FORMAT, ext)
    return x
end

local function flags_of(x)
    local flags, bit = 0, 1
    for index = 1, #FLAGS do
        if x[FLAGS[index]] then flags = flags + bit end
        bit = bit + bit
    end
    return flags
end

local function pack_extra(x)
    if not x.has_ext then return '' end
    return pack(
        EXTRA_FORMAT, x.source, x.direction, x.trail, x.peg, x.link, x.link_action, x.role,
        x.wakes, x.trigger_price, x.trail_offset, x.limit_offset, x.peg_offset, x.peg_limit,
        x.display, x.shown, x.min_quantity, x.granted, x.state_version)
end

-- In which indexes a special order stands, besides its book.
local function note_indexes(o, x)
    local is_homeless = is_open(o) and not o.home
    x.is_parked = is_homeless or (x.peg > 0 and is_open(o))
    x.is_armed = o.status == PARKED and x.source > 0 and not x.waiting
    x.is_reducer = x.reduce_only and is_open(o)
end

function unpack_order(id, record)
    local o, version, flags, ext, position = take(order_pool), nil, nil, nil, nil
    version, o.status, o.side, o.policy, o.book, o.pricing, o.self_trade, flags, o.price,
        o.quantity, o.filled, o.notional_high, o.notional_low, o.amount, o.hold, o.fee, o.fee_rest,
        o.book_seq, o.accepted_seq, o.last_seq, o.created_at, o.updated_at, o.closed_at,
        o.expire_at, o.request_hash, o.symbol, o.reason, ext, position =
        unpack_struct(ORDER_FORMAT, record)
    o.id, o.account, o.host = id, match(id, '^[^-]*'), sub(record, position)
    local x = read_extra(flags, ext)
    o.x = x
    o.working = working_of(o)
    -- Whether it stands in its book where it stood before the call, and where the call placed it.
    o.home = o.status <= PARTIALLY_FILLED
        and not (x and (x.queued or x.waiting or x.role == CONTAINER))
    o.placed, o.cause, o.record, o.is_changed = false, 0, record, false
    o.held_before, o.open_before, o.noted_before, o.guards_text = nil, nil, nil, nil
    -- What it is charged for by now: the money follows from that where it is asked for. An order that
    -- is open counts among its account's.
    o.notional, o.held_price, o.is_counted = nil, o.price, true
    if x then
        note_indexes(o, x)
        if x.peg > 0 then o.held_price = x.peg_limit end
    end
    return o
end

function pack_order(o)
    local x, flags, ext = o.x, 0, ''
    if x then flags, ext = flags_of(x), pack_extra(x) end
    return pack(
        WHOLE_ORDER_FORMAT, 1, o.status, o.side, o.policy, o.book, o.pricing, o.self_trade, flags,
        o.price, o.quantity, o.filled, o.notional_high, o.notional_low, o.amount, o.hold, o.fee,
        o.fee_rest, o.book_seq, o.accepted_seq, o.last_seq, o.created_at, o.updated_at, o.closed_at,
        o.expire_at, o.request_hash, #o.symbol, o.symbol, #o.reason, o.reason, #ext, ext, o.host)
end

local ACCOUNT_FORMAT = '<BBBBllllllllllllllBc0Bc0'
local WHOLE_ACCOUNT_FORMAT = ACCOUNT_FORMAT .. 'c0'

function unpack_account(id, record)
    local a, version, position = take(account_pool), nil, nil
    version, a.state, a.active, a.self_trade_scope, a.balance, a.held, a.short_limit, a.created_at,
        a.updated_at, a.last_seq, a.maker_bps, a.taker_bps, a.multiple, a.open_orders, a.open_buy,
        a.open_sell, a.long_cost, a.short_cost, a.currency, a.group, position =
        unpack_struct(ACCOUNT_FORMAT, record)
    a.id, a.host, a.record, a.is_changed = id, sub(record, position), record, false
    return a
end

function pack_account(a)
    return pack(
        WHOLE_ACCOUNT_FORMAT, 2, a.state, a.active, a.self_trade_scope, a.balance, a.held,
        a.short_limit, a.created_at, a.updated_at, a.last_seq, a.maker_bps, a.taker_bps, a.multiple,
        a.open_orders, a.open_buy, a.open_sell, a.long_cost, a.short_cost, #a.currency, a.currency,
        #a.group, a.group, a.host)
end

-- What a record says of open orders and positions, without the rest: open_orders, open_buy, open_sell,
-- long_cost, short_cost, currency, group.
function totals_in(record)
    return unpack_struct('<lllllBc0Bc0', record, 4 + 9 * 8 + 1)
end

local POSITION_FORMAT = '<BI3lllllll'

-- No record: zeros.
function unpack_position(key, record)
    local p, version = take(position_pool), nil
    if record then
        version, p.reducers, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq,
            p.executed = unpack_struct(POSITION_FORMAT, record)
    else
        p.reducers, p.quantity, p.held, p.open_buy, p.cost, p.realized, p.last_seq, p.executed =
            0, 0, 0, 0, 0, 0, 0, 0
    end
    p.key, p.record, p.is_changed = key, record, false
    return p
end

function pack_position(p)
    return pack(
        POSITION_FORMAT, 2, p.reducers, p.quantity, p.held, p.open_buy, p.cost, p.realized,
        p.last_seq, p.executed)
end

local INSTRUMENT_FORMAT = '<BBBBBllllllllBc0'

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

function unpack_instrument(symbol, record)
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

function pack_instrument(i)
    return pack(
        INSTRUMENT_FORMAT .. 'Bc0', 2, i.state, i.price_scale, i.quantity_scale, i.money_scale, i.tick,
        i.lot, i.band_bps, i.min_notional, i.maker_bps, i.taker_bps, i.revision, i.created_at,
        #i.currency, i.currency, #i.schedule, i.schedule) .. i.host
end

local MARKET_FORMAT = '<BBBBllllllll'

function unpack_market(record)
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

function pack_market(m)
    return pack(
        MARKET_FORMAT, 1, 0, 0, 0, m.last, m.last_quantity, m.last_seq, m.day, m.open, m.high,
        m.low, m.volume)
end

end
