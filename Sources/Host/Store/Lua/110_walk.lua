-- Reading the opposite side of a book: what an order would trade, and why it stops there.

-- What an internal order's price must lie within: the lit book's best prices, where both exist.
local function lit_bounds(call)
    local bid, ask = best_price(call, LIT, BUY), best_price(call, LIT, SELL)
    if bid and ask then return bid, ask end
    return nil, nil
end

-- The trades that `order` would make now, best price first, then earliest; nothing is changed. The
-- second result is nil where they fill it, else why they end:
--   end    no more orders within its price
--   self   the next is the same account's: the newer order is cancelled (cancel_newest)
--   lit    the next, internal, has a price outside the lit book's
--   cap    FILLS_PER_CALL
local function walk(call, order)
    local opposite = order.side == BUY and SELL or BUY
    local book = call.names.book[order.book][opposite]
    local last_score = score_of(opposite, order.price)
    local bid, ask
    if order.book == INTERNAL then bid, ask = lit_bounds(call) end
    local leaves, matches = order.quantity - order.filled, {}
    local offset, page = 0, FIRST_PAGE
    while true do
        local members = redis_call(
            'ZRANGEBYSCORE', book, '-inf', last_score, 'LIMIT', page_start(offset), page)
        if #members == 0 then return matches, 'end' end
        local ids, records = read_page(call, members)
        for index = 1, #ids do
            local resting = order_from(call, ids[index], records[index])
            if resting.status <= PARTIALLY_FILLED then
                local price = resting.price
                if resting.account == order.account then return matches, 'self' end
                if bid and (price < bid or price > ask) then return matches, 'lit' end
                if #matches == FILLS_PER_CALL then return matches, 'cap' end
                local open = resting.quantity - resting.filled
                local quantity = open < leaves and open or leaves
                matches[#matches + 1] = {
                    resting = resting, price = price, quantity = quantity,
                    amount = amount_of(call.instrument, price, quantity),
                }
                leaves = leaves - quantity
                if leaves == 0 then return matches, nil end
            end
        end
        offset, page = offset + #members, PAGE
    end
end

-- Whether any order of the side is left beyond those that `matches` takes. Orders that this call
-- ended still stand in the zset.
local function has_more(call, book, side, matches)
    local key = call.names.book[book][side]
    return redis_call('ZCARD', key) - removed_from(call, key) > #matches
end

-- A market order's limit: the best opposite price, moved by the instrument's band to the worse,
-- within it on a tick. nil and the reason where there is nothing to trade with.
local function protection_price(call, order)
    local instrument = call.instrument
    local reference = best_price(call, order.book, order.side == BUY and SELL or BUY)
    if not reference then
        if market_of(call).last == 0 then return nil, 'no_reference_price' end
        return nil, 'no_liquidity'
    end
    local tick = instrument.tick
    local step = multiply_divide(reference, instrument.band_bps, 10000)
    if order.side == BUY then
        local price = reference + step
        if price > MAXIMUM then price = MAXIMUM end
        price = price - fmod(price, tick)
        return price > reference and price or reference
    end
    local price = reference - step
    local over = fmod(price, tick)
    if over > 0 then price = price - over + tick end
    if price <= 0 then price = tick end
    return price < reference and price or reference
end
