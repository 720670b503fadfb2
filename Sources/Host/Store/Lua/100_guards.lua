-- Guards: the limits of risk rules, judged in the call that matches, so that no two orders can
-- pass one limit together.

local read_guards, judge

do

local GUARDS_PER_CALL = 64

local function read_guard(text)
    local rule, mode, metric, limit, code, exempt =
        match(text, '^([^|]*)|([12])|(%a+)|(%-?%d+)|([%w_]+)|([01])$')
    if metric ~= 'position' or #rule > 255 or #code > 100 then
        refuse('bad_argument', 'name=guards')
    end
    return {
        rule = rule, mode = tonumber(mode), limit = whole(limit, 'guards'), code = code,
        is_exempt_if_reducing = exempt == '1',
    }
end

-- `rule|mode|metric|limit|code|exempt` joined by `;`.
function read_guards(text)
    if text == '' then return NONE end
    local guards = {}
    for one in gmatch(text, '[^;]+') do
        guards[#guards + 1] = read_guard(one)
        if #guards > GUARDS_PER_CALL then refuse('bad_argument', 'name=guards') end
    end
    return guards
end

-- A GUARD section: 20 bytes and the texts.
local function guard_section(guard, holds, value, order)
    return pack(
        '<BI4BBllBc0Bc0', 9, 20 + #guard.rule + #order.id, guard.mode, holds and 1 or 0, value,
        guard.limit, #guard.rule, guard.rule, #order.id, order.id)
end

-- Judges every guard, notes each value for the event, and returns code and values of the first
-- enforced one that doesn't hold, nil where all do. A guard in shadow mode is noted only.
function judge(call, guards, order, quantity)
    if #guards == 0 then return nil end
    local position = position_of(call, order.account)
    local value = exposure(position, order.side, quantity)
    local size = value < 0 and -value or value
    local reduces = only_reduces(position, order.side, quantity)
    local code, values
    for _, guard in ipairs(guards) do
        local holds = size <= guard.limit or (guard.is_exempt_if_reducing and reduces)
        append(call, 'guards', guard_section(guard, holds, value, order))
        if not holds and guard.mode == 1 and not code then
            local scale = call.instrument.quantity_scale
            code = guard.code
            values = 'value=' .. decimal(value, scale) .. ', limit=' .. decimal(guard.limit, scale)
        end
    end
    return code, values
end

end
