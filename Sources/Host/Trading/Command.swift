// What a client asks for, once every field has been read and checked for form, and what the
// plugins make of it. Values only.

import Base

/// A new order as the client sent it.
package struct OrderRequest: Hashable, Sendable {
    package var account: String
    package var symbol: String
    package var side: Side
    package var quantity: Quantity
    /// nil where the client gave none.
    package var price: Price?
    package var orderType: String
    package var timeInForce: String
    package var clientOrderID: String
    package var book: BookKind
    package var tag: String
    package var assetType: String
    /// The order type's own parameters, checked against its schema, in the schema's order.
    package var params: [OrderParam]
    /// Those of them that the client gave, the others being the schema's defaults: an order type
    /// that changes a default doesn't make another request of the same one.
    package var givenParams: [OrderParam] = []
    /// As the client wrote them.
    package var paramsJSON: [UInt8]
    /// What was asked beside the type.
    package var instructions: OrderInstructions
    /// UTC microseconds; nil where the client gave none. For a time in force that asks for it.
    package var expireTime: Int64?
    /// The session lease that it belongs to, not a part of what the client asked for; empty: none.
    package var lease = ""

    package init(
        account: String, symbol: String, side: Side, quantity: Quantity, price: Price?,
        orderType: String, timeInForce: String, clientOrderID: String, book: BookKind = .lit,
        tag: String = "", assetType: String = "", params: [OrderParam] = [],
        paramsJSON: [UInt8] = [], instructions: OrderInstructions = OrderInstructions(),
        expireTime: Int64? = nil
    ) {
        self.account = account
        self.symbol = symbol
        self.side = side
        self.quantity = quantity
        self.price = price
        self.orderType = orderType
        self.timeInForce = timeInForce
        self.clientOrderID = clientOrderID
        self.book = book
        self.tag = tag
        self.assetType = assetType
        self.params = params
        self.paramsJSON = paramsJSON
        self.instructions = instructions
        self.expireTime = expireTime
    }

    package var id: OrderID { OrderID(account: account, clientOrderID: clientOrderID) }
    package var terms: OrderTerms {
        OrderTerms(
            orderType: orderType, timeInForce: timeInForce, tag: tag, assetType: assetType,
            paramsJSON: paramsJSON)
    }
}

/// What a client may ask of an order of any type.
package struct OrderInstructions: Hashable, Sendable {
    package var postOnly = false
    package var reduceOnly = false
    package var allOrNone = false
    /// What must be able to trade on arrival.
    package var minQuantity: Quantity?
    /// What is shown in the book at a time.
    package var displayQuantity: Quantity?
    /// nil = cancel_newest.
    package var selfTrade: SelfTradeMode?

    package init() {}
}

/// One typed parameter of an order type.
package struct OrderParam: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        /// Prices, quantities and money in their scales; durations in ms, times in UTC µs, bps,
        /// plain whole numbers as they are.
        case integer(Int64)
        case boolean(Bool)
        case text(String)
    }
    package let name: String
    package let value: Value
    package init(name: String, value: Value) {
        self.name = name
        self.value = value
    }
}

package enum RuleMode: UInt8, Sendable {
    case enforce = 1
    case shadow = 2
    case off = 3

    package var name: String {
        switch self {
        case .enforce: "enforce"
        case .shadow: "shadow"
        case .off: "off"
        }
    }
}

/// The market as a plugin sees it: the host's picture as of a sequence number, which may be
/// milliseconds old.
package struct MarketSnapshot: Hashable, Sendable {
    package var bestBid: Price?
    package var bestAsk: Price?
    package var last: Price?
    package var asOfSequence: Int64
    /// UTC microseconds at which the picture was taken.
    package var time: Int64

    package init(
        bestBid: Price?, bestAsk: Price?, last: Price?, asOfSequence: Int64, time: Int64
    ) {
        self.bestBid = bestBid
        self.bestAsk = bestAsk
        self.last = last
        self.asOfSequence = asOfSequence
        self.time = time
    }
}

package enum RiskOperation: UInt8, Sendable {
    case submit = 1
    case amend = 2
}
