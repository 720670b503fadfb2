// limit and page_token, and the Link header that leads to the next page.

import Base
import Service
import Trading
import Views
import Wire

extension PageOf {
    /// A page of what is in memory anyway; the token is how many were shown before.
    init(of all: [Item], _ page: Page) {
        let start = min(page.before ?? 0, all.count)
        let end = min(all.count, start + page.limit)
        self.init(items: Array(all[start..<end]), next: end < all.count ? end : nil)
    }
}

extension Exchange {
    /// Reads `limit` and `page_token` from the query.
    func page(_ fields: [String: String], defaultLimit: Int) throws(Rejection) -> Page {
        let limit = try wholeQuery(
            fields, "limit", 1...Limits.listMaximum, defaultValue: defaultLimit)
        var before: Int?
        if let token = fields["page_token"] { before = try place(of: token) }
        return Page(limit: limit, before: before)
    }

    func wholeQuery(
        _ fields: [String: String], _ name: String, _ range: ClosedRange<Int>, defaultValue: Int
    ) throws(Rejection) -> Int {
        guard let text = fields[name] else { return defaultValue }
        guard let value = Int(text), range.contains(value) else {
            throw .invalid(
                name, given: text,
                allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
                code: "out_of_range")
        }
        return value
    }

    /// Answers {items, next_page_token}, as the lists of /api/v1 do.
    func replyItems<Item>(
        _ result: Result<PageOf<Item>, Rejection>, _ write: (Item, inout JSONWriter) -> Void
    ) {
        switch result {
        case .failure(let rejection): fail(rejection)
        case .success(let page):
            reply { json in
                json.beginObject()
                json.key("items")
                json.beginArray()
                for item in page.items { write(item, &json) }
                json.endArray()
                json.optionalField("next_page_token", page.next.map(pageToken) ?? "")
                json.endObject()
            }
        }
    }

    /// The header that names the next page; none after the last.
    func linkHeader(next: Int?, limit: Int) -> [(String, String)] {
        guard let next else { return [] }
        let path = String(decoding: request.head.path, as: UTF8.self)
        let kept = filters.map { "\($0.name)=\(PercentCoding.encode($0.value))&" }.joined()
        let query = "\(kept)limit=\(limit)&page_token=\(pageToken(next))"
        return [("Link", "<\(path)?\(query)>; rel=\"next\"")]
    }
}
