-- Guards: the limits of risk rules, judged in the call that matches, so that no two orders can
-- pass one limit together.

local read_guards
-- Set in 110_walk.lua.
local protection_price

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

-- The worst price that an order may come to: a market order's comes with its arrival.
local function worst_price(call, order, is_waiting)
    if order.pricing == MARKET and not is_waiting then return protection_price(call, order) or 0 end
    return held_price_of(order)
end

-- What an order adds to the money that its account has open, with the rest of its link group there.
local function added_money(call, order, is_waiting)
    local _, _, others = largest_of_others(call, order)
    local money = notional_of(
        call.instrument, worst_price(call, order, is_waiting), working_of(order))
    return money > others and money - others or 0
end

-- The cash that it would hold beside the rest of its link group.
local function added_hold(call, order, is_waiting)
    if order.side ~= BUY then return 0 end
    local others = largest_of_others(call, order)
    local hold = buy_need(
        call, order, working_of(order), worst_price(call, order, is_waiting))
    return hold > others and hold - others or 0
end

local function size_of(value)
    return value < 0 and -value or value
end

-- Account totals as those of a scope: open_orders, open_buy, open_sell, long_cost, short_cost.
local function money_totals(call, scope, account)
    if scope == risk.SCOPE.ACCOUNT then
        return { account.open_orders, account.open_buy, account.open_sell, account.long_cost,
            account.short_cost }
    end
    local group = scope == risk.SCOPE.GROUP and account.group or ''
    return risk.totals_of(call, group, account.currency, nil)
end

local function position_value(call, scope, account, order, quantity)
    if scope == risk.SCOPE.ACCOUNT_SYMBOL then
        return exposure(position_of(call, account.id), order.side, quantity)
    end
    local group = scope == risk.SCOPE.GROUP and account.group or ''
    local units = risk.totals_of(call, group, nil, call.symbol)
    if order.side == BUY then return risk.clamp(units[1] + units[2] + quantity) end
    return risk.clamp(units[1] - units[3] - quantity)
end

local function open_notional(t, order, added)
    return risk.clamp(t[2] + t[3] + added)
end

local function gross(t, order, added)
    return risk.clamp(t[4] + t[5] + t[2] + t[3] + added)
end

-- The worse of: all buys are filled, all sells are.
local function net(t, order, added)
    local owned = t[4] - t[5]
    local up, down = owned + t[2], owned - t[3]
    if order.side == BUY then up = up + added else down = down - added end
    return risk.clamp(size_of(up) >= size_of(down) and up or down)
end

local MONEY_VALUES = { [2] = open_notional, [3] = gross, [4] = net }

-- With the order itself, and the children that come with a new one.
local function open_orders(call, t, order)
    if order.is_counted then return t[1] end
    return t[1] + 1 + (order == call.main and call.coming or 0)
end

local WHO = { [2] = 'account', [3] = 'group', [4] = 'firm' }

-- A guard's value, and whether it holds.
local function measure(call, guard, order, quantity, is_waiting)
    local metric, scope, limit = guard.metric, guard.scope, guard.limit
    local account = account_of(call, order.account)
    if scope == risk.SCOPE.GROUP and account.group == '' then return 0, true end
    if metric == risk.METRIC.POSITION then
        local value = position_value(call, scope, account, order, quantity)
        return value, size_of(value) <= limit
    elseif MONEY_VALUES[metric] then
        local added = added_money(call, order, is_waiting)
        local value = MONEY_VALUES[metric](money_totals(call, scope, account), order, added)
        return value, size_of(value) <= limit
    elseif metric == risk.METRIC.OPEN_ORDERS then
        local value = open_orders(call, money_totals(call, scope, account), order)
        return value, value <= limit
    elseif metric == risk.METRIC.ORDER_RATE then
        local who = WHO[scope]
        if scope == risk.SCOPE.ACCOUNT then who = who .. ':' .. account.id end
        if scope == risk.SCOPE.GROUP then who = who .. ':' .. account.group end
        local value = risk.rate_of(call, guard, who)
        return value, value <= limit
    elseif metric == risk.METRIC.EXECUTED then
        local value, is_shut = risk.executed_of(call, guard, position_of(call, account.id))
        return value, not is_shut
    elseif metric == risk.METRIC.CASH then
        local value = available_cash(account) - added_hold(call, order, is_waiting)
        return risk.clamp(value), value >= limit
    end
    local value = risk.duplicates_of(call, guard, order)
    return value, value <= limit
end

local SCALED_BY_MONEY = { [2] = true, [3] = true, [4] = true, [8] = true }

local function values_of(call, guard, value)
    local scale = 0
    if guard.metric == risk.METRIC.POSITION then
        scale = call.instrument.quantity_scale
    elseif SCALED_BY_MONEY[guard.metric] then
        scale = call.instrument.money_scale
    end
    return 'value=' .. decimal(value, scale) .. ', limit=' .. decimal(guard.limit, scale)
end

-- Judges those guards for which `is_wanted[metric]`, notes each value for the event, and returns code and
-- values of the first enforced one that doesn't hold, nil where all do. A guard in shadow mode is noted
-- only.
local function judge(call, guards, order, is_waiting, is_wanted)
    local _, others = largest_of_others(call, order)
    local working = working_of(order)
    local quantity = working > others and working - others or 0
    local reduces = only_reduces(position_of(call, order.account), order.side, quantity)
    local code, values
    for _, guard in ipairs(guards) do
        if is_wanted[guard.metric] then
            local value, holds = measure(call, guard, order, quantity, is_waiting)
            holds = holds or (guard.is_exempt_if_reducing and reduces)
            append(call, 'guards', guard_section(guard, holds, value, order))
            if not holds and guard.mode == 1 and not code then
                code, values = guard.code, values_of(call, guard, value)
            end
        end
    end
    return code, values
end

-- By metric: of a new order, of one whose turn has come, of a container, of an amend.
local SUBMIT = { true, true, true, true, true, true, true, true, true }
local LATER = { true, true, true, true, true, false, true, true, false }
local CONTAINER_ALONE = { false, false, false, false, true, true, true, false, true }
local AMEND = { false, false, false, false, false, true }

-- Of an order that is to work. What counts once is judged of a new order alone, not of its children, and
-- not again when its turn comes.
function risk.judge(call, guards, order, is_waiting)
    if #guards == 0 then return nil end
    local is_new = call.kind == 1 and order == call.main and not call.is_taken
    return judge(call, guards, order, is_waiting, is_new and SUBMIT or LATER)
end

-- Of a container what isn't its children's business.
function risk.judge_container(call, guards, order)
    if #guards == 0 then return nil end
    return judge(call, guards, order, true, CONTAINER_ALONE)
end

-- Every amend counts among the orders taken.
function risk.judge_amend(call, guards, order)
    if #guards == 0 then return end
    local code, values = judge(call, guards, order, true, AMEND)
    if code then refuse(code, values) end
    risk.take_rates(call)
end

end
