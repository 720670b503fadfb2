// The C side of the kit: factories, instances and sinks that call the protocols' methods.
//
// A C function can't be generic, so each instance keeps a box whose class knows the Swift type;
// one virtual call reaches it.

import COESPlugin

/// An entry as the C functions see it.
struct FactoryEntry {
    let id: String
    let descriptor: UnsafePointer<oes_entry_descriptor_t>
    let make: (Host, Values) throws(ConfigurationRefusal) -> UnsafePointer<oes_instance_t>
}

/// The library's factories: set once while its module is made, read only afterwards.
final class Factories: @unchecked Sendable {
    static let current = Factories()

    fileprivate var entries: [[FactoryEntry]] = [[], [], [], []]
    private let structs: [UnsafeMutablePointer<oes_factory>]

    private init() {
        let factories: [oes_factory] = [
            factory({ count(0) }, { descriptor(0, $0) }, { create(0, $0, $1, $2) }),
            factory({ count(1) }, { descriptor(1, $0) }, { create(1, $0, $1, $2) }),
            factory({ count(2) }, { descriptor(2, $0) }, { create(2, $0, $1, $2) }),
            factory({ count(3) }, { descriptor(3, $0) }, { create(3, $0, $1, $2) }),
        ]
        structs = factories.map { lasting($0) }
    }

    func set(
        orderTypes: [FactoryEntry], timesInForce: [FactoryEntry], riskRules: [FactoryEntry],
        notifiers: [FactoryEntry]
    ) {
        entries = [orderTypes, timesInForce, riskRules, notifiers]
    }

    func find(_ id: oes_str) -> UnsafePointer<oes_factory>? {
        let ids = [
            OES_FACTORY_ORDER_TYPE, OES_FACTORY_TIME_IN_FORCE, OES_FACTORY_RISK_RULE,
            OES_FACTORY_NOTIFIER,
        ]
        guard let kind = ids.firstIndex(of: id.string), !entries[kind].isEmpty else { return nil }
        return UnsafePointer(structs[kind])
    }
}

private typealias Count = @convention(c) () -> UInt32
private typealias Descriptor =
    @convention(c) (UInt32) -> UnsafePointer<oes_entry_descriptor_t>?
private typealias Create =
    @convention(c) (
        UnsafePointer<oes_host_t>?, oes_str, UnsafePointer<oes_config>?
    ) -> UnsafePointer<oes_instance>?

private func factory(
    _ count: @escaping Count, _ descriptor: @escaping Descriptor, _ create: @escaping Create
) -> oes_factory {
    oes_factory(
        struct_size: UInt32(MemoryLayout<oes_factory>.size), reserved: 0, count: count,
        descriptor: descriptor, create: create)
}

private func count(_ kind: Int) -> UInt32 { UInt32(Factories.current.entries[kind].count) }

private func descriptor(
    _ kind: Int, _ index: UInt32
) -> UnsafePointer<oes_entry_descriptor_t>? {
    let entries = Factories.current.entries[kind]
    return index < entries.count ? entries[Int(index)].descriptor : nil
}

private func create(
    _ kind: Int, _ host: UnsafePointer<oes_host_t>?, _ id: oes_str,
    _ config: UnsafePointer<oes_config>?
) -> UnsafePointer<oes_instance>? {
    let wanted = id.string
    guard let host, let config,
        let entry = Factories.current.entries[kind].first(where: { $0.id == wanted })
    else { return nil }
    let values = Values(pointer: config.pointee.values, count: Int(config.pointee.value_count))
    do throws(ConfigurationRefusal) {
        return try entry.make(Host(host), values)
    } catch {
        lending(error.field) { field in
            lending(error.text) { config.pointee.refuse(config, field, $0) }
        }
        return nil
    }
}

/// What an instance's plugin_data points to.
private class Box {
    let host: Host
    init(_ host: Host) { self.host = host }

    static func of<Kind: Box>(
        _ data: UnsafeMutableRawPointer?, _ kind: Kind.Type
    ) -> Kind? {
        data.map { unsafeDowncast(Unmanaged<Box>.fromOpaque($0).takeUnretainedValue(), to: kind) }
    }
}

