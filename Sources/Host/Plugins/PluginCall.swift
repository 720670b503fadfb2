// The calls that a call slot (Base) may name: what the supervisor reports when a worker dies, or
// never comes back, inside a plugin.

package enum PluginCall: UInt8, Sendable {
    case plan = 1
    case apply = 2
    case check = 3
    case onEvent = 4
    case onEvents = 5
    case deliver = 10
    case flush = 11

    package var name: String {
        switch self {
        case .plan: "plan"
        case .apply: "apply"
        case .check: "check"
        case .onEvent: "on_event"
        case .onEvents: "on_events"
        case .deliver: "deliver"
        case .flush: "flush"
        }
    }
}
