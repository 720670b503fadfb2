// What a container's order type does next: its on_event is asked with the family as it stands, and
// what it answers is judged before it is believed.

import Base
import COESPlugin
import Trading
import Wire

extension OrderPlanner {
    /// What is to be committed. Refused as `plugin_error` where the type broke the rules of
    /// oes_plugin.h, as `unknown_order_type` where it isn't loaded, and an amend as the type says
    /// or as `amend_unsupported`. The wakes that a commit names are those from now on, and a timer
    /// of 0 removes the old one: each call uses it up.
    package func event(
        _ family: FamilyPicture, _ wake: FamilyWake, instrument: Instrument,
        market: MarketSnapshot
    ) -> Result<FamilyCommit, Rejection> {
        let parent = family.parent
        guard let type = registry.orderType(parent.terms.orderType) else {
            return .failure(registry.unknownOrderType(parent.terms.orderType))
        }
        let kept = KeptState(family.state)
        switch request(of: parent, kept, type, instrument) {
        case .failure(let rejection): return .failure(rejection)
        case .success(let request):
            frame.begin(request, type: type, instrument: instrument, market: market)
        }
        let bounds = InstructionBounds(
            tick: instrument.tickSize, lot: instrument.lotSize, quantity: parent.quantity.raw,
            time: wake.time, side: parent.side, keepsState: type.descriptor.stateVersion > 0)
        sink.open(
            wake.amend == nil ? .event : .amend, bounds: bounds,
            children: Set(family.children.map(\.key)))
        let input = FamilyFrame(frame, family, wake, kept)
        let status = type.onEvent(input.pointer, sink.out)
        if status == OES_UNSUPPORTED, sink.failure == nil, wake.amend != nil {
            _ = sink.close(OES_OK)
            return .failure(.amendUnsupported(type.name))
        }
        if let wrong = sink.close(status) { return .failure(registry.pluginError(type, wrong)) }
        if let rejection = sink.reject { return .failure(rejection) }
        if let wrong = wrong(sink.work, family) {
            return .failure(registry.pluginError(type, wrong))
        }
        return .success(commit(sink.work, family, kept, type))
    }

    /// The order as its client sent it, as far as its record tells.
    private func request(
        of parent: Order, _ kept: KeptState?, _ type: OrderTypeEntry, _ instrument: Instrument
    ) -> Result<OrderRequest, Rejection> {
        var request = OrderRequest(
            account: String(parent.id.account), symbol: parent.symbol, side: parent.side,
            quantity: parent.quantity,
            price: parent.pricing == .limit && parent.price.raw > 0 ? parent.price : nil,
            orderType: parent.terms.orderType, timeInForce: parent.terms.timeInForce,
            clientOrderID: String(parent.id.clientOrderID), book: parent.book,
            tag: parent.terms.tag, paramsJSON: parent.terms.paramsJSON)
        request.instructions.selfTrade = parent.selfTrade
        request.instructions.reduceOnly = kept?.isReduceOnly ?? false
        request.expireTime = parent.expireAt > 0 ? parent.expireAt : nil
        var object: JSONObject?
        if !parent.terms.paramsJSON.isEmpty {
            guard case .object(let given)? = try? JSONParser.parse(parent.terms.paramsJSON) else {
                return .failure(registry.pluginError(type, "its order's params aren't JSON"))
            }
            object = given
        }
        return type.convertParams(object, instrument: instrument).map { params in
            request.params = params
            return request
        }
    }

    private func wrong(_ work: EmittedWork, _ family: FamilyPicture) -> String? {
        var amends: [String: Int64] = [:]
        for case .amend(let key, _, let quantity?) in work.steps { amends[key] = quantity }
        let room = family.parent.quantity.raw - family.committed(amends: amends)
        if room < 0 && !amends.isEmpty { return "its amended children pass it by \(-room)" }
        return work.children.isEmpty
            ? nil : work.wrongPieces(of: room, side: family.parent.side)
    }