private func instance<Struct>(_ box: Box, _ size: Struct.Type) -> oes_instance {
    oes_instance(
        struct_size: UInt32(MemoryLayout<Struct>.size), reserved: 0,
        plugin_data: Unmanaged.passRetained(box).toOpaque(),
        destroy: { instance in
            guard let instance else { return }
            if let data = instance.pointee.plugin_data {
                Unmanaged<Box>.fromOpaque(data).release()
            }
            // Allocated by `lasting` as a larger struct without destructors.
            UnsafeMutableRawPointer(mutating: instance).deallocate()
        })
}

private func erase<Struct>(_ value: Struct) -> UnsafePointer<oes_instance> {
    UnsafeRawPointer(lasting(value)).assumingMemoryBound(to: oes_instance.self)
}

// Order types.

private class OrderTypeBox: Box {
    func plan(_ input: PlanInput) -> Planned { preconditionFailure("abstract") }
    func onEvent(_ input: EventInput) -> Reaction { preconditionFailure("abstract") }
}

private final class TypedOrderType<Entry: OrderType>: OrderTypeBox {
    let entry: Entry
    init(_ host: Host, _ entry: Entry) {
        self.entry = entry
        super.init(host)
    }
    override func plan(_ input: PlanInput) -> Planned { entry.plan(input) }
    override func onEvent(_ input: EventInput) -> Reaction {
        (entry as? any EventfulOrderType)?.onEvent(input) ?? .unsupported
    }
}

/// C functions, so that they know the box's class only.
private func plan(
    _ own: UnsafePointer<oes_order_type>?, _ input: UnsafePointer<oes_plan_input_t>?,
    _ out: UnsafePointer<oes_out_t>?
) -> oes_status {
    guard let own, let input, let out,
        let box = Box.of(own.pointee.instance.plugin_data, OrderTypeBox.self)
    else { return OES_INVALID }
    switch box.plan(PlanInput(pointer: input, host: box.host)) {
    case .place(let place): return emit(place, out)
    case .work(let instructions): return emit(instructions, out)
    case .reject(let reject): return emit(reject, out)
    }
}

private func onEvent(
    _ own: UnsafePointer<oes_order_type>?, _ input: UnsafePointer<oes_event_input_t>?,
    _ out: UnsafePointer<oes_out_t>?
) -> oes_status {
    guard let own, let input, let out,
        let box = Box.of(own.pointee.instance.plugin_data, OrderTypeBox.self)
    else { return OES_INVALID }
    switch box.onEvent(EventInput(pointer: input, host: box.host)) {
    case .work(let instructions): return emit(instructions, out)
    case .reject(let reject): return emit(reject, out)
    case .unsupported: return OES_UNSUPPORTED
    }
}

func factoryEntry<Entry: OrderType>(_ type: Entry.Type) -> FactoryEntry {
    FactoryEntry(id: type.description.id, descriptor: type.description.encoded()) {
        (host, values) throws(ConfigurationRefusal) in
        let box = TypedOrderType(host, try Entry(host: host, config: values))
        return erase(
            oes_order_type(
                instance: instance(box, oes_order_type.self),
                plan: { plan($0, $1, $2) },
                on_event: Entry.self is any EventfulOrderType.Type
                    ? { onEvent($0, $1, $2) } : nil))
    }
}

// Times in force.

private class TimeInForceBox: Box {
    func apply(_ input: TermsInput) -> Terms { preconditionFailure("abstract") }
}

private final class TypedTimeInForce<Entry: TimeInForce>: TimeInForceBox {
    let entry: Entry
    init(_ host: Host, _ entry: Entry) {
        self.entry = entry
        super.init(host)
    }
    override func apply(_ input: TermsInput) -> Terms { entry.apply(input) }
}

func factoryEntry<Entry: TimeInForce>(_ type: Entry.Type) -> FactoryEntry {
    FactoryEntry(id: type.description.id, descriptor: type.description.encoded()) {
        (host, values) throws(ConfigurationRefusal) in
        let box = TypedTimeInForce(host, try Entry(host: host, config: values))
        return erase(
            oes_time_in_force(
                instance: instance(box, oes_time_in_force.self),
                apply: { own, input, out in
                    guard let own, let input, let out,
                        let box = Box.of(own.pointee.instance.plugin_data, TimeInForceBox.self)
                    else { return OES_INVALID }
                    switch box.apply(TermsInput(pointer: input, host: box.host)) {
                    case .works(let remainder, let until): return emit(remainder, until, out)
                    case .reject(let reject): return emit(reject, out)
                    }
                }))
    }
}

