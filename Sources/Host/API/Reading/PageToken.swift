// What leads to the next page: a place in a list, and a mark of this place and list together. A token of
// another list, of other filters or of another key, or one that was cut short, is refused, not
// answered with a wrong page.

import Trading

struct PageToken {
    let place: Int
    let mark: UInt32

    static let pattern = "^[1-9a-z][0-9a-z]{0,9}-(0|[1-9a-z][0-9a-z]{0,5})$"
    private static let longestBytes = 19

    var text: String { "\(String(place, radix: 36))-\(String(mark, radix: 36))" }

    init(place: Int, mark: UInt32) {
        self.place = place
        self.mark = mark
    }

    /// nil where the text isn't one that `text` gives.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count <= PageToken.longestBytes, parts.count == 2,
            let place = Int(parts[0], radix: 36), let mark = UInt32(parts[1], radix: 36),
            place > 0, place < 1 << 53
        else { return nil }
        self.init(place: place, mark: mark)
        guard self.text == text else { return nil }
    }

    /// FNV-1a, 32 bits: it finds mistakes, and hides nothing.
    static func mark(_ parts: [String]) -> UInt32 {
        var hash: UInt32 = 0x811c_9dc5
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
            hash = (hash ^ 0xff) &* 0x0100_0193
        }
        return hash
    }
}

extension Exchange {
    /// The token of a page that begins at this place of the list that is being read.
    func pageToken(_ place: Int) -> String { PageToken(place: place, mark: mark(of: place)).text }

    /// The place that a token names in the list that is being read.
    func place(of token: String) throws(Rejection) -> Int {
        guard let known = PageToken(token), known.mark == mark(of: known.place) else {
            throw Rejection(
                .refused, "unknown_page_token",
                "This page_token isn't one of this list: take it from an answer to the same call "
                    + "with the same filters and key.", field: "page_token")
        }
        return known.place
    }

    private func mark(of place: Int) -> UInt32 {
        PageToken.mark(
            [String(decoding: request.head.path, as: UTF8.self), principal.id, String(place)]
                + filters.flatMap { [$0.name, $0.value] })
    }
}
