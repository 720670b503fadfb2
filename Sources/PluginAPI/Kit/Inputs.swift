// What plan, apply and check are given: views of the host's structs, valid for the call. Numbers
// are read as they are asked for; a text is copied only then.

import COESPlugin

public enum Side: Sendable {
    case buy, sell
}

public enum Book: Sendable {
    case lit, `internal`
}

/// A number, or nil for the interface's "none".
func optional(_ value: Int64) -> Int64? { value == .min ? nil : value }

/// Converted values under a schema; `index` is a property's place in it.
public struct Values {
    let pointer: UnsafePointer<oes_value_t>?
    public let count: Int

    /// nil where none was given.
    public func integer(_ index: Int) -> Int64? {
        guard let value = value(index), value.pointee.kind == OES_VALUE_INTEGER else { return nil }
        return value.pointee.integer
    }

    public func boolean(_ index: Int) -> Bool? {
        guard let value = value(index), value.pointee.kind == OES_VALUE_BOOLEAN else { return nil }
        return value.pointee.integer != 0
    }

    public func text(_ index: Int) -> String? {
        guard let value = value(index), value.pointee.kind == OES_VALUE_TEXT else { return nil }
        return value.pointee.text.string
    }

    private func value(_ index: Int) -> UnsafePointer<oes_value_t>? {
        index < count ? pointer.map { $0 + index } : nil
    }
}

public struct OrderView {
    let pointer: UnsafePointer<oes_order_t>

    public var side: Side { pointer.pointee.side == OES_SIDE_BUY ? .buy : .sell }
    public var book: Book { pointer.pointee.book == OES_BOOK_INTERNAL ? .internal : .lit }
    /// In total, fills included.
    public var quantity: Int64 { pointer.pointee.quantity }
    public var price: Int64? { optional(pointer.pointee.price) }
    public var clientOrderID: String { pointer.pointee.client_order_id.string }
    public var account: String { pointer.pointee.account.string }
    public var symbol: String { pointer.pointee.symbol.string }
    public var orderType: String { pointer.pointee.order_type.string }
    public var timeInForce: String { pointer.pointee.time_in_force.string }
    public var tag: String { pointer.pointee.tag.string }
    /// UTC microseconds; nil where the client gave none, as an older host always says.
    public var expireTime: Int64? {
        isCovered(\.expire_time) ? optional(pointer.pointee.expire_time) : nil
    }
    public var isPostOnly: Bool { asks(OES_ORDER_POST_ONLY) }
    public var isReduceOnly: Bool { asks(OES_ORDER_REDUCE_ONLY) }
    public var isAllOrNone: Bool { asks(OES_ORDER_ALL_OR_NONE) }
    /// What the client asked for beside the type; the host adds it to what is placed.
    public var minQuantity: Int64? {
        isCovered(\.min_quantity) ? optional(pointer.pointee.min_quantity) : nil
    }
    public var displayQuantity: Int64? {
        isCovered(\.display_quantity) ? optional(pointer.pointee.display_quantity) : nil
    }
    public var selfTrade: SelfTrade? {
        isCovered(\.stp_mode) ? SelfTrade(rawValue: pointer.pointee.stp_mode) : nil
    }
    public var params: Values {
        Values(pointer: pointer.pointee.params, count: Int(pointer.pointee.param_count))
    }

    private func asks(_ flag: UInt32) -> Bool {
        isCovered(\.flags) && pointer.pointee.flags & flag != 0
    }

    /// A field of a later minor is read only where the host's struct has it.
    private func isCovered<Field>(_ field: KeyPath<oes_order_t, Field>) -> Bool {
        guard let offset = MemoryLayout<oes_order_t>.offset(of: field) else { return false }
        return Int(pointer.pointee.struct_size) >= offset + MemoryLayout<Field>.size
    }
}

public struct InstrumentView {
    let pointer: UnsafePointer<oes_instrument_t>
    let host: Host

    public var symbol: String { pointer.pointee.symbol.string }
    public var currency: String { pointer.pointee.currency.string }
    public var assetType: String { pointer.pointee.asset_type.string }
    public var priceScale: Int { Int(pointer.pointee.price_scale) }
    public var quantityScale: Int { Int(pointer.pointee.quantity_scale) }
    public var moneyScale: Int { Int(pointer.pointee.money_scale) }
    public var tick: Int64 { pointer.pointee.tick }
    public var lot: Int64 { pointer.pointee.lot }
    public var bandBps: Int64 { pointer.pointee.band_bps }
    public var makerFeeBps: Int64 { pointer.pointee.maker_fee_bps }
    public var takerFeeBps: Int64 { pointer.pointee.taker_fee_bps }

    /// price × quantity in money; nil where it doesn't fit.
    public func notional(price: Int64, quantity: Int64, rounding: Rounding) -> Int64? {
        let exponent = priceScale + quantityScale - moneyScale
        guard let power = powerOfTen(abs(exponent)) else { return nil }
        guard exponent < 0 else {
            return host.multiplyDivide(price, quantity, power, rounding: rounding)
        }
        guard let product = host.multiplyDivide(price, quantity, 1, rounding: .down) else {
            return nil
        }
        return host.multiplyDivide(product, power, 1, rounding: .down)
    }

    /// Decimals of this instrument for messages.
    public func show(price: Int64) -> String { Decimal.format(price, scale: priceScale) }
    public func show(quantity: Int64) -> String { Decimal.format(quantity, scale: quantityScale) }
    public func show(money: Int64) -> String { Decimal.format(money, scale: moneyScale) }

