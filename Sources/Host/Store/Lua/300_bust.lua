-- bust: takes a trade back. Cash, shares and fees of both sides go back as they came, to the unit.
--
-- The orders stay as they are, filled figures included, and so do volume and last price: the trade has
-- happened, and what was decided by it since stands. A trade is busted once.

do

-- A function, which has 200 locals of its own (see 290_key.lua).
local function define()

-- As the projector's lists hold it: sequence, time and the TRADE section's payload.
local TRADE_FORMAT, PAYLOAD_AT = '<llI4BBlllllBc0Bc0Bc0', 17
-- The reason stands in ledger entries beside two ids.
local REASON_BYTES = 120
local LEDGER_BUST, TRADE_TARGET, CHANGED = 7, 5, 7

local function read_trade(item)
    local t, position = { item = item }, nil
    local is_read
    is_read, t.seq, t.time, t.index, t.aggressor, t.book, t.price, t.quantity, t.amount,
        t.buy_fee, t.sell_fee, t.symbol, t.buy_id, t.sell_id, position =
        pcall(unpack_struct, TRADE_FORMAT, item)
    check_part(is_read and position == #item + 1, 'trade')
    for _, number in ipairs({ t.seq, t.quantity, t.price }) do
        check_part(number >= 1 and number <= MAXIMUM, 'trade')
    end
    for _, number in ipairs({ t.amount, t.buy_fee, t.sell_fee }) do
        check_part(number >= 0 and number <= MAXIMUM, 'trade')
    end
    t.id = format('%d-%d', t.seq, t.index)
    return t
end

-- Whether an event, of which a trade is said to be, has it as a section.
local function has_trade(event, trade)
    local payload = sub(trade.item, PAYLOAD_AT)
    local _, _, time, _, position = unpack_struct('<BBlBc0', event)
    if time ~= trade.time then return false end
    while position <= #event do
        local kind, length
        kind, length, position = unpack_struct('<BI4', event, position)
        if kind == 4 and sub(event, position, position + length - 1) == payload then return true end
        position = position + length
    end
    return false
end

-- What the stream still has of that time decides. Beyond its beginning the lists alone know.
local function check_trade(keys, trade)
    local entry = format('%d-0', trade.seq)
    local found = redis_call('XRANGE', keys.events, entry, entry)[1]
    if found then
        if has_trade(found[2][2], trade) then return end
    else
        local first = redis_call('XRANGE', keys.events, '-', '+', 'COUNT', 1)[1]
        if first and tonumber(match(first[1], '^%d+')) > trade.seq then return end
    end
    refuse('unknown_trade', 'trade_id=' .. trade.id)
end

-- What the position costs once `quantity` (signed) of it has gone back. What comes back joins the rest
-- at its average cost, as it left it; where there is nothing, at the trade's price. What goes takes
-- along what the trade paid, as it came in, but never more than all the cost.
local function cost_after(position, quantity, amount)
    local owned, cost = position.quantity, position.cost
    local sign = quantity > 0 and 1 or -1
    if owned == 0 then return sign * amount end
    local moving, size = sign * quantity, owned > 0 and owned or -owned
    if (owned > 0) == (quantity > 0) then
        return bounded(cost + sign * multiply_divide(sign * cost, moving, size))
    end
    if moving == size then return 0 end
    if moving > size then
        return sign * (amount - multiply_divide(amount, size, moving))
    end
    local left = cost + sign * amount
    return sign * left > 0 and 0 or left
end

-- Cost and realized profit together always come to the money that trades have moved; so what the cost
-- doesn't take of the amount is profit or loss.
local function move_back(position, quantity, amount)
    local sign = quantity > 0 and 1 or -1
    local cost = cost_after(position, quantity, amount)
    local change = bounded(cost - position.cost)
    position.realized = bounded(position.realized + (change - sign * amount))
    position.cost = cost
    position.quantity = bounded(position.quantity + quantity)
end

local function short_of(account, code, values)
    refuse(code, 'account=' .. account.id .. ', ' .. values)
end

-- The buyer's shares must be free, the seller's money too: open orders count on what is held.
local function check_side(call, account, position, trade, sign, fee)
    if sign == 1 then
        local available = position.quantity - position.held + account.short_limit
        if trade.quantity > available then
            short_of(account, 'insufficient_shares',
                share_values(call.instrument, trade.quantity, available))
        end
    else
        exposure(position, BUY, trade.quantity)
        local required, available = trade.amount - fee, available_cash(account)
        if required > available then
            short_of(account, 'insufficient_cash',
                risk.money_values(call.instrument, required, available))
        end
    end
end

-- One side's part. sign: 1 for the buyer, -1 for the seller.
local function take_back(call, trade, order_id, sign, fee, reason)
    local record = redis_call('HGET', call.keys.orders, order_id)
    if not record then refuse('unknown_trade', 'trade_id=' .. trade.id) end
    local order = order_from(call, order_id, record)
    local account, position = account_of(call, order.account), position_of(call, order.account)
    local text = 'trade ' .. trade.id .. ' of ' .. order_id .. ': ' .. reason
    check_side(call, account, position, trade, sign, fee)
    account.balance = bounded(account.balance + sign * trade.amount)
    ledger_entry(call, LEDGER_BUST, account, sign * trade.amount, -sign * trade.quantity,
        call.symbol, text)
    if fee > 0 then
        account.balance = bounded(account.balance + fee)
        ledger_entry(call, LEDGER_BUST, account, fee, 0, call.symbol, text)
    end
    local cost = position.cost
    move_back(position, -sign * trade.quantity, trade.amount)
    risk.note_cost(account, cost, position.cost)
    account_changed(call, account)
    position_changed(call, position)
    order_changed(call, order, CHANGED)
    return account.id
end

-- The BUST section: the trade's id, why, and the trade itself, for whoever has it no more.
local function add_section(call, trade, reason)
    append(call, 'access', pack('<BI4lI4Bc0', 13, 13 + #reason + #trade.item, trade.seq,
        trade.index, #reason, reason))
    append(call, 'access', trade.item)
end

local function bust(keys, args)
    expect_arguments(args, 3)
    local trade, reason, actor = read_trade(args[1]), args[2], args[3]
    check_part(#reason >= 1 and #reason <= REASON_BYTES, 'reason')
    local busted = keys.prefix .. ':busted'
    local known = redis_call('HGET', busted, trade.id)
    if known then refuse('already_busted', 'trade_id=' .. trade.id .. ', seq=' .. known) end
    local call = begin(keys, 12, trade.symbol)
    check_trade(keys, trade)
    instrument_of(call, trade.symbol)
    has_unfinished(call)
    local buyer = take_back(call, trade, trade.buy_id, 1, trade.buy_fee, reason)
    local seller = take_back(call, trade, trade.sell_id, -1, trade.sell_fee, reason)
    call.fee = -(trade.buy_fee + trade.sell_fee)
    cut_reducers(call, buyer)
    cut_reducers(call, seller)
    after_end(call)
    add_section(call, trade, reason)
    append(call, 'writes', { 'HSET', busted, trade.id, format('%d', call.seq) })
    audit(call, actor, TRADE_TARGET, trade.id, trade.item,
        { record = pack('Bc0', #reason, reason) })
    prepare(call)
    return call, { 'ok', call.seq }
end

register('bust', bust)

end

define()

end
