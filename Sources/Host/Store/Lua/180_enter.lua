-- New orders, alone or with children, before they arrive: what their arguments must be, and where
-- those stand that don't go to their book at once.

local entry = {}

do

local VALUES_OF_CHILD = 13
-- Of one call and of a family.
local CHILDREN_PER_CALL = 10
local CHILDREN_MOST = 500

local function check_numbers(x)
    local sources = x.source >= 0 and x.source <= TRIGGER.ASK
    check_part(sources and (x.source == 0) == (x.direction == 0), 'trigger')
    check_part(x.direction <= TRIGGER.DOWN, 'trigger')
    check_part(x.trail <= 2 and x.peg <= 3 and x.link_action <= 2 and x.role <= AFTER, 'ext')
    for _, name in ipairs({ 'trigger_price', 'trail_offset', 'display', 'min_quantity' }) do
        check_part(x[name] >= 0 and x[name] <= MAXIMUM, name)
    end
    for _, name in ipairs({ 'limit_offset', 'peg_offset', 'peg_limit' }) do
        check_part(x[name] >= -MAXIMUM and x[name] <= MAXIMUM, name)
    end
    check_part(x.shown == 0 and x.granted == 0 and x.state_version == 0, 'ext')
end

-- What only some orders have; whether it fits the rest of the order.
local function check_extra(order)
    local x = order.x
    check_part(not (x.queued or x.waiting or x.has_children or x.rolls_up), 'flags')
    check_numbers(x)
    if x.trail > 0 then
        check_part(x.source == TRIGGER.LAST and x.trail_offset >= 1, 'trail')
        check_part(x.direction == (order.side == SELL and TRIGGER.DOWN or TRIGGER.UP), 'trail')
        check_part(x.trigger_price == 0, 'trigger_price')
        check_part(x.trail == 1 or x.trail_offset < 10000, 'trail_offset')
    else
        check_part(x.source == 0 or x.trigger_price >= 1, 'trigger_price')
    end
    check_part(x.peg == 0 or (order.pricing == LIMIT and order.book == LIT and x.source == 0
        and x.role == 0 and x.peg_limit >= 1 and order.policy == REST), 'peg')
    check_part((x.link == 0) == (x.link_action == 0), 'link')
    check_part(x.display == 0 or (order.pricing == LIMIT and order.policy == REST), 'display')
    check_part(x.min_quantity <= order.quantity, 'min_quantity')
    check_part(not x.post_only or (order.pricing == LIMIT and order.policy == REST), 'post_only')
end

-- values: side, pricing, price, quantity, policy, book, expire_at, flags, self_trade, ext.
local function fill_order(order, args, at, flags, self_trade, ext)
    order.side = whole_within(args[at], 'side', BUY, SELL)
    order.pricing = whole_within(args[at + 1], 'pricing', LIMIT, MARKET)
    order.quantity = whole_within(args[at + 3], 'quantity', 1, MAXIMUM)
    order.policy = whole_within(args[at + 4], 'policy', REST, ALL_OR_NONE)
    order.book = whole_within(args[at + 5], 'book', LIT, INTERNAL)
    order.expire_at = whole_within(args[at + 6], 'expire_at', 0, MAXIMUM)
    order.self_trade = whole_within(self_trade, 'self_trade', SELF_TRADE.NEWEST, 4)
    local x = false
    if flags ~= '0' or ext ~= '' then x = read_extra(whole_within(flags, 'flags', 0, 3), ext) end
    check_part(x ~= nil, 'ext')
    order.x = x
    -- A container's price is its children's business; a trailing order's and a peg's come later.
    local is_priced = order.pricing == LIMIT
        and not (x and (x.role == CONTAINER or x.trail > 0 or x.peg > 0))
    order.price = whole_within(
        args[at + 2], 'price', is_priced and 1 or 0, order.pricing == LIMIT and MAXIMUM or 0)
    order.status, order.filled, order.notional_high, order.notional_low = NEW, 0, 0, 0
    order.amount, order.hold, order.working, order.fee, order.fee_rest = 0, 0, 0, 0, 0
    order.book_seq, order.closed_at, order.reason, order.is_changed = 0, 0, '', false
    -- start_order sets what else there is.
    order.accepted_seq, order.created_at, order.last_seq, order.updated_at = 0, 0, 0, 0
    order.cause, order.record, order.home, order.placed = 0, false, false, false
    order.held_before, order.open_before, order.noted_before, order.guards_text = nil, nil, nil, nil
    order.notional, order.held_price, order.is_counted = 0, order.price, false
    order.asked_price = order.price
    if not x then return end
    check_extra(order)
    order.asked_trigger, order.asked_peg_limit = x.trigger_price, x.peg_limit
