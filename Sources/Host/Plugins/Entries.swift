// What a library offers: one object for each active order type, time in force, risk rule and
// notifier, with its instance and its counters.

import Base
import COESPlugin
import Glibc
import Synchronization
import Trading

package enum EntryKind: Int, Sendable, CaseIterable {
    case orderType, timeInForce, riskRule, notifier

    package var name: String {
        switch self {
        case .orderType: "order type"
        case .timeInForce: "time in force"
        case .riskRule: "risk rule"
        case .notifier: "notifier"
        }
    }

    package var factoryID: String {
        switch self {
        case .orderType: OES_FACTORY_ORDER_TYPE
        case .timeInForce: OES_FACTORY_TIME_IN_FORCE
        case .riskRule: OES_FACTORY_RISK_RULE
        case .notifier: OES_FACTORY_NOTIFIER
        }
    }
}

package struct EntryDescriptor: Hashable, Sendable {
    package let id: String
    /// The plugin's own name for it; `PluginEntry.name` is what it is called here.
    package let name: String
    package let title: String
    package let vendor: String
    package let version: String
    package let url: String
    package let licence: String
    package let stateVersion: Int

    init(_ fields: oes_entry_descriptor_t, place: String) throws(PluginError) {
        let reader = DescriptorReader(place: place)
        id = try reader.identifier(fields.id, "id")
        name = try reader.name(fields.name, "name")
        title = try reader.line(fields.title, "title")
        vendor = try reader.line(fields.vendor, "vendor")
        version = try reader.line(fields.version, "version")
        url = try reader.line(fields.url, "url")
        licence = try reader.line(fields.licence, "licence")
        stateVersion = Int(fields.state_version)
    }
}

/// An entry's three schemas; `source` of each is the plugin's JSON.
package struct EntrySchemas: Sendable {
    package let params: Schema
    package let config: Schema
    package let limits: Schema
}

/// What every kind of entry has. Confined to the order thread, as the registry is.
package class PluginEntry {
    package let kind: EntryKind
    package let descriptor: EntryDescriptor
    package let schemas: EntrySchemas
    /// What orders, settings and reports call it; unique in its kind.
    package let name: String
    package let library: PluginLibrary
    /// Its number in the registry: what a call slot holds.
    package let index: Int
    /// Only risk rules know other modes than enforce.
    package internal(set) var mode: RuleMode
    let instance: UnsafePointer<oes_instance_t>
    /// Holds the names that values are lent with.
    let names = TextArena()
    /// One absent value for each of the params, with its name.
    private(set) var paramTemplate: [oes_value_t] = []
    private var orderStatistics = CallStatistics()
    private(set) var lastCallNanos: Int64 = 0
    let callSlot: CallSlot?

    /// What a caller needs to make an entry; see `EntryMaker`.
    struct Parts {
        let kind: EntryKind
        let descriptor: EntryDescriptor
        let schemas: EntrySchemas
        let name: String
        let library: PluginLibrary
        let index: Int
        let mode: RuleMode
        let instance: UnsafePointer<oes_instance_t>
        let callSlot: CallSlot?
    }

    init(_ parts: Parts) {
        kind = parts.kind
        descriptor = parts.descriptor
        schemas = parts.schemas
        name = parts.name
        library = parts.library
        index = parts.index
        mode = parts.mode
        instance = parts.instance
        callSlot = parts.callSlot
        paramTemplate = template(parts.schemas.params)
    }

    package var statistics: CallStatistics { orderStatistics }

    func template(_ schema: Schema) -> [oes_value_t] {
        schema.properties.map { property in
            var value = oes_value_t()
            value.name = names.lend(property.name)
            return value
        }
    }

    /// One [order] call: noted in the call slot, timed, counted.
    @inline(__always)
    final func measured(_ call: PluginCall, _ body: () -> oes_status) -> oes_status {
        callSlot?.enter(entry: index, call: call.rawValue)
        let before = PluginThread.enter(OES_THREAD_ORDER)
        let start = monotonicNanos()
        let status = body()
        lastCallNanos = monotonicNanos() &- start
        orderStatistics.record(nanos: lastCallNanos)
        PluginThread.leave(to: before)
        callSlot?.leave()
        return status
    }

    /// Whether another thread may still be in it.
    var isInUse: Bool { false }

    final func destroy() {
        PluginThread.control { instance.pointee.destroy?(instance) }
    }
}

package final class OrderTypeEntry: PluginEntry {
    /// Copied, since an older library's struct ends before on_event.
    private lazy var functions = readStruct(
        UnsafeRawPointer(instance).assumingMemoryBound(to: oes_order_type_t.self))

    /// Whether it can go on with a container.
    package var takesEvents: Bool { functions?.on_event != nil }

    func onEvent(
        _ input: UnsafePointer<oes_event_input_t>, _ out: UnsafePointer<oes_out_t>
    ) -> oes_status {
        guard let function = functions?.on_event else { return OES_UNSUPPORTED }
        let typed = UnsafeRawPointer(instance).assumingMemoryBound(to: oes_order_type_t.self)
        return measured(.onEvent) { function(typed, input, out) }
    }

    func plan(
        _ input: UnsafePointer<oes_plan_input_t>, _ out: UnsafePointer<oes_out_t>
    ) -> oes_status {
        let typed = UnsafeRawPointer(instance).assumingMemoryBound(to: oes_order_type_t.self)
        return measured(.plan) { typed.pointee.plan(typed, input, out) }
    }
}

