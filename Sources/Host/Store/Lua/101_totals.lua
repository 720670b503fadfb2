-- What groups and everyone have open and own: sums of accounts and positions, kept in P:scopes once a
-- guard has asked for them, so that who sets no such limit pays nothing for it.
--
-- A total that isn't kept is summed from all accounts, once; from then on each call adds what it changes.
-- One that passes 2^53 is dropped, and summed anew when it is asked for again.

do

-- Of P:scopes: `firm|CUR` and `group:ID|CUR` (money), `firm:SYM` and `group:ID:SYM` (units). The field
-- `kept` says that there is any such.
local MONEY, UNITS = 'lllll', 'lll'
local KEPT = 'kept'
-- Fields in one command.
local CHUNK = 1000

local function money_of(record)
    return { totals_in(record) }
end

-- A POSITION's quantity, open buys and open sells.
local function units_of(record)
    if not record then return { 0, 0, 0 } end
    local quantity, held, open_buy = unpack_struct('<lll', record, 5)
    return { quantity, open_buy, held }
end

local function read_kept(total, record)
    local sums = { unpack_struct('<' .. total.format, record) }
    -- Where the next value would stand.
    sums[#sums] = nil
    return sums
end

-- No further than numbers are exact: a sum that is as large as that passes any limit.
function risk.clamp(number)
    if number > MAXIMUM then return MAXIMUM end
    return number < -MAXIMUM and -MAXIMUM or number
end

local function is_member(account, group)
    return group == '' or account.group == group
end

-- Whoever is in the group ('': everyone) by what stands in Redis, with each one's totals.
local function each_member(call, group, visit)
    local all = redis_call('HGETALL', call.keys.accounts)
    for index = 1, #all, 2 do
        local money = money_of(all[index + 1])
        if group == '' or money[7] == group then visit(all[index], money) end
    end
end

local function add(sums, parts, sign)
    for index = 1, #sums do sums[index] = sums[index] + sign * parts[index] end
end

-- As Redis holds it, before this call.
local function sum_money(call, total)
    local sums = { 0, 0, 0, 0, 0 }
    each_member(call, total.group, function(_, money)
        if money[6] == total.currency then add(sums, money, 1) end
    end)
    return sums
end

local function sum_units(call, total)
    local sums, keys = { 0, 0, 0 }, {}
    each_member(call, total.group, function(id) keys[#keys + 1] = id .. ':' .. total.symbol end)
    for first = 1, #keys, CHUNK do
        local last = first + CHUNK - 1
        if last > #keys then last = #keys end
        local records = redis_call('HMGET', call.keys.positions, unpack(keys, first, last))
        for index = 1, last - first + 1 do
            if records[index] then add(sums, units_of(records[index]), 1) end
        end
    end
    return sums
end

local function prefix_of(group)
    return group == '' and 'firm' or 'group:' .. group
end

-- One total of the call: currency or symbol is nil.
local function new_total(group, currency, symbol)
    return {
        group = group, currency = currency, symbol = symbol, is_new = false,
        format = currency and MONEY or UNITS,
        field = prefix_of(group) .. (currency and '|' .. currency or ':' .. symbol),
    }
end

-- The total as this call leaves it by now: base and what its accounts' records differ by.
local function present(call, total)
    local sums = {}
    for index = 1, #total.base do sums[index] = total.base[index] end
    for id, account in pairs(call.accounts) do
        if is_member(account, total.group) then
            if total.currency == account.currency then
                if account.record then add(sums, money_of(account.record), -1) end
                add(sums, { account.open_orders, account.open_buy, account.open_sell,
                    account.long_cost, account.short_cost }, 1)
            end
            local position = total.symbol and call.positions[id]
            if position then
                add(sums, units_of(position.record), -1)
                add(sums, { position.quantity, position.open_buy, position.held }, 1)
            end
        end
    end
    return sums
end

-- What a guard's scope has now: open_orders, open_buy, open_sell, long_cost, short_cost; or with a symbol
-- quantity, open_buy and open_sell in units. Of an account, or of its group ('' : everyone).
function risk.totals_of(call, group, currency, symbol)
    local total = new_total(group, currency, symbol)
    local known = call.totals[total.field]
    if not known then
        known = total
        local record = redis_call('HGET', call.keys.scopes, total.field)
        if record then
            total.base = read_kept(total, record)
        else
            total.base = currency and sum_money(call, total) or sum_units(call, total)
            total.is_new = true
        end
        set_in(call, 'totals', total.field, total)
    end
    local sums = present(call, known)
    for index = 1, #sums do sums[index] = risk.clamp(sums[index]) end
    return sums
end

-- The totals that this call may have changed, of those that are kept.
local function read_changed(call)
    local wanted, seen = {}, {}
    local function want(group, currency, symbol)
        local total = new_total(group, currency, symbol)
        if seen[total.field] or call.totals[total.field] then return end
        seen[total.field] = true
        wanted[#wanted + 1] = total
    end
    for _, account in ipairs(call.changed_accounts) do
        want('', account.currency, nil)
        if account.group ~= '' then want(account.group, account.currency, nil) end
    end
    for id, position in pairs(call.positions) do
        if position.is_changed then
            local group = account_of(call, id).group
            want('', nil, call.symbol)
            if group ~= '' then want(group, nil, call.symbol) end
        end
    end
    if #wanted == 0 then return end
    local fields = {}
    for index = 1, #wanted do fields[index] = wanted[index].field end
    local records = redis_call('HMGET', call.keys.scopes, unpack(fields))
    for index, total in ipairs(wanted) do
        if records[index] then
            total.base = read_kept(total, records[index])
            set_in(call, 'totals', total.field, total)
        end
    end
end

local function is_too_large(sums)
    for index = 1, #sums do
        if sums[index] > MAXIMUM or sums[index] < -MAXIMUM then return true end
    end
    return false
end

local function is_same(sums, base)
    for index = 1, #sums do
        if sums[index] ~= base[index] then return false end
    end
    return true
end

-- The last step of a call, before its records are packed: what is kept follows.
function risk.keep_totals(call)
    if call.changed_accounts == NONE and call.changed_positions == NONE
        and call.totals == NONE then
        return
    end
    if call.is_kept == nil then
        call.is_kept = redis_call('HGET', call.keys.scopes, KEPT)
    end
    if call.is_kept then read_changed(call) end
    if call.totals == NONE then return end
    local write, gone = { 'HSET', call.keys.scopes, KEPT, '1' }, { 'HDEL', call.keys.scopes }
    for field, total in pairs(call.totals) do
        local sums = present(call, total)
        if is_too_large(sums) or is_too_large(total.base) then
            gone[#gone + 1] = field
        elseif total.is_new or not is_same(sums, total.base) then
            write[#write + 1], write[#write + 2] = field, pack('<' .. total.format, unpack(sums))
        end
    end
    if #write > 4 then append(call, 'writes', write) end
    if #gone > 2 then append(call, 'writes', gone) end
end

-- An account has left or joined a group: its totals are summed anew when a guard asks for them.
function risk.forget_totals(call, group)
    if group == '' then return end
    local prefix, write = prefix_of(group), { 'HDEL', call.keys.scopes }
    for _, field in ipairs(redis_call('HKEYS', call.keys.scopes)) do
        local mark = sub(field, #prefix + 1, #prefix + 1)
        if sub(field, 1, #prefix) == prefix and (mark == '|' or mark == ':') then
            write[#write + 1] = field
        end
    end
    if #write > 2 then append(call, 'writes', write) end
end

end
