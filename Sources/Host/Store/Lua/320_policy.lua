-- limit, mode, pending: what risk rules are limited to and whether they refuse. Every change has the
-- next policy version, which orders carry; so none is judged by what holds no more.

do

local function define()

local LIMIT, MODE = 1, 2
local PROPOSE, APPROVE, REFUSE = 1, 2, 3
local SECTION = { limit = 15, mode = 16, pending = 17 }
local TARGET = { limit = 7, mode = 8, pending = 11 }

-- Limits.swift names the same.
local LIMITS_MOST, PENDING_MOST = 10000, 100
local PENDING_MICROS = 24 * 3600 * 1000000

local LIMIT_FORMAT, MODE_FORMAT = '<BllBc0Bc0', '<BBllBc0Bc0'
local PENDING_FORMAT = '<BBllBc0Bc0Bc0Bc0Bc0I4'
local VALUES_BYTES = 16384

local function key(keys, name)
    return keys.prefix .. ':' .. name
end

-- Whether the caller's policy is the one that holds; empty: it doesn't care.
local function is_current(keys, version)
    local holds = redis_call('HGET', key(keys, 'scopes'), 'policy') or '0'
    return version == '' or version == holds
end

local function policy_changed(call)
    append(
        call, 'writes', { 'HSET', key(call.keys, 'scopes'), 'policy', format('%d', call.seq) })
end

local function check_rule(rule)
    if not find(rule, '^[%w._-]+$') or #rule > 100 then refuse('bad_argument', 'name=rule') end
    return rule
end

-- firm, symbol:S, group:G, group:G|symbol:S, account:A, account:A|symbol:S.
local function check_scope(keys, scope)
    local holder, symbol = match(scope, '^([^|]*)|symbol:([^|:]+)$')
    if not holder then
        symbol = match(scope, '^symbol:([^|:]+)$')
        holder = symbol and 'firm' or scope
    elseif holder == 'firm' then
        refuse('bad_argument', 'name=scope')
    end
    if symbol then check_symbol(symbol) end
    if holder == 'firm' then return scope end
    local kind, id = match(holder, '^(%l+):([^|:]+)$')
    if kind ~= 'account' and kind ~= 'group' then refuse('bad_argument', 'name=scope') end
    control.check_holder(keys, kind, id)
    return scope
end

-- The values that a LIMIT record holds, or a MODE record's byte; empty where there is none.
local function values_of(kind, record)
    if not record then return '' end
    if kind == MODE then return sub(record, 2, 2) end
    local version, updated_at, seq, by, reason, position = unpack_struct(LIMIT_FORMAT, record)
    return sub(record, position)
end

-- What stands there: the record and its hash's key and field.
local function standing(keys, kind, rule, scope)
    if kind == MODE then
        local name = key(keys, 'modes')
        return redis_call('HGET', name, rule), name, rule
    end
    local name, field = key(keys, 'limits'), rule .. '|' .. scope
    return redis_call('HGET', name, field), name, field
end

