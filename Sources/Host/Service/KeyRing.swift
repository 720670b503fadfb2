// The access keys and sessions that this host knows: what every request is checked against, so by
// digest and without asking Redis.

import Trading

struct KeyRing {
    /// Keys, also revoked ones, and sessions that haven't ended, by id.
    private(set) var all: [String: AccessKey] = [:]
    private var ids: [[UInt8]: String] = [:]
    /// Keys that were ever made.
    private var keyCount = 0

    init() {}

    init(_ keys: [AccessKey]) {
        for key in keys { insert(key) }
    }

    /// Whether no key was ever made.
    var isEmpty: Bool { keyCount == 0 }

    subscript(digest: [UInt8]) -> AccessKey? { ids[digest].flatMap { all[$0] } }

    /// Takes a record of an event. Returns the key or session, as it was, where this ended it.
    mutating func apply(_ key: AccessKey) -> AccessKey? {
        let known = all[key.id]
        if let known, known.lastSequence >= key.lastSequence { return nil }
        let isGone = key.kind == .session && key.revokedAt != 0
        if isGone { remove(key.id) } else { insert(key) }
        return key.revokedAt != 0 && known?.revokedAt == 0 ? known : nil
    }

    /// Takes out the sessions that are over by the clock, and returns them.
    mutating func removeExpired(at time: Int64) -> [AccessKey] {
        let over = all.values.filter { $0.kind == .session && !$0.isValid(at: time) }
        for session in over { remove(session.id) }
        return over
    }

    private mutating func insert(_ key: AccessKey) {
        let known = all.updateValue(key, forKey: key.id)
        if known == nil, key.kind == .key { keyCount += 1 }
        ids[key.digest] = key.id
    }

    private mutating func remove(_ id: String) {
        guard let known = all.removeValue(forKey: id) else { return }
        ids[known.digest] = nil
    }
}
