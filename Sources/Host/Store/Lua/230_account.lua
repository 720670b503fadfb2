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

-- What the caller took its change from: all that it may set. Empty: it doesn't care.
local function is_as_expected(account, expected)
    return expected == '' or expected
        == pack('<BBl', account.state, account.active, account.short_limit) .. account.host
end

local function account_function(keys, args)
    expect_arguments(args, 10)
    local is_new = whole_within(args[2], 'create', 0, 1) == 1
    local state, active = whole_within(args[3], 'state', 1, 4), whole_within(args[4], 'active', 0, 1)
    local short_limit = whole_within(args[5], 'short_limit', 0, MAXIMUM)
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
        account_changed(call, account)
    end
    account.state, account.active, account.short_limit = state, active, short_limit
    account.host = args[8]
    audit(call, args[9], AUDITED.account, account.id, old, account)
    prepare(call)
    return call, { 'ok', call.seq, account.id, account.record }
end

register('account', account_function)

end
