// Which call of which plugin the order thread is in, kept where the supervisor can read it after
// a crash.

/// The calls that a slot may name.
package enum PluginCall: UInt8, Sendable {
    case plan = 1
    case apply = 2
    case check = 3

    package var name: String {
        switch self {
        case .plan: "plan"
        case .apply: "apply"
        case .check: "check"
        }
    }
}

/// Where the running call is noted. `entry` is the entry's index in the registry.
package protocol PluginCallSlot: AnyObject {
    func enter(entry: Int, call: UInt8)
    func leave()
}
