-- key: makes and revokes access keys, opens and ends sessions. The rules that keep the door from
-- being left open, or locked with nobody inside, are here, so that they hold for all hosts together.

do

-- A function, which has 200 locals of its own: side by side with the names that all files share there
-- is no room for these.
local function define()

-- Limits.swift names the same, but for the last.
local KEYS_MOST, SESSIONS_MOST, SESSIONS_PER_KEY, PURGED_PER_CALL = 1000, 10000, 50, 100

local CREATE, REVOKE, END = 1, 2, 3
local KEY, SESSION = 1, 2
local VIEWER, ADMIN = 1, 4
local ALL_ACCOUNTS, SOME_ACCOUNTS = 0, 1

local KEY_FORMAT = '<BBBBlllllc32Bc0Bc0'
local KEY_LEAST_BYTES = 4 + 5 * 8 + 32 + 1 + 1

local function unpack_key(id, record)
    local version, kind, role, scope, limit, created_at, revoked_at, expires_at, last_seq, digest,
        created_by, parent, position = unpack_struct(KEY_FORMAT, record)
    return {
        id = id, version = version, kind = kind, role = role, scope = scope, limit = limit,
        created_at = created_at, revoked_at = revoked_at, expires_at = expires_at,
        last_seq = last_seq, digest = digest, created_by = created_by, parent = parent,
        host = sub(record, position), record = record,
    }
end

