-- project: appends to the lists that are read later, once for each part of the stream.
--
-- Any host may project, and two may try the same part: the cursor lets one of them through.

do

local function read_lists(keys, args)
    local lists, position = {}, 3
    while position <= #args do
        local name, count = args[position], whole_within(args[position + 1] or '', 'count', 1, #args)
        if not find(name, '^list:.') then refuse('bad_argument', 'name=list') end
        if position + 1 + count > #args then refuse('bad_argument', 'name=count') end
        local key = keys.prefix .. ':' .. name
        redis_call('LLEN', key)
        lists[#lists + 1] = { key = key, from = position + 2, to = position + 1 + count }
        position = position + 2 + count
    end
    return lists
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
    local lists = read_lists(keys, args)
    return { keys = keys, args = args, lists = lists, cursor = format('%d', to) }, { 'ok' }
end

local function commit_lists(call)
    for _, list in ipairs(call.lists) do append(call.args, list) end
    redis_call('SET', call.keys.projected, call.cursor)
end

register('project', project, {}, commit_lists)

end
