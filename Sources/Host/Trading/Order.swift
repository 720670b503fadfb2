// An order as Redis keeps it (docs/REDIS.md, ORDER).

import Base

/// `ACCOUNT-CLIENTORDERID`; a child's is its parent's, a colon and its key.
package struct OrderID: Hashable, Sendable {
    package let text: String
    package init(_ text: String) { self.text = text }
    package init(account: String, clientOrderID: String) {
        text = account + "-" + clientOrderID
    }

    // By bytes: going through Characters costs some 20 ns each, and every order is asked.
    package var account: Substring { text[..<dash] }
    package var clientOrderID: Substring {
        let dash = dash
        return dash == text.endIndex ? "" : text[text.utf8.index(after: dash)...]
    }

    /// nil unless it is a child's: clients' own ids have no colon.
    package var parent: OrderID? { colon.map { OrderID(String(text[..<$0])) } }
    package var childKey: Substring? { colon.map { text[text.utf8.index(after: $0)...] } }
    package func child(_ key: String) -> OrderID { OrderID(text + ":" + key) }

    private var colon: String.Index? { text.utf8.firstIndex(of: UInt8(ascii: ":")) }

    private var dash: String.Index {
        text.utf8.firstIndex(of: UInt8(ascii: "-")) ?? text.endIndex
    }
}

/// What only the host reads of an order: carried through the script as it is.
package struct OrderTerms: Hashable, Sendable {
    package var orderType: String
    package var timeInForce: String
    package var tag: String
    package var assetType: String
    /// Where a rule rejected the order: its message and the request's field that it is about, so
    /// that a repeated request gets the same answer. Each is cut at 255 bytes.
    package var refusalField = ""
    package var refusalText = ""
    /// The order type's own parameters, as the client's JSON object; empty where it has none.
    package var paramsJSON: [UInt8]

    package init(
        orderType: String, timeInForce: String, tag: String = "", assetType: String = "",
        paramsJSON: [UInt8] = []
    ) {
        self.orderType = orderType
        self.timeInForce = timeInForce
        self.tag = tag
        self.assetType = assetType
        self.paramsJSON = paramsJSON
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.string(orderType)
        writer.string(timeInForce)
        writer.string(tag)
        writer.string(assetType)
        writer.string(refusalField)
        writer.string(refusalText)
        writer.raw(paramsJSON)
        return writer.bytes
    }

    init(from reader: inout ByteReader) throws(RecordError) {
        orderType = try reader.string()
        timeInForce = try reader.string()
        tag = try reader.string()
        assetType = try reader.string()
        refusalField = try reader.string()
        refusalText = try reader.string()
        paramsJSON = Array(reader.rest())
    }
}

package struct Order: Hashable, Sendable {
    package let id: OrderID
    package let status: OrderStatus
    package let side: Side
    package let policy: RemainderPolicy
    package let book: BookKind
    package let pricing: Pricing
    package let selfTrade: SelfTradeMode
    package let flags: OrderFlags
    package let price: Price
    package let quantity: Quantity
    package let filled: Quantity
    /// Σ price × quantity of the fills = high × 10^14 + low.
    package let notionalHigh: Int64
    package let notionalLow: Int64
    package let amount: Money
    /// Money for a buy, shares for a sell.
    package let hold: Int64
    package let fee: Money
    package let feeRest: Int64
    package let bookSequence: Int64
    package let acceptedSequence: Int64
    package let lastSequence: Int64
    package let createdAt: Int64
    package let updatedAt: Int64
    /// 0 while open.
    package let closedAt: Int64
    /// 0 = none.
    package let expireAt: Int64
    package let requestHash: Int64
    package let symbol: String
    /// Empty, or a stable code, or a code with its values: `code: name=value, …`.
    package let reason: String
    /// nil for a plain order.
    package let extra: OrderExtension?
    package let terms: OrderTerms

    /// What is left to fill; 0 once the order has ended.
    package var leaves: Quantity { status.isOpen ? quantity - filled : .zero }

    /// What account and position are charged for: nothing while it waits for its main order's fills,
    /// and of a container, whose children work.
    package var working: Quantity {
        guard status.isOpen, !flags.contains(.waiting) else { return .zero }
        switch extra?.role ?? .ordinary {
        case .ordinary: return leaves
        case .container: return .zero
        case .after: return min(extra?.granted ?? .zero, quantity) - filled
        }
    }

    /// Whether other orders were made for it.
    package var hasChildren: Bool { flags.contains(.hasChildren) || isContainer }

    package var isContainer: Bool { extra?.role == .container }

    /// Whether it stands in one of its symbol's books.
    package var isInBook: Bool {
        guard status == .new || status == .partiallyFilled else { return false }
        return flags.isDisjoint(with: [.queued, .waiting]) && !isContainer
    }

    /// What of it stands in its level: an iceberg's shown part.
    package var shown: Quantity {
        guard isInBook else { return .zero }
        guard let extra, extra.isIceberg else { return working }
        return extra.shown
    }

    /// Of a child: its family's main order or container.
    package var parentID: OrderID? { id.parent }
    package var childKey: Substring? { id.childKey }

    package init(id: OrderID, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 1 else { throw RecordError(what: "order of another version") }
        status = try known(OrderStatus(rawValue: try reader.byte()), "status")
        side = try known(Side(rawValue: try reader.byte()), "side")
        policy = try known(RemainderPolicy(rawValue: try reader.byte()), "policy")
        book = try known(BookKind(rawValue: try reader.byte()), "book")
        pricing = try known(Pricing(rawValue: try reader.byte()), "pricing")
        selfTrade = try known(SelfTradeMode(rawValue: try reader.byte()), "self-trade mode")
        flags = OrderFlags(rawValue: try reader.byte())
        price = Price(try reader.int64())
        quantity = Quantity(try reader.int64())
        filled = Quantity(try reader.int64())
        notionalHigh = try reader.int64()
        notionalLow = try reader.int64()
        amount = Money(try reader.int64())
        hold = try reader.int64()
        fee = Money(try reader.int64())
        feeRest = try reader.int64()
        bookSequence = try reader.int64()
        acceptedSequence = try reader.int64()
        lastSequence = try reader.int64()
        createdAt = try reader.int64()
        updatedAt = try reader.int64()
        closedAt = try reader.int64()
        expireAt = try reader.int64()
        requestHash = try reader.int64()
        symbol = try reader.string()
        reason = try reader.string()
        let packed = try reader.block()
        extra = packed.isEmpty ? nil : try OrderExtension(record: packed)
        terms = try OrderTerms(from: &reader)
    }

    /// The fills' average price in the price scale, rounded to the nearest unit plus `extra`
    /// further decimals; nil before the first fill, and where it passes 64 bits: a price of 2^53 has
    /// room for three.
    package func averagePrice(extraDecimals: Int) -> Int64? {
        notional.averagePrice(over: filled, extraDecimals: extraDecimals)
    }

    package var notional: Notional { Notional(high: notionalHigh, low: notionalLow) }
}

func known<Value>(_ value: Value?, _ field: String) throws(RecordError) -> Value {
    guard let value else { throw RecordError(what: "unknown \(field)") }
    return value
}