end

function entry.read_new_order(args)
    local order = new_order()
    order.id, order.account, order.symbol = args[1], args[2], args[3]
    fill_order(order, args, 4, args[16], args[17], args[18])
    order.request_hash, order.host = args[11], args[15]
    if #order.request_hash ~= 8 then refuse('bad_argument', 'name=request_hash') end
    return order
end

local function read_child(main, args, at)
    local child, key = new_order(), args[at]
    check_part(find(key, '^[a-z0-9_]+$') and #key <= 16, 'key')
    child.id, child.account, child.symbol = main.id .. ':' .. key, main.account, main.symbol
    -- key, then as in fill_order up to expire_at, guards, flags, self_trade, ext, host part
    fill_order(child, args, at + 1, args[at + 9], args[at + 10], args[at + 11])
    child.request_hash, child.host, child.key = main.request_hash, args[at + 12], key
    child.guards_text = args[at + 8]
    read_guards(child.guards_text)
    local x = child.x or new_extra()
    child.x = x
    check_part(x.role ~= CONTAINER, 'role')
    check_part(x.peg == 0, 'peg')
    if main.x and main.x.role == CONTAINER then
        check_part(x.role == 0, 'role')
        x.rolls_up = true
    end
    return child
end

-- The children that stand in the arguments from `at` on, nil where there are none.
function entry.read_children(main, args, at)
    if #args < at then return nil end
    local children, keys = {}, {}
    check_part(fmod(#args - at + 1, VALUES_OF_CHILD) == 0, 'count')
    check_part(#args - at + 1 <= VALUES_OF_CHILD * CHILDREN_PER_CALL, 'children')
    for first = at, #args, VALUES_OF_CHILD do
        local child = read_child(main, args, first)
        check_part(not keys[child.key], 'key')
        keys[child.key] = true
        children[#children + 1] = child
    end
    if not main.x then main.x = new_extra() end
    main.x.has_children = main.x.role ~= CONTAINER
    return children
end

-- What every new order must satisfy, and isn't recorded without.
function entry.check_new_order(call, order)
    local instrument, x = call.instrument, order.x
    if order.expire_at > 0 and order.expire_at <= call.time then refuse('expire_time_passed') end
    check_lot(instrument, order.quantity)
    if x then
        check_lot(instrument, x.display)
        check_lot(instrument, x.min_quantity)
        check_tick(instrument, x.trigger_price)
        check_tick(instrument, x.limit_offset)
        check_tick(instrument, x.peg_offset)
        check_tick(instrument, x.peg_limit)
        if x.trail == 1 then check_tick(instrument, x.trail_offset) end
        if x.role == CONTAINER then return end
    end
    if order.pricing ~= LIMIT then return end
    local price = order.price
    if x and x.peg > 0 then price = x.peg_limit end
    check_tick(instrument, price)
    if x and x.trail > 0 then return end
    local values = risk.below_min_notional(instrument, price, order.quantity)
    if values then refuse('min_notional', values) end
end

local function wait_for_trigger(call, order, guards, begin_work)
    local code, values = triggers.start_trigger(call, order), ''
    if not code then code, values = refusal(call, order, guards, true) end
    if code then return code, values end
    risk.take(call, order)
    if order.x.reduce_only then parked.start_reducer(call, order) end
    if begin_work then begin_work() end
    order.status = PARKED
    parked.park(call, order)
    parked.arm(call, order)
    update_hold(call, order)
    local last = order.x.source == TRIGGER.LAST and market_of(call).last or 0
    if last > 0 and triggers.is_triggered(order, last) then parked.fire(call, order, 'last') end
    return nil
end

local function index_peg(call, order)
    parked.park(call, order)
    add_to_zset(call, call.names.pegs, format('%d', order.accepted_seq), order.id)
    call.new_pegs = call.new_pegs or {}
    call.new_pegs[#call.new_pegs + 1] = order
end

-- Brings a new order to its place: into its book, or to wait for its trigger. nil, or code and values
-- of what keeps it from there. `begin_work` is called once nothing does.
function entry.enter(call, order, guards, begin_work)
    local x = order.x
    if x and x.source > 0 then return wait_for_trigger(call, order, guards, begin_work) end
    local code, values = refusal(call, order, guards, false)
    if code then return code, values end
    risk.take(call, order)
    if x and x.reduce_only then parked.start_reducer(call, order) end
    if begin_work then begin_work() end
    if x and x.peg > 0 then index_peg(call, order) end
    execute(call, order)
    return nil
end

function entry.close_refused(call, order, code, values)
    if values ~= '' then code = code .. ': ' .. values end
    stop_expiry(call, order)
    close_order(call, order, REJECTED, code)
end

-- Makes a main order's children, so that it finds them when it trades.
function entry.create_children(call, main, children, family)
    local names = family.names
    for _, child in ipairs(children) do
        if call.orders[child.id] then refuse('bad_argument', 'name=key') end
        child.accepted_seq, child.created_at = call.seq, call.time
        child.status = PARKED
        set_in(call, 'orders', child.id, child)
        order_changed(call, child, 1)
        risk.count(call, child)
        family[#family + 1] = child
        names = names == '' and child.key or names .. ',' .. child.key
        child.x.waiting = child.x.role == AFTER
        child.x.is_coming = not child.x.waiting
        if child.x.waiting then
            parked.park(call, child)
            parked.keep_guards(call, child, child.guards_text)
            start_expiry(call, child)
            if child.x.reduce_only then
                parked.check_reducers(call, child)
                parked.start_reducer(call, child)
            end
        end
    end
    if #family - 1 > CHILDREN_MOST then
        refuse('too_many_children', format('limit=%d', CHILDREN_MOST))
    end
    family.names = names
    redis_call('HLEN', call.keys.children)
    append(call, 'writes', { 'HSET', call.keys.children, main.id, names })
end

-- A container's children never ask for more than is left of it, with `more` to come. Of a link group
-- the largest counts: what one fills, the others lose.
function entry.check_children(call, main, more)
    local left, open, largest = leaves_of(main), more or 0, {}
    for index, child in ipairs(family_of(call, main.id)) do
        if index > 1 and is_open(child) then
            local group = child.x and child.x.link > 0 and child.x.link or child
            local known, leaves = largest[group] or 0, leaves_of(child)
            if leaves > known then
                open, largest[group] = bounded(open + leaves - known), leaves
            end
        end
    end
    if open > left then refuse('children_exceed', share_values(call.instrument, open, left)) end
end

local function cancel_group(call, main, child)
    for _, member in ipairs(family_of(call, main.id)) do
        local other = member.x
        if member ~= child and is_open(member) and (member == main or other.link > 0) then
            end_order(call, member, CANCELLED, 'child_rejected', 7)
        end
    end
end

-- Has a child wait for its trigger or for its turn, judged and covered for what it will do.
local function enter_child(call, child)
    local guards = read_guards(child.guards_text)
    if child.x.source > 0 then return entry.enter(call, child, guards) end
    local code, values = refusal(call, child, guards, true)
    if code then return code, values end
    child.status = TRIGGERED
    if child.x.reduce_only then parked.start_reducer(call, child) end
    update_hold(call, child)
    parked.enqueue(call, child)
    return nil
end

-- Those that don't wait for their main order's fills go to their places.
function entry.enter_children(call, main, children)
    for _, child in ipairs(children) do
        if is_open(child) and not child.x.waiting then
            child.x.is_coming = false
            start_expiry(call, child)
            local code, values = enter_child(call, child)
            if not code then
                parked.keep_guards(call, child, child.guards_text)
            else
                entry.close_refused(call, child, code, values)
                if child.x.link > 0 then cancel_group(call, main, child) end
            end
        end
    end
end

end
