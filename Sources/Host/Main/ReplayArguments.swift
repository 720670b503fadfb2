// `oes replay-risk …`: which rule judges which recorded orders anew.

import Base

struct ReplayCommand: Sendable {
    enum Moment: Sendable {
        case sequence(Int64)
        /// UTC microseconds.
        case time(Int64)
    }

    let library: String
    let entry: String
    let configFile: String?
    let limits: String?
    let since: Moment?
    let until: Moment?
    let asJSON: Bool
    /// nil: in the data folder.
    let checkpointFolder: String?

    private static let named = [
        "--rule", "--config", "--limits", "--since", "--until", "--checkpoints",
    ]

    /// `words` are those after `replay-risk`. Throws what is wrong with them, in words.
    init(_ words: ArraySlice<String>) throws(SettingsError) {
        var given: [String: String] = [:]
        var json = false
        var rest = words
        while let word = rest.popFirst() {
            if word == "--json" {
                json = true
                continue
            }
            guard ReplayCommand.named.contains(word) else {
                throw SettingsError(
                    description: "'replay-risk' has no argument '\(word)'; try --help")
            }
            guard let value = rest.popFirst() else {
                throw SettingsError(description: "\(word) needs a value; try --help")
            }
            guard given.updateValue(value, forKey: word) == nil else {
                throw SettingsError(description: "\(word) is given twice")
            }
        }
        guard let rule = given["--rule"] else {
            throw SettingsError(description: "'replay-risk' needs --rule LIBRARY:ENTRY")
        }
        guard let colon = rule.lastIndex(of: ":"), colon > rule.startIndex,
            rule.index(after: colon) < rule.endIndex
        else {
            throw SettingsError(
                description: "--rule takes LIBRARY:ENTRY, as libOESRiskRules.so:max-order, not "
                    + "'\(rule)'")
        }
        library = String(rule[..<colon])
        entry = String(rule[rule.index(after: colon)...])
        guard given["--config"] != nil || given["--limits"] != nil else {
            throw SettingsError(
                description: "'replay-risk' needs --config FILE or --limits JSON, the rule's "
                    + "settings")
        }
        configFile = given["--config"]
        limits = given["--limits"]
        since = try ReplayCommand.moment(given["--since"], "--since")
        until = try ReplayCommand.moment(given["--until"], "--until")
        checkpointFolder = given["--checkpoints"]
        asJSON = json
    }

    private static func moment(
        _ text: String?, _ name: String
    ) throws(SettingsError) -> Moment? {
        guard let text else { return nil }
        if let sequence = Int64(text), sequence >= 0 { return .sequence(sequence) }
        guard let micros = CivilTime.micros(rfc3339: text) else {
            throw SettingsError(
                description: "\(name) takes an event's number or a time such as "
                    + "2026-01-31T09:30:00Z, not '\(text)'")
        }
        return .time(micros)
    }
}

extension ReplayCommand.Moment {
    /// Whether an event comes before it.
    func isAfter(sequence: Int64, time: Int64) -> Bool {
        switch self {
        case .sequence(let first): sequence < first
        case .time(let first): time < first
        }
    }
}
