-- account: opens an account or changes its standing. Its cash is `transact`'s business.

do

local function check_account_id(id)
    if not find(id, '^[1-9]%d*$') or #id > 15 then refuse('bad_argument', 'name=account') end
    return id
end

-- The id that a new account gets, and the counter's value then.
local function new_account_id(keys, asked)
    local last = tonumber(redis_call('GET', keys.account_id) or '0')
    local id = asked == '' and format('%d', last + 1) or check_account_id(asked)
    if redis_call('HEXISTS', keys.accounts, id) == 1 then
        refuse('account_exists', 'account=' .. id)
    end
    local number = tonumber(id)
    return id, number > last and number or last
end

local MULTIPLE_MOST = 100000
local GROUP_BYTES = 32

-- What the caller took its change from: all that it may set. Empty: it doesn't care.
local function is_as_expected(a, expected)
    return expected == '' or expected == pack('<BBBllllBc0', a.state, a.active, a.self_trade_scope,
        a.short_limit, a.maker_bps, a.taker_bps, a.multiple, #a.group, a.group) .. a.host
end

-- Empty: in no group. One that is named must be there.
local function read_group(keys, group)
    if group == '' then return group end
    check_part(find(group, '^[a-z0-9][a-z0-9_-]*$') and #group <= GROUP_BYTES, 'group')
    if redis_call('HEXISTS', keys.groups, group) == 0 then
        refuse('unknown_group', 'group=' .. group)
    end
    return group
end

local function read_standing(keys, args)
    return {
        state = whole_within(args[3], 'state', 1, 4),
        active = whole_within(args[4], 'active', 0, 1),
        short_limit = whole_within(args[5], 'short_limit', 0, MAXIMUM),
        host = args[8], group = read_group(keys, args[11]),
        self_trade_scope = whole_within(args[12], 'self_trade_scope', 0, 1),
        maker_bps = whole_within(args[13], 'maker_fee_bps', -1, 10000),
        taker_bps = whole_within(args[14], 'taker_fee_bps', -1, 10000),
        multiple = whole_within(args[15], 'buying_power_multiple', risk.CASH_ONLY, MULTIPLE_MOST),
    }
end

-- Holds were made of the fees; and what was lent must be back before nothing is lent any more.
local function check_change(account, standing)
    local is_recounted = account.maker_bps ~= standing.maker_bps
        or account.taker_bps ~= standing.taker_bps
    if is_recounted and account.open_orders > 0 then
        refuse('open_orders', 'account=' .. account.id)
    end
    if standing.multiple == risk.CASH_ONLY and account.held > account.balance then
        refuse('insufficient_cash', 'required=' .. decimal(account.held, MONEY_SCALE)
            .. ', available=' .. decimal(account.balance, MONEY_SCALE))
    end
end

local function account_function(keys, args)
    expect_arguments(args, 15)
    local is_new = whole_within(args[2], 'create', 0, 1) == 1
    local standing = read_standing(keys, args)
    local currency = check_currency(args[6])
    local balance = whole_within(args[7], 'balance', 0, is_new and MAXIMUM or 0)
    local call, account, old = begin(keys, 5, ''), nil, nil
    if is_new then
        local id, counter = new_account_id(keys, args[1])
        account = new_account(call, id, currency, balance, args[8])
        call.account_counter = format('%d', counter)
    else
        account = account_of(call, args[1])
        old = account.record
        if account.currency ~= currency then
            refuse('currency_fixed', 'currency=' .. account.currency)
        end
        if not is_as_expected(account, args[10]) then return nil, { 'stale' } end
        check_change(account, standing)
        account_changed(call, account)
        if account.group ~= standing.group then
            risk.forget_totals(call, account.group)
            risk.forget_totals(call, standing.group)
        end
    end
    for name, value in pairs(standing) do account[name] = value end
    audit(call, args[9], AUDITED.account, account.id, old, account)
    prepare(call)
    return call, { 'ok', call.seq, account.id, account.record }
end

register('account', account_function)

end
