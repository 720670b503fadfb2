-- The two books of a symbol: places in their zsets, and the lit book's level totals.

local change_level_of, place_in_book, take_from_book, page_start, read_window, front

local function score_of(side, price)
    local digits = digits_of(price)
    return side == BUY and '-' .. digits or digits
end

local function id_of_member(member)
    return sub(member, 17)
end

-- What of an order stands in its book: all of it, but of an iceberg.
local function shown_of(order)
    local x = order.x
    if x and x.display > 0 then return x.shown end
    return working_of(order)
end

-- No more is shown than there is.
local function clamp_shown(order)
    local x = order.x
    if not x or x.display == 0 then return end
    local working = working_of(order)
    if x.shown > working then x.shown = working end
end

local function is_in_book(order)
    return order.home or order.placed
end

-- Whether `a` trades before `b`, both on one side of one book.
local function stands_before(a, b)
    if a.price ~= b.price then return (a.price > b.price) == (a.side == BUY) end
    return a.book_seq < b.book_seq
end

do

-- Sequence in 16 digits and order id: equal prices stand in the order of their sequences.
local function member_of(order)
    return format('%016d%s', order.book_seq, order.id)
end

-- A price level of the lit book, read once a call and named once in its event.
local function change_level(call, side, price, quantity, count)
    local score = side == BUY and -price or price
    local level = call.levels[score]
    if not level then
        local field = digits_of(price)
        local record = redis_call('HGET', call.names.levels[side], field)
        level = new_level()
        level.side, level.price, level.field, level.record = side, price, field, record
        level.quantity, level.count = 0, 0
        if record then level.quantity, level.count = unpack_struct('<ll', record) end
        set_in(call, 'levels', score, level)
        append(call, 'changed_levels', level)
    end
    level.quantity = bounded(level.quantity + quantity)
    level.count = level.count + count
end

-- Of an order that stands in its book. Internal orders have no public levels.
function change_level_of(call, order, quantity, count)
    if order.book == LIT then change_level(call, order.side, order.price, quantity, count) end
end

-- At the back of its price level.
function place_in_book(call, order)
    local x, key = order.x, call.names.book[order.book][order.side]
    order.book_seq = next_place(call)
    if x and x.display > 0 then
        local leaves = working_of(order)
        x.shown = x.display < leaves and x.display or leaves
    end
    -- Where nothing can happen later in the symbol, the call ends here.
    local is_last = not x and not call.is_special
    add_to_zset(call, key, score_of(order.side, order.price), member_of(order), is_last)
    change_level_of(call, order, shown_of(order), 1)
    order.placed = true
    if is_last then return end
    local placed = call.placed[key]
    if not placed then
        set_in(call, 'placed', key, { order })
        return
    end
    for index = 1, #placed do
        if placed[index] == order then return end
    end
    placed[#placed + 1] = order
end

-- `shown` is what its level counts for it now.
function take_from_book(call, order, shown)
    local book = call.names.book[order.book][order.side]
    remove_from_zset(call, book, member_of(order))
    change_level_of(call, order, -shown, -1)
    order.home, order.placed = false, false
    if order.x then order.x.shown = 0 end
end

-- A page of a book's zset: the first alone, which is often all that is needed, then more at once.
local FIRST_PAGE, PAGE = '1', '16'

-- Where a page begins. Mostly at the first order; digits_of is left with the price that it knows.
function page_start(offset)
    return offset == 0 and '0' or format('%d', offset)
end

-- The orders of a page of book members. Of more than one, the owners of those that will trade are read
-- at one go, too.
local function read_page(call, members, into, last)
    local count = #members
    if count == 1 then
        local id = id_of_member(members[1])
        into[last + 1] = order_from(call, id, redis_call('HGET', call.keys.orders, id))
        return
    end
    local ids, owners, wanted = {}, {}, call.wanted
    for index = 1, count do ids[index] = id_of_member(members[index]) end
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    for index = 1, count do
        local order = order_from(call, ids[index], records[index])
        into[last + index] = order
        if wanted > 0 then
            owners[index], wanted = order.account, wanted - leaves_of(order)
        end
    end
    preload(call, owners)
end

-- One side of a book as far as it was read: orders in their sequence, some of which may have left it
-- since. nil where nothing stands within `limit`, a score or '+inf'. Mostly nothing does, which is
-- found without making anything.
function read_window(call, key, limit)
    local window = call.windows[key]
    local last = window and window.last or 0
    local members = redis_call(
        'ZRANGEBYSCORE', key, '-inf', limit, 'LIMIT', page_start(last),
        last == 0 and FIRST_PAGE or PAGE)
    if #members == 0 then return nil end
    if not window then
        window = { head = 1, last = 0 }
        set_in(call, 'windows', key, window)
    end
    read_page(call, members, window, last)
    window.last = last + #members
    return window
end

-- The first of those that this call placed in a book.
local function first_placed(call, key)
    local placed, first = call.placed[key], nil
    if not placed then return nil end
    for index = 1, #placed do
        local order = placed[index]
        if order.placed and (not first or stands_before(order, first)) then first = order end
    end
    return first
end

-- The order that is first in line on a side of a book, as this call left it; it may lie beyond
-- `limit`. nil where nothing stands within it.
function front(call, book, side, limit)
    local key = call.names.book[book][side]
    local window = call.windows[key]
    while true do
        if window then
            local order = window[window.head]
            while order and not order.home do
                window.head = window.head + 1
                order = window[window.head]
            end
            if order then
                local placed = first_placed(call, key)
                if placed and stands_before(placed, order) then return placed end
                return order
            end
        end
        local more = read_window(call, key, limit)
        if not more then return first_placed(call, key) end
        window = more
    end
end

end

local function start_expiry(call, order)
    if order.expire_at > 0 then
        add_to_zset(call, call.names.expiry, format('%d', order.expire_at), order.id)
    end
end

local function stop_expiry(call, order)
    if order.expire_at > 0 then remove_from_zset(call, call.names.expiry, order.id) end
end

-- The best price of a side, nil where it is empty.
local function best_price(call, book, side)
    local order = front(call, book, side, '+inf')
    return order and order.price
end

-- An open order that a client names; nil and the answer where it has ended.
local function open_order(keys, id)
    local record = redis_call('HGET', keys.orders, id)
    if not record then refuse('unknown_order', 'order_id=' .. id) end
    local order = unpack_order(id, record)
    if not is_open(order) then return nil, { 'refused', 'order_closed', record }, order end
    return order
end

-- The call on an open order's symbol.
local function begin_with(keys, kind, order)
    local call = begin(keys, kind, order.symbol)
    instrument_of(call, order.symbol)
    set_in(call, 'orders', order.id, order)
    return call
end
