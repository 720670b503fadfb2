-- New accounts.

local function check_currency(currency)
    if not find(currency, '^%u[%u%d]*$') or #currency > 12 then
        refuse('bad_argument', 'name=currency')
    end
    return currency
end

-- An account with its first ledger entry, where it begins with money.
local function new_account(call, id, currency, balance, host)
    local account = {
        id = id, state = 1, active = 1, balance = balance, held = 0, short_limit = 0,
        created_at = call.time, currency = currency, host = host,
    }
    set_in(call, 'accounts', id, account)
    account_changed(call, account)
    if balance > 0 then ledger_entry(call, 1, account, balance, 0, '', 'initial balance') end
    return account
end
