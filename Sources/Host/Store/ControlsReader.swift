// What staff steer risk by, as a snapshot reads it: hashes of some hundred fields at most.

import Trading

enum ControlsReader {
    /// The hashes, in the order in which `controls` takes their replies, behind the policy's version.
    static func keys(_ keys: Keys) -> [String] {
        [keys.limits, keys.modes, keys.pending, keys.groups, keys.switches, keys.cancelTasks]
    }

    static func controls(_ replies: ArraySlice<RedisReply>) throws(RecordError) -> RiskControls {
        var changes: [ControlChange] = []
        for (kind, reply) in replies.dropFirst().enumerated() {
            let elements = reply.elements ?? []
            for index in stride(from: 0, to: elements.count - 1, by: 2) {
                guard let name = elements[index].text, let record = elements[index + 1].bytes else {
                    throw RecordError(what: "a control that is no record")
                }
                changes.append(try change(kind, name, record[...]))
            }
        }
        let version = replies.first?.text.flatMap { Int64($0) } ?? 0
        return RiskControls(version: version, changes)
    }

    /// `kind`: the hash's place in `keys`.
    private static func change(
        _ kind: Int, _ name: String, _ record: ArraySlice<UInt8>
    ) throws(RecordError) -> ControlChange {
        switch kind {
        case 0:
            let made = try LimitRecord(field: name, record: record)
            return .limit(rule: made.rule, made.scope, made)
        case 1: return .mode(rule: name, try ModeRecord(record: record))
        case 2: return .pending(name, try PendingChange(id: name, record: record))
        case 3: return .group(name, try AccountGroup(id: name, record: record))
        case 4:
            guard let scope = SwitchScope(text: name) else {
                throw RecordError(what: "a switch of no known scope")
            }
            return .riskSwitch(scope, try RiskSwitch(scope: scope, record: record))
        default:
            return .cancelTask(account: name, try CancelTask(account: name, record: record))
        }
    }
}