package final class TimeInForceEntry: PluginEntry {
    func apply(
        _ input: UnsafePointer<oes_terms_input_t>, _ out: UnsafePointer<oes_out_t>
    ) -> oes_status {
        let typed = UnsafeRawPointer(instance).assumingMemoryBound(to: oes_time_in_force_t.self)
        return measured(.apply) { typed.pointee.apply(typed, input, out) }
    }
}

package final class RiskRuleEntry: PluginEntry {
    /// The configured limits, in client units: one for each property of the limits' schema.
    let limits: [LimitSetting]
    /// What its on_events may have done, by the operator's configuration.
    package let mayBlock: Bool
    package let mayCancel: Bool
    private(set) var limitTemplate: [oes_value_t] = []
    /// How recorded decisions name it.
    let decisionName: [UInt8]
    let decisionVersion: [UInt8]
    /// Calls beyond the hard budget, and how many of them came one after the other.
    package private(set) var overrunCount: Int64 = 0
    private var overrunsInARow = 0
    /// Calls that broke the interface's rules.
    package internal(set) var failureCount: Int64 = 0
    /// Copied, since an older library's struct ends before on_events.
    private lazy var functions = readStruct(
        UnsafeRawPointer(instance).assumingMemoryBound(to: oes_risk_rule_t.self))

    init(
        _ parts: Parts, limits: [LimitSetting], mayBlock: Bool = false, mayCancel: Bool = false
    ) {
        self.limits = limits
        self.mayBlock = mayBlock
        self.mayCancel = mayCancel
        decisionName = DecisionWriter.name(parts.name)
        decisionVersion = DecisionWriter.version(parts.descriptor.version)
        super.init(parts)
        limitTemplate = template(parts.schemas.limits)
    }

    /// Too slow too often: it isn't asked any more until the next start, which refuses every order
    /// that it would have judged, unless staff sets it to shadow or off.
    package var isQuarantined: Bool { overrunsInARow >= Limits.ruleOverruns }

    /// Whether it looks at what has happened.
    package var takesEvents: Bool { functions?.on_events != nil }

    /// nil where its schema has no such place.
    package func limitName(at place: Int) -> String? {
        let limits = schemas.limits.properties
        return limits.indices.contains(place) ? limits[place].name : nil
    }

    /// The place of the limit with this name, as a plugin says it.
    func limitIndex(of name: oes_str) -> Int? {
        limitTemplate.firstIndex { known in
            known.name.len == name.len && name.len > 0
                && memcmp(known.name.ptr, name.ptr, Int(name.len)) == 0
        }
    }

    /// The limits that are set, by the names of their schema, as decimals in client units.
    package var limitValues: [(name: String, value: String)] {
        zip(schemas.limits.properties, limits).compactMap { property, limit in
            limit.digits.map { (property.name, String(decoding: $0, as: UTF8.self)) }
        }
    }

    func check(
        _ input: UnsafePointer<oes_check_input_t>, _ out: UnsafePointer<oes_out_t>
    ) -> oes_status {
        let typed = UnsafeRawPointer(instance).assumingMemoryBound(to: oes_risk_rule_t.self)
        let status = measured(.check) { typed.pointee.check(typed, input, out) }
        judgeTime()
        return status
    }

    func onEvents(
        _ batch: UnsafePointer<oes_risk_batch_t>, _ out: UnsafePointer<oes_out_t>
    ) -> oes_status {
        guard let function = functions?.on_events else { return OES_UNSUPPORTED }
        let typed = UnsafeRawPointer(instance).assumingMemoryBound(to: oes_risk_rule_t.self)
        return measured(.onEvents) { function(typed, batch, out) }
    }

    private func judgeTime() {
        guard lastCallNanos > Limits.ruleHardBudgetNanos else {
            overrunsInARow = 0
            return
        }
        overrunCount += 1
        overrunsInARow += 1
    }
}

package final class NotifierEntry: PluginEntry {
    /// Written by the notifier's own thread.
    let delivery = DeliveryStatistics()
    package let settings: NotifierSettings

    init(_ parts: Parts, settings: NotifierSettings) {
        self.settings = settings
        super.init(parts)
    }

    package override var statistics: CallStatistics { delivery.current }
    override var isInUse: Bool { delivery.isInUse }

    var notifier: UnsafePointer<oes_notifier_t> {
        UnsafeRawPointer(instance).assumingMemoryBound(to: oes_notifier_t.self)
    }
}

/// What a notifier's thread tells of itself.
final class DeliveryStatistics: Sendable {
    private let calls = Mutex(CallStatistics())
    private let running = Mutex(false)

    var current: CallStatistics { calls.withLock { $0 } }
    func record(nanos: Int64) { calls.withLock { $0.record(nanos: nanos) } }

    /// From the thread's start to its end.
    var isInUse: Bool {
        get { running.withLock { $0 } }
        set { running.withLock { $0 = newValue } }
    }
}
