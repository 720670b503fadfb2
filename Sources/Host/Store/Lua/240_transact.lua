-- transact: deposits, withdrawals and adjustments of cash or shares.

do

local DEPOSIT, WITHDRAWAL, ADJUSTMENT = 1, 2, 3

-- Adds signed money. What open orders hold can't be taken.
local function move_cash(call, account, kind, amount, description)
    local available = risk.free_cash(account)
    if amount < 0 and available + amount < 0 then
        refuse('insufficient_cash', 'required=' .. decimal(-amount, MONEY_SCALE) .. ', available='
            .. decimal(available, MONEY_SCALE))
    end
    account.balance = bounded(account.balance + amount)
    account_changed(call, account)
    ledger_entry(call, kind, account, amount, 0, '', description)
end

-- Adds signed shares at a cost; those that go, go at average cost and make no profit.
local function adjust_shares(call, account, quantity, price, description)
    local instrument = instrument_of(call, call.symbol)
    if account.currency ~= instrument.currency then
        refuse('currency_mismatch', 'account=' .. account.currency .. ', instrument='
            .. instrument.currency)
    end
    local position = position_of(call, account.id)
    local available = position.quantity - position.held + account.short_limit
    if quantity < 0 and available + quantity < 0 then
        refuse('insufficient_shares', share_values(instrument, -quantity, available))
    end
    exposure(position, BUY, quantity)
    if price < 0 then price = market_of(call).last end
    local amount = amount_of(instrument, price, quantity < 0 and -quantity or quantity)
    local cost = position.cost
    move_shares(position, quantity, amount, false)
    risk.note_cost(account, cost, position.cost)
    position_changed(call, position)
    account_changed(call, account)
    ledger_entry(call, ADJUSTMENT, account, 0, quantity, call.symbol, description)
    has_unfinished(call)
    cut_reducers(call, account.id)
    after_end(call)
end

-- The answer to a client transaction id that is known: nil where it isn't.
local function answered_before(keys, field, request_hash)
    local record = field and redis_call('HGET', keys.transactions, field)
    if not record then return nil end
    if sub(record, 1, 8) ~= request_hash then return { 'conflict' } end
    return { 'duplicate', sub(record, 9) }
end

-- Where the answer is kept: nil where the client gave no id.
local function answer_field(account, client_id)
    if client_id == '' then return nil end
    if not find(client_id, '^[%w._-]+$') or #client_id > 36 then
        refuse('bad_argument', 'name=client_transaction_id')
    end
    return account .. '-' .. client_id
end

-- For whoever asks again: sequence, time and the balance then.
local function keep_answer(call, field, request_hash, account)
    if not field then return end
    append(call, 'writes', {
        'HSET', call.keys.transactions, field,
        request_hash .. pack('<lll', call.seq, call.time, account.balance),
    })
end

local function refuse_amount()
    refuse('bad_argument', 'name=amount')
end

local function transact(keys, args)
    expect_arguments(args, 10)
    local kind = whole_within(args[2], 'type', DEPOSIT, ADJUSTMENT)
    local amount, symbol = whole(args[3], 'amount'), args[4]
    local quantity = whole(args[5], 'quantity')
    local price = whole_within(args[6], 'price', -1, MAXIMUM)
    local description = args[7]
    if #description > 255 then refuse('bad_argument', 'name=description') end
    if symbol ~= '' then
        if kind ~= ADJUSTMENT then refuse('bad_argument', 'name=symbol') end
        if amount ~= 0 then refuse_amount() end
        if quantity == 0 then refuse('bad_argument', 'name=quantity') end
    else
        if amount == 0 or (amount < 0 and kind ~= ADJUSTMENT) then refuse_amount() end
        if quantity ~= 0 then refuse('bad_argument', 'name=quantity') end
    end
    local field, request_hash = answer_field(args[1], args[9]), args[10]
    if #request_hash ~= 8 then refuse('bad_argument', 'name=request_hash') end
    local answer = answered_before(keys, field, request_hash)
    if answer then return nil, answer end
    local call = begin(keys, 6, symbol)
    local account = account_of(call, args[1])
    if symbol ~= '' then
        adjust_shares(call, account, quantity, price, description)
        local position = position_of(call, account.id)
        audit(call, args[8], AUDITED.position, position.key, position.record, position)
    else
        local sign = kind == WITHDRAWAL and -1 or 1
        audit(call, args[8], AUDITED.account, account.id, account.record, account)
        move_cash(call, account, kind, sign * amount, description)
    end
    keep_answer(call, field, request_hash, account)
    prepare(call)
    return call, { 'ok', call.seq, account.record }
end

register('transact', transact)

end
