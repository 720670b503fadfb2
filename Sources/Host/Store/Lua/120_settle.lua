-- Making the trades that a walk found: fills, cash, shares, fees, ledger, levels, market.

local MICROS_PER_DAY = 86400000000

-- One side's part of a trade. Returns the fee that it pays.
local function fill(call, order, trade, bps)
    local high, low = multiply_divide(trade.price, trade.quantity, NOTIONAL_BASE)
    order.notional_low = order.notional_low + low
    if order.notional_low >= NOTIONAL_BASE then
        order.notional_low, high = order.notional_low - NOTIONAL_BASE, high + 1
    end
    order.notional_high = bounded(order.notional_high + high)
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
    move_shares(position, sign * trade.quantity, trade.amount, true)
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

-- The resting order's place after its fill.
local function fill_resting(call, resting, trade, bps)
    local fee = fill(call, resting, trade, bps)
    if resting.status == FILLED then
        take_from_book(call, resting, trade.quantity)
        stop_expiry(call, resting)
    else
        change_level_of(call, resting, -trade.quantity, 0)
    end
    order_changed(call, resting, 2)
    return fee
end

-- A TRADE section: 49 bytes and the texts.
local function trade_section(call, order, trade, buy, buy_fee, sell, sell_fee)
    local symbol, buy_id, sell_id = call.symbol, buy.id, sell.id
    return pack(
        '<BI4I4BBlllllBc0Bc0Bc0', 4, 49 + #symbol + #buy_id + #sell_id, #call.trades + 1,
        order.side, order.book, trade.price, trade.quantity, trade.amount, buy_fee, sell_fee,
        #symbol, symbol, #buy_id, buy_id, #sell_id, sell_id)
end

-- Makes one of the trades that the walk found for `order`.
local function trade(call, order, made)
    local instrument, resting = call.instrument, made.resting
    local fee = fill(call, order, made, instrument.taker_bps)
    local resting_fee = fill_resting(call, resting, made, instrument.maker_bps)
    local buy, buy_fee, sell, sell_fee = order, fee, resting, resting_fee
    if order.side == SELL then buy, buy_fee, sell, sell_fee = resting, resting_fee, order, fee end
    append(call, 'trades', trade_section(call, order, made, buy, buy_fee, sell, sell_fee))
    settle_side(call, buy, made, 1, buy_fee)
    settle_side(call, sell, made, -1, sell_fee)
    update_hold(call, resting)
    note_in_market(call, made, order.book)
    call.last_price, call.last_quantity = made.price, made.quantity
end

local function settle(call, order, matches)
    local count = #matches
    if count > 1 then
        local ids = { order.account }
        for index = 1, count do ids[index + 1] = matches[index].resting.account end
        preload(call, ids)
    end
    for index = 1, count do trade(call, order, matches[index]) end
end

-- Why the remainder of an order that a walk left unfilled is cancelled; nil where it rests.
local function remainder_reason(order, stop, has_more_orders)
    if stop == 'self' then return 'self_trade' end
    if stop == 'cap' then return 'fill_limit' end
    if order.pricing == MARKET then
        if stop == 'lit' then return 'outside_lit' end
        return has_more_orders and 'protection_price' or 'no_liquidity'
    end
    if order.policy == CANCEL_REMAINDER then return 'ioc_remainder' end
    return nil
end

-- What becomes of an order after its trades: it is filled, rests, or its remainder is cancelled.
local function conclude(call, order, stop, has_more_orders)
    if order.status == FILLED then return end
    local reason = remainder_reason(order, stop, has_more_orders)
    if reason then
        close_order(call, order, CANCELLED, reason)
    else
        place_in_book(call, order)
    end
end
