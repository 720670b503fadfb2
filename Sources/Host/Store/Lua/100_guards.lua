-- Guards: the limits of risk rules, judged in the call that matches, so that no two orders can
-- pass one limit together.

local read_guards

-- What a guard measures, and of whom, as its text and the GUARD section number them.
risk.METRIC = {
    POSITION = 1, OPEN_NOTIONAL = 2, GROSS = 3, NET = 4, OPEN_ORDERS = 5, ORDER_RATE = 6,
    EXECUTED = 7, CASH = 8, DUPLICATES = 9,
}
risk.SCOPE = { ACCOUNT_SYMBOL = 1, ACCOUNT = 2, GROUP = 3, FIRM = 4, INSTRUMENT = 5 }

do

local GUARDS_PER_CALL = 64
-- A day.
local WINDOW_MOST = 86400000

-- The scopes of each metric.
local SCOPES = {
    { true, false, true, true, true }, { false, true, true, true }, { false, true, true, true },
    { false, true, true, true }, { false, true, true, true }, { false, true, true, true },
    { true }, { false, true }, { true },
}
local HAS_WINDOW = { [risk.METRIC.ORDER_RATE] = true, [risk.METRIC.EXECUTED] = true,
    [risk.METRIC.DUPLICATES] = true }

local function read_guard(text)
    local rule, mode, metric, scope, limit, window, code, exempt = match(
        text, '^([^|]*)|([12])|(%d)|(%d)|(%-?%d+)|(%d+)|([%w_]+)|([01])$')
    metric, scope = tonumber(metric), tonumber(scope)
    if not SCOPES[metric] or not SCOPES[metric][scope] or #rule > 255 or #code > 100 then
        refuse('bad_argument', 'name=guards')
    end
    window = whole_within(window, 'guards', 0, WINDOW_MOST)
    if (window > 0) ~= (HAS_WINDOW[metric] or false) then refuse('bad_argument', 'name=guards') end
    return {
        rule = rule, mode = tonumber(mode), metric = metric, scope = scope, window = window,
        limit = whole(limit, 'guards'), code = code, is_exempt_if_reducing = exempt == '1',
    }
end

-- `rule|mode|metric|scope|limit|window_ms|code|exempt` joined by `;`.
function read_guards(text)
    if text == '' then return NONE end
    local guards = {}
    for one in gmatch(text, '[^;]+') do
        guards[#guards + 1] = read_guard(one)
        if #guards > GUARDS_PER_CALL then refuse('bad_argument', 'name=guards') end
    end
    return guards
end

-- A GUARD section: 26 bytes and the texts.
local function guard_section(guard, holds, value, order)
    return pack(
        '<BI4BBBBllI4Bc0Bc0', 9, 26 + #guard.rule + #order.id, guard.mode, holds and 1 or 0,
        guard.metric, guard.scope, value, guard.limit, guard.window, #guard.rule, guard.rule,
        #order.id, order.id)
end

-- Judges every guard, notes each value for the event, and returns code and values of the first
-- enforced one that doesn't hold, nil where all do. A guard in shadow mode is noted only.
function risk.judge(call, guards, order, quantity)
    if #guards == 0 then return nil end
    local position = position_of(call, order.account)
    local value = exposure(position, order.side, quantity)
    local size = value < 0 and -value or value
    local reduces = only_reduces(position, order.side, quantity)
    local code, values
    for _, guard in ipairs(guards) do
        local is_judged = guard.metric == 1 and guard.scope == 1
        local holds = not is_judged or size <= guard.limit
            or (guard.is_exempt_if_reducing and reduces)
        append(call, 'guards', guard_section(guard, holds, is_judged and value or 0, order))
        if not holds and guard.mode == 1 and not code then
            local scale = call.instrument.quantity_scale
            code = guard.code
            values = 'value=' .. decimal(value, scale) .. ', limit=' .. decimal(guard.limit, scale)
        end
    end
    return code, values
end

end
