-- What the functions of staff share: their sections in the event, and their records in hashes.

local control = {}

do

-- A section and the record from now on; an empty one: there is none any more.
function control.section(call, kind, name, record)
    append(call, 'access', pack('<BI4Bc0', kind, 1 + #name + #record, #name, name))
    append(call, 'access', record)
end

-- The hash has been read by then.
function control.put(call, key, field, record)
    if record == '' then
        append(call, 'writes', { 'HDEL', key, field })
    else
        append(call, 'writes', { 'HSET', key, field, record })
    end
end

-- A text of 1 to `most` bytes, or of none where it may be empty.
function control.text(text, name, most, may_be_empty)
    if #text > most or (text == '' and not may_be_empty) then
        refuse('bad_argument', 'name=' .. name)
    end
    return text
end

local GROUP_ID = '^[a-z0-9][a-z0-9_-]*$'

function control.group_id(id)
    if not find(id, GROUP_ID) or #id > 32 or id == 'firm' then
        refuse('bad_argument', 'name=group')
    end
    return id
end

-- Refused where the account or the group isn't there.
function control.check_holder(keys, kind, id)
    if kind == 'account' then
        if redis_call('HEXISTS', keys.accounts, id) == 0 then
            refuse('unknown_account', 'account=' .. id)
        end
    elseif redis_call('HEXISTS', keys.prefix .. ':groups', control.group_id(id)) == 0 then
        refuse('unknown_group', 'group=' .. id)
    end
end

end