// Risk rules.

private class RiskRuleBox: Box {
    func check(_ input: CheckInput) -> Verdict { preconditionFailure("abstract") }
    func onEvents(_ batch: RiskBatch) -> [RiskAction] { preconditionFailure("abstract") }
}

private final class TypedRiskRule<Entry: RiskRule>: RiskRuleBox {
    let entry: Entry
    init(_ host: Host, _ entry: Entry) {
        self.entry = entry
        super.init(host)
    }
    override func check(_ input: CheckInput) -> Verdict { entry.check(input) }
    override func onEvents(_ batch: RiskBatch) -> [RiskAction] {
        (entry as? any WatchingRiskRule)?.onEvents(batch) ?? []
    }
}

private func onEvents(
    _ own: UnsafePointer<oes_risk_rule>?, _ batch: UnsafePointer<oes_risk_batch_t>?,
    _ out: UnsafePointer<oes_out_t>?
) -> oes_status {
    guard let own, let batch, let out,
        let box = Box.of(own.pointee.instance.plugin_data, RiskRuleBox.self)
    else { return OES_INVALID }
    for action in box.onEvents(RiskBatch(pointer: batch, host: box.host, out: out)) {
        let status = emit(action, out)
        guard status == OES_OK else { return status }
    }
    return OES_OK
}

func factoryEntry<Entry: RiskRule>(_ type: Entry.Type) -> FactoryEntry {
    FactoryEntry(id: type.description.id, descriptor: type.description.encoded()) {
        (host, values) throws(ConfigurationRefusal) in
        let box = TypedRiskRule(host, try Entry(host: host, config: values))
        return erase(
            oes_risk_rule(
                instance: instance(box, oes_risk_rule.self),
                check: { own, input, out in
                    guard let own, let input, let out,
                        let box = Box.of(own.pointee.instance.plugin_data, RiskRuleBox.self)
                    else { return OES_INVALID }
                    let operation = input.pointee.operation
                    guard operation == OES_OPERATION_SUBMIT || operation == OES_OPERATION_AMEND
                    else { return OES_UNSUPPORTED }
                    switch box.check(CheckInput(pointer: input, host: box.host, out: out)) {
                    case .pass: return OES_OK
                    case .reject(let reject): return emit(reject, out)
                    case .guardPosition(let limit, let code, let exempt):
                        return emit(positionLimit: limit, code, exempt, out)
                    }
                },
                on_events: Entry.self is any WatchingRiskRule.Type
                    ? { onEvents($0, $1, $2) } : nil))
    }
}

// Notifiers.

private class NotifierBox: Box {
    func deliver(_ batch: Batch) -> Delivery { preconditionFailure("abstract") }
    func flush(_ deadlineMillis: Int64) { preconditionFailure("abstract") }
    func cancel() { preconditionFailure("abstract") }
}

private final class TypedNotifier<Entry: Notifier>: NotifierBox {
    let entry: Entry
    init(_ host: Host, _ entry: Entry) {
        self.entry = entry
        super.init(host)
    }
    override func deliver(_ batch: Batch) -> Delivery { entry.deliver(batch) }
    override func flush(_ deadlineMillis: Int64) { entry.flush(deadlineMillis: deadlineMillis) }
    override func cancel() { entry.cancel() }
}

func factoryEntry<Entry: Notifier>(_ type: Entry.Type) -> FactoryEntry {
    FactoryEntry(id: type.description.id, descriptor: type.description.encoded()) {
        (host, values) throws(ConfigurationRefusal) in
        let box = TypedNotifier(host, try Entry(host: host, config: values))
        return erase(
            oes_notifier(
                instance: instance(box, oes_notifier.self),
                deliver: { own, batch, out in
                    guard let own, let batch, let out,
                        let box = Box.of(own.pointee.instance.plugin_data, NotifierBox.self)
                    else { return OES_INVALID }
                    return report(box.deliver(Batch(pointer: batch)), out)
                },
                flush: { own, deadline in
                    guard let own,
                        let box = Box.of(own.pointee.instance.plugin_data, NotifierBox.self)
                    else { return OES_INVALID }
                    box.flush(deadline)
                    return OES_OK
                },
                cancel: { own in
                    guard let own else { return }
                    Box.of(own.pointee.instance.plugin_data, NotifierBox.self)?.cancel()
                }))
    }
}
