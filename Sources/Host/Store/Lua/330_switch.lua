-- switch, group, deadline: who may not trade, and whose orders are to be cancelled. The cancels
-- themselves are the hosts' work, order by order; what is written here says that they are due, so that
-- any host goes on where another one died.

do

local function define()

local SECTION = { group = 14, switch = 18, deadline = 22, task = 25 }
local TARGET = { group = 6, switch = 9 }
local KILL_SWITCH, RULE_BLOCK = 1, 2
local GROUPS_MOST = 1000
-- Accounts are read so many at a time, where all are looked through.
local ACCOUNTS_PER_PAGE = 1000
local SECONDS_MOST, DUE_PER_CALL = 3600, 100

local function key(keys, name)
    return keys.prefix .. ':' .. name
end

-- Switches.

local SWITCH_FORMAT = '<BBllBc0Bc0'

local function check_switch_scope(keys, scope)
    if scope == 'firm' then return end
    local kind, id = match(scope, '^(%l+):(.+)$')
    if kind ~= 'account' and kind ~= 'group' then refuse('bad_argument', 'name=scope') end
    control.check_holder(keys, kind, id)
end

-- Pressing what is on already changes nothing, but that staff's switch takes the place of a rule's.
local function press(call, scope, kind, by, reason, old)
    check_switch_scope(call.keys, scope)
    if kind == RULE_BLOCK and not find(scope, '^account:') then
        refuse('bad_argument', 'name=scope')
    end
    if old then
        local version, old_kind, since, seq = unpack_struct(SWITCH_FORMAT, old)
        if old_kind <= kind then return nil, { 'ok', seq, old } end
    end
    return pack(SWITCH_FORMAT, 1, kind, call.time, call.seq, #by, by, #reason, reason)
end

local function switch(keys, args)
    expect_arguments(args, 6)
    local is_pressed = whole_within(args[1], 'operation', 1, 2) == 1
    local scope, kind = args[2], whole_within(args[3], 'kind', KILL_SWITCH, RULE_BLOCK)
    local by, reason = control.text(args[4], 'by', 255), control.text(args[5], 'reason', 255)
    local call, name = begin(keys, 14, ''), key(keys, 'switches')
    local old, record = redis_call('HGET', name, scope), ''
    if is_pressed then
        local made, answer = press(call, scope, kind, by, reason, old)
        if not made then return nil, answer end
        record = made
    elseif not old then
        refuse('switch_not_on', 'scope=' .. scope)
    end
    control.section(call, SECTION.switch, scope, record)
    control.put(call, name, scope, record)
    -- What was lifted has no record any more: why stands in the place of one.
    local after = is_pressed and record or pack('Bc0', #reason, reason)
    audit(call, args[6], TARGET.switch, scope, old, { record = after })
    prepare(call)
    return call, { 'ok', call.seq, record }
end

-- Groups.

local GROUP_FORMAT = '<BBBBlll'
local CREATE, UPDATE, REMOVE = 1, 2, 3

-- Who removes one is an administrator, who does it rarely; so nobody keeps count.
local function check_unused(keys, id)
    local cursor, members = '0', 0
    repeat
        local page = redis_call('HSCAN', keys.accounts, cursor, 'COUNT', ACCOUNTS_PER_PAGE)
        cursor = page[1]
        for index = 1, #page[2], 2 do
            if unpack_account(page[2][index], page[2][index + 1]).group == id then
                members = members + 1
            end
        end
        give_back_tables()
    until cursor == '0'
    if members > 0 then refuse('group_in_use', format('group=%s, accounts=%d', id, members)) end
    if redis_call('HEXISTS', key(keys, 'switches'), 'group:' .. id) == 1 then
        refuse('group_switch_on', 'group=' .. id)
    end
end

local function group(keys, args)
    expect_arguments(args, 6)
    local operation = whole_within(args[1], 'operation', CREATE, REMOVE)
    local id, state = control.group_id(args[2]), whole_within(args[3], 'state', 1, 4)
    local call, name = begin(keys, 18, ''), key(keys, 'groups')
    local old, record = redis_call('HGET', name, id), ''
    local created_at = call.time
    if operation == CREATE then
        if old then refuse('group_exists', 'group=' .. id) end
        if redis_call('HLEN', name) >= GROUPS_MOST then
            refuse('too_many_groups', format('limit=%d', GROUPS_MOST))
        end
    else
        if not old then refuse('unknown_group', 'group=' .. id) end
        local version, old_state, b, c, old_created_at, updated_at, seq, position =
            unpack_struct(GROUP_FORMAT, old)
        created_at = old_created_at
        -- What the caller made its change from.
        if args[5] ~= '' and args[5] ~= pack('<B', old_state) .. sub(old, position) then
            return nil, { 'stale' }
        end
    end
    if operation == REMOVE then
        check_unused(keys, id)
    else
        record = pack(GROUP_FORMAT, 1, state, 0, 0, created_at, call.time, call.seq)
            .. control.text(args[4], 'name', 256)
    end
    control.section(call, SECTION.group, id, record)
    control.put(call, name, id, record)
    audit(call, args[6], TARGET.group, id, old, { record = record })
    prepare(call)
    return call, { 'ok', call.seq, record }
end

-- Cancel-all-after, and cancels that are due.

local TASK_FORMAT = '<BllBc0'

-- All orders of the account that were accepted up to here are to be cancelled.
local function add_task(call, account, reason)
    local name = key(call.keys, 'cancelling')
    redis_call('HGET', name, account)
    local record = pack(TASK_FORMAT, 1, call.seq, call.time, #reason, reason)
    control.section(call, SECTION.task, account, record)
    control.put(call, name, account, record)
end

local function end_task(call, account, up_to)
    local name = key(call.keys, 'cancelling')
    local record = redis_call('HGET', name, account)
    if not record then return false end
    local version, task_up_to = unpack_struct(TASK_FORMAT, record)
    if task_up_to ~= up_to then return false end
    control.section(call, SECTION.task, account, '')
    control.put(call, name, account, '')
    return true
end

local function deadline_section(call, account, due)
    control.section(call, SECTION.deadline, account, pack('<l', due))
end

-- A score as a whole number, nil without one.
local function due_of(call, account)
    local score = redis_call('ZSCORE', key(call.keys, 'deadlines'), account)
    return score and tonumber(score)
end

local function arm(call, account, seconds)
    local name = key(call.keys, 'deadlines')
    if seconds == 0 then
        if not due_of(call, account) then return 0, true end
        remove_from_zset(call, name, account)
        deadline_section(call, account, 0)
        return 0
    end
    local due = call.time + seconds * 1000000
    add_to_zset(call, name, format('%d', due), account)
    deadline_section(call, account, due)
    return due
end

-- Those that are due. The first host that looks makes it so; others find that they are gone.
local function fire(call)
    local name = key(call.keys, 'deadlines')
    local due = redis_call(
        'ZRANGEBYSCORE', name, '-inf', format('%d', call.time), 'LIMIT', 0, DUE_PER_CALL)
    for index = 1, #due do
        remove_from_zset(call, name, due[index])
        deadline_section(call, due[index], 0)
        add_task(call, due[index], 'cancel_all_after')
    end
    return #due > 0
end

local ARM, FIRE, DONE, CANCEL = 1, 2, 3, 4

local function deadline(keys, args)
    expect_arguments(args, 4)
    local operation, account = whole_within(args[1], 'operation', ARM, CANCEL), args[2]
    local call, due, is_done = begin(keys, 14, ''), 0, true
    if operation == ARM or operation == CANCEL then
        control.check_holder(keys, 'account', account)
    end
    if operation == ARM then
        local is_same
        due, is_same = arm(call, account, whole_within(args[3], 'seconds', 0, SECONDS_MOST))
        if is_same then return nil, { 'ok', 0, 0 } end
    elseif operation == FIRE then
        is_done = fire(call)
    elseif operation == DONE then
        is_done = end_task(call, account, whole(args[3], 'up_to'))
    else
        add_task(call, account, control.text(args[4], 'reason', 255))
    end
    if not is_done then return nil, { 'stale' } end
    prepare(call)
    return call, { 'ok', call.seq, due }
end

-- One can always stop, also with a full Redis.
register('switch', switch, { 'allow-oom' })
register('group', group)
register('deadline', deadline, { 'allow-oom' })

end

define()

end
