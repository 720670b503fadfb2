-- The two books of a symbol: places in their zsets, and the lit book's level totals.

local function score_of(side, price)
    local digits = digits_of(price)
    return side == BUY and '-' .. digits or digits
end

-- Sequence in 16 digits and order id: equal prices stand in the order of their sequences.
local function member_of(order)
    return format('%016d%s', order.book_seq, order.id)
end

local function id_of_member(member)
    return sub(member, 17)
end

-- A price level of the lit book, read once a call and named once in its event.
local function change_level(call, side, price, quantity, count)
    local score = side == BUY and -price or price
    local level = call.levels[score]
    if not level then
        local field = digits_of(price)
        local record = redis_call('HGET', call.names.levels[side], field)
        level = take(level_pool)
        level.side, level.price, level.field, level.record = side, price, field, record
        level.quantity, level.count = 0, 0
        if record then level.quantity, level.count = unpack_struct('<ll', record) end
        set_in(call, 'levels', score, level)
        append(call, 'changed_levels', level)
    end
    level.quantity = bounded(level.quantity + quantity)
    level.count = level.count + count
end

-- Internal orders have no public levels.
local function change_level_of(call, order, quantity, count)
    if order.book == LIT then change_level(call, order.side, order.price, quantity, count) end
end

-- At the back of its price level.
local function place_in_book(call, order)
    order.book_seq = call.seq
    local book = call.names.book[order.book][order.side]
    add_to_zset(call, book, score_of(order.side, order.price), member_of(order))
    change_level_of(call, order, leaves_of(order), 1)
end

-- `leaves` is what its level counts for it now.
local function take_from_book(call, order, leaves)
    local book = call.names.book[order.book][order.side]
    remove_from_zset(call, book, member_of(order))
    change_level_of(call, order, -leaves, -1)
end

local function start_expiry(call, order)
    if order.expire_at > 0 then
        add_to_zset(call, call.names.expiry, format('%d', order.expire_at), order.id)
    end
end

local function stop_expiry(call, order)
    if order.expire_at > 0 then remove_from_zset(call, call.names.expiry, order.id) end
end

-- An order's end, wherever it stands. Books and holds are the caller's.
local function close_order(call, order, status, reason)
    order.status = status
    order.reason = sub(reason, 1, 255)
    order.closed_at = call.time
end

-- Ends an order that rests.
local function end_resting(call, order, status, reason, cause)
    take_from_book(call, order, leaves_of(order))
    stop_expiry(call, order)
    close_order(call, order, status, reason)
    update_hold(call, order)
    order_changed(call, order, cause)
end

-- An order whose record was read with others'; where this call has it already, as it left it.
local function order_from(call, id, record)
    local order = call.orders[id]
    if not order then
        order = unpack_order(id, record)
        set_in(call, 'orders', id, order)
    end
    return order
end

-- A page of a book's zset: the first alone, which is often all that is needed, then more at once.
local FIRST_PAGE, PAGE = '1', '16'

-- Where a page begins. Mostly at the first order; digits_of is left with the price that it knows.
local function page_start(offset)
    return offset == 0 and '0' or format('%d', offset)
end

-- The ids of a page of book members, and the records that stand under them.
local function read_page(call, members)
    local count = #members
    if count == 0 then return members, members end
    if count == 1 then
        local id = id_of_member(members[1])
        return { id }, { redis_call('HGET', call.keys.orders, id) }
    end
    local ids = {}
    for index = 1, count do ids[index] = id_of_member(members[index]) end
    return ids, redis_call('HMGET', call.keys.orders, unpack(ids))
end

-- The best price of a side, nil where it is empty. Orders that this call ended don't count.
local function best_price(call, book, side)
    local offset, page = 0, FIRST_PAGE
    while true do
        local members = redis_call(
            'ZRANGEBYSCORE', call.names.book[book][side], '-inf', '+inf', 'LIMIT',
            page_start(offset), page)
        if #members == 0 then return nil end
        local ids, records = read_page(call, members)
        for index = 1, #ids do
            local order = order_from(call, ids[index], records[index])
            if order.status <= PARTIALLY_FILLED then return order.price end
        end
        offset, page = offset + #members, PAGE
    end
end

-- An open order that a client names; nil and the answer where it has ended.
local function open_order(keys, id)
    local record = redis_call('HGET', keys.orders, id)
    if not record then refuse('unknown_order', 'order_id=' .. id) end
    local order = unpack_order(id, record)
    if order.status > PARTIALLY_FILLED then return nil, { 'refused', 'order_closed', record } end
    return order
end

-- The call on an open order's symbol.
local function begin_with(keys, kind, order)
    local call = begin(keys, kind, order.symbol)
    instrument_of(call, order.symbol)
    set_in(call, 'orders', order.id, order)
    return call
end
