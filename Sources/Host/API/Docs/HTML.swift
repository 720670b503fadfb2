// The few pieces of HTML that /docs consists of. All text is escaped; `code` in backquotes becomes
// an element, as in Markdown.

struct HTML {
    private(set) var text = ""

    /// As it is: markup of our own.
    mutating func raw(_ markup: String) { text += markup + "\n" }

    mutating func heading(_ level: Int, _ title: String, id: String) {
        raw("<h\(level) id=\"\(id)\">\(HTML.inline(title))</h\(level)>")
    }

    mutating func paragraph(_ words: String) { raw("<p>\(HTML.inline(words))</p>") }

    /// A block to copy. It scrolls by itself, so it can be reached by keyboard.
    mutating func code(_ lines: String, label: String, kind: String) {
        raw(
            "<pre class=\"\(kind)\" tabindex=\"0\" role=\"region\" "
                + "aria-label=\"\(HTML.escape(label))\"><code>\(HTML.escape(lines))</code></pre>")
    }

    mutating func table(_ label: String, _ head: [String], _ rows: [[String]]) {
        raw(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                + "aria-label=\"\(HTML.escape(label))\"><table>")
        raw("<thead><tr>" + head.map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr></thead>")
        raw("<tbody>")
        for row in rows {
            raw("<tr>" + row.map { "<td>\(HTML.inline($0))</td>" }.joined() + "</tr>")
        }
        raw("</tbody></table></div>")
    }

    mutating func list(_ items: [String]) {
        raw("<ul>" + items.map { "<li>\($0)</li>" }.joined(separator: "\n") + "</ul>")
    }

    static func link(_ title: String, to id: String) -> String {
        "<a href=\"#\(id)\">\(inline(title))</a>"
    }

    static func escape(_ words: String) -> String {
        var out = ""
        for character in words.unicodeScalars {
            switch character {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "&": out += "&amp;"
            case "\"": out += "&quot;"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }

    /// Every second stretch between backquotes is code.
    static func inline(_ words: String) -> String {
        escape(words).split(separator: "`", omittingEmptySubsequences: false).enumerated().map {
            $0.offset % 2 == 1 ? "<code>\($0.element)</code>" : String($0.element)
        }.joined()
    }
}
