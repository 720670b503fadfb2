// What a risk rule's check is given, and where it puts measures and guards: views of the host's
// structs, valid for the call.

import COESPlugin

/// What a number counts: how people are shown it.
public enum Unit: UInt32, Sendable {
    case count = 0
    case price, quantity, money, bps
}

public enum GuardMetric: UInt32, Sendable {
    case position = 1
    case openNotional, gross, net, openOrders, orderRate, executed, cash, duplicates
}

public enum GuardScope: UInt32, Sendable {
    case accountSymbol = 1
    case account, group, firm, instrument
}

public struct AccountView {
    let pointer: UnsafePointer<oes_account_t>

    public var id: String { pointer.pointee.id.string }
    public var accountType: String { pointer.pointee.account_type.string }
    public var riskLevel: String { pointer.pointee.risk_level.string }
    public var currency: String { pointer.pointee.currency.string }
    public var balance: Int64 { pointer.pointee.balance }
    public var held: Int64 { pointer.pointee.held }
    public var shortLimit: Int64 { pointer.pointee.short_limit }

    /// An older host's struct ends after short_limit.
    private var hasTotals: Bool { pointer.pointee.struct_size >= 184 }

    /// What a new buy may use; with an older host cash alone.
    public var available: Int64 {
        hasTotals ? pointer.pointee.available : pointer.pointee.balance - pointer.pointee.held
    }
    /// Empty = none.
    public var group: String { hasTotals ? pointer.pointee.group.string : "" }
    /// Buying power on cost, in 1/10,000.
    public var multiple: Int64 { hasTotals ? pointer.pointee.multiple : 10_000 }
    public var openOrders: Int64 { hasTotals ? pointer.pointee.open_orders : 0 }
    /// Money: open orders at their worst prices.
    public var openBuy: Int64 { hasTotals ? pointer.pointee.open_buy : 0 }
    public var openSell: Int64 { hasTotals ? pointer.pointee.open_sell : 0 }
    /// Money: what the long positions have cost, and what the short ones brought.
    public var longCost: Int64 { hasTotals ? pointer.pointee.long_cost : 0 }
    public var shortCost: Int64 { hasTotals ? pointer.pointee.short_cost : 0 }
    /// In onEvents alone: cash and what the positions are worth; nil where it isn't known.
    public var equity: Int64? { hasTotals ? optional(pointer.pointee.equity) : nil }
    /// In onEvents alone: what became of that since the UTC day began.
    public var dayProfit: Int64? { hasTotals ? optional(pointer.pointee.day_profit) : nil }
}

public struct PositionView {
    let pointer: UnsafePointer<oes_position_t>

    /// Owned, held included; negative when short.
    public var quantity: Int64 { pointer.pointee.quantity }
    public var held: Int64 { pointer.pointee.held }
    public var openBuy: Int64 { pointer.pointee.open_buy }
    public var cost: Int64 { pointer.pointee.cost }
    public var realized: Int64 { pointer.pointee.realized }
    /// How many of the account's orders in the symbol have executed so far.
    public var executed: Int64 {
        pointer.pointee.struct_size >= 56 ? pointer.pointee.executed : 0
    }
}

public struct CheckInput {
    let pointer: UnsafePointer<oes_check_input_t>
    public let host: Host
    let out: UnsafePointer<oes_out_t>

    public var isAmend: Bool { pointer.pointee.operation == OES_OPERATION_AMEND }
    public var order: OrderView { OrderView(pointer: pointer.pointee.order) }
    public var instrument: InstrumentView {
        InstrumentView(pointer: pointer.pointee.instrument, host: host)
    }
    public var market: MarketView { MarketView(pointer: pointer.pointee.market) }
    public var account: AccountView { AccountView(pointer: pointer.pointee.account) }
    public var position: PositionView? { pointer.pointee.position.map(PositionView.init) }
    /// What goes to the matcher; on amend the new total.
    public var quantity: Int64 { pointer.pointee.place.pointee.quantity }
    public var isMarketPricing: Bool {
        pointer.pointee.place.pointee.pricing == OES_PRICING_MARKET
    }
    /// The worst price at which the order can trade, as far as is known.
    public var worstPrice: Int64? { optional(pointer.pointee.worst_price) }
    /// On amend: what is filled.
    public var filled: Int64 { pointer.pointee.filled }
    /// On amend: what the order holds now, money for a buy, shares for a sell.
    public var orderHold: Int64 { pointer.pointee.order_hold }
    /// By the limits schema's order, in the instrument's scales: for this account and symbol the
    /// most specific that is set.
    public var limits: Values {
        Values(pointer: pointer.pointee.limits, count: Int(pointer.pointee.limit_count))
    }
    /// The mean quantity of the orders taken from the account in the symbol, and of how many; nil
    /// before the first.
    public var usual: (quantity: Int64, count: Int64)? {
        guard isMinorTwo, pointer.pointee.usual_count > 0 else { return nil }
        return (pointer.pointee.usual_quantity, pointer.pointee.usual_count)
    }
    /// Whether an order type places it for its parent: no client sent it.
    public var isChild: Bool { isMinorTwo && pointer.pointee.is_child == 1 }

    /// An older host's struct ends after order_hold.
    private var isMinorTwo: Bool { pointer.pointee.struct_size >= 128 }

    // MARK: Answers beside the verdict

    /// Tells what was measured and compared, for explain, the dry run and headroom. It decides
    /// nothing, and an older host isn't told. Before a refusal.
    public func measure(
        _ name: StaticString, _ value: Int64, limit: Int64, _ unit: Unit = .count,
        isAtLeast: Bool = false
    ) {
        guard host.minor >= 2 else { return }
        emit(measure: name, value, limit, unit, isAtLeast, out)
    }

    /// A limit that Redis judges in the step that matches; see the OES_GUARD_ metrics for which
    /// scopes each has. `windowMillis` is for rates, executions and duplicates.
    public func require(
        _ metric: GuardMetric, _ scope: GuardScope, limit: Int64, windowMillis: Int64 = 0,
        code: StaticString, exemptIfReducing: Bool
    ) {
        var fields = oes_guard_t(
            struct_size: UInt32(MemoryLayout<oes_guard_t>.size), metric: metric.rawValue,
            limit: limit, exempt_if_reducing: exemptIfReducing ? 1 : 0, reserved: 0,
            code: oes_str(code), scope: scope.rawValue, reserved_scope: 0,
            window_ms: windowMillis)
        withUnsafePointer(to: &fields) { pointer in
            var carrier = instruction(OES_INSTRUCTION_GUARD)
            carrier.guard = pointer
            _ = out.pointee.emit(out, &carrier)
        }
    }
}

/// What the host doesn't take it remembers itself: the call counts as failed then.
func emit(
    measure name: StaticString, _ value: Int64, _ limit: Int64, _ unit: Unit, _ isAtLeast: Bool,
    _ out: UnsafePointer<oes_out_t>
) {
    var fields = oes_measure_t(
        struct_size: UInt32(MemoryLayout<oes_measure_t>.size), unit: unit.rawValue,
        name: oes_str(name), value: value, limit: limit, at_least: isAtLeast ? 1 : 0, reserved: 0)
    withUnsafePointer(to: &fields) { pointer in
        var carrier = instruction(OES_INSTRUCTION_MEASURE)
        carrier.measure = pointer
        _ = out.pointee.emit(out, &carrier)
    }
}

extension oes_str {
    /// A literal stands for as long as the library.
    init(_ literal: StaticString) {
        self.init(
            ptr: UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self),
            len: UInt64(literal.utf8CodeUnitCount))
    }
}
