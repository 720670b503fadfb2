// Alerts: what risk staff should look at, each with who has seen it. The like of one that is still
// fresh isn't raised again but counted (docs/REDIS.md, ALERT).

package enum Severity: UInt8, Sendable, CaseIterable, Comparable {
    case info = 1
    case warning, critical

    package var name: String { "\(self)" }

    package init?(name: String) {
        guard let severity = Severity.allCases.first(where: { $0.name == name }) else {
            return nil
        }
        self = severity
    }

    package static func < (first: Severity, second: Severity) -> Bool {
        first.rawValue < second.rawValue
    }
}

package struct Alert: Hashable, Sendable {
    /// The sequence of the event that raised it first, a dash, and its place in that.
    package let id: String
    package let severity: Severity
    /// Empty where it is about none.
    package let account: String
    package let symbol: String
    package let rule: String
    package let code: String
    package let text: String
    /// The newest order that it is about, else empty.
    package let orderID: String
    /// How often it came, the first time included.
    package let count: Int64
    package let raisedAt: Int64
    package let lastAt: Int64
    package let lastSequence: Int64
    /// 0 = nobody has seen it.
    package let acknowledgedAt: Int64
    /// A key's id.
    package let acknowledgedBy: String

    package init(id: String, record: ArraySlice<UInt8>) throws(RecordError) {
        var reader = ByteReader(record)
        self.id = id
        guard try reader.byte() == 1 else { throw RecordError(what: "alert of another version") }
        severity = try known(Severity(rawValue: try reader.byte()), "severity")
        count = try reader.int64()
        raisedAt = try reader.int64()
        lastAt = try reader.int64()
        acknowledgedAt = try reader.int64()
        lastSequence = try reader.int64()
        _ = try reader.int64()
        acknowledgedBy = try reader.string()
        account = try reader.string()
        symbol = try reader.string()
        rule = try reader.string()
        code = try reader.string()
        _ = try reader.string()
        orderID = try reader.string()
        text = try reader.string()
    }

    /// Whether this is the event that raised it, and none that counted or acknowledged it.
    package var isNew: Bool { id.hasPrefix("\(lastSequence)-") && acknowledgedAt == 0 }
}

/// What is to be raised.
package struct NewAlert: Hashable, Sendable {
    package var severity: Severity
    package var account: String
    package var symbol: String
    package var rule: String
    package var code: String
    package var text: String
    package var orderID: String
    /// Alerts of one key that aren't acknowledged and not older than the window are one, counted.
    package var key: String
    package var windowMicros: Int64
    /// Of the event that it is about: one that was counted already isn't counted again. 0 = none.
    package var sourceSequence: Int64

    package init(
        _ severity: Severity, account: String = "", symbol: String = "", rule: String = "",
        code: String, text: String, orderID: String = "", key: String? = nil,
        windowMicros: Int64 = 60_000_000, sourceSequence: Int64 = 0
    ) {
        self.severity = severity
        self.account = account
        self.symbol = symbol
        self.rule = rule
        self.code = code
        self.text = text
        self.orderID = orderID
        self.key = key ?? "\(account)|\(symbol)|\(rule)|\(code)"
        self.windowMicros = windowMicros
        self.sourceSequence = sourceSequence
    }

    /// As the function `alert` takes it.
    package func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(severity.rawValue)
        writer.int64(windowMicros)
        writer.int64(sourceSequence)
        for part in [account, symbol, rule, code, key, orderID, text] { writer.string(part) }
        return writer.bytes
    }
}
