-- seed: instruments, accounts and shares of the very first start, all or nothing.

do

-- Takes the next argument of a list whose lengths stand in it.
local function taker(args)
    local position = 0
    return function()
        position = position + 1
        if not args[position] then refuse('bad_argument', 'name=count') end
        return args[position]
    end, function() return position == #args end
end

local function seed_instruments(call, take)
    local instruments = {}
    for _ = 1, whole_within(take(), 'instruments', 0, 1000) do
        local symbol = check_symbol(take())
        local instrument = read_instrument(symbol, take())
        check_part(not instruments[symbol], 'symbol')
        instrument.revision, instrument.created_at = 1, call.time
        instruments[symbol] = instrument
        instrument_changed(call, instrument)
    end
    return instruments
end

-- They get the numbers 1, 2, …
local function seed_accounts(call, take)
    local count = whole_within(take(), 'accounts', 0, 1000)
    for number = 1, count do
        local balance = whole_within(take(), 'balance', 0, MAXIMUM)
        local currency = check_currency(take())
        new_account(call, format('%d', number), currency, balance, take())
    end
    if count > 0 then call.account_counter = format('%d', count) end
end

local function seed_positions(call, take, instruments)
    for _ = 1, whole_within(take(), 'positions', 0, 10000) do
        local account, symbol = call.accounts[take()], take()
        local instrument = instruments[symbol]
        check_part(account, 'account')
        check_part(instrument, 'symbol')
        check_part(account.currency == instrument.currency, 'currency')
        local quantity = whole_within(take(), 'quantity', 1, MAXIMUM)
        local amount = amount_of(instrument, whole_within(take(), 'price', 0, MAXIMUM), quantity)
        local key = account.id .. ':' .. symbol
        check_part(not call.positions[key], 'positions')
        local position = unpack_position(key, false)
        set_in(call, 'positions', key, position)
        move_shares(position, quantity, amount, false)
        risk.note_cost(account, 0, position.cost)
        position_changed(call, position)
        ledger_entry(call, 3, account, 0, quantity, symbol, 'initial shares')
    end
end

-- Every key that is about to be written must be missing, so that none can be of a wrong type. All but
-- the stream and its number: an access key may have been made before the first start.
local function is_empty(keys)
    redis_call('XLEN', keys.events)
    return redis_call(
        'EXISTS', keys.instruments, keys.accounts, keys.positions,
        keys.account_id, keys.orders) == 0
end

local function seed(keys, args)
    if not is_empty(keys) then return nil, { 'refused', 'not_empty', '' } end
    local call = begin(keys, 8, '')
    local take, is_done = taker(args)
    local instruments = seed_instruments(call, take)
    seed_accounts(call, take)
    seed_positions(call, take, instruments)
    check_part(is_done(), 'count')
    prepare(call)
    return call, { 'ok', call.seq }
end

register('seed', seed)

end
