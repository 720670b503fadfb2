-- Families: a main order and its children, whose ids are the main order's, a colon and a key. A link
-- group is the members of a family with the same number: what one fills, the others lose.

-- An order whose record was read with others'; where this call has it already, as it left it.
local function order_from(call, id, record)
    local order = call.orders[id]
    if not order then
        order = unpack_order(id, record)
        set_in(call, 'orders', id, order)
    end
    return order
end

local link_name, main_of, family_of, largest_of_others

do

local function main_id_of(id)
    return match(id, '^[^:]*')
end

-- The main order or container of a child, without the rest of the family.
function main_of(call, child)
    local id = main_id_of(child.id)
    return call.orders[id] or order_from(call, id, redis_call('HGET', call.keys.orders, id))
end

function link_name(order)
    return main_id_of(order.id) .. ':' .. order.x.link
end

-- The family of an order, the main order first, then its children in the order in which they came.
-- Whoever is in it has been read once more or is as this call left it.
function family_of(call, id)
    local main = main_id_of(id)
    local family = call.families[main]
    if family then return family end
    local ids, names = { main }, redis_call('HGET', call.keys.children, main) or ''
    for name in gmatch(names, '[^,]+') do ids[#ids + 1] = main .. ':' .. name end
    local records = redis_call('HMGET', call.keys.orders, unpack(ids))
    family = { names = names }
    for index = 1, #ids do family[index] = order_from(call, ids[index], records[index]) end
    set_in(call, 'families', main, family)
    return family
end

-- The money at its held price that an order is charged for now.
local function charged_notional(call, order)
    local notional = order.notional
    if not notional then
        notional = notional_of(call.instrument, order.held_price, order.working)
        order.notional = notional
    end
    return notional
end
risk.charged_notional = charged_notional

-- What the other members on the order's side hold, work with, and work with in money, at most.
function largest_of_others(call, order)
    local hold, working, notional = 0, 0, 0
    local x = order.x
    if not x or x.link == 0 then return hold, working, notional end
    for _, member in ipairs(family_of(call, order.id)) do
        local other = member.x
        if member ~= order and other and other.link == x.link and member.side == order.side then
            local money = charged_notional(call, member)
            if member.hold > hold then hold = member.hold end
            if member.working > working then working = member.working end
            if money > notional then notional = money end
        end
    end
    return hold, working, notional
end

end
