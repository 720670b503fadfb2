// Money or shares moved in or out of an account, other than by a trade.

import Base

package struct Transaction: Hashable, Sendable {
    package let account: String
    /// deposit, withdrawal or adjustment
    package let kind: LedgerKind
    /// Positive for deposit and withdrawal, signed for an adjustment, zero for one of shares.
    package let amount: Money
    package let description: String
    /// Empty for cash.
    package let symbol: String
    /// Signed; zero for cash.
    package let quantity: Quantity
    /// What the shares cost each; nil = the last trade's price, else nothing.
    package let price: Price?
    /// The client's, unique in the account; a request with it may be repeated. Empty = none.
    package let clientID: String

    package init(
        account: String, kind: LedgerKind, amount: Money, description: String,
        symbol: String = "", quantity: Quantity = .zero, price: Price? = nil,
        clientID: String = ""
    ) {
        self.account = account
        self.kind = kind
        self.amount = amount
        self.description = description
        self.symbol = symbol
        self.quantity = quantity
        self.price = price
        self.clientID = clientID
    }
}
