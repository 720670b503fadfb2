// The keys `filter` and `attempts` of a notifier's entry in plugins.json.

import Base
import Wire

extension ConfigurationReader {
    func notifierSettings(
        _ fields: JSONObject, _ at: String
    ) throws(PluginError) -> NotifierSettings? {
        guard fields["filter"] != nil || fields["attempts"] != nil else { return nil }
        var settings = NotifierSettings()
        if let value = fields["filter"] { settings.filter = try filter(value, "\(at).filter") }
        if let value = fields["attempts"] {
            let range = 1...NotifierSettings.attemptsMaximum
            guard case .number(let digits) = value,
                let count = Int(String(decoding: digits, as: UTF8.self)), range.contains(count)
            else {
                throw fail(
                    "\(at).attempts", "expected a whole number of 1 to \(range.upperBound)")
            }
            settings.attempts = count
        }
        return settings
    }

    private func filter(_ value: JSONValue, _ at: String) throws(PluginError) -> NotifierFilter {
        let fields = try object(
            value, at, keys: ["types", "accounts", "symbols", "severity"])
        var filter = NotifierFilter()
        filter.types = try words(fields["types"], "\(at).types")
        for word in filter.types where !NotifierFilter.isKnown(type: word) {
            let known = NotifierFilter.knownTypes.joined(separator: ", ")
            throw fail(
                "\(at).types",
                "expected some of \(known), or a beginning with a *, found \"\(word)\"")
        }
        filter.accounts = Set(try words(fields["accounts"], "\(at).accounts"))
        filter.symbols = Set(try words(fields["symbols"], "\(at).symbols"))
        if let text = try string(fields["severity"], "\(at).severity") {
            guard let severity = NotifierFilter.Severity(rawValue: text) else {
                throw fail(
                    "\(at).severity", "expected info, warning or critical, found \"\(text)\"")
            }
            filter.severity = severity
        }
        return filter
    }

    private func words(_ value: JSONValue?, _ at: String) throws(PluginError) -> [String] {
        guard let value else { return [] }
        guard case .array(let items) = value, !items.isEmpty, items.count <= Limits.filterWords
        else {
            throw fail(at, "expected an array of 1 to \(Limits.filterWords) texts")
        }
        var words: [String] = []
        for (index, item) in items.enumerated() {
            let word = try string(item, "\(at)[\(index)]") ?? ""
            guard !word.isEmpty else {
                throw fail("\(at)[\(index)]", "expected a text, found none")
            }
            words.append(word)
        }
        return words
    }
}
