// What a connection may take how long for. Nothing here is a timer: the server looks at all its
// connections about once a second, which costs less than setting and clearing a timer a request.

import Base
import Loop
import Wire

/// Monotonic microseconds.
struct ConnectionTimes {
    /// When the first byte of the request that is coming in was read.
    var requestStartMicros: Int64?
    var lastInputMicros: Int64
    /// When the socket last took something, or nothing waited.
    var lastProgressMicros: Int64 = 0
    var lastPingMicros: Int64 = 0
    /// When a draining or closing connection ends in any case.
    var deadlineMicros = Int64.max
}

extension Connection {
    func after(millis: Int) -> Int64 { nowMicros + Int64(millis) * 1_000 }

    /// Ends what has taken too long, and pings. Called once in a while.
    func sweep() {
        if isBlocked, hasPassed(server.limits.stallMillis, since: times.lastProgressMicros) {
            server.statistics.timeouts += 1
            abort()
            return
        }
        switch state.phase {
        case .http: sweepRequests()
        case .webSocket: sweepPings()
        case .webSocketClosing, .draining: if nowMicros >= times.deadlineMicros { abort() }
        case .closed: break
        }
    }

    private func sweepRequests() {
        if let start = times.requestStartMicros {
            guard wantsInput, hasPassed(server.limits.requestMillis, since: start) else { return }
            server.statistics.timeouts += 1
            fail(.requestTimeout)
        } else if state.unansweredCount == 0, outbox.isEmpty,
            hasPassed(server.limits.idleMillis, since: times.lastInputMicros)
        {
            endIdle()
        }
    }

    private func sweepPings() {
        guard hasPassed(server.limits.pingMillis, since: times.lastPingMicros) else { return }
        guard unansweredPings < 2 else {
            server.statistics.timeouts += 1
            abort()
            return
        }
        times.lastPingMicros = nowMicros
        unansweredPings += 1
        send(.ping, [])
    }

    private func hasPassed(_ millis: Int, since startMicros: Int64) -> Bool {
        nowMicros - startMicros >= Int64(millis) * 1_000
    }
}
