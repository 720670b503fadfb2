// From a request to a plan: the order type says what is to be done, the time in force for how
// long. Whatever they answer is judged before it is believed.

import Base
import COESPlugin
import Trading

package struct OrderPlanner {
    let registry: PluginRegistry
    let frame = InputFrame()
    let sink = InstructionSink()
    private let planInput: PlanInputs

    package init(registry: PluginRegistry) {
        self.registry = registry
        planInput = PlanInputs(frame)
    }

    /// The plan, or why there is none. A refusal by a plugin carries the plugin's code; one that
    /// breaks the rules of oes_plugin.h is refused as `plugin_error`, with the details in the log.
    /// `sessionEnd` is in UTC microseconds.
    package func plan(
        _ request: OrderRequest, instrument: Instrument, market: MarketSnapshot,
        sessionEnd: Int64
    ) -> Result<Plan, Rejection> {
        guard let type = registry.orderType(request.orderType) else {
            return .failure(registry.unknownOrderType(request.orderType))
        }
        guard let time = registry.timeInForce(request.timeInForce) else {
            return .failure(registry.unknownTimeInForce(request.timeInForce))
        }
        if let wrong = Self.offGrid(request, type, instrument) { return .failure(wrong) }
        frame.begin(request, type: type, instrument: instrument, market: market)
        let bounds = InstructionBounds(
            tick: instrument.tickSize, lot: instrument.lotSize, quantity: request.quantity.raw,
            time: market.time, side: request.side, keepsState: type.descriptor.stateVersion > 0)
        planInput.terms.pointee.session_end = sessionEnd
        return work(of: type, bounds).flatMap { work in
            terms(of: work, time, bounds).flatMap { terms in
                PlanMaker(
                    request: request, instrument: instrument, terms: terms,
                    stateVersion: type.descriptor.stateVersion
                ).plan(work)
            }
        }
    }

    /// The client's own numbers.
    private static func offGrid(
        _ request: OrderRequest, _ type: OrderTypeEntry, _ instrument: Instrument
    ) -> Rejection? {
        if let price = request.price,
            let wrong = Grid.wrongPrice(price, field: "price", instrument)
        {
            return wrong
        }
        if let wrong = Grid.wrongQuantity(request.quantity, field: "quantity", instrument) {
            return wrong
        }
        for param in request.params {
            guard case .integer(let number) = param.value, number != 0 else { continue }
            let format = type.schemas.params.properties.first { $0.name == param.name }?.format
            // Offsets have either sign; what must be positive says so in its schema.
            let size = number > 0 ? number : -max(number, -Scaled.maximum)
            let field = "params.\(param.name)"
            let wrong: Rejection? =
                switch format {
                case .price: Grid.wrongPrice(Price(size), field: field, instrument)
                case .quantity: Grid.wrongQuantity(Quantity(size), field: field, instrument)
                default: nil
                }
            if let wrong { return wrong }
        }
        return nil
    }

    private func work(
        of type: OrderTypeEntry, _ bounds: InstructionBounds
    ) -> Result<EmittedWork, Rejection> {
        sink.open(.plan, bounds: bounds)
        let wrong = sink.close(type.plan(planInput.plan, sink.out))
        if let wrong { return .failure(registry.pluginError(type, wrong)) }
        if let rejection = sink.reject { return .failure(rejection) }
        if let wrong = sink.work.wrongPlan(side: bounds.side, takesEvents: type.takesEvents) {
            return .failure(registry.pluginError(type, wrong))
        }
        return .success(sink.work)
    }

    private func terms(
        of work: EmittedWork, _ time: TimeInForceEntry, _ bounds: InstructionBounds
    ) -> Result<oes_terms_t, Rejection> {
        frame.fill(work.main ?? work.container.map(oes_place_t.init) ?? oes_place_t())
        sink.open(.apply, bounds: bounds)
        let wrong = sink.close(time.apply(planInput.terms, sink.out))
        if let wrong { return .failure(registry.pluginError(time, wrong)) }
        if let rejection = sink.reject { return .failure(rejection) }
        guard let terms = sink.terms else {
            return .failure(registry.pluginError(time, "it emitted nothing"))
        }
        return .success(terms)
    }
}

extension oes_place_t {
    /// What a time in force is told of a container.
    fileprivate init(_ container: oes_container_t) {
        self.init()
        pricing = OES_PRICING_LIMIT
        remainder = OES_REMAINDER_REST
        book = OES_BOOK_LIT
        price = container.price
        quantity = container.quantity
        expire_at = container.expire_at
    }
}

/// The input structs of plan and apply, which point into a frame.
private final class PlanInputs {
    let plan = UnsafeMutablePointer<oes_plan_input_t>.allocate(capacity: 1)
    let terms = UnsafeMutablePointer<oes_terms_input_t>.allocate(capacity: 1)

    init(_ frame: InputFrame) {
        plan.initialize(
            to: oes_plan_input_t(
                struct_size: UInt32(MemoryLayout<oes_plan_input_t>.size), reserved: 0,
                order: frame.order, instrument: frame.instrument, market: frame.market))
        terms.initialize(
            to: oes_terms_input_t(
                struct_size: UInt32(MemoryLayout<oes_terms_input_t>.size), reserved: 0,
                order: frame.order, place: frame.place, instrument: frame.instrument,
                market: frame.market, session_end: 0))
    }

    deinit {
        plan.deallocate()
        terms.deallocate()
    }
}
