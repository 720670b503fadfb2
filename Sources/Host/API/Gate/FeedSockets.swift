// The open sockets by whose they are, so that they end with their key or session. They are looked at
// in turns and not at the moment of a revocation: so it doesn't matter which host revoked it, whether
// it ran out, or that a host that was open has got its first key.

import Base
import Trading

package final class FeedSockets {
    private let gatekeeper: Gatekeeper
    private var sockets: [String: [ObjectIdentifier: FeedSocket]] = [:]

    init(_ gatekeeper: Gatekeeper) { self.gatekeeper = gatekeeper }

    func add(_ socket: FeedSocket) {
        sockets[socket.principal.id, default: [:]][ObjectIdentifier(socket)] = socket
    }

    func remove(_ socket: FeedSocket) {
        let id = socket.principal.id
        sockets[id]?[ObjectIdentifier(socket)] = nil
        if sockets[id]?.isEmpty == true { sockets[id] = nil }
    }

    /// Tells and closes those whose right has ended; to be called every Limits.accessCheckMillis.
    func endOverdue(now: Int64 = Clock.wallMicros()) {
        for group in sockets.values {
            guard let one = group.values.first?.principal,
                let rejection = gatekeeper.end(of: one, now: now)
            else { continue }
            for socket in group.values { socket.end(rejection) }
        }
    }
}