-- The old record, and what the audit log shows as the new one: of one that was taken away, who did
-- it and why.
local function change_limit(call, rule, scope, values, by, reason)
    local old, name, field = standing(call.keys, LIMIT, rule, scope)
    local head = pack(LIMIT_FORMAT, 1, call.time, call.seq, #by, by, #reason, reason)
    local record = ''
    if values == '' then
        if not old then refuse('unknown_limit', 'rule=' .. rule .. ', scope=' .. scope) end
    else
        if not old and redis_call('HLEN', name) >= LIMITS_MOST then
            refuse('too_many_limits', format('limit=%d', LIMITS_MOST))
        end
        record = head .. values
    end
    control.section(call, SECTION.limit, field, record)
    control.put(call, name, field, record)
    policy_changed(call)
    return old, record ~= '' and record or head .. '\0', field
end

local function change_mode(call, rule, mode, by, reason)
    local old, name = standing(call.keys, MODE, rule)
    local record = pack(
        MODE_FORMAT, 1, mode, call.time, call.seq, #by, by, #reason, reason)
    control.section(call, SECTION.mode, rule, record)
    control.put(call, name, rule, record)
    policy_changed(call)
    return old, record
end

-- `B count` and so many names and texts, all of it.
local function check_values(values)
    control.text(values, 'values', VALUES_BYTES, true)
    if values == '' then return values end
    local position, size = 2, #values
    for _ = 1, 2 * values:byte(1) do
        check_part(position <= size, 'values')
        position = position + 1 + values:byte(position)
    end
    check_part(position == size + 1 and values:byte(1) > 0, 'values')
    return values
end

local function limit(keys, args)
    expect_arguments(args, 7)
    local rule, scope = check_rule(args[1]), check_scope(keys, args[2])
    local values, by = check_values(args[3]), control.text(args[5], 'by', 255)
    local reason = control.text(args[6], 'reason', 255, true)
    local call = begin(keys, 13, '')
    if not is_current(keys, args[4]) then return nil, { 'stale' } end
    local old, record, field = change_limit(call, rule, scope, values, by, reason)
    audit(call, args[7], TARGET.limit, field, old, { record = record })
    prepare(call)
    return call, { 'ok', call.seq }
end

local function mode(keys, args)
    expect_arguments(args, 6)
    local rule, wanted = check_rule(args[1]), whole_within(args[2], 'mode', 1, 3)
    local by, reason = control.text(args[4], 'by', 255), control.text(args[5], 'reason', 255)
    local call = begin(keys, 13, '')
    if not is_current(keys, args[3]) then return nil, { 'stale' } end
    local old, record = change_mode(call, rule, wanted, by, reason)
    audit(call, args[6], TARGET.mode, rule, old, { record = record })
    prepare(call)
    return call, { 'ok', call.seq }
end

local function unpack_pending(record)
    local version, kind, created_at, expires_at, by, by_name, rule, scope, reason, size, position =
        unpack_struct(PENDING_FORMAT, record)
    return {
        kind = kind, expires_at = expires_at, by = by, rule = rule, scope = scope,
        reason = reason, old = sub(record, position, position + size - 1),
        new = sub(record, position + size),
    }
end

local function end_pending(call, id)
    control.section(call, SECTION.pending, id, '')
    control.put(call, key(call.keys, 'pending'), id, '')
end

-- Takes out those that are over, and makes sure that there is room for one more.
local function purge_pending(call)
    local all = redis_call('HGETALL', key(call.keys, 'pending'))
    local left = #all / 2
    for index = 1, #all, 2 do
        if unpack_pending(all[index + 1]).expires_at <= call.time then
            end_pending(call, all[index])
            left = left - 1
        end
    end
    if left >= PENDING_MOST then
        refuse('too_many_pending', format('limit=%d', PENDING_MOST))
    end
end

local function propose(call, args)
    local keys, kind = call.keys, whole_within(args[3], 'kind', LIMIT, MODE)
    local rule, new = check_rule(args[4]), args[6]
    local scope = kind == LIMIT and check_scope(keys, args[5]) or ''
    if kind == LIMIT then
        check_values(new)
    else
        check_part(#new == 1 and new:byte(1) >= 1 and new:byte(1) <= 3, 'mode')
    end
    local by, by_name = control.text(args[7], 'by', 255), control.text(args[8], 'by', 255)
    local reason = control.text(args[9], 'reason', 255, kind == LIMIT)
    purge_pending(call)
    local old = values_of(kind, (standing(keys, kind, rule, scope)))
    local record = pack(
        PENDING_FORMAT, 1, kind, call.time, call.time + PENDING_MICROS, #by, by, #by_name,
        by_name, #rule, rule, #scope, scope, #reason, reason, #old) .. old .. new
    local id = format('%d', call.seq)
    control.section(call, SECTION.pending, id, record)
    control.put(call, key(keys, 'pending'), id, record)
    return id, nil, record
end

local function approve(call, id, waiting, by)
    if waiting.expires_at <= call.time then refuse('change_expired', 'change=' .. id) end
    if waiting.by == by then refuse('same_person', 'key=' .. by) end
    local stands = standing(call.keys, waiting.kind, waiting.rule, waiting.scope)
    if values_of(waiting.kind, stands) ~= waiting.old then
        refuse('changed_meanwhile', 'change=' .. id)
    end
    if waiting.kind == LIMIT then
        change_limit(call, waiting.rule, waiting.scope, waiting.new, by, waiting.reason)
    else
        change_mode(call, waiting.rule, waiting.new:byte(1), by, waiting.reason)
    end
end

local function pending(keys, args)
    expect_arguments(args, 11)
    local operation = whole_within(args[1], 'operation', PROPOSE, REFUSE)
    local call = begin(keys, 13, '')
    local id, old, record = args[2], nil, ''
    if operation == PROPOSE then
        if not is_current(keys, args[10]) then return nil, { 'stale' } end
        id, old, record = propose(call, args)
    else
        old = redis_call('HGET', key(keys, 'pending'), id)
        if not old then refuse('unknown_change', 'change=' .. id) end
        if operation == APPROVE then
            approve(call, id, unpack_pending(old), control.text(args[7], 'by', 255))
        end
        end_pending(call, id)
    end
    audit(call, args[11], TARGET.pending, id, old, { record = record })
    prepare(call)
    return call, { 'ok', call.seq, id }
end

register('limit', limit)
register('mode', mode)
register('pending', pending)

end

define()

end
