// The open sockets by whose they are, so that they end with their key or session. They end as soon as
// this host's picture knows, which is before who revoked it is answered. They are looked at in turns
// as well: a picture that was made afresh doesn't tell what has ended meanwhile.

import Base
import Service
import Trading
import Wire

package final class FeedSockets {
    private let gatekeeper: Gatekeeper
    /// Order entry, which needs the whole of the API.
    var enter: ((EntryRequest, EntryCaller, @escaping (HTTPResponse) -> Void) -> Void)?
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

    /// Follows what the picture learns of keys from now on.
    func follow(_ picture: Picture) {
        picture.onKeyEnded = { [weak self] key in self?.endOverdue(key.id, Clock.wallMicros()) }
        picture.onFirstKey = { [weak self] in self?.endOverdue() }
    }

    /// Tells and closes those whose right has ended; to be called every Limits.accessCheckMillis.
    func endOverdue(now: Int64 = Clock.wallMicros()) {
        for id in sockets.keys { endOverdue(id, now) }
    }

    private func endOverdue(_ id: String, _ now: Int64) {
        guard let group = sockets[id]?.values, let one = group.first?.principal,
            let rejection = gatekeeper.end(of: one, now: now)
        else { return }
        for socket in group { socket.end(rejection) }
    }
}
