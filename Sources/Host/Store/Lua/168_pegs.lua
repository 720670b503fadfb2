-- Pegged orders: their prices follow the best prices of the others.

local pegged_price, move_pegs

do

-- Pegged orders of a symbol.
local PEGS_PER_SYMBOL = 50

-- The best price of a side of the lit book, pegged orders left out.
local function reference_of(call, side)
    local best
    each_resting(call, call.names.book[LIT][side], '+inf', function(order)
        if order.x and order.x.peg > 0 then return false end
        best = order.price
        return true
    end)
    return best
end

local function reference_price(call, order, bid, ask)
    local peg, tick = order.x.peg, call.instrument.tick
    if peg == 1 then return bid end
    if peg == 2 then return ask end
    if not bid or not ask then return nil end
    local between = ask - bid
    local odd = fmod(between, 2)
    local middle = bid + (between - odd) / 2
    local over = fmod(middle, tick)
    if order.side == BUY then return middle - over end
    if over > 0 or odd > 0 then return middle - over + tick end
    return middle
end

-- The price that a pegged order should have now; nil where it stays as it is.
local function price_from(call, order, bid, ask)
    local reference, x = reference_price(call, order, bid, ask), order.x
    if not reference then return nil end
    local price, tick = reference + x.peg_offset, call.instrument.tick
    if order.side == BUY then
        if price > x.peg_limit then price = x.peg_limit end
        local best = best_price(call, LIT, SELL)
        if best and price >= best then price = best - tick end
    else
        if price < x.peg_limit then price = x.peg_limit end
        local best = best_price(call, LIT, BUY)
        if best and price <= best then price = best + tick end
    end
    if price < tick or price > MAXIMUM then return nil end
    return price
end

function pegged_price(call, order)
    return price_from(call, order, reference_of(call, BUY), reference_of(call, SELL))
end

-- A new pegged order's price; nil, or code and values where it can't have one.
function start_peg(call, order)
    local price = pegged_price(call, order)
    if not price then return 'no_reference_price', '' end
    local key = call.names.pegs
    local removal = call.removals[key]
    if redis_call('ZCARD', key) - (removal and #removal - 2 or 0) >= PEGS_PER_SYMBOL then
        return 'too_many_pegs', format('limit=%d', PEGS_PER_SYMBOL)
    end
    order.price = price
    return nil
end

local function move(call, order, price)
    take_from_book(call, order, shown_of(order))
    lift(call, order)
    order.price = price
    place_in_book(call, order)
    update_hold(call, order)
    note_restated(call, order, 'pegged')
    order_changed(call, order, 7)
end

local function pegged_orders(call)
    local ids = redis_call('ZRANGE', call.names.pegs, '0', '-1')
    local records = #ids > 0 and redis_call('HMGET', call.keys.orders, unpack(ids)) or NONE
    local orders = {}
    for index = 1, #ids do
        local order = order_from(call, ids[index], records[index])
        if is_in_book(order) then orders[#orders + 1] = order end
    end
    for _, order in ipairs(call.new_pegs or NONE) do
        if is_in_book(order) then orders[#orders + 1] = order end
    end
    return orders
end

-- The references of a repricing, as the next one compares them.
local function references(call, bid, ask)
    return pack(
        '<llll', bid or 0, ask or 0, best_price(call, LIT, BUY) or 0,
        best_price(call, LIT, SELL) or 0)
end

-- Moves those whose references moved. Returns whether any was.
function move_pegs(call)
    local names = call.names
    if not call.new_pegs and redis_call('ZCARD', names.pegs) == 0 then return false end
    local bid, ask = reference_of(call, BUY), reference_of(call, SELL)
    local known = call.pegged or redis_call('GET', names.pegged)
    if known == references(call, bid, ask) then return false end
    local any = false
    for _, order in ipairs(pegged_orders(call)) do
        local price = price_from(call, order, bid, ask)
        if price and price ~= order.price then
            move(call, order, price)
            any = true
        end
    end
    local now = references(call, bid, ask)
    call.pegged = now
    append(call, 'writes', { 'SET', names.pegged, now })
    return any
end

end
