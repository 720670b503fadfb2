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
        id = id, state = 1, active = 1, self_trade_scope = 0, balance = balance, held = 0,
        short_limit = 0, created_at = call.time, maker_bps = -1, taker_bps = -1,
        multiple = risk.CASH_ONLY, open_orders = 0, open_buy = 0, open_sell = 0, long_cost = 0,
        short_cost = 0, currency = currency, group = '', host = host,
    }
    set_in(call, 'accounts', id, account)
    account_changed(call, account)
    if balance > 0 then ledger_entry(call, 1, account, balance, 0, '', 'initial balance') end
    return account
end
