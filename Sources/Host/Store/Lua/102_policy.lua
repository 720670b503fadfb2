-- What staff and rules have decided beside limits: whether an account's orders may work at all now. And
-- what the host judged an order by: the version of the limits and modes that it knew, and what its rules
-- said.

do

-- What the rules said of one order; far more than 64 rules have to say.
local DECISION_BYTES = 65535

local BLOCKS = { 'kill_switch', 'risk_block' }
local ACTIVE = 1
local BLOCKED_STATES = { [3] = 'account_cancel_only', [4] = 'account_halted' }

-- Whether limits or modes have changed since. The host names the sequence of the last change; empty: it
-- doesn't care. What else stands there is read with it, see keep_totals.
function risk.is_old_policy(call, version)
    if version == '' then return false end
    whole_within(version, 'policy', 0, MAXIMUM)
    local found = redis_call('HMGET', call.keys.scopes, 'policy', 'kept')
    call.is_kept = found[2]
    return version ~= (found[1] or '0')
end

function risk.check_decisions(decisions)
    if #decisions > DECISION_BYTES then refuse('bad_argument', 'name=decisions') end
end

-- A DECISION section, never read here.
function risk.note_decisions(call, id, decisions)
    if decisions == '' then return end
    append(call, 'guards', pack('<BI4Bc0', 21, 1 + #id + #decisions, #id, id))
    append(call, 'guards', decisions)
end

-- nil, or code and values of the first switch that is on for everyone, the account or its group. Mostly
-- there is none at all.
local function switched_off(call, account)
    if redis_call('EXISTS', call.keys.switches) == 0 then return nil end
    local names = { 'firm', 'account:' .. account.id }
    if account.group ~= '' then names[3] = 'group:' .. account.group end
    local found = redis_call('HMGET', call.keys.switches, unpack(names))
    for index = 1, #names do
        if found[index] then
            local _, kind, since = unpack_struct('<BBl', found[index])
            return BLOCKS[kind], 'scope=' .. names[index] .. ', since=' .. risk.iso_time(since)
        end
    end
    return nil
end

function risk.check_switches(call, account)
    local code, values = switched_off(call, account)
    if code then refuse(code, values) end
    call.unbarred = account.id
end

-- The stricter of the account's and its group's state, and whose it is.
local function state_of(call, account)
    local state, whose = account.state, 'account=' .. account.id
    if account.group == '' then return state, whose end
    local record = redis_call('HGET', call.keys.groups, account.group)
    local _, of_group = 1, ACTIVE
    if record then _, of_group = unpack_struct('<BB', record) end
    if of_group > state then return of_group, whose .. ', group=' .. account.group end
    return state, whose
end

-- What keeps all of an account's orders from working: nil, or the code; the values that a reason names,
-- and the state that counts. What only reduces may pass a state of 2.
function risk.barred(call, account)
    if account.active ~= 1 then return 'account_inactive', 'account=' .. account.id end
    if call.unbarred ~= account.id then
        local code, values = switched_off(call, account)
        if code then return code, values end
        call.unbarred = account.id
    end
    local state, whose = state_of(call, account)
    return BLOCKED_STATES[state], whose, state
end

-- The same of an order whose turn has come, and that holds nothing just now: nil, or code and values.
function risk.barred_arrival(call, order)
    local code, values, state = risk.barred(call, account_of(call, order.account))
    if code then return code, values end
    local position = position_of(call, order.account)
    if state == 2 and not only_reduces(position, order.side, working_of(order)) then
        return 'account_reducing', values
    end
    return nil
end

end
