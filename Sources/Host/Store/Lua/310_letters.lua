-- letters: what an administrator does about a notifier's dead letters. It only moves ids and deletes
-- entries; the host that delivers does the rest. The event is there for the audit log.

do

-- A function, which has 200 locals of its own (see 290_key.lua).
local function define()

local RETRY, DROP = 1, 2
-- Of one call: some milliseconds. A caller with more of them calls again.
local LETTERS_PER_CALL = 1000
local NOTIFIER_EVENT, NOTIFIER_TARGET = 20, 12

-- Ids as they were given, each of a letter that is there.
local function given_ids(key, args)
    local ids, seen = {}, {}
    for index = 4, #args do
        local id = args[index]
        check_part(find(id, '^%d+%-%d+$') ~= nil and #id <= 40, 'id')
        if not seen[id] then
            seen[id], ids[#ids + 1] = true, id
            if #redis_call('XRANGE', key, id, id) == 0 then
                refuse('unknown_dead_letter', 'event_id=' .. id)
            end
        end
    end
    return ids
end

local function oldest_ids(key)
    local ids = {}
    for index, entry in ipairs(redis_call('XRANGE', key, '-', '+', 'COUNT', LETTERS_PER_CALL)) do
        ids[index] = entry[1]
    end
    return ids
end

local function letters(keys, args)
    if #args < 3 or #args > 3 + LETTERS_PER_CALL then refuse('bad_argument', 'name=count') end
    local name, operation, actor = args[1], whole_within(args[2], 'operation', RETRY, DROP), args[3]
    check_part(find(name, '^[a-z0-9_-]+$') ~= nil and #name <= 32, 'name')
    local dead, resend = keys.prefix .. ':letters:' .. name, keys.prefix .. ':resend:' .. name
    local length = redis_call('XLEN', dead)
    redis_call('LLEN', resend)
    local ids = #args > 3 and given_ids(dead, args) or oldest_ids(dead)
    if #ids == 0 then return nil, { 'ok', 0, 0, 0 } end
    local call = begin(keys, NOTIFIER_EVENT, '')
    local write = operation == RETRY and { 'RPUSH', resend } or { 'XDEL', dead }
    for index = 1, #ids do write[#write + 1] = ids[index] end
    append(call, 'writes', write)
    audit(call, actor, NOTIFIER_TARGET, name, nil, { record = concat(ids, ',') })
    prepare(call)
    return call, { 'ok', call.seq, #ids, length - #ids }
end

register('letters', letters)

end

define()

end
