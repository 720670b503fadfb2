// What readers of a list may ask for: a page, and which items of it.

import Base
import Trading

package struct Page: Sendable {
    package let limit: Int
    /// How many older items the page starts from; nil = the newest.
    package let before: Int?

    package init(limit: Int, before: Int?) {
        self.limit = limit
        self.before = before
    }
}

/// Newest first. Where a filter lets few items through, a page may hold fewer than its limit, or
/// none, and have a next one all the same: a request reads a bounded part of the list.
package struct PageOf<Item> {
    package let items: [Item]
    /// For the page after this one; nil where this is the last.
    package let next: Int?

    package init(items: [Item], next: Int?) {
        self.items = items
        self.next = next
    }
}

/// A stretch of time, UTC microseconds; nil = without a bound.
package struct TimeSpan: Hashable, Sendable {
    /// Inclusive.
    package var since: Int64?
    /// Exclusive.
    package var until: Int64?

    package init(since: Int64? = nil, until: Int64? = nil) {
        self.since = since
        self.until = until
    }

    func contains(_ time: Int64) -> Bool { !isAfter(time) && until.map { time < $0 } ?? true }

    /// Whether the span, and all that comes later, lies after the time.
    func isAfter(_ time: Int64) -> Bool { since.map { time < $0 } ?? false }
}

/// Which orders; what isn't given lets all through.
package struct OrderFilter: Hashable, Sendable {
    package var account: String?
    package var symbol: String?
    /// Empty = all.
    package var statuses: Set<OrderStatus>
    package var side: Side?
    package var tag: String?
    /// Over created_at.
    package var created: TimeSpan

    package init(
        account: String? = nil, symbol: String? = nil, statuses: Set<OrderStatus> = [],
        side: Side? = nil, tag: String? = nil, since: Int64? = nil, until: Int64? = nil
    ) {
        self.account = account
        self.symbol = symbol
        self.statuses = statuses
        self.side = side
        self.tag = tag
        created = TimeSpan(since: since, until: until)
    }

    /// Only orders that the picture holds.
    var asksForOpenOnly: Bool { !statuses.isEmpty && statuses.allSatisfy(\.isOpen) }

    /// The shortest list that holds them all.
    var list: ProjectedListOfOrders {
        if let account { return .account(account) }
        return statuses == [.rejected] ? .rejected : .all
    }

    enum ProjectedListOfOrders: Equatable {
        case account(String)
        case rejected, all
    }

    /// Whether every order of its list passes that lies in the span of time.
    var takesAll: Bool {
        let narrows = symbol != nil || side != nil || tag != nil
        return !narrows && (statuses.isEmpty || list == .rejected)
    }

    /// The account is a matter of the list.
    func takes(_ order: Order) -> Bool {
        (symbol == nil || order.symbol == symbol) && (side == nil || order.side == side)
            && (tag == nil || order.terms.tag == tag)
            && (statuses.isEmpty || statuses.contains(order.status))
            && created.contains(order.createdAt)
    }
}
