-- What the host judged an order by: the version of the limits and modes that it knew, and what its rules
-- decided.

do

-- What the rules said of one order; far more than 64 rules have to say.
local DECISION_BYTES = 65535

-- Whether limits or modes have changed since. The host names the sequence of the last change; empty: it
-- doesn't care.
function risk.is_old_policy(call, version)
    if version == '' then return false end
    whole_within(version, 'policy', 0, MAXIMUM)
    return version ~= (redis_call('HGET', call.keys.scopes, 'policy') or '0')
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

end