    private func powerOfTen(_ exponent: Int) -> Int64? {
        guard exponent <= 18 else { return nil }
        return (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}

public struct MarketView {
    let pointer: UnsafePointer<oes_market_t>

    public var bestBid: Int64? { optional(pointer.pointee.best_bid) }
    public var bestAsk: Int64? { optional(pointer.pointee.best_ask) }
    public var last: Int64? { optional(pointer.pointee.last) }
    /// UTC microseconds.
    public var time: Int64 { pointer.pointee.time }

    /// The best price of those whom an order of this side trades with, else the last trade's.
    public func reference(for side: Side) -> Int64? {
        (side == .buy ? bestAsk : bestBid) ?? last
    }
}

public struct PlanInput {
    let pointer: UnsafePointer<oes_plan_input_t>
    public let host: Host

    public var order: OrderView { OrderView(pointer: pointer.pointee.order) }
    public var instrument: InstrumentView {
        InstrumentView(pointer: pointer.pointee.instrument, host: host)
    }
    public var market: MarketView { MarketView(pointer: pointer.pointee.market) }
}

public struct EventInput {
    let pointer: UnsafePointer<oes_event_input_t>
    public let host: Host

    /// The container as its client sent it; `quantity` is what it is now.
    public var order: OrderView { OrderView(pointer: pointer.pointee.order) }
    public var instrument: InstrumentView {
        InstrumentView(pointer: pointer.pointee.instrument, host: host)
    }
    public var market: MarketView { MarketView(pointer: pointer.pointee.market) }
    /// What is known to have happened: a hint only.
    public var wakes: Wakes { Wakes(rawValue: pointer.pointee.wake.pointee.kinds) }
    /// UTC microseconds.
    public var time: Int64 { pointer.pointee.wake.pointee.time }
    /// With an amend: what the client asks for; nil = as it is.
    public var newPrice: Int64? { optional(pointer.pointee.wake.pointee.price) }
    public var newQuantity: Int64? { optional(pointer.pointee.wake.pointee.quantity) }
    /// What the children have filled.
    public var filled: Int64 { pointer.pointee.filled }
    /// UTC microseconds.
    public var createdAt: Int64 { pointer.pointee.created_at }
    public var expireAt: Int64? { optional(pointer.pointee.expire_at) }
    /// All that were ever placed, in the order of placing.
    public var children: [ChildView] {
        guard let children = pointer.pointee.children else { return [] }
        return (0..<Int(pointer.pointee.child_count)).compactMap {
            children[$0].map(ChildView.init)
        }
    }
    /// What was kept, and the stateVersion of the description under which it was.
    public var state: [UInt8] {
        guard let start = pointer.pointee.state else { return [] }
        return Array(
            UnsafeBufferPointer(start: start, count: Int(pointer.pointee.state_length)))
    }
    public var stateVersion: UInt32 { pointer.pointee.state_version }
}

public struct ChildView {
    let pointer: UnsafePointer<oes_child_t>

    public var key: String { pointer.pointee.key.string }
    public var side: Side { pointer.pointee.side == OES_SIDE_BUY ? .buy : .sell }
    /// nil for market pricing.
    public var price: Int64? { optional(pointer.pointee.price) }
    public var quantity: Int64 { pointer.pointee.quantity }
    public var filled: Int64 { pointer.pointee.filled }
    /// What still works; 0 once it has ended.
    public var leaves: Int64 { pointer.pointee.leaves }
    public var isOpen: Bool {
        switch pointer.pointee.status {
        case OES_STATUS_NEW, OES_STATUS_PARTIALLY_FILLED, OES_STATUS_TRIGGERED,
            OES_STATUS_PARKED:
            true
        default: false
        }
    }
}

public struct TermsInput {
    let pointer: UnsafePointer<oes_terms_input_t>
    public let host: Host

    public var order: OrderView { OrderView(pointer: pointer.pointee.order) }
    public var instrument: InstrumentView {
        InstrumentView(pointer: pointer.pointee.instrument, host: host)
    }
    public var market: MarketView { MarketView(pointer: pointer.pointee.market) }
    /// When the running session ends, in UTC microseconds.
    public var sessionEnd: Int64 { pointer.pointee.session_end }
    /// Whether the order type placed without a limit.
    public var isMarketPricing: Bool {
        pointer.pointee.place.pointee.pricing == OES_PRICING_MARKET
    }
}

public struct Batch {
    let pointer: UnsafePointer<oes_batch_t>

    public var attempt: Int { Int(pointer.pointee.attempt) }
    public var deadlineMillis: Int64 { pointer.pointee.deadline_millis }
    public var count: Int { Int(pointer.pointee.event_count) }

    public subscript(index: Int) -> EventView {
        precondition(index >= 0 && index < count, "event \(index) of \(count)")
        guard let event = pointer.pointee.events[index] else {
            preconditionFailure("the host lent no event \(index)")
        }
        return EventView(pointer: event)
    }
}

public struct EventView {
    let pointer: UnsafePointer<oes_event_t>

    public var id: String { pointer.pointee.id.string }
    public var type: String { pointer.pointee.type.string }
    public var account: String { pointer.pointee.account.string }
    public var symbol: String { pointer.pointee.symbol.string }
    public var severity: String { pointer.pointee.severity.string }
    /// One JSON object without line breaks.
    public var json: [UInt8] {
        let text = pointer.pointee.json
        guard text.len > 0, let start = text.ptr else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(text.len)))
    }
}
