-- Making one trade: fills, cash, shares, fees, ledger, levels, market, and what follows from it at
-- once, in links and reduce-only orders.

local MICROS_PER_DAY = 86400000000

local make_trade, cut_reducers, keep_links_covered

do

local function add_notional(order, trade)
    local high, low = multiply_divide(trade.price, trade.quantity, NOTIONAL_BASE)
    order.notional_low = order.notional_low + low
    if order.notional_low >= NOTIONAL_BASE then
        order.notional_low, high = order.notional_low - NOTIONAL_BASE, high + 1
    end
    order.notional_high = bounded(order.notional_high + high)
end

-- One side's part of a trade. Returns the fee that it pays. What an end takes with it follows from
-- the indexes that the order stands in; the family hears of it after the arrival.
local function fill(call, order, trade, bps)
    add_notional(order, trade)
    if order.filled == 0 then
        local position = position_of(call, order.account)
        position.executed = position.executed + 1
    end
    order.filled = order.filled + trade.quantity
    order.amount = bounded(order.amount + trade.amount)
    if order.filled == order.quantity then
        close_order(call, order, FILLED, '')
    else
        order.status = PARTIALLY_FILLED
    end
    return charge(order, trade.amount, bps)
end

-- Cash and shares of one side. sign: 1 for the buyer, -1 for the seller.
local function settle_side(call, order, trade, sign, fee)
    local account, position = account_of(call, order.account), position_of(call, order.account)
    account.balance = bounded(account.balance - sign * trade.amount)
    ledger_entry(
        call, sign == 1 and 4 or 5, account, -sign * trade.amount, sign * trade.quantity,
        call.symbol, order.id)
    if fee > 0 then
        account.balance = account.balance - fee
        ledger_entry(call, 6, account, -fee, 0, call.symbol, order.id)
        call.fee = call.fee + fee
    end
    local cost = position.cost
    move_shares(position, sign * trade.quantity, trade.amount, true)
    risk.note_cost(account, cost, position.cost)
    account_changed(call, account)
    position_changed(call, position)
end

-- Internal trades count in volume only. Volume stays at its largest rather than stop the trading.
local function note_in_market(call, trade, book)
    local market = market_of(call)
    local day = (call.time - fmod(call.time, MICROS_PER_DAY)) / MICROS_PER_DAY
    if market.day ~= day then
        market.day, market.open, market.high, market.low, market.volume = day, 0, 0, 0, 0
    end
    market.volume = market.volume + trade.quantity
    if market.volume > MAXIMUM then market.volume = MAXIMUM end
    market.is_changed = true
    if book == INTERNAL then return end
    local price = trade.price
    market.last, market.last_quantity, market.last_seq = price, trade.quantity, call.seq
    if market.open == 0 then market.open = price end
    if price > market.high then market.high = price end
    if market.low == 0 or price < market.low then market.low = price end
end

-- An iceberg whose shown part is used up shows its next one, at the back of its level.
local function refresh(call, order)
    take_from_book(call, order, 0)
    order.home = false
    place_in_book(call, order)
    note_restated(call, order, 'refreshed')
end

-- The resting order's place after its fill of `quantity`.
local function stand_after(call, resting, quantity)
    local x = resting.x
    if x and x.display > 0 then x.shown = x.shown - quantity end
    if resting.status == FILLED then
        take_from_book(call, resting, quantity)
        stop_expiry(call, resting)
        return
    end
    change_level_of(call, resting, -quantity, 0)
    if not x then return end
    if working_of(resting) == 0 then
        -- A child that waits for more of its main order's fills.
        take_from_book(call, resting, 0)
        x.waiting = true
        parked.park(call, resting)
    elseif x.display > 0 and x.shown == 0 then
        refresh(call, resting)
    end
end

