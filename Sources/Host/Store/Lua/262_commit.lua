-- commit: what a container's plugin decided when it was called, all of it or nothing.

do

local VALUES_OF_PLACE = 13

-- The steps that stand in the arguments from `at` on: children to place (their arguments), what becomes
-- of those that are there, and of the container itself.
local function read_steps(args, at)
    local places, changes = {}, {}
    while at <= #args do
        local word = args[at]
        local count = word == 'place' and VALUES_OF_PLACE or word == 'cancel' and 1
            or word == 'amend' and 3 or word == 'container' and 2
            or refuse('bad_argument', 'name=step')
        if at + count > #args then refuse('bad_argument', 'name=count') end
        if word == 'place' then
            for value = at + 1, at + count do places[#places + 1] = args[value] end
        elseif word == 'container' then
            changes[#changes + 1] = { word = word, price = args[at + 1], quantity = args[at + 2] }
        else
            changes[#changes + 1] = {
                word = word, key = args[at + 1], price = args[at + 2], quantity = args[at + 3],
            }
        end
        at = at + 1 + count
    end
    return places, changes
end

local function find_child(call, main, key)
    for _, child in ipairs(family_of(call, main.id)) do
        if child ~= main and child.id == main.id .. ':' .. key then return child end
    end
    refuse('unknown_order', 'order_id=' .. main.id .. ':' .. key)
end

-- A child's new price or quantity; it goes to the back. One that ended meanwhile stays as it is.
local function amend_child(call, child, step)
    local instrument = call.instrument
    local price = step.price == '' and child.price or whole_within(step.price, 'price', 1, MAXIMUM)
    local quantity = step.quantity == '' and child.quantity
        or whole_within(step.quantity, 'quantity', 1, MAXIMUM)
    check_tick(instrument, price)
    check_lot(instrument, quantity)
    if not is_in_book(child) or quantity <= child.filled then
        refuse('amend_unsupported', 'order_id=' .. child.id)
    end
    local account = account_of(call, child.account)
    risk.check_account(call, account, child.side, quantity - child.filled)
    order_changed(call, child, 4)
    if price == child.price and quantity <= child.quantity then
        entry.shrink(call, child, quantity)
        return
    end
    take_from_book(call, child, shown_of(child))
    child.price, child.quantity, child.status = price, quantity, TRIGGERED
    update_hold(call, child)
    parked.enqueue(call, child)
end

-- Its price is its children's business; it is kept for whoever reads it.
local function amend_container(call, main, step)
    local instrument = call.instrument
    if step.price ~= '' then main.price = whole_within(step.price, 'price', 1, MAXIMUM) end
    if step.quantity ~= '' then
        main.quantity = whole_within(step.quantity, 'quantity', 1, MAXIMUM)
    end
    check_tick(instrument, main.price)
    check_lot(instrument, main.quantity)
    if main.quantity <= main.filled then
        local scale = instrument.quantity_scale
        refuse('below_filled', 'quantity=' .. decimal(main.quantity, scale) .. ', filled='
            .. decimal(main.filled, scale))
    end
    risk.check_account(call, account_of(call, main.account), main.side, leaves_of(main))
    main.cause = 4
end

local function change_child(call, main, step)
    if step.word == 'container' then return amend_container(call, main, step) end
    local child = find_child(call, main, step.key)
    if not is_open(child) then return end
    if step.word == 'cancel' then
        end_order(call, child, CANCELLED, 'parent_cancelled', 7)
    else
        amend_child(call, child, step)
    end
end

local function set_timer(call, main, timer)
    if timer == 0 then
        remove_from_zset(call, call.keys.timers, main.id)
    else
        add_to_zset(call, call.keys.timers, format('%d', timer), main.id)
    end
end

local function place_children(call, main, values)
    local children = entry.read_children(main, values, 1)
    if not children then return entry.check_children(call, main) end
    for _, child in ipairs(children) do
        entry.check_new_order(call, child)
        risk.check_account(call, account_of(call, child.account), child.side, child.quantity)
    end
    entry.create_children(call, main, children, family_of(call, main.id))
    entry.check_children(call, main)
    entry.enter_children(call, main, children)
end

local function end_container(call, main, reason)
    stop_expiry(call, main)
    if main.filled == main.quantity then
        close_order(call, main, FILLED, '')
    else
        close_order(call, main, CANCELLED, reason)
    end
    order_changed(call, main, 7)
end

local function commit_family(keys, args)
    if #args < 9 then refuse('bad_argument', 'name=count') end
    local version, revision = whole(args[2], 'state_version'), whole(args[3], 'revision')
    local timer = whole_within(args[5], 'timer', 0, MAXIMUM)
    local wakes = whole_within(args[6], 'wakes', 0, 7)
    risk.check_decisions(args[9])
    local places, changes = read_steps(args, 10)
    local main = entry.container_of(keys, args[1])
    if not is_open(main) or main.x.state_version ~= version then return nil, { 'stale' } end
    local call = begin_with(keys, 11, main)
    if call.instrument.revision ~= revision or risk.is_old_policy(call, args[8]) then
        return nil, { 'stale' }
    end
    if #places > 0 or #changes > 0 then check_instrument(call) end
    -- While the instrument isn't open nothing goes on; a commit without steps needn't wait for it.
    if has_unfinished(call) and is_trading(call) then
        return work_chunk(call), { 'busy', call.seq }
    end
    if expire_first(call) then return call, { 'busy', call.seq } end
    -- One that comes too late for its container is answered when it is made again.
    if not is_open(main) then
        call.kind = 4
        after(call)
        prepare(call)
        return call, { 'busy', call.seq }
    end
    call.main = main
    order_changed(call, main, 7)
    risk.note_decisions(call, main.id, args[9])
    main.x.state_version, main.x.wakes = version + 1, wakes
    redis_call('HLEN', keys.states)
    append(call, 'writes', { 'HSET', keys.states, main.id, args[4] })
    set_timer(call, main, timer)
    for _, step in ipairs(changes) do change_child(call, main, step) end
    place_children(call, main, places)
    if args[7] ~= '' then end_container(call, main, args[7]) end
    after(call)
    prepare(call)
    return call, { 'ok', call.seq, main.record }
end

register('commit', commit_family)

end
