-- submit: a new order, alone or with its children. Arguments and replies in docs/REDIS.md.

do

local VALUES_BEFORE_CHILDREN = 22
local QUEUED_FLAG = 4

-- The answer to a client order id that is known: nil where it isn't. The second result is true where
-- the order stands in the work queue still.
local function answered_before(keys, order_id, request_hash)
    local record = redis_call('HGET', keys.orders, order_id)
    if not record then return nil end
    if sub(record, 137, 144) ~= request_hash then return { 'conflict' } end
    local flags = unpack_struct('B', record, 8)
    return { 'duplicate', (unpack_struct('<l', record, 97)), record },
        fmod(flags, QUEUED_FLAG * 2) >= QUEUED_FLAG
end

local function check_order_id(id, account)
    local owner, client_id = match(id, '^(%d+)%-([%w._-]+)$')
    if owner ~= account or #client_id > 36 then refuse('bad_argument', 'name=order_id') end
end

local function start_order(call, order)
    order.accepted_seq, order.created_at = call.seq, call.time
    call.main = order
    order_changed(call, order, 1)
end

-- Its children were never made.
local function rejected(call, order, code, values)
    if order.x then order.x.has_children = false end
    entry.close_refused(call, order, code, values or '')
    order.cause = 6
    after(call)
    prepare(call)
    return call, { 'rejected', call.seq, order.record }
end

-- false where the host's picture of the instrument or of the limits is old.
local function check_entry(call, order, children, revision, policy)
    local instrument = instrument_of(call, order.symbol)
    local account = account_of(call, order.account)
    if instrument.revision ~= revision or risk.is_old_policy(call, policy) then return false end
    check_instrument(call)
    entry.check_new_order(call, order)
    risk.check_account(call, account, order.side, order.quantity)
    for _, child in ipairs(children or NONE) do entry.check_new_order(call, child) end
    return true
end

-- An order that only its children work for.
local function start_container(call, order, state, timer)
    order.status = PARKED
    parked.park(call, order)
    redis_call('HLEN', call.keys.states)
    append(call, 'writes', { 'HSET', call.keys.states, order.id, state })
    if timer ~= '0' then add_to_zset(call, call.keys.timers, timer, order.id) end
end

local function finish(call, order)
    local fills, last_price, last_quantity = #call.trades, call.last_price, call.last_quantity
    call.is_concluded = true
    after(call)
    prepare(call)
    if order.x and order.x.queued then return call, { 'busy', call.seq } end
    return call, {
        'ok', call.seq, order.record, fills, last_price, last_quantity, call.later,
    }
end

-- A family that is not in Redis yet.
local function start_family(call, order)
    local family = { order, names = '' }
    set_in(call, 'orders', order.id, order)
    set_in(call, 'families', order.id, family)
    return family
end

local function submit(keys, args)
    if #args < VALUES_BEFORE_CHILDREN then refuse('bad_argument', 'name=count') end
    local order = entry.read_new_order(args)
    check_order_id(order.id, order.account)
    local children = entry.read_children(order, args, VALUES_BEFORE_CHILDREN + 1)
    local revision, guards_text = whole(args[12], 'revision'), args[14]
    risk.check_decisions(args[22])
    local guards = read_guards(guards_text)
    local timer = args[20] == '0' and '0' or format('%d', whole_within(args[20], 'timer', 1, MAXIMUM))
    local answer, is_queued = answered_before(keys, order.id, order.request_hash)
    if answer and not is_queued then return nil, answer end
    local call = begin(keys, 1, order.symbol)
    if answer then
        instrument_of(call, order.symbol)
        -- Nothing goes on while the instrument is closed: this is how the order stands.
        if not is_trading(call) then return nil, answer end
        has_unfinished(call)
        return work_chunk(call), { 'busy', call.seq }
    end
    if not check_entry(call, order, children, revision, args[21]) then
        return nil, { 'stale' }
    end
    if has_unfinished(call) then return work_chunk(call), { 'busy', call.seq } end
    if expire_first(call) then return call, { 'busy', call.seq } end
    start_order(call, order)
    risk.note_decisions(call, order.id, args[22])
    local x = order.x
    local family = x and start_family(call, order)
    if args[13] ~= '' then return rejected(call, order, args[13]) end

    local begin_work = children and function()
        entry.create_children(call, order, children, family)
    end
    call.coming = children and #children or 0
    if x and x.role == CONTAINER then
        local code, values = risk.judge_container(call, guards, order)
        if code then return rejected(call, order, code, values) end
        risk.take(call, order)
        if begin_work then begin_work() end
        entry.check_children(call, order)
        start_container(call, order, args[19], timer)
    else
        local code, values = entry.enter(call, order, guards, begin_work)
        if code then return rejected(call, order, code, values) end
        if order.status >= TRIGGERED then parked.keep_guards(call, order, guards_text) end
    end
    if is_open(order) then start_expiry(call, order) end
    if children then entry.enter_children(call, order, children) end
    return finish(call, order)
end

-- For 320_lease.lua.
entry.submit = submit
register('submit', submit)

end
