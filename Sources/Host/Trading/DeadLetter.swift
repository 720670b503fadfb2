// An event that a notifier couldn't be brought to take, as it is kept for an operator.

package struct DeadLetter: Sendable {
    /// The event's.
    package let id: String
    package let type: String
    package let account: String
    package let symbol: String
    package let severity: String
    package let json: [UInt8]
    /// UTC microseconds: when it was given up.
    package let time: Int64
    package let attempts: Int64
    package let problem: String

    package init(
        id: String, type: String, account: String, symbol: String, severity: String,
        json: [UInt8], time: Int64, attempts: Int64, problem: String
    ) {
        self.id = id
        self.type = type
        self.account = account
        self.symbol = symbol
        self.severity = severity
        self.json = json
        self.time = time
        self.attempts = attempts
        self.problem = problem
    }
}
