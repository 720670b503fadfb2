// Ends orders that are due in symbols where nothing else happens. Each command on a symbol first
// expires what is due in it; this only sees to the idle ones, after Redis's clock, not the host's.

import Base
import Loop
import Store
import Trading

package final class ExpiryTicker {
    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let log: Log

    private static let tickMillis = 1_000

    package init(loop: EventLoop, matcher: Matcher, picture: Picture, log: Log) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        self.log = log
    }

    package func start() {
        _ = loop.schedule(afterMillis: ExpiryTicker.tickMillis) { [self] in
            for symbol in picture.openOrders.symbolsDue(by: Clock.wallMicros()) { expire(symbol) }
            start()
        }
    }

    private func expire(_ symbol: String) {
        matcher.expire(symbol, most: Limits.expiriesPerCall) { [self] reply in
            switch reply {
            case .success(.done(_, let count)):
                if count == 0 { picture.refreshExpiry(of: symbol) }
                if count == Int64(Limits.expiriesPerCall) { expire(symbol) }
            case .success(.refused(let refusal)):
                log.warning("expiry of \(symbol): \(refusal.code) \(refusal.values)")
            case .failure(let failure):
                log.debug("expiry of \(symbol): \(failure); tried again at the next tick")
            }
        }
    }
}
