-- alert: raises alerts, or counts those that are fresh already. acknowledge: somebody has seen one.
--
-- Hosts look through the events for what is to be an alert, as projectors do: each stretch of the
-- stream once, by a cursor. A rule's alerts come without one, with the event that they are about.

do

local function define()

local SECTION, TARGET = 19, 10
local ALERTS_PER_CALL = 1000
local RECORD_FORMAT = '<BBllllllBc0Bc0Bc0Bc0Bc0Bc0Bc0Bc0'
local NEW_FORMAT = '<BllBc0Bc0Bc0Bc0Bc0Bc0Bc0'

local function key(keys, name)
    return keys.prefix .. ':' .. name
end

local function unpack_alert(record)
    local a, version = {}, nil
    version, a.severity, a.count, a.raised_at, a.last_at, a.acknowledged_at, a.last_seq, a.source,
        a.acknowledged_by, a.account, a.symbol, a.rule, a.code, a.key, a.order_id, a.text =
        unpack_struct(RECORD_FORMAT, record)
    return a
end

local function pack_alert(a)
    return pack(
        RECORD_FORMAT, 1, a.severity, a.count, a.raised_at, a.last_at, a.acknowledged_at,
        a.last_seq, a.source, #a.acknowledged_by, a.acknowledged_by, #a.account, a.account,
        #a.symbol, a.symbol, #a.rule, a.rule, #a.code, a.code, #a.key, a.key, #a.order_id,
        a.order_id, #a.text, a.text)
end

local function read_new(text)
    check_part(#text >= 17 + 7, 'alert')
    local position = 18
    for _ = 1, 7 do
        check_part(position <= #text, 'alert')
        position = position + 1 + text:byte(position)
    end
    check_part(position == #text + 1, 'alert')
    local new = {}
    new.severity, new.window, new.source, new.account, new.symbol, new.rule, new.code, new.key,
        new.order_id, new.text = unpack_struct(NEW_FORMAT, text)
    check_part(new.severity >= 1 and new.severity <= 3, 'severity')
    check_part(new.window >= 0 and new.window <= MAXIMUM, 'window')
    check_part(new.source >= 0 and new.source <= MAXIMUM, 'source')
    check_part(new.key ~= '' and new.code ~= '', 'alert')
    return new
end

-- The newest alert with this key: from this call, or as it stands.
local function newest(call, changed, name)
    local id = changed.ids[name] or redis_call('HGET', key(call.keys, 'alert_keys'), name)
    if not id then return nil end
    local alert = changed.alerts[id]
    if not alert then
        local record = redis_call('HGET', key(call.keys, 'alerts'), id)
        if not record then return nil end
        alert = unpack_alert(record)
        alert.id = id
    end
    return alert
end

local function note(changed, alert)
    if not changed.alerts[alert.id] then
        changed.alerts[alert.id] = alert
        changed.list[#changed.list + 1] = alert
    end
    changed.ids[alert.key] = alert.id
end

local function raise(call, changed, new)
    local known = newest(call, changed, new.key)
    if known and new.source > 0 and known.source >= new.source then return end
    if known and known.acknowledged_at == 0 and call.time - known.raised_at < new.window then
        known.count, known.last_at, known.last_seq = known.count + 1, call.time, call.seq
        known.text, known.order_id = new.text, new.order_id
        if new.source > known.source then known.source = new.source end
        if new.severity > known.severity then known.severity = new.severity end
        return note(changed, known)
    end
    changed.made = changed.made + 1
    new.id = format('%d-%d', call.seq, changed.made)
    new.count, new.raised_at, new.last_at = 1, call.time, call.time
    new.acknowledged_at, new.acknowledged_by, new.last_seq = 0, '', call.seq
    note(changed, new)
    append(call, 'writes', { 'HSET', key(call.keys, 'alert_keys'), new.key, new.id })
end

local function write_alert(call, alert)
    local record = pack_alert(alert)
    control.section(call, SECTION, alert.id, record)
    control.put(call, key(call.keys, 'alerts'), alert.id, record)
    return record
end

local function alert(keys, args)
    if #args < 2 or #args > 2 + ALERTS_PER_CALL then refuse('bad_argument', 'name=count') end
    local call, cursor = begin(keys, 15, ''), nil
    if args[1] ~= '' then
        local from, to = whole_within(args[1], 'from', 0, MAXIMUM), whole(args[2], 'to')
        if to <= from then refuse('bad_argument', 'name=to') end
        local stands = redis_call('GET', key(keys, 'alerted')) or '0'
        if tonumber(stands) ~= from then return nil, { 'stale', stands } end
        cursor = { 'SET', key(keys, 'alerted'), format('%d', to) }
    end
    redis_call('HLEN', key(keys, 'alerts'))
    local changed = { alerts = {}, ids = {}, list = {}, made = 0 }
    for index = 3, #args do raise(call, changed, read_new(args[index])) end
    for index = 1, #changed.list do write_alert(call, changed.list[index]) end
    if cursor then append(call, 'writes', cursor) end
    if #changed.list == 0 then
        return cursor and { writes = call.writes, is_bare = true }, { 'ok', 0 }
    end
    prepare(call)
    return call, { 'ok', call.seq }
end

-- A stretch without alerts moves the cursor alone, and makes no event.
local function commit_alerts(call)
    if not call.is_bare then return commit(call) end
    for index = 1, #call.writes do redis_call(unpack(call.writes[index])) end
end

-- Seen is seen: the first one stays.
local function acknowledge(keys, args)
    expect_arguments(args, 3)
    local id, by = args[1], control.text(args[2], 'by', 255)
    local call = begin(keys, 15, '')
    local old = redis_call('HGET', key(keys, 'alerts'), id)
    if not old then refuse('unknown_alert', 'alert=' .. id) end
    local known = unpack_alert(old)
    if known.acknowledged_at > 0 then return nil, { 'ok', known.last_seq, old } end
    known.id, known.acknowledged_at, known.acknowledged_by = id, call.time, by
    known.last_seq = call.seq
    local record = write_alert(call, known)
    audit(call, args[3], TARGET, id, old, { record = record })
    prepare(call)
    return call, { 'ok', call.seq, record }
end

register('alert', alert, {}, commit_alerts)
register('acknowledge', acknowledge)

end

define()

end
