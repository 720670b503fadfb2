// The four things that a plugin can be. Contracts are those of oes_plugin.h: plan, apply and check
// run on the order thread and must neither block nor do I/O; plan, onEvent and apply are pure
// functions.

/// What all four have in common.
public protocol PluginEntry: Sendable {
    static var description: EntryDescription { get }
    /// [control] `config` holds what configSchema describes, converted.
    init(host: Host, config: Values) throws(ConfigurationRefusal)
}

public protocol OrderType: PluginEntry {
    /// [order] What is to be done for a new or amended order.
    func plan(_ input: PlanInput) -> Planned
}

/// An order type that goes on working: its plans are containers.
public protocol EventfulOrderType: OrderType {
    /// [order] What is to be done now. Level-triggered: decide by the picture, not by how often
    /// you are called (see on_event in oes_plugin.h).
    func onEvent(_ input: EventInput) -> Reaction
}

public protocol TimeInForce: PluginEntry {
    /// [order] How long the order works and what becomes of its remainder.
    func apply(_ input: TermsInput) -> Terms
}

public protocol RiskRule: PluginEntry {
    /// [order] Whether the order may go on. A limit that must hold on figures that can't be old
    /// is a guard: `input.require`; what was compared is told by `input.measure`.
    func check(_ input: CheckInput) -> Verdict
}

/// A rule that also looks at what has happened, after the fact.
public protocol WatchingRiskRule: RiskRule {
    /// [order] What is to be done now: 32 actions at most. Decide by what is given and not by what
    /// you remember: the next call may be another host's, and a batch may come again.
    func onEvents(_ batch: RiskBatch) -> [RiskAction]
}

public protocol Notifier: PluginEntry {
    /// [notify] May block up to the batch's deadline. An event may come again after a crash.
    func deliver(_ batch: Batch) -> Delivery
    /// [notify] Before an orderly stop.
    func flush(deadlineMillis: Int64)
    /// [any] Makes a running deliver or flush return soon. Must not block.
    func cancel()
}

public enum Terms {
    /// `until` in UTC microseconds; nil = until cancelled.
    case works(Remainder, until: Int64?)
    case reject(Reject)
}

public enum Verdict {
    case pass
    case reject(Reject)
    /// Passes if the position in the order's symbol, long or short, stays within `limit` units
    /// with every open order filled; judged atomically with the match.
    case guardPosition(limit: Int64, code: String, exemptIfReducing: Bool)
}

/// A refusal that the client reads.
public struct Reject: Error, Equatable, Sendable {
    /// Stable: a-z, 0-9, _.
    public let code: String
    public let field: String
    /// What was given, what is allowed, what to do.
    public let text: String
    /// `name=value, …` in client units.
    public let values: String

    public init(code: String, field: String = "", text: String, values: String = "") {
        self.code = code
        self.field = field
        self.text = text
        self.values = values
    }
}

public enum Delivery {
    case done
    /// 0 = the host chooses. `why` goes to the log.
    case retry(afterMillis: Int64, why: String)
    /// Those up to and with this index were delivered.
    case partial(through: Int, why: String)
    /// The receiver will never take them.
    case drop(why: String)
}
