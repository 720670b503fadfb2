// Limits that Redis judges in the same call that matches (docs/REDIS.md, Guards).

/// What is measured, with the order that is judged.
package enum GuardMetric: UInt8, Sendable, CaseIterable {
    /// Units in the symbol, were the open orders of the order's side filled.
    case position = 1
    /// Money of open orders.
    case openNotional
    /// Money of positions at cost and of open orders.
    case gross
    /// The same with sales against purchases: the worse of both ways.
    case net
    case openOrders
    /// Orders and amends taken in any window.
    case orderRate
    /// Orders executed in a window: at its limit it latches until staff resets it.
    case executed
    /// What is left of the available cash: at least the limit.
    case cash
    /// The same order taken before, within the window.
    case duplicates

    package var name: String {
        switch self {
        case .position: "position"
        case .openNotional: "open_notional"
        case .gross: "gross"
        case .net: "net"
        case .openOrders: "open_orders"
        case .orderRate: "order_rate"
        case .executed: "executed"
        case .cash: "cash"
        case .duplicates: "duplicates"
        }
    }

    package var hasWindow: Bool {
        switch self {
        case .orderRate, .executed, .duplicates: true
        case .position, .openNotional, .gross, .net, .openOrders, .cash: false
        }
    }

    /// Whether its values are money, units of the symbol (true and false), or plain counts (nil).
    package var isMoney: Bool? {
        switch self {
        case .openNotional, .gross, .net, .cash: true
        case .position: false
        case .openOrders, .orderRate, .executed, .duplicates: nil
        }
    }

    /// Of whom it can be measured; the script refuses any other.
    package var scopes: [GuardScope] {
        switch self {
        case .position: [.accountSymbol, .group, .firm, .instrument]
        case .openNotional, .gross, .net, .openOrders, .orderRate: [.account, .group, .firm]
        case .executed, .duplicates: [.accountSymbol]
        case .cash: [.account]
        }
    }
}

/// Of whom. A guard of the group of an account without one holds.
package enum GuardScope: UInt8, Sendable, CaseIterable {
    case accountSymbol = 1
    case account
    case group
    case firm
    /// Of everyone in the symbol.
    case instrument

    package var name: String {
        switch self {
        case .accountSymbol: "account_symbol"
        case .account: "account"
        case .group: "group"
        case .firm: "firm"
        case .instrument: "instrument"
        }
    }
}

package struct Guard: Hashable, Sendable {
    package let rule: String
    package let mode: RuleMode
    package let metric: GuardMetric
    package let scope: GuardScope
    package let limit: Int64
    /// 1 to a day's where the metric has a window, else 0.
    package let windowMillis: Int64
    /// The reason that a client sees.
    package let code: String
    package let exemptIfReducing: Bool

    package init(
        rule: String, mode: RuleMode, metric: GuardMetric, scope: GuardScope = .accountSymbol,
        limit: Int64, windowMillis: Int64 = 0, code: String, exemptIfReducing: Bool
    ) {
        self.rule = rule
        self.mode = mode
        self.metric = metric
        self.scope = scope
        self.limit = limit
        self.windowMillis = windowMillis
        self.code = code
        self.exemptIfReducing = exemptIfReducing
    }

    /// As the submit and amend functions read it.
    package var encoded: String {
        "\(rule)|\(mode.rawValue)|\(metric.rawValue)|\(scope.rawValue)|\(limit)|\(windowMillis)|"
            + "\(code)|\(exemptIfReducing ? 1 : 0)"
    }
}

/// A guard's value when it was judged: part of the order's explain record.
package struct GuardValue: Hashable, Sendable {
    package let isEnforced: Bool
    package let held: Bool
    package let metric: GuardMetric
    package let scope: GuardScope
    package let value: Int64
    package let limit: Int64
    package let windowMillis: Int64
    package let rule: String
    package let orderID: OrderID
}

extension GuardValue {
    init(from reader: inout ByteReader) throws(RecordError) {
        isEnforced = try reader.byte() == 1
        held = try reader.byte() == 1
        metric = try known(GuardMetric(rawValue: try reader.byte()), "guard metric")
        scope = try known(GuardScope(rawValue: try reader.byte()), "guard scope")
        value = try reader.int64()
        limit = try reader.int64()
        windowMillis = Int64(try reader.uint32())
        rule = try reader.string()
        orderID = OrderID(try reader.string())
    }
}

/// What the rules said of an order, as the host that asked them wrote it down: its bytes are the
/// host's own.
package struct DecisionRecord: Hashable, Sendable {
    package let orderID: OrderID
    package let bytes: [UInt8]

    package init(orderID: OrderID, bytes: [UInt8]) {
        self.orderID = orderID
        self.bytes = bytes
    }
}

extension DecisionRecord {
    init(from reader: inout ByteReader) throws(RecordError) {
        orderID = OrderID(try reader.string())
        bytes = Array(reader.rest())
    }
}