    private func commit(
        _ work: EmittedWork, _ family: FamilyPicture, _ kept: KeptState?, _ type: OrderTypeEntry
    ) -> FamilyCommit {
        let isReduceOnly = kept?.isReduceOnly ?? false
        let maker = ChildMaker(family.parent, isReduceOnly: isReduceOnly)
        let state = work.state.map {
            KeptState(
                version: type.descriptor.stateVersion, isReduceOnly: isReduceOnly, bytes: $0
            ).encoded()
        }
        return FamilyCommit(
            steps: work.steps.map { step in
                switch step {
                case .place(let place): .place(maker.child(place))
                case .cancel(let key): .cancel(key: key)
                case .amend(let key, let price, let quantity):
                    .amend(
                        key: key, price: price.map { Price($0) },
                        quantity: quantity.map { Quantity($0) })
                }
            },
            state: state ?? family.state, timer: work.timer ?? 0,
            wakes: work.wakes.map { FamilyWakes(abi: $0) } ?? family.wakes,
            end: work.done.map { $0.isEmpty ? .done : .cancelled(reason: $0) })
    }
}

extension Rejection {
    fileprivate static func amendUnsupported(_ type: String) -> Rejection {
        Rejection(
            .refused, "amend_unsupported",
            "A \(type) order can't be changed. Cancel it and send another.")
    }
}

/// The structs that one on_event is called with. Such calls are few: they may allocate.
private final class FamilyFrame {
    private let arena = TextArena()
    private let children: UnsafeMutableBufferPointer<oes_child_t>
    private let pointers: UnsafeMutableBufferPointer<UnsafePointer<oes_child_t>?>
    private let state: UnsafeMutableBufferPointer<UInt8>
    private let wake: UnsafeBox<oes_wake_t>
    private let input = UnsafeBox(oes_event_input_t())

    var pointer: UnsafePointer<oes_event_input_t> { input.pointer }

    init(_ frame: InputFrame, _ family: FamilyPicture, _ wake: FamilyWake, _ kept: KeptState?) {
        children = .allocate(capacity: family.children.count)
        pointers = .allocate(capacity: family.children.count)
        state = .allocate(capacity: kept?.bytes.count ?? 0)
        _ = state.initialize(from: kept?.bytes ?? [])
        self.wake = UnsafeBox(oes_wake_t(wake))
        for (index, child) in family.children.enumerated() {
            (children.baseAddress! + index).initialize(
                to: oes_child_t(child.order, key: arena.lend(child.key)))
            (pointers.baseAddress! + index).initialize(to: children.baseAddress! + index)
        }
        let parent = family.parent
        input.value = oes_event_input_t(
            struct_size: UInt32(MemoryLayout<oes_event_input_t>.size),
            state_version: UInt32(clamping: kept?.version ?? 0), order: frame.order,
            instrument: frame.instrument, market: frame.market, wake: self.wake.pointer,
            filled: parent.filled.raw, created_at: parent.createdAt,
            expire_at: parent.expireAt == 0 ? .min : parent.expireAt,
            children: family.children.isEmpty ? nil : UnsafePointer(pointers.baseAddress),
            child_count: UInt64(family.children.count),
            state: state.isEmpty ? nil : UnsafePointer(state.baseAddress),
            state_length: UInt64(state.count), commits: UInt64(clamping: family.commits))
    }

    deinit {
        children.deallocate()
        pointers.deallocate()
        state.deallocate()
    }
}

extension oes_wake_t {
    fileprivate init(_ wake: FamilyWake) {
        self.init()
        struct_size = UInt32(MemoryLayout<oes_wake_t>.size)
        kinds = UInt32(wake.kinds.rawValue) | (wake.amend == nil ? 0 : OES_WAKE_AMEND)
        time = wake.time
        seq = UInt64(clamping: wake.sequence)
        price = wake.amend?.price?.raw ?? .min
        quantity = wake.amend?.quantity?.raw ?? .min
    }
}

extension oes_child_t {
    fileprivate init(_ order: Order, key: oes_str) {
        self.init()
        struct_size = UInt32(MemoryLayout<oes_child_t>.size)
        status = UInt32(order.status.rawValue)
        side = order.side.abi
        pricing = order.pricing.abi
        self.key = key
        price = order.pricing == .limit ? order.price.raw : .min
        quantity = order.quantity.raw
        filled = order.filled.raw
        leaves = order.leaves.raw
    }
}
