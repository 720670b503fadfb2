-- submit: a new order. Arguments and replies in docs/REDIS.md.

do

-- The answer to a client order id that is known: nil where it isn't.
local function answered_before(keys, order_id, request_hash)
    local record = redis_call('HGET', keys.orders, order_id)
    if not record then return nil end
    if sub(record, 137, 144) ~= request_hash then return { 'conflict' } end
    return { 'duplicate', (unpack_struct('<l', record, 97)), record }
end

local function check_order_id(id, account)
    local owner, client_id = match(id, '^(%d+)%-([%w._-]+)$')
    if owner ~= account or #client_id > 36 then refuse('bad_argument', 'name=order_id') end
end

local function read_order(args)
    local side = whole_within(args[4], 'side', BUY, SELL)
    local pricing = whole_within(args[5], 'pricing', LIMIT, MARKET)
    local least = pricing == LIMIT and 1 or 0
    local order = take(order_pool)
    order.id, order.account, order.symbol, order.side, order.pricing =
        args[1], args[2], args[3], side, pricing
    order.price = whole_within(args[6], 'price', least, pricing == LIMIT and MAXIMUM or 0)
    order.quantity = whole_within(args[7], 'quantity', 1, MAXIMUM)
    order.policy = whole_within(args[8], 'policy', REST, ALL_OR_NONE)
    order.book = whole_within(args[9], 'book', LIT, INTERNAL)
    order.expire_at = whole_within(args[10], 'expire_at', 0, MAXIMUM)
    order.request_hash, order.host, order.status, order.self_trade = args[11], args[15], NEW, 1
    order.filled, order.notional_high, order.notional_low, order.amount = 0, 0, 0, 0
    order.hold, order.working, order.fee, order.fee_rest = 0, 0, 0, 0
    order.book_seq, order.closed_at, order.reason, order.is_changed = 0, 0, '', false
    -- start_order sets what else there is.
    order.accepted_seq, order.created_at, order.last_seq, order.updated_at = 0, 0, 0, 0
    order.cause, order.record = 0, false
    check_order_id(order.id, order.account)
    if #order.request_hash ~= 8 then refuse('bad_argument', 'name=request_hash') end
    return order
end

local function start_order(call, order)
    order.accepted_seq, order.created_at = call.seq, call.time
    call.main = order
    order_changed(call, order, 1)
end

local function rejected(call, order, code, values)
    if values and values ~= '' then code = code .. ': ' .. values end
    close_order(call, order, REJECTED, code)
    order.cause = 6
    prepare(call)
    return call, { 'rejected', call.seq, order.record }
end

-- Market pricing: sets the protection price. Returns nil, or code and values of a rejection.
local function price_market_order(call, order)
    local price, code = protection_price(call, order)
    if not price then return code, '' end
    order.price = price
    local values = below_min_notional(call.instrument, price, order.quantity)
    if values then return 'min_notional', values end
    return nil
end

-- nil, or code and values of a rejection.
local function not_covered(call, order, matches)
    if order.pricing == MARKET and order.side == BUY then
        return uncovered_walk(call, order, matches)
    end
    return uncovered(call, order)
end

local function check_entry(call, order, revision)
    local instrument = instrument_of(call, order.symbol)
    local account = account_of(call, order.account)
    if instrument.revision ~= revision then return false end
    check_instrument(instrument)
    if order.expire_at > 0 and order.expire_at <= call.time then refuse('expire_time_passed') end
    check_lot(instrument, order.quantity)
    if order.pricing == LIMIT then
        check_tick(instrument, order.price)
        local values = below_min_notional(instrument, order.price, order.quantity)
        if values then refuse('min_notional', values) end
    end
    check_account(call, account, order.side, order.quantity)
    return true
end

-- The trades of an order that passed all checks, and what becomes of it then.
local function execute(call, order, matches, stop)
    if order.policy == ALL_OR_NONE and stop then
        close_order(call, order, CANCELLED, 'fok_unfillable')
        return
    end
    local opposite = order.side == BUY and SELL or BUY
    local has_more_orders = stop == 'end' and order.pricing == MARKET
        and has_more(call, order.book, opposite, matches)
    settle(call, order, matches)
    conclude(call, order, stop, has_more_orders)
    if order.status <= PARTIALLY_FILLED then start_expiry(call, order) end
    update_hold(call, order)
end

local function submit(keys, args)
    expect_arguments(args, 15)
    local order = read_order(args)
    local revision, guards = whole(args[12], 'revision'), read_guards(args[14])
    local answer = answered_before(keys, order.id, order.request_hash)
    if answer then return nil, answer end
    local call = begin(keys, 1, order.symbol)
    if not check_entry(call, order, revision) then return nil, { 'stale' } end
    if expire_first(call) then return call, { 'busy', call.seq } end
    start_order(call, order)
    if args[13] ~= '' then return rejected(call, order, args[13]) end

    local code, values = judge(call, guards, order, order.quantity)
    if code then return rejected(call, order, code, values) end
    if order.pricing == MARKET then
        code, values = price_market_order(call, order)
        if code then return rejected(call, order, code, values) end
    end
    local matches, stop = walk(call, order)
    code, values = not_covered(call, order, matches)
    if code then return rejected(call, order, code, values) end
    execute(call, order, matches, stop)
    prepare(call)
    return call, {
        'ok', call.seq, order.record, #call.trades, call.last_price, call.last_quantity,
    }
end

register('submit', submit)

end
