-- Families after an arrival: children work with what their main order filled, and what becomes of
-- them when it has ended.

local run_families, cancel_family

do

-- Has a child work with what it was given: it is judged and covered, and waits for its trigger or for
-- its turn. The child holds nothing.
local function give_work(call, child, was_queued)
    local x = child.x
    local waits = child.status == PARKED and x.source > 0
    local code, values = nil, nil
    if waits and not x.is_armed then code, values = triggers.start_trigger(call, child), '' end
    if not code then code, values = refusal(call, child, parked.take_guards(call, child), true) end
    if code then return parked.turn_away(call, child, code, values) end
    update_hold(call, child)
    if waits then
        if not x.is_armed then parked.arm(call, child) end
    elseif not was_queued then
        child.status = TRIGGERED
        note_triggered(call, child, 'main_filled')
        order_changed(call, child, 7)
        parked.enqueue(call, child)
        return
    end
    note_restated(call, child, 'granted')
    order_changed(call, child, 7)
    local last = waits and x.source == TRIGGER.LAST and market_of(call).last or 0
    if last > 0 and triggers.is_triggered(child, last) then parked.fire(call, child, 'last') end
end

local function grant(call, child, quantity)
    local x = child.x
    local was_queued = x.queued
    if is_in_book(child) then take_from_book(call, child, shown_of(child)) end
    lift(call, child)
    if culprits.ids[child.id] then return parked.turn_away(call, child, 'amount_too_large', '') end
    x.granted = bounded(x.granted + quantity)
    x.waiting = false
    culprits.at_risk = child.id
    give_work(call, child, was_queued)
    culprits.at_risk = false
end

local function grant_all(call, main, quantity)
    for _, child in ipairs(family_of(call, main.id)) do
        local x = child.x
        if x and x.role == AFTER and is_open(child) then grant(call, child, quantity) end
    end
end

-- An after-child's quantity can't grow any more.
local function settle_quantity(call, child)
    local x = child.x
    if x.granted == 0 then
        end_order(call, child, CANCELLED, 'parent_ended', 7)
        return
    end
    if x.granted < child.quantity then
        child.quantity = x.granted
        note_restated(call, child, 'parent_ended')
        order_changed(call, child, 7)
    end
    if child.filled == child.quantity then end_order(call, child, FILLED, '', 7) end
end

local function end_family(call, main)
    local is_container = main.x.role == CONTAINER
    for _, child in ipairs(family_of(call, main.id)) do
        if child ~= main and is_open(child) then
            if is_container then
                end_order(call, child, CANCELLED, 'parent_ended', 7)
            elseif child.x and child.x.role == AFTER then
                settle_quantity(call, child)
            end
        end
    end
end

-- What an arrival means for families: first what main orders filled, then which of them ended.
function run_families(call)
    while call.grants ~= NONE or call.ended ~= NONE do
        local grants, ended = call.grants, call.ended
        call.grants, call.ended = NONE, NONE
        for index = 1, #grants do grant_all(call, grants[index].main, grants[index].quantity) end
        for index = 1, #ended do end_family(call, ended[index]) end
    end
end

-- Cancels the open children of a main order or container. Returns whether there were any.
function cancel_family(call, main)
    local any = false
    for _, child in ipairs(family_of(call, main.id)) do
        if child ~= main and is_open(child) then
            end_order(call, child, CANCELLED, 'parent_cancelled', 7)
            any = true
        end
    end
    return any
end

end