-- Its section in the event, with the record as it is from now on.
local function key_changed(call, key)
    key.last_seq = call.seq
    key.record = pack(
        KEY_FORMAT, 1, key.kind, key.role, key.scope, key.limit, key.created_at, key.revoked_at,
        key.expires_at, key.last_seq, key.digest, #key.created_by, key.created_by, #key.parent,
        key.parent) .. key.host
    append(call, 'access', pack('<BI4Bc0', 10, 1 + #key.id + #key.record, #key.id, key.id))
    append(call, 'access', key.record)
end

local function write_key(call, key)
    append(call, 'writes', { 'HSET', call.keys.access_keys, key.id, key.record })
end

local function find_key(keys, id, kind)
    local record = redis_call('HGET', keys.access_keys, id)
    local key = record and unpack_key(id, record)
    if not key or key.kind ~= kind then refuse('unknown_key', 'key=' .. id) end
    return key
end

-- Every record: some thousand at most, and looked through only when an administrator acts.
local function each_key(keys, visit)
    local all = redis_call('HGETALL', keys.access_keys)
    for index = 1, #all, 2 do visit(unpack_key(all[index], all[index + 1])) end
end

-- Who can always come in and make further keys.
local function is_master(key)
    return key.kind == KEY and key.role == ADMIN and key.scope == ALL_ACCOUNTS
        and key.expires_at == 0 and key.revoked_at == 0
end

-- A whole record where it ends before the host's own part; that part is for the host to check.
local function read_key(id, record)
    check_part(find(id, '^%x%x%x%x%x%x%x%x$') and not find(id, '%u'), 'key')
    check_part(#record >= KEY_LEAST_BYTES, 'record')
    local by = record:byte(KEY_LEAST_BYTES - 1)
    check_part(#record >= KEY_LEAST_BYTES + by, 'record')
    check_part(#record > KEY_LEAST_BYTES + by + record:byte(KEY_LEAST_BYTES + by), 'record')
    local key = unpack_key(id, record)
    check_part(key.version == 1, 'version')
    check_part(key.kind == KEY or key.kind == SESSION, 'kind')
    check_part(key.role >= VIEWER and key.role <= ADMIN, 'role')
    check_part(key.scope == ALL_ACCOUNTS or key.scope == SOME_ACCOUNTS, 'scope')
    check_part(key.limit >= 0 and key.limit <= MAXIMUM, 'orders_per_second')
    check_part(key.expires_at >= 0 and key.expires_at <= MAXIMUM, 'expires_at')
    check_part((key.parent == '') == (key.kind == KEY), 'parent')
    return key
end

local function check_new_key(keys, key)
    local any, live = false, 0
    each_key(keys, function(other)
        if other.kind ~= KEY then return end
        any = true
        if other.revoked_at == 0 then live = live + 1 end
    end)
    if not any and not is_master(key) then refuse('first_key_admin') end
    if live >= KEYS_MOST then refuse('too_many_keys', format('limit=%d', KEYS_MOST)) end
end

local function sessions_of(keys, parent)
    return keys.sessions .. ':' .. parent
end

-- Takes a session out. What is left of it is in the events.
local function end_session(call, session, removed)
    session.revoked_at = call.time
    key_changed(call, session)
    removed[#removed + 1] = session.id
    remove_from_zset(call, call.keys.sessions, session.id)
    remove_from_zset(call, sessions_of(call.keys, session.parent), session.id)
end

local function remove_keys(call, ids)
    if #ids == 0 then return end
    local write = { 'HDEL', call.keys.access_keys }
    for index = 1, #ids do write[index + 2] = ids[index] end
    append(call, 'writes', write)
end

local function purge_sessions(call, removed)
    local keys = call.keys
    local due = redis_call(
        'ZRANGEBYSCORE', keys.sessions, '-inf', format('%d', call.time), 'LIMIT', 0,
        PURGED_PER_CALL)
    for index = 1, #due do
        end_session(call, find_key(keys, due[index], SESSION), removed)
    end
end

-- Of a key that has as many as it may, those go that would be over first: else whoever may sign in
-- at all could take every place there is.
local function make_room(call, parent, removed)
    local live = redis_call(
        'ZRANGEBYSCORE', sessions_of(call.keys, parent), format('(%d', call.time), '+inf')
    for index = 1, #live + 1 - SESSIONS_PER_KEY do
        end_session(call, find_key(call.keys, live[index], SESSION), removed)
    end
end

-- All but the digest and the end is its key's.
local function start_session(call, session)
    local keys, removed = call.keys, {}
    local key = find_key(keys, session.parent, KEY)
    if key.revoked_at ~= 0 or (key.expires_at ~= 0 and key.expires_at <= call.time) then
        refuse('key_revoked', 'key=' .. key.id)
    end
    session.role, session.scope, session.limit, session.host =
        key.role, key.scope, key.limit, key.host
    check_part(session.expires_at > call.time, 'expires_at')
    purge_sessions(call, removed)
    make_room(call, key.id, removed)
    if redis_call('ZCARD', keys.sessions) - #removed >= SESSIONS_MOST then
        refuse('too_many_sessions', format('limit=%d', SESSIONS_MOST))
    end
    remove_keys(call, removed)
    local over_at = format('%d', session.expires_at)
    add_to_zset(call, keys.sessions, over_at, session.id)
    add_to_zset(call, sessions_of(keys, key.id), over_at, session.id)
end

local function create(call, id, record)
    local keys, key = call.keys, read_key(id, record)
    if redis_call('HEXISTS', keys.access_keys, id) == 1 then refuse('key_exists', 'key=' .. id) end
    key.created_at, key.revoked_at = call.time, 0
    if key.kind == SESSION then start_session(call, key) else check_new_key(keys, key) end
    key_changed(call, key)
    write_key(call, key)
    return key
end

-- With all its sessions. The record stays, so that the audit log's names keep their meaning.
local function revoke(call, id)
    local key = find_key(call.keys, id, KEY)
    if key.revoked_at ~= 0 then refuse('key_revoked', 'key=' .. id) end
    local was_master, has_other, removed = is_master(key), false, {}
    key.revoked_at = call.time
    key_changed(call, key)
    each_key(call.keys, function(other)
        if other.kind == SESSION and other.parent == id then
            end_session(call, other, removed)
        elseif other.id ~= id and is_master(other) then
            has_other = true
        end
    end)
    if was_master and not has_other then refuse('last_admin_key', 'key=' .. id) end
    write_key(call, key)
    remove_keys(call, removed)
    return key
end

local function end_one(call, id)
    local session, removed = find_key(call.keys, id, SESSION), {}
    end_session(call, session, removed)
    remove_keys(call, removed)
    return session
end

local function key_function(keys, args)
    expect_arguments(args, 4)
    local id, operation = args[1], whole_within(args[2], 'operation', CREATE, END)
    local call = begin(keys, 9, '')
    local old = redis_call('HGET', keys.access_keys, id) or nil
    local key
    if operation == CREATE then
        key = create(call, id, args[3])
    else
        if args[3] ~= '' then refuse('bad_argument', 'name=record') end
        key = operation == REVOKE and revoke(call, id) or end_one(call, id)
    end
    audit(call, args[4], AUDITED.key, id, old, key)
    prepare(call)
    return call, { 'ok', call.seq, key.record }
end

register('key', key_function)

end

define()

end
