// What a verification has found, as a table and as JSON.

import Base
import Wire

extension Verification {
    package var isRight: Bool { findings.differences == 0 }

    private var originText: String {
        switch origin {
        case .beginning: "the beginning"
        case .checkpoint(let sequence): "the checkpoint at event \(sequence)"
        case .state(let sequence): "the state at event \(sequence), as it stands"
        }
    }

    private var originName: String {
        switch origin {
        case .beginning: "beginning"
        case .checkpoint: "checkpoint"
        case .state: "state"
        }
    }

    /// Lines without their ends.
    package var table: [String] {
        let width = Invariant.allCases.map(\.title.count).max() ?? 0
        var lines = [
            "\(eventCount) events replayed from \(originText), up to event \(sequence)", "",
            padded("invariant", width) + "     checked  differences",
        ]
        for invariant in Invariant.allCases {
            let line = findings[invariant]
            lines.append(
                padded(invariant.title, width) + right(line.checked, 12)
                    + right(line.differences, 13))
            if !line.note.isEmpty { lines.append("    note: \(line.note)") }
            lines += line.first.map { "    \($0)" }
            let unnamed = line.differences - Int64(line.first.count)
            if unnamed > 0 { lines.append("    … and \(unnamed) more") }
        }
        let count = findings.differences
        lines += ["", isRight ? "no difference" : "\(count) difference\(count == 1 ? "" : "s")"]
        return lines
    }

    package var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("ok")
        json.bool(isRight)
        json.key("from")
        json.string(originName)
        json.key("sequence")
        json.number(sequence)
        json.key("events")
        json.number(eventCount)
        json.key("differences")
        json.number(findings.differences)
        json.key("invariants")
        json.beginArray()
        for invariant in Invariant.allCases { write(invariant, to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private func write(_ invariant: Invariant, to json: inout JSONWriter) {
        let line = findings[invariant]
        json.beginObject()
        json.key("name")
        json.string(invariant.rawValue)
        json.key("title")
        json.string(invariant.title)
        json.key("checked")
        json.number(line.checked)
        json.key("differences")
        json.number(line.differences)
        json.key("first")
        json.beginArray()
        for text in line.first { json.string(text) }
        json.endArray()
        json.key("note")
        json.string(line.note)
        json.endObject()
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func right(_ number: Int64, _ width: Int) -> String {
    let text = "\(number)"
    return String(repeating: " ", count: max(1, width - text.count)) + text
}
