// Reading what has happened: lists that the projector keeps in Redis, newest first, page by page.
//
// The lists only grow at their end, so a page token is simply how many items are older: pages stay
// the same while new orders come in. Every read waits until the lists (or the picture, where it
// answers) have come as far as any client of this host was told.

import Base
import Store
import Trading

package final class History {
    let store: ListStore
    /// By account, of the day that was asked for last.
    var openings: [String: StatementMaker.Opening] = [:]
    private let projector: Projector
    private let picture: Picture
    private let acknowledged: Acknowledged

    package typealias Families = [OrderID: [OrderID]]
    package typealias Completion<Item> = (Result<PageOf<Item>, Rejection>) -> Void

    package init(
        redis: RedisConnection, projector: Projector, picture: Picture, acknowledged: Acknowledged
    ) {
        store = ListStore(redis: redis)
        self.projector = projector
        self.picture = picture
        self.acknowledged = acknowledged
    }

    // MARK: Orders

    /// An account's orders, or everyone's.
    package func orders(
        account: String?, _ page: Page, _ completion: @escaping Completion<Order>
    ) {
        orders(OrderFilter(account: account), page, completion)
    }

    /// Orders that were rejected by a rule, for want of cash or shares, or by the market.
    package func rejectedOrders(_ page: Page, _ completion: @escaping Completion<Order>) {
        orders(OrderFilter(statuses: [.rejected]), page, completion)
    }

    /// A page token belongs to its filter: with another one it leads elsewhere.
    package func orders(
        _ filter: OrderFilter, _ page: Page, _ completion: @escaping Completion<Order>
    ) {
        if filter.asksForOpenOnly { return openOrders(filter, page, completion) }
        let list: ProjectedList =
            switch filter.list {
            case .account(let account): .ordersOf(account: account)
            case .rejected: .rejected
            case .all: .orders
            }
        let isWanted: ((Order) -> Bool)? = filter.takesAll ? nil : { filter.takes($0) }
        whenListed(completion) { [store] in
            store.reader(ofOrders: list).page(
                page, in: filter.created, where: isWanted, completion)
        }
    }

    /// From the picture, without Redis. The page token is the sequence to go on below.
    private func openOrders(
        _ filter: OrderFilter, _ page: Page, _ completion: @escaping Completion<Order>
    ) {
        picture.whenCaughtUp(to: acknowledged.sequence) { [picture] rejection in
            if let rejection { return completion(.failure(rejection)) }
            let orders = picture.openOrders.newest(
                account: filter.account, before: page.before.map(Int64.init) ?? .max,
                limit: page.limit, where: filter.takes)
            let next = orders.count >= page.limit ? orders.last?.acceptedSequence : nil
            completion(.success(PageOf(items: orders, next: next.map { Int($0) })))
        }
    }

    /// An order as it stands in Redis, open or ended; nil where there is none.
    package func order(
        _ id: OrderID, _ completion: @escaping (Result<Order?, Rejection>) -> Void
    ) {
        store.fetch([id]) { result in completion(result.map { $0.first ?? nil }) }
    }

    /// The same by the client's own id.
    package func orderByClientID(
        account: String, _ clientOrderID: String,
        _ completion: @escaping (Result<Order?, Rejection>) -> Void
    ) {
        order(OrderID(account: account, clientOrderID: clientOrderID), completion)
    }

    /// The children that orders ever had, by parent; those without any are left out.
    package func children(
        of orders: [Order], _ completion: @escaping (Result<Families, Rejection>) -> Void
    ) {
        store.children(of: orders.filter(\.hasChildren).map(\.id), completion)
    }

    // MARK: Trades and ledger

    /// One symbol's trades, or all.
    package func trades(
        symbol: String?, of accounts: AccountScope, in span: TimeSpan = TimeSpan(), _ page: Page,
        _ completion: @escaping Completion<Trade>
    ) {
        let list = symbol.map { ProjectedList.tradesOf(symbol: $0) } ?? .trades
        let isShown: ((Trade) -> Bool)? = accounts == .all ? nil : { $0.isShown(to: accounts) }
        whenListed(completion) { [self] in
            tradeReader(list).page(page, in: span, where: isShown) { [self] result in
                markBusted(result, completion)
            }
        }
    }

    /// `kinds` empty = all, `symbol` nil = any and none.
    package func ledger(
        account: String, kinds: Set<LedgerKind> = [], symbol: String? = nil,
        in span: TimeSpan = TimeSpan(), _ page: Page,
        _ completion: @escaping Completion<LedgerLine>
    ) {
        let isWanted: ((LedgerLine) -> Bool)? =
            kinds.isEmpty && symbol == nil
            ? nil
            : {
                (kinds.isEmpty || kinds.contains($0.entry.kind))
                    && (symbol == nil || $0.entry.symbol == symbol)
            }
        whenListed(completion) { [self] in
            ledgerReader(account).page(page, in: span, where: isWanted, completion)
        }
    }

    func ledgerReader(_ account: String) -> ListReader<LedgerLine> {
        store.reader(.ledgerOf(account: account), time: \LedgerLine.time) {
            item throws(RecordError) in try LedgerLine(listItem: item)
        }
    }

    // MARK: Audit

    /// What administrators did.
    package func audit(
        in span: TimeSpan = TimeSpan(), _ page: Page,
        _ completion: @escaping Completion<AuditEntry>
    ) {
        whenListed(completion) { [store] in
            store.reader(.audit, time: \AuditEntry.time) { item throws(RecordError) in
                try AuditEntry(listItem: item)
            }.page(page, in: span, where: nil, completion)
        }
    }

    // MARK: Parts

    /// Runs `read` once the lists hold all that any client was told.
    func whenListed<Value>(
        _ completion: @escaping (Result<Value, Rejection>) -> Void, _ read: @escaping () -> Void
    ) {
        whenListed(upTo: acknowledged.sequence, completion, read)
    }

    /// The same, for all up to an event.
    func whenListed<Value>(
        upTo sequence: Int64, _ completion: @escaping (Result<Value, Rejection>) -> Void,
        _ read: @escaping () -> Void
    ) {
        projector.whenProjected(to: sequence) { rejection in
            if let rejection { completion(.failure(rejection)) } else { read() }
        }
    }
}

extension Trade {
    /// The internal book is dark: its trades are for their own accounts, and for who may see all.
    package func isShown(to accounts: AccountScope) -> Bool {
        book == .lit || accounts.contains(buyOrderID.account)
            || accounts.contains(sellOrderID.account)
    }
}
