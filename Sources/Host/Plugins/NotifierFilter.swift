// Which events a configured notifier gets: the host sorts them out, so that no plugin has to.
//
//     "filter": {"types": ["order_*", "trade"], "accounts": ["1"], "symbols": ["AAPL"],
//                "severity": "warning"}
//
// What isn't given takes all. An event has to fit every part that is.

import Trading

package struct NotifierFilter: Sendable, Equatable {
    /// Whole names, or beginnings with a * behind them; empty = all.
    package var types: [String] = []
    package var accounts: Set<String> = []
    package var symbols: Set<String> = []
    /// The least.
    package var severity = Severity.info

    package enum Severity: String, Sendable, CaseIterable, Comparable {
        case info, warning, critical

        package static func < (one: Severity, other: Severity) -> Bool {
            allCases.firstIndex(of: one) ?? 0 < allCases.firstIndex(of: other) ?? 0
        }
    }

    package init() {}

    /// All types that there are. A filter that names another would leave out what it means to take.
    package static let knownTypes =
        ExecutionType.allCases.map { "order_\($0.name)" }
        + ["trade", "bust", "instrument", "alert", NotifierEvent.lostType]

    /// Whether a filter's word takes any type at all.
    static func isKnown(type word: String) -> Bool {
        knownTypes.contains { takes($0, by: word) }
    }

    package func takes(_ event: NotifierEvent) -> Bool {
        let isSevere = (Severity(rawValue: event.severity) ?? .critical) >= severity
        return isSevere
            && (types.isEmpty || types.contains { Self.takes(event.type, by: $0) })
            && (accounts.isEmpty || event.accounts.contains { accounts.contains($0) })
            && (symbols.isEmpty || symbols.contains(event.symbol))
    }

    private static func takes(_ type: String, by word: String) -> Bool {
        word.hasSuffix("*") ? type.hasPrefix(word.dropLast()) : type == word
    }
}

/// What the host does for a configured notifier, whatever plugin it is.
package struct NotifierSettings: Sendable, Equatable {
    package var filter = NotifierFilter()
    /// Tries of one delivery before its events go to the dead letters.
    package var attempts = NotifierSettings.attemptsDefault

    /// With the waits between them some two and a half minutes: a receiver's restart.
    package static let attemptsDefault = 12
    /// Some hours; then a receiver is not away but gone.
    package static let attemptsMaximum = 1_000

    package init() {}
}
