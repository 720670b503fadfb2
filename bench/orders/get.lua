-- wrk's script: an answer that costs the host nothing but HTTP.

function request()
    return wrk.format('GET', '/health/live')
end

function done(summary, latency)
    io.write(string.format(
        'RESULT %d %d %d %d %d %d\n', summary.requests, summary.duration,
        summary.errors.status + summary.errors.connect + summary.errors.read
            + summary.errors.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
