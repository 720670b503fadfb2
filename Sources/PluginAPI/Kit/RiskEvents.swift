// What a risk rule that looks at what has happened is given, and what it may ask for.

import COESPlugin

public struct RiskEvent {
    let pointer: UnsafePointer<oes_risk_event_t>
    let host: Host
    let out: UnsafePointer<oes_out_t>

    public enum Kind: Sendable {
        case orderTaken, orderRefused, trade
        /// Its money, positions or their prices may have changed.
        case account
        /// Of a newer host: pass it over.
        case unknown
    }

    public var kind: Kind {
        switch pointer.pointee.kind {
        case OES_RISK_ORDER_TAKEN: .orderTaken
        case OES_RISK_ORDER_REFUSED: .orderRefused
        case OES_RISK_TRADE: .trade
        case OES_RISK_ACCOUNT: .account
        default: .unknown
        }
    }
    /// Of the event in the stream.
    public var sequence: UInt64 { pointer.pointee.seq }
    /// UTC microseconds.
    public var time: Int64 { pointer.pointee.time }
    /// As it stands now.
    public var account: AccountView { AccountView(pointer: pointer.pointee.account) }
    public var instrument: InstrumentView? {
        pointer.pointee.instrument.map { InstrumentView(pointer: $0, host: host) }
    }
    /// For this account and symbol.
    public var limits: Values {
        Values(pointer: pointer.pointee.limits, count: Int(pointer.pointee.limit_count))
    }
    public var side: Side { pointer.pointee.side == OES_SIDE_BUY ? .buy : .sell }
    public var price: Int64? { optional(pointer.pointee.price) }
    public var quantity: Int64 { pointer.pointee.quantity }
    public var orderID: String { pointer.pointee.order_id.string }
    /// Why an order was refused.
    public var code: String { pointer.pointee.code.string }

    /// As CheckInput's: how the host learns an account's headroom.
    public func measure(
        _ name: StaticString, _ value: Int64, limit: Int64, _ unit: Unit = .count,
        isAtLeast: Bool = false
    ) {
        emit(measure: name, value, limit, unit, isAtLeast, out)
    }
}

public struct RiskBatch {
    let pointer: UnsafePointer<oes_risk_batch_t>
    public let host: Host
    let out: UnsafePointer<oes_out_t>

    /// UTC microseconds.
    public var time: Int64 { pointer.pointee.time }
    public var count: Int { Int(pointer.pointee.event_count) }

    public subscript(index: Int) -> RiskEvent {
        precondition(index >= 0 && index < count, "event \(index) of \(count)")
        guard let event = pointer.pointee.events[index] else {
            preconditionFailure("the host lent no event \(index)")
        }
        return RiskEvent(pointer: event, host: host, out: out)
    }

    /// Money as a decimal, for messages.
    public func show(money: Int64) -> String {
        Decimal.format(money, scale: Int(pointer.pointee.money_scale))
    }
}

public enum Severity: UInt32, Sendable {
    case info = 1
    case warning, critical
}

/// What a rule wants done about what it saw.
public enum RiskAction: Equatable, Sendable {
    /// One with the same key that is younger than the window is counted instead of told again; 0 =
    /// the host's window.
    case alert(
        Severity, account: String = "", symbol: String = "", code: String, text: String,
        key: String, windowMillis: Int64 = 0)
    /// No order of the account is taken until staff lifts it. Needs `may_block`.
    case block(account: String, code: String, text: String)
    /// Its open orders are cancelled. Needs `may_cancel`.
    case cancelAll(account: String, code: String, text: String)
}

func emit(_ action: RiskAction, _ out: UnsafePointer<oes_out_t>) -> oes_status {
    switch action {
    case .alert(let severity, let account, let symbol, let code, let text, let key, let window):
        var fields = oes_alert_t()
        fields.struct_size = UInt32(MemoryLayout<oes_alert_t>.size)
        fields.severity = severity.rawValue
        fields.window_ms = window
        return lending([account, symbol, code, text, key]) { lent in
            fields.account = lent[0]
            fields.symbol = lent[1]
            fields.code = lent[2]
            fields.text = lent[3]
            fields.dedupe_key = lent[4]
            return withUnsafePointer(to: &fields) { pointer in
                var carrier = instruction(OES_INSTRUCTION_ALERT)
                carrier.alert = pointer
                return out.pointee.emit(out, &carrier)
            }
        }
    case .block(let account, let code, let text):
        return emit(OES_INSTRUCTION_BLOCK_ACCOUNT, account, code, text, out)
    case .cancelAll(let account, let code, let text):
        return emit(OES_INSTRUCTION_CANCEL_ALL, account, code, text, out)
    }
}

private func emit(
    _ kind: oes_instruction_kind, _ account: String, _ code: String, _ text: String,
    _ out: UnsafePointer<oes_out_t>
) -> oes_status {
    lending([account, code, text]) { lent in
        var fields = oes_action_t(
            struct_size: UInt32(MemoryLayout<oes_action_t>.size), reserved: 0, account: lent[0],
            code: lent[1], text: lent[2])
        return withUnsafePointer(to: &fields) { pointer in
            var carrier = instruction(kind)
            carrier.action = pointer
            return out.pointee.emit(out, &carrier)
        }
    }
}

/// Lends several texts at once.
private func lending<Result>(_ texts: [String], _ body: ([oes_str]) -> Result) -> Result {
    func lend(_ rest: ArraySlice<String>, _ lent: [oes_str]) -> Result {
        guard let first = rest.first else { return body(lent) }
        return lending(first) { lend(rest.dropFirst(), lent + [$0]) }
    }
    return lend(texts[...], [])
}
