// From a request to a plan: the order type says what is to be done, the time in force for how
// long. Whatever they answer is judged before it is believed.

import Base
import COESPlugin
import Trading

package struct OrderPlanner {
    private let registry: PluginRegistry
    private let frame = InputFrame()
    private let sink = InstructionSink()
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
        if let wrong = Self.offGrid(request, instrument) { return .failure(wrong) }
        frame.begin(request, type: type, instrument: instrument, market: market)
        let bounds = InstructionBounds(
            tick: instrument.tickSize, lot: instrument.lotSize, quantity: request.quantity.raw,
            time: market.time)
        switch place(type, bounds) {
        case .failure(let rejection): return .failure(rejection)
        case .success(let place): return finish(place, time, bounds, sessionEnd: sessionEnd)
        }
    }

    /// The client's own numbers, so that a plugin isn't blamed for passing them on.
    private static func offGrid(_ request: OrderRequest, _ instrument: Instrument) -> Rejection? {
        if let price = request.price, price.raw <= 0 || price.raw % instrument.tickSize != 0 {
            let given = Scaled.format(price.raw, scale: instrument.priceScale)
            let tick = Scaled.format(instrument.tickSize, scale: instrument.priceScale)
            return Rejection(
                .refused, "tick_size",
                "The price \(given) isn't a positive multiple of the tick size \(tick).",
                field: "price", values: "price=\(given), tick=\(tick)")
        }
        let quantity = request.quantity.raw
        guard quantity > 0, quantity % instrument.lotSize == 0 else {
            let given = Scaled.format(quantity, scale: instrument.quantityScale)
            let lot = Scaled.format(instrument.lotSize, scale: instrument.quantityScale)
            return Rejection(
                .refused, "lot_size",
                "The quantity \(given) isn't a positive multiple of the lot size \(lot).",
                field: "quantity", values: "quantity=\(given), lot=\(lot)")
        }
        return nil
    }

    private func place(
        _ type: OrderTypeEntry, _ bounds: InstructionBounds
    ) -> Result<oes_place_t, Rejection> {
        sink.open(.plan, bounds: bounds)
        let wrong = sink.close(type.plan(planInput.plan, sink.out))
        if let wrong { return .failure(registry.pluginError(type, wrong)) }
        if let rejection = sink.reject { return .failure(rejection) }
        guard let place = sink.place else {
            return .failure(registry.pluginError(type, "it emitted nothing"))
        }
        return .success(place)
    }

    private func finish(
        _ place: oes_place_t, _ time: TimeInForceEntry, _ bounds: InstructionBounds,
        sessionEnd: Int64
    ) -> Result<Plan, Rejection> {
        frame.place.pointee = place
        frame.place.pointee.struct_size = UInt32(MemoryLayout<oes_place_t>.size)
        planInput.terms.pointee.session_end = sessionEnd
        sink.open(.apply, bounds: bounds)
        let wrong = sink.close(time.apply(planInput.terms, sink.out))
        if let wrong { return .failure(registry.pluginError(time, wrong)) }
        if let rejection = sink.reject { return .failure(rejection) }
        guard let terms = sink.terms, let pricing = Pricing(place.pricing),
            let policy = RemainderPolicy(terms.remainder), let book = BookKind(place.book)
        else { return .failure(registry.pluginError(time, "it emitted nothing")) }
        return .success(
            Plan(
                pricing: pricing, price: Price(pricing == .limit ? place.price : 0),
                quantity: Quantity(place.quantity), policy: policy, book: book,
                expireAt: terms.expire_at == .min ? 0 : terms.expire_at))
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