-- A TRADE section: 49 bytes and the texts.
local function trade_section(call, order, trade, buy, buy_fee, sell, sell_fee)
    local symbol, buy_id, sell_id = call.symbol, buy.id, sell.id
    return pack(
        '<BI4I4BBlllllBc0Bc0Bc0', 4, 49 + #symbol + #buy_id + #sell_id, #call.trades + 1,
        order.side, order.book, trade.price, trade.quantity, trade.amount, buy_fee, sell_fee,
        #symbol, symbol, #buy_id, buy_id, #sell_id, sell_id)
end

-- What a container's child trades, the container traded.
local function roll_up(call, order, trade, fee)
    local main = main_of(call, order)
    if not is_open(main) then return end
    add_notional(main, trade)
    main.filled = main.filled + trade.quantity
    main.amount, main.fee = bounded(main.amount + trade.amount), bounded(main.fee + fee)
    order_changed(call, main, 7)
    if main.filled == main.quantity then
        stop_expiry(call, main)
        close_order(call, main, FILLED, '')
        return
    end
    main.status = PARTIALLY_FILLED
    if fmod(main.x.wakes, 2) == 1 then parked.wake_container(call, main) end
end

-- Takes `quantity` off an open order where more than that is left of it; else cancels it.
local function cut(call, order, quantity, reason)
    if order.quantity - quantity <= order.filled then
        end_order(call, order, CANCELLED, reason, 7)
        return
    end
    local x, shown = order.x, shown_of(order)
    order.quantity = order.quantity - quantity
    if x and x.role == AFTER then
        x.granted = x.granted > quantity and x.granted - quantity or 0
        if x.granted < order.filled then x.granted = order.filled end
    end
    if is_in_book(order) then
        clamp_shown(order)
        if working_of(order) == 0 then
            take_from_book(call, order, shown)
            x.waiting = true
            parked.park(call, order)
        else
            change_level_of(call, order, shown_of(order) - shown, 0)
        end
    elseif x and not x.waiting and x.role == AFTER and working_of(order) == 0 then
        parked.suspend(call, order)
    end
    update_hold(call, order)
    note_restated(call, order, reason)
    order_changed(call, order, 7)
end

-- What one member of a link group filled, the others lose.
local function follow_links(call, order, quantity)
    local link = order.x.link
    for _, member in ipairs(family_of(call, order.id)) do
        local other = member.x
        if member ~= order and other and other.link == link and is_open(member) then
            if other.link_action == 1 then
                end_order(call, member, CANCELLED, 'linked', 7)
            else
                cut(call, member, quantity, 'linked')
            end
        end
    end
end

-- A fill may cost more than the other members' holds have shrunk by. Those that the account no longer
-- covers are cancelled, the last first.
function keep_links_covered(call, order)
    if order.side ~= BUY then return end
    local account, family = account_of(call, order.account), family_of(call, order.id)
    local at = #family
    while at > 0 and available_cash(account) < 0 do
        local member = family[at]
        local other = member.x
        if member ~= order and other and other.link == order.x.link and is_open(member) then
            end_order(call, member, CANCELLED, 'insufficient_cash', 7)
        end
        at = at - 1
    end
end

local function read_reducers(call, account)
    local orders, seen = {}, {}
    local key = call.keys.prefix .. ':reduce:' .. account .. ':' .. call.symbol
    local ids = redis_call('ZRANGE', key, '0', '-1')
    local records = #ids > 0 and redis_call('HMGET', call.keys.orders, unpack(ids)) or NONE
    for index = 1, #ids do
        orders[index], seen[ids[index]] = order_from(call, ids[index], records[index]), true
    end
    -- Those that began in this call before.
    for id, order in pairs(call.orders) do
        if order.account == account and order.x and order.x.is_reducer and not seen[id] then
            orders[#orders + 1] = order
        end
    end
    set_in(call, 'reducers', account, orders)
    return orders
end

local function is_newer(a, b)
    if a.accepted_seq ~= b.accepted_seq then return a.accepted_seq > b.accepted_seq end
    return a.id > b.id
end

-- The account's open reduce-only orders, newest first; those that began in this call are in it.
local function reducers_of(call, account)
    local orders = call.reducers[account]
    if orders and orders.is_sorted then return orders end
    if not orders then orders = read_reducers(call, account) end
    table_sort(orders, is_newer)
    orders.is_sorted = true
    return orders
end

-- Which link group an order belongs to; an order without links is its own.
local function group_of(order)
    return order.x.link > 0 and link_name(order) or order
end

-- What the account's open reduce-only orders on an order's side would take off the position, without
-- the order and its link group. Of a group the largest counts.
function reducing_beside(call, order)
    local total, largest, own = 0, {}, group_of(order)
    for _, other in ipairs(reducers_of(call, order.account)) do
        local group = group_of(other)
        if group ~= own and is_open(other) and other.side == order.side then
            local known = largest[group] or 0
            if other.working > known then
                total, largest[group] = total + other.working - known, other.working
            end
        end
    end
    return total
end

-- Whether those of a side still fit: nearly always, since few trades shrink a position below them.
local function fit(call, account, side, size)
    local total, largest = 0, {}
    for _, order in ipairs(reducers_of(call, account)) do
        if order.side == side and is_open(order) then
            local group = group_of(order)
            local known = largest[group] or 0
            if order.working > known then
                total, largest[group] = total + order.working - known, order.working
            end
        end
    end
    return total <= (size > 0 and size or 0)
end

-- Cuts reduce-only orders, the newest first, until they fit what the account has.
function cut_reducers(call, account)
    local position = position_of(call, account)
    if position.reducers == 0 then return end
    local owned = position.quantity
    if fit(call, account, SELL, owned) and fit(call, account, BUY, -owned) then return end
    for _, order in ipairs(reducers_of(call, account)) do
        if is_open(order) and order.working > 0 then
            local size = order.side == SELL and position.quantity or -position.quantity
            local allowed = size > 0 and size - reducing_beside(call, order) or 0
            if allowed < 0 then allowed = 0 end
            if order.working > allowed then
                cut(call, order, order.working - allowed, 'reduce_only')
            end
        end
    end
end

-- One side's part in what follows from a trade at once.
local function follow(call, order, quantity)
    local x = order.x
    if x then
        if x.link > 0 then follow_links(call, order, quantity) end
        if x.has_children then
            local grants = call.grants
            local grant = grants[order.id]
            if grants == NONE then
                grants = {}
                call.grants = grants
            end
            if grant then
                grant.quantity = grant.quantity + quantity
            else
                -- Its children are as much work as so many fills.
                call.fills = call.fills + #family_of(call, order.id) - 1
                grant = { main = order, quantity = quantity }
                grants[order.id], grants[#grants + 1] = grant, grant
            end
        end
    end
    local position = position_of(call, order.account)
    if position.reducers > 0 then cut_reducers(call, order.account) end
end

-- Trades `quantity` of `order` with a resting order, at the resting order's price.
function make_trade(call, order, resting, quantity)
    local instrument, price = call.instrument, resting.price
    local made = { price = price, quantity = quantity }
    made.amount = amount_of(instrument, price, quantity)
    local fee = fill(
        call, order, made, risk.taker_bps(instrument, account_of(call, order.account)))
    local resting_fee = fill(
        call, resting, made, risk.maker_bps(instrument, account_of(call, resting.account)))
    order_changed(call, resting, 2)
    local buy, buy_fee, sell, sell_fee = order, fee, resting, resting_fee
    if order.side == SELL then buy, buy_fee, sell, sell_fee = resting, resting_fee, order, fee end
    append(call, 'trades', trade_section(call, order, made, buy, buy_fee, sell, sell_fee))
    stand_after(call, resting, quantity)
    settle_side(call, buy, made, 1, buy_fee)
    settle_side(call, sell, made, -1, sell_fee)
    update_hold(call, resting)
    note_in_market(call, made, order.book)
    if order.book == LIT and call.first_price == 0 then call.first_price = price end
    call.last_price, call.last_quantity = price, quantity
    local x, other = order.x, resting.x
    if x and x.rolls_up then roll_up(call, order, made, fee) end
    if other and other.rolls_up then roll_up(call, resting, made, resting_fee) end
    follow(call, order, quantity)
    follow(call, resting, quantity)
    if other and other.link > 0 then keep_links_covered(call, resting) end
end

end
