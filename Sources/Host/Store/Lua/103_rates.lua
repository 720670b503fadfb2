-- Limits in time: how many orders were taken in a window, the same order twice, and the throttle on
-- orders that executed. All of it counts by the call's own time.

do

-- A window is counted in tenths, and an eleventh is the one that goes on: so no window of that length,
-- wherever it begins, ever has more than is counted.
local TENTHS = 10
local RATE_FORMAT = '<lI4I4I4I4I4I4I4I4I4I4I4'
local MICROS_PER_TENTH_MILLI = 100

-- Of the same order, as many as are counted.
local TIMES_KEPT = 100
local TTL_MARGIN_MILLIS = 1000

local function shifted(newest, counts, index)
    local now = {}
    for tenth = 1, TENTHS + 1 do now[tenth] = counts[tenth - (index - newest)] or 0 end
    return now
end

-- Taken so far in the window of a guard, with this one. It is counted once the order is taken.
function risk.rate_of(call, guard, who)
    local field = who .. '|' .. format('%d', guard.window)
    local width = guard.window * MICROS_PER_TENTH_MILLI
    local index, counts = (call.time - fmod(call.time, width)) / width, nil
    local record = redis_call('HGET', call.keys.rates, field)
    if record then
        local found = { unpack_struct(RATE_FORMAT, record) }
        local newest = table.remove(found, 1)
        -- A clock that went back counts on where it was.
        if index < newest then index = newest end
        counts = shifted(newest, found, index)
    else
        counts = shifted(0, {}, 0)
    end
    counts[1] = counts[1] + 1
    set_in(call, 'rates', field, pack(RATE_FORMAT, index, unpack(counts, 1, TENTHS + 1)))
    local sum = 0
    for tenth = 1, TENTHS + 1 do sum = sum + counts[tenth] end
    return sum
end

-- What makes an order the same as another one, in its arguments.
local function same_key(call, order)
    local x, price = order.x, order.asked_price
    local key = format('%s:same:%s:%s:%d:%d:%d:%d:%d', call.keys.prefix, order.account, call.symbol,
        order.side, order.pricing, price, order.quantity, order.book)
    if not x or not x.has_ext then return key end
    return key .. format(':%d:%d:%d:%d', order.asked_trigger, x.trail_offset, x.peg_offset,
        order.asked_peg_limit)
end

-- How often the same order was taken within the window.
function risk.duplicates_of(call, guard, order)
    local key = same_key(call, order)
    local record, times = redis_call('GET', key) or '', {}
    local since = call.time - guard.window * 1000
    for at = 1, #record - 7, 8 do
        local time = unpack_struct('<l', record, at)
        if time > since then times[#times + 1] = time end
    end
    local kept = sub(record, -8 * (TIMES_KEPT - 1)) .. pack('<l', call.time)
    local ttl = guard.window + TTL_MARGIN_MILLIS
    local known = call.same
    if not known or known.ttl < ttl then call.same = { key = key, times = kept, ttl = ttl } end
    return #times
end

-- The order has been taken: it counts among its account's open orders, and a new one in its rates.
function risk.take(call, order)
    risk.count(call, order)
    if order ~= call.main or call.is_taken then return end
    call.is_taken = true
    risk.take_rates(call)
end

function risk.take_rates(call)
    for field, record in pairs(call.rates) do
        append(call, 'writes', { 'HSET', call.keys.rates, field, record })
    end
    local same = call.same
    if same then
        append(call, 'writes', { 'SET', same.key, same.times, 'PX', format('%d', same.ttl) })
    end
end

-- Throttles. P:throttles: `account:symbol` → version 1, latched, base (the position's executed when the
-- window began), since, latched_at, last_seq.
local THROTTLE_FORMAT = '<BBBBllll'

local function throttle_of(call, key)
    local known = call.throttles[key]
    if known then return known end
    local throttle = { key = key, latched = 0, base = 0, since = 0, latched_at = 0, last_seq = 0 }
    local record = redis_call('HGET', call.keys.throttles, key)
    if record then
        local _, a, b
        throttle.record = record
        _, throttle.latched, a, b, throttle.base, throttle.since, throttle.latched_at,
            throttle.last_seq = unpack_struct(THROTTLE_FORMAT, record)
    end
    set_in(call, 'throttles', key, throttle)
    return throttle
end
risk.throttle_of = throttle_of

function risk.start_window(call, throttle, executed)
    throttle.base, throttle.since, throttle.is_changed = executed, call.time, true
end

-- Orders that executed since the window began, and whether the throttle is shut.
function risk.executed_of(call, guard, position)
    local throttle = throttle_of(call, position.key)
    if throttle.latched == 0 and call.time - throttle.since >= guard.window * 1000 then
        risk.start_window(call, throttle, position.executed)
    end
    local value = position.executed - throttle.base
    if guard.mode == 1 and throttle.latched == 0 and value >= guard.limit then
        throttle.latched, throttle.latched_at, throttle.is_changed = 1, call.time, true
    end
    return value, throttle.latched == 1 or value >= guard.limit
end

-- Those that changed, into the event and into their hash.
function risk.keep_throttles(call)
    local keys = {}
    for key, throttle in pairs(call.throttles) do
        if throttle.is_changed then keys[#keys + 1] = key end
    end
    table_sort(keys)
    for _, key in ipairs(keys) do
        local throttle = call.throttles[key]
        throttle.last_seq = call.seq
        throttle.record = pack(THROTTLE_FORMAT, 1, throttle.latched, 0, 0, throttle.base,
            throttle.since, throttle.latched_at, call.seq)
        append(call, 'guards', pack('<BI4Bc0', 23, 1 + #key + #throttle.record, #key, key))
        append(call, 'guards', throttle.record)
        append(call, 'writes', { 'HSET', call.keys.throttles, key, throttle.record })
    end
end

end
