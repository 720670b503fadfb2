// The host's picture of what stands in Redis: rebuilt at start from a snapshot, then kept by
// applying the event stream in order. It is a cache; Redis alone decides. Plugins get their inputs
// from it, readers get books, accounts and open orders from it without costing Redis anything.

import Base
import Store
import Trading

package final class Picture {
    /// The last event applied.
    package private(set) var sequence: Int64 = 0
    package private(set) var instruments: [String: Instrument] = [:]
    package private(set) var markets: [String: Market] = [:]
    package private(set) var accounts: [String: Account] = [:]
    package private(set) var books: [String: BookPicture] = [:]
    package private(set) var openOrders = OpenOrders()
    /// Limits, modes, groups, switches.
    package private(set) var controls = RiskControls()
    /// Called once for each key that was revoked and each session that was ended or is over, as it
    /// was before: who still uses it must go. Not called where a picture is made afresh.
    package var onKeyEnded: ((AccessKey) -> Void)?
    /// Called when the first key is made: from then on nobody may do anything without one.
    package var onFirstKey: (() -> Void)?
    /// Throttles that have shut, by `account:symbol`.
    package private(set) var shutThrottles: [String: Throttle] = [:]
    private var keyRing = KeyRing()
    private var positions: [String: [String: Position]] = [:]
    private var waiting = Waiting()
    private var usualSizes: [String: [String: UsualSize]] = [:]

    package init() {}

    package func position(account: String, symbol: String) -> Position? {
        positions[account]?[symbol]
    }

    /// Of the orders that were taken from the account since this host's start; nil before the first.
    package func usualSize(account: String, symbol: String) -> UsualSize? {
        usualSizes[account]?[symbol]
    }

    /// A new order of a client's, taken and not a child of another's.
    private func noteSize(_ order: Order, of event: Event) {
        guard event.kind == .submit, order.acceptedSequence == event.sequence,
            order.status != .rejected, order.parentID == nil
        else { return }
        usualSizes[String(order.id.account), default: [:]][order.symbol, default: UsualSize()]
            .add(order.quantity)
    }

    /// An account's positions by symbol; those that are empty are left out.
    package func positions(account: String) -> [Position] {
        (positions[account] ?? [:]).values
            .filter { !$0.isEmpty }
            .sorted { $0.symbol < $1.symbol }
    }

    /// Shows the orders that rest on one side of a book, in the order in which they would trade, until
    /// `visit` says false.
    func forEachResting(
        _ symbol: String, _ book: BookKind, _ side: Side, _ visit: (Order) -> Bool
    ) {
        guard book == .lit else {
            let orders = openOrders.internalOrders(symbol: symbol).filter { $0.side == side }
            let inTurn = orders.sorted { first, second in
                if first.price == second.price { return first.bookSequence < second.bookSequence }
                return side == .buy ? first.price > second.price : first.price < second.price
            }
            for order in inTurn where !visit(order) { return }
            return
        }
        let levels = side == .buy ? books[symbol]?.bids : books[symbol]?.asks
        for level in levels?.top(.max) ?? [] {
            let orders = openOrders.atLevel(symbol: symbol, side: side, price: level.price)
            for order in orders where !visit(order) { return }
        }
    }

    package func market(of symbol: String) -> MarketSnapshot {
        let book = books[symbol]
        let last = markets[symbol]?.last
        return MarketSnapshot(
            bestBid: book?.bids.best?.price, bestAsk: book?.asks.best?.price,
            last: last.flatMap { $0.raw > 0 ? $0 : nil }, asOfSequence: sequence,
            time: Clock.wallMicros())
    }

    // MARK: Access

    /// Whether no key was ever made. A host that had one never falls back to open, also when all
    /// but the last administrator's are revoked.
    package var isOpen: Bool { keyRing.isEmpty }

    /// Keys, revoked ones included, and sessions that haven't ended, by id.
    package var keys: [String: AccessKey] { keyRing.all }

    /// The key or session with this digest of its secret, whatever its state: ask `isValid(at:)`
    /// before it opens anything. nil where there is none, or it was a session that has ended.
    package func key(digest: [UInt8]) -> AccessKey? { keyRing[digest] }

    /// Ends the sessions that are over by the clock (UTC microseconds). Redis takes them out when a
    /// further one is opened.
    package func endExpiredSessions(now: Int64) {
        for session in keyRing.removeExpired(at: now) { onKeyEnded?(session) }
    }

    /// Runs `action` once the event with this sequence has been applied, so that who was told of a
    /// change reads it; or with what the client is told, where that doesn't come.
    package func whenCaughtUp(
        to wanted: Int64, waitMillis: Int = Limits.waitMillis, _ action: @escaping WaitEnd
    ) {
        if sequence >= wanted {
            action(nil)
        } else {
            waiting.add(wanted, waitMillis: waitMillis, action)
        }
    }

    /// Runs what waits for the events applied so far: to be called after `apply`, once whoever else
    /// follows the events has had them too, so that no reader gets between.
    package func wake() {
        for action in waiting.wake(sequence) { action(nil) }
    }

    /// Answers what has waited too long.
    package func giveUpWaiting(nowMicros: Int64) {
        for action in waiting.giveUp(nowMicros: nowMicros) { action(.behind) }
    }

    /// To be called where nothing was found to be due, or left to do.
    /// A tick found nothing left to do in the symbol.
    func finishWork(in symbol: String) { openOrders.finishWork(of: symbol) }

    package func refreshExpiry(of symbol: String) {
        openOrders.refreshExpiry(of: symbol)
        openOrders.finishWork(of: symbol)
    }

    // MARK: Changes

    /// Starts over from a snapshot. It is exact once the events up to its `settledSequence` have
    /// been applied on top.
    package func reset(to snapshot: StoreSnapshot) {
        sequence = snapshot.sequence
        instruments = Dictionary(keyed: snapshot.instruments, by: \.symbol)
        markets = Dictionary(keyed: snapshot.markets, by: \.symbol)
        accounts = Dictionary(keyed: snapshot.accounts, by: \.id)
        positions = Dictionary(grouping: snapshot.positions, by: \.account)
            .mapValues { Dictionary(keyed: $0, by: \.symbol) }
        keyRing = KeyRing(snapshot.keys)
        controls = snapshot.controls
        shutThrottles = Dictionary(keyed: snapshot.shutThrottles, by: \.key)
        openOrders = OpenOrders()
        for order in snapshot.openOrders.sorted(by: {
            $0.acceptedSequence < $1.acceptedSequence
        }) {
            openOrders.update(order)
        }
        books = snapshot.levels.mapValues { levels in
            var book = BookPicture()
            for level in levels { book.apply(level, sequence: sequence, time: Clock.wallMicros()) }
            return book
        }
        wake()
    }

    /// Applies the next event; one that the picture has already changes nothing.
    package func apply(_ event: Event) {
        guard event.sequence > sequence else { return }
        for change in event.changes { apply(change, of: event) }
        sequence = event.sequence
    }

    /// A snapshot's records may be newer than its sequence: older ones don't replace them.
    private func apply(_ change: Change, of event: Event) {
        switch change {
        case .order(let order, _):
            openOrders.update(order)
            noteSize(order, of: event)
        case .account(let account):
            if let known = accounts[account.id], known.lastSequence >= account.lastSequence {
                break
            }
            accounts[account.id] = account
        case .position(let position):
            let known = self.position(account: position.account, symbol: position.symbol)
            if let known, known.lastSequence >= position.lastSequence { break }
            positions[position.account, default: [:]][position.symbol] = position
        case .level(let level):
            guard level.book == .lit else { break }
            books[event.symbol, default: BookPicture()].apply(
                level, sequence: event.sequence, time: event.time)
        case .instrument(let instrument): instruments[instrument.symbol] = instrument
        case .market(let market): markets[market.symbol] = market
        case .key(let key):
            let wasOpen = isOpen
            if let ended = keyRing.apply(key) { onKeyEnded?(ended) }
            if wasOpen, !isOpen { onFirstKey?() }
        case .control(let change): controls.apply(change, sequence: event.sequence)
        case .throttle(let throttle):
            if let known = shutThrottles[throttle.key],
                known.lastSequence >= throttle.lastSequence
            {
                break
            }
            shutThrottles[throttle.key] = throttle.isLatched ? throttle : nil
        case .trade, .ledger, .guardValue, .audit, .step, .bust, .decision, .alert: break
        }
    }
}

extension Position {
    /// Whether there is nothing to show of it: no units, no open orders, no profit so far.
    fileprivate var isEmpty: Bool {
        quantity.raw == 0 && held.raw == 0 && openBuy.raw == 0 && realized.raw == 0
    }
}

extension Dictionary {
    init(keyed values: [Value], by key: (Value) -> Key) {
        self.init(values.map { (key($0), $0) }, uniquingKeysWith: { _, last in last })
    }
}
