-- Session leases: orders that are to be cancelled when their client goes away. A client's host renews
-- the lease; where it doesn't come to that any more, any host cancels the orders.
--
-- The order's own record knows nothing of it: a lease is a set of order ids, and one place in the zset
-- of all leases says when it is over. Taking an order and putting it into the set is one call.

do

local LEASE_MILLIS_MOST = 600000
-- Ids in one call of lease, or one answer of leases.
local IDS_MOST = 500

local function lease_keys(keys, id)
    if not find(id, '^[%w.-]+$') or #id > 64 then refuse('bad_argument', 'name=lease') end
    return { all = keys.prefix .. ':leases', orders = keys.prefix .. ':leased:' .. id }
end

local function micros_now()
    local time = redis_call('TIME')
    return time[1] * 1000000 + time[2]
end

-- leased: lease, millis, then what submit takes. The lease begins, or goes on, from here.
local function leased(keys, args)
    if #args < 3 then refuse('bad_argument', 'name=count') end
    local names = lease_keys(keys, args[1])
    local millis = whole_within(args[2], 'millis', 1, LEASE_MILLIS_MOST)
    local call, reply = entry.submit(keys, { unpack(args, 3) })
    local order = call and call.main
    -- A call that only did what was left to do has no main order.
    if order and order.id == args[3] and is_open(order) then
        redis_call('SCARD', names.orders)
        append(call, 'writes', { 'SADD', names.orders, order.id })
        add_to_zset(call, names.all, format('%d', call.time + millis * 1000), args[1], true)
    end
    return call, reply
end

-- lease: lease, millis from now until it is over (0: at once; empty: as it stands), then ids of orders
-- that have ended. One whose orders have all ended is forgotten.
local function lease(keys, args)
    if #args < 2 or #args > 2 + IDS_MOST then refuse('bad_argument', 'name=count') end
    local names, until_micros = lease_keys(keys, args[1]), nil
    if args[2] ~= '' then
        until_micros = micros_now() + whole_within(args[2], 'millis', 0, LEASE_MILLIS_MOST) * 1000
    end
    redis_call('SCARD', names.orders)
    if not redis_call('ZSCORE', names.all, args[1]) then return nil, { 'ok' } end
    return {
        keys = names, lease = args[1], ended = { unpack(args, 3) }, until_micros = until_micros,
    }, { 'ok' }
end

local function write_lease(call)
    local keys = call.keys
    if #call.ended > 0 then redis_call('SREM', keys.orders, unpack(call.ended)) end
    if redis_call('SCARD', keys.orders) == 0 then
        redis_call('ZREM', keys.all, call.lease)
    elseif call.until_micros then
        redis_call('ZADD', keys.all, format('%d', call.until_micros), call.lease)
    end
end

-- leases: the one that has been over for longest, and at most 500 of its orders; changes nothing.
local function leases(keys, args)
    expect_arguments(args, 0)
    local over = redis_call('ZRANGEBYSCORE', keys.prefix .. ':leases', '-inf',
        format('%d', micros_now()), 'LIMIT', 0, 1)
    if #over == 0 then return nil, { 'ok' } end
    local names = lease_keys(keys, over[1])
    return nil, { 'ok', over[1], unpack(redis_call('SRANDMEMBER', names.orders, IDS_MOST)) }
end

register('leased', leased)
register('lease', lease, { 'allow-oom' }, write_lease)
register('leases', leases, { 'allow-oom' })

end
