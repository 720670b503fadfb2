// An event as notifiers get it, and how its delivery ended.

package struct NotifierEvent: Sendable {
    /// Unique, the same at each attempt.
    package let id: String
    package let type: String
    /// Empty where it belongs to none, or to two.
    package let account: String
    /// All that it is about: a trade's two.
    package let accounts: [String]
    package let symbol: String
    package let severity: String
    /// One JSON object without line breaks.
    package let json: [UInt8]

    package init(
        id: String, type: String, account: String, symbol: String, severity: String,
        json: [UInt8], accounts: [String]? = nil
    ) {
        self.id = id
        self.type = type
        self.account = account
        self.symbol = symbol
        self.severity = severity
        self.json = json
        self.accounts = accounts ?? (account.isEmpty ? [] : [account])
    }

    /// Says that events were lost before they were delivered.
    package static let lostType = "events_lost"
}

package enum DeliveryResult: Hashable, Sendable {
    case ok
    /// 0 = the caller chooses.
    case retry(afterMillis: Int64)
    /// The events up to and with this index were delivered.
    case partial(throughIndex: Int)
    /// The receiver will never take them.
    case drop
}
