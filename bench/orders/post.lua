-- wrk's script: every request is a new limit order with an id of its own. Buys rest below the sells;
-- two orders of ten cross what rests on the other side.

local thread_count = 0

function setup(thread)
    thread:set('number', thread_count)
    thread_count = thread_count + 1
end

function init(args)
    count = 0
    run = args[1] or 'x'
    symbol = args[2] or 'AAPL'
end

function request()
    count = count + 1
    local is_buy = count % 2 == 0
    local account = is_buy and 1 or 2
    local crosses = count % 10 >= 8
    local step = count % 50
    local price = is_buy and 100 - step * 0.01 or 101 + step * 0.01
    if crosses then price = is_buy and 101.49 or 99.51 end
    local body = string.format(
        '{"type":"%s","symbol":"%s","price":"%.2f","quantity":1,"tif":"gtc",'
            .. '"client_order_id":"%s-%d-%d"}',
        is_buy and 'buy' or 'sell', symbol, price, run, number, count)
    return wrk.format(
        'POST', '/api/accounts/' .. account .. '/orders',
        { ['Content-Type'] = 'application/json' }, body)
end

local bad = 0

function response(status)
    if status ~= 200 then bad = bad + 1 end
end

function done(summary, latency)
    io.write(string.format(
        'RESULT %d %d %d %d %d %d\n', summary.requests, summary.duration,
        summary.errors.status + summary.errors.connect + summary.errors.read
            + summary.errors.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
