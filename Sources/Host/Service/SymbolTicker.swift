// Sees to symbols where nothing else happens: ends orders that are due, and takes up work that a host
// left when it died. Each command on a symbol does the same first; this is for the idle ones, after
// Redis's clock, not the host's.

import Base
import Loop
import Store
import Trading

package final class SymbolTicker {
    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let log: Log
    /// Symbols with a call under way.
    private var underWay: Set<String> = []
    private var ticks = 0

    private static let tickMillis = 200
    /// Expiries are looked for once a second.
    private static let ticksPerExpiry = 5

    package init(loop: EventLoop, matcher: Matcher, picture: Picture, log: Log) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        self.log = log
    }

    package func start() {
        _ = loop.schedule(afterMillis: SymbolTicker.tickMillis) { [self] in
            ticks &+= 1
            let now = Clock.wallMicros()
            let left = picture.openOrders.symbolsWithWork(
                since: now - Limits.workLeftMillis * 1_000)
            for symbol in left where isTrading(symbol, at: now) { tick(symbol, for: .work) }
            if ticks % SymbolTicker.ticksPerExpiry == 0 {
                for symbol in picture.openOrders.symbolsDue(by: now) { tick(symbol, for: .expiry) }
            }
            start()
        }
    }

    private enum Purpose {
        case work, expiry
    }

    private func isTrading(_ symbol: String, at time: Int64) -> Bool {
        picture.instruments[symbol]?.state(at: time) == .open
    }

    private func tick(_ symbol: String, for purpose: Purpose) {
        guard underWay.insert(symbol).inserted else { return }
        matcher.tick(symbol) { [self] reply in
            underWay.remove(symbol)
            switch reply {
            case .success(.done(let sequence, let hasMore)):
                if sequence == 0 { nothingLeft(in: symbol, purpose) }
                if hasMore { tick(symbol, for: purpose) }
            case .success(.refused(let refusal)):
                log.warning("tick of \(symbol): \(refusal.code) \(refusal.values)")
            case .failure(let failure):
                log.debug("tick of \(symbol): \(failure); tried again at the next one")
            }
        }
    }

    /// Looking anew when orders are due goes over all that are open, so only where it is asked for.
    private func nothingLeft(in symbol: String, _ purpose: Purpose) {
        switch purpose {
        case .work: picture.finishWork(in: symbol)
        case .expiry: picture.refreshExpiry(of: symbol)
        }
    }
}
