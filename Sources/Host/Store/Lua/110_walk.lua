-- Looking at the opposite side of a book before an order trades: what it would find there, and the
-- price that protects one without a limit.

-- What an internal order's price must lie within: the lit book's best prices, where both exist.
local function lit_bounds(call)
    local bid, ask = best_price(call, LIT, BUY), best_price(call, LIT, SELL)
    if bid and ask then return bid, ask end
    return nil, nil
end

local function opposite_of(order)
    return order.side == BUY and SELL or BUY
end

-- Whether a price on the other side lies beyond what the order would pay or take.
local function is_beyond(order, price)
    if order.side == BUY then return price > order.price end
    return price < order.price
end

-- What becomes of an order that meets one of its own account.
local SELF_TRADE = { NEWEST = 1, OLDEST = 2, BOTH = 3, DECREMENT = 4 }

-- Whether a resting order counts as the incoming one's account's own: by the account, or by its group
-- where the account asks for that.
function risk.is_own(call, order, resting)
    if resting.account == order.account then return true end
    local account = account_of(call, order.account)
    return account.self_trade_scope == 1 and account.group ~= ''
        and account_of(call, resting.account).group == account.group
end

local each_resting, look_ahead, protected
-- Set in 120_settle.lua.
local reducing_beside

do

-- Those that this call placed in a book and that stand there still, in their sequence.
local function placed_in_turn(call, key)
    local standing = {}
    for _, order in ipairs(call.placed[key] or NONE) do
        if order.placed then standing[#standing + 1] = order end
    end
    table_sort(standing, stands_before)
    return standing
end

-- Shows a side's orders in the sequence in which they would trade until `visit` says true. Those that
-- it shows first may lie within `limit` or beyond it.
function each_resting(call, key, limit, visit)
    local placed, next_placed = placed_in_turn(call, key), 1
    local window = call.windows[key]
    local index = window and window.head or 1
    while true do
        local order = window and window[index]
        if order then
            index = index + 1
            if order.home then
                while placed[next_placed] and stands_before(placed[next_placed], order) do
                    if visit(placed[next_placed]) then return end
                    next_placed = next_placed + 1
                end
                if visit(order) then return end
            end
        else
            local more = read_window(call, key, limit)
            if not more then break end
            window = more
        end
    end
    for later = next_placed, #placed do
        if visit(placed[later]) then return end
    end
end

-- How many fills taking `quantity` of a resting order makes: an iceberg is taken slice by slice, and
-- children count with their main order.
local function fills_of(call, resting, quantity)
    local x = resting.x
    if not x then return 1 end
    local fills = x.has_children and #family_of(call, resting.id) or 1
    if x.display == 0 or quantity <= x.shown then return fills end
    local hidden = quantity - x.shown
    local rest = fmod(hidden, x.display)
    return fills + (hidden - rest) / x.display + (rest > 0 and 1 or 0)
end

-- How much of a resting order can be counted on, where the walk took something from its link group or
-- from its account before: a trade there would cut it at once. `taken` holds what was taken, of groups
-- by their names and of accounts from orders that aren't reduce-only.
local function countable(call, resting, taken)
    local x, open = resting.x, working_of(resting)
    if not x then return open end
    if x.link > 0 then
        local gone = taken[link_name(resting)] or 0
        if gone > 0 then open = x.link_action == 1 and 0 or open - gone end
    end
    local sold = x.reduce_only and taken[resting.account] or 0
    if sold > 0 then
        local position = position_of(call, resting.account)
        local size = resting.side == SELL and position.quantity or -position.quantity
        local left = size - sold - reducing_beside(call, resting)
        if left < open then open = left end
    end
    return open > 0 and open or 0
end

local function note_taken(resting, quantity, taken)
    local x = resting.x
    if x and x.link > 0 then
        local name = link_name(resting)
        taken[name] = (taken[name] or 0) + quantity
    end
    if not x or not x.reduce_only then
        taken[resting.account] = (taken[resting.account] or 0) + quantity
    end
end

-- What `order` would trade now; nothing is changed. Returns quantity and cost, and why it ends there,
-- nil where it would all be filled: 'end', 'self', 'lit', 'cap' as in `match_order` (125_match.lua). And
-- what is sought still: own orders take theirs off it.
function look_ahead(call, order)
    local side = opposite_of(order)
    local key, limit = call.names.book[order.book][side], score_of(side, order.price)
    local bid, ask
    if order.book == INTERNAL then bid, ask = lit_bounds(call) end
    local sought, found, cost, fills, stop = working_of(order), 0, 0, 0, 'end'
    local taken = {}
    each_resting(call, key, limit, function(resting)
        local price = resting.price
        if is_beyond(order, price) then return true end
        local is_own = risk.is_own(call, order, resting)
        if is_own and (order.self_trade == SELF_TRADE.NEWEST
            or order.self_trade == SELF_TRADE.BOTH) then
            stop = 'self'
            return true
        end
        if not is_own and bid and (price < bid or price > ask) then
            stop = 'lit'
            return true
        end
        local open = is_own and working_of(resting) or countable(call, resting, taken)
        if open == 0 then return false end
        local quantity = open < sought and open or sought
        fills = fills + (is_own and 1 or fills_of(call, resting, quantity))
        if fills > FILLS_PER_CALL then
            stop = 'cap'
            return true
        end
        if is_own then
            if order.self_trade == SELF_TRADE.OLDEST then return false end
            sought = sought - quantity
            if sought == 0 then stop = 'self' end
            return sought == 0
        end
        note_taken(resting, quantity, taken)
        found, sought = found + quantity, sought - quantity
        cost = bounded(cost + amount_of(call.instrument, price, quantity))
        if sought == 0 then stop = nil end
        return sought == 0
    end)
    if stop == nil and found < working_of(order) then stop = 'self' end
    return found, cost, stop, sought
end

-- A price moved from `reference` by the instrument's band to the worse for `side`, within it on a
-- tick, never better than the reference.
function protected(instrument, side, reference)
    local tick = instrument.tick
    local step = multiply_divide(reference, instrument.band_bps, 10000)
    if side == BUY then
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

-- A market order's limit, from the best opposite price. nil and the reason where there is nothing to
-- trade with.
function protection_price(call, order)
    local reference = best_price(call, order.book, opposite_of(order))
    if not reference then
        if market_of(call).last == 0 then return nil, 'no_reference_price' end
        return nil, 'no_liquidity'
    end
    return protected(call.instrument, order.side, reference)
end

end
