-- project: appends to the lists that are read later, once for each part of the stream.
--
-- Any host may project, and two may try the same part: the cursor lets one of them through.

do

-- Where an order's executions stand, four bytes each, the newest last: as many as are ever shown,
-- and one that tells that there were more. So an order of many fills costs no more than this.
local BYTES_OF_POSITIONS = 4 * 1001

local function read_list(keys, name, from, to)
    if not find(name, '^list:.') then refuse('bad_argument', 'name=list') end
    local key = keys.prefix .. ':' .. name
    return { key = key, from = from, to = to, length = redis_call('LLEN', key) }
end

-- Appends the positions that the order's items will have to those that are known.
local function positions(known, list, places)
    if #places == 0 or #places % 4 ~= 0 then refuse('bad_argument', 'name=history') end
    local all = { known or '' }
    for at = 1, #places, 4 do
        local place = unpack_struct('<I4', places, at)
        if place > list.to - list.from then refuse('bad_argument', 'name=history') end
        all[#all + 1] = pack('<I4', list.length + place)
    end
    return sub(concat(all), -BYTES_OF_POSITIONS)
end

-- The index by order of the list before it: pairs of an order id and the places of its items.
local function read_history(keys, args, list, from, to, writes)
    if not list or (to - from) % 2 ~= 1 then refuse('bad_argument', 'name=history') end
    for first = from, to, VALUES_PER_COMMAND do
        local last = first + VALUES_PER_COMMAND - 1
        if last > to then last = to end
        local ids, write = {}, { 'HSET', keys.history }
        for at = first, last, 2 do ids[#ids + 1] = args[at] end
        local known = redis_call('HMGET', keys.history, unpack(ids))
        for index = 1, #ids do
            write[#write + 1] = ids[index]
            write[#write + 1] = positions(known[index], list, args[first + 2 * index - 1])
        end
        writes[#writes + 1] = write
    end
end

local function read_lists(keys, args)
    local lists, writes, position = {}, {}, 3
    while position <= #args do
        local name, count = args[position], whole_within(args[position + 1] or '', 'count', 1, #args)
        local from, to = position + 2, position + 1 + count
        if to > #args then refuse('bad_argument', 'name=count') end
        if name == 'history' then
            read_history(keys, args, lists[#lists], from, to, writes)
        else
            lists[#lists + 1] = read_list(keys, name, from, to)
        end
        position = to + 1
    end
    return lists, writes
end

local function append(args, list)
    for from = list.from, list.to, VALUES_PER_COMMAND do
        local to = from + VALUES_PER_COMMAND - 1
        redis_call('RPUSH', list.key, unpack(args, from, to < list.to and to or list.to))
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
        keys = keys, args = args, lists = lists, writes = writes, cursor = format('%d', to),
    }, { 'ok' }
end

local function commit_lists(call)
    for _, list in ipairs(call.lists) do append(call.args, list) end
    for _, write in ipairs(call.writes) do redis_call(unpack(write)) end
    redis_call('SET', call.keys.projected, call.cursor)
end

register('project', project, {}, commit_lists)

end
