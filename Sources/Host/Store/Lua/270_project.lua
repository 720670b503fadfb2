-- project: appends to the lists that are read later, once for each part of the stream.
--
-- Any host may project, and two may try the same part: the cursor lets one of them through.

do

-- A function, which has 200 locals of its own (see 290_key.lua).
local function define()

-- Where an order's executions stand, four bytes each, the newest last: as many as are ever shown,
-- and one that tells that there were more. So an order of many fills costs no more than this.
local BYTES_OF_PLACES = 4 * 1001

-- An execution's order id: its text of variable length comes first, at a place that all have.
local ORDER_ID_AT = 102

local function order_id_of(item)
    local size = #item >= ORDER_ID_AT and unpack_struct('B', item, ORDER_ID_AT) or 0
    if size == 0 or #item < ORDER_ID_AT + size then refuse('bad_argument', 'name=executions') end
    return sub(item, ORDER_ID_AT + 1, ORDER_ID_AT + size)
end

local function read_list(keys, name, items, from, to)
    local key = keys.prefix .. ':' .. name
    return { key = key, items = items, from = from, to = to, length = redis_call('LLEN', key) }
end

-- The writes that append the orders' new places to those that are known.
local function history_writes(keys, ids, places)
    local writes = {}
    for first = 1, #ids, VALUES_PER_COMMAND / 2 do
        local last = first + VALUES_PER_COMMAND / 2 - 1
        if last > #ids then last = #ids end
        local known = redis_call('HMGET', keys.history, unpack(ids, first, last))
        local write = { 'HSET', keys.history }
        for index = first, last do
            local id, all = ids[index], places[ids[index]]
            local old = known[index - first + 1]
            if old then all = sub(old .. all, -BYTES_OF_PLACES) end
            write[#write + 1] = id
            write[#write + 1] = #all > BYTES_OF_PLACES and sub(all, -BYTES_OF_PLACES) or all
        end
        writes[#writes + 1] = write
    end
    return writes
end

-- Executions go to everyone's list and to their account's, and are found by their order.
local function read_executions(keys, args, from, to, lists)
    lists[#lists + 1] = read_list(keys, 'list:executions', args, from, to)
    local own, ids, places = {}, {}, {}
    for at = from, to do
        local item = args[at]
        local id = order_id_of(item)
        local account = match(id, '^[^-]*')
        local list = own[account]
        if not list then
            list = read_list(keys, 'list:executions:' .. account, {}, 1, 0)
            own[account], lists[#lists + 1] = list, list
        end
        local place = pack('<I4', list.length + list.to)
        list.to = list.to + 1
        list.items[list.to] = item
        local known = places[id]
        if not known then ids[#ids + 1] = id end
        places[id] = known and known .. place or place
    end
    return history_writes(keys, ids, places)
end

-- Candles kept of each interval, the newest: Limits.swift says why so many.
local CANDLES_KEPT = { ['1s'] = 14400, ['1m'] = 20160, ['5m'] = 17280, ['1h'] = 17520, ['1d'] = 7320 }
local CANDLE_FORMAT = '<lllllll'
local CANDLE_BYTES = 7 * 8

local function merged(old, item)
    local start, open, high, low, _, volume, trades = unpack_struct(CANDLE_FORMAT, old)
    local _, _, new_high, new_low, close, added, count = unpack_struct(CANDLE_FORMAT, item)
    if new_high > high then high = new_high end
    if new_low < low then low = new_low end
    volume = volume + added
    if volume > MAXIMUM then volume = MAXIMUM end
    return pack(CANDLE_FORMAT, start, open, high, low, close, volume, trades + count)
end

-- What the batch's trades make of the candles of one symbol and interval: each item is a candle of those
-- trades alone. The cursor lets each trade in once.
local function read_candles(keys, name, args, from, to, writes)
    local key = keys.prefix .. ':' .. name
    local kept = CANDLES_KEPT[match(name, ':(%d+%a)$') or '']
    if not kept then refuse('bad_argument', 'name=interval') end
    redis_call('ZCARD', key)
    for at = from, to do
        local item = args[at]
        if #item ~= CANDLE_BYTES then refuse('bad_argument', 'name=candles') end
        local start = format('%d', (unpack_struct('<l', item)))
        local old = redis_call('ZRANGEBYSCORE', key, start, start)[1]
        if old then
            item = merged(old, item)
            writes[#writes + 1] = { 'ZREM', key, old }
        end
        writes[#writes + 1] = { 'ZADD', key, start, item }
    end
    writes[#writes + 1] = { 'ZREMRANGEBYRANK', key, '0', format('%d', -kept - 1) }
end

local function read_lists(keys, args)
    local lists, writes, position, has_executions = {}, {}, 3, false
    while position <= #args do
        local name, count = args[position], whole_within(args[position + 1] or '', 'count', 1, #args)
        local from, to = position + 2, position + 1 + count
        if to > #args then refuse('bad_argument', 'name=count') end
        if name == 'executions' and not has_executions then
            has_executions = true
            for _, write in ipairs(read_executions(keys, args, from, to, lists)) do
                writes[#writes + 1] = write
            end
        elseif find(name, '^candles:.+:') then
            read_candles(keys, name, args, from, to, writes)
        elseif find(name, '^list:.') then
            lists[#lists + 1] = read_list(keys, name, args, from, to)
        else
            refuse('bad_argument', 'name=list')
        end
        position = to + 1
    end
    return lists, writes
end

local function append(list)
    for from = list.from, list.to, VALUES_PER_COMMAND do
        local to = from + VALUES_PER_COMMAND - 1
        redis_call('RPUSH', list.key, unpack(list.items, from, to < list.to and to or list.to))
    end
end

-- The one function without an event: lists are made of events and can be made again.
local function project(keys, args)
    if #args < 2 then refuse('bad_argument', 'name=count') end
    local from, to = whole_within(args[1], 'from', 0, MAXIMUM), whole(args[2], 'to')
    if to <= from then refuse('bad_argument', 'name=to') end
    local cursor = redis_call('GET', keys.projected) or '0'
    if tonumber(cursor) ~= from then return nil, { 'stale', cursor } end
    local lists, writes = read_lists(keys, args)
    return {
        keys = keys, lists = lists, writes = writes, cursor = format('%d', to),
    }, { 'ok' }
end

local function commit_lists(call)
    for _, list in ipairs(call.lists) do append(list) end
    for _, write in ipairs(call.writes) do redis_call(unpack(write)) end
    redis_call('SET', call.keys.projected, call.cursor)
end

register('project', project, {}, commit_lists)

end

define()

end
