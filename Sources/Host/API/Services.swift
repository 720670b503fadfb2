// What the routes work with, handed to each resource.

import Base
import Feed
import Plugins
import Service
import Trading
import Views

package struct Services {
    let picture: Picture
    let orders: OrderService
    let accounts: AccountService
    let instruments: InstrumentService
    let keys: KeyService
    let busts: BustService
    let leases: SessionLeases
    let controls: ControlService
    let policy: PolicyService
    let history: History
    let dayProfits: DayProfits
    let bookHistory: BookHistory
    let acknowledged: Acknowledged
    let registry: PluginRegistry
    let feed: FeedPublisher
    let notifiers: NotifierDesk
    let status: any StatusSource
    let gatekeeper: Gatekeeper
    let sockets: FeedSockets
    let signIns = SignInLimiter()

    package init(
        picture: Picture, orders: OrderService, accounts: AccountService,
        instruments: InstrumentService, keys: KeyService, busts: BustService,
        leases: SessionLeases, controls: ControlService, policy: PolicyService,
        history: History, dayProfits: DayProfits, bookHistory: BookHistory,
        acknowledged: Acknowledged, registry: PluginRegistry, feed: FeedPublisher,
        notifiers: NotifierDesk, status: any StatusSource
    ) {
        self.picture = picture
        self.orders = orders
        self.accounts = accounts
        self.instruments = instruments
        self.keys = keys
        self.busts = busts
        self.leases = leases
        self.controls = controls
        self.policy = policy
        self.history = history
        self.dayProfits = dayProfits
        self.bookHistory = bookHistory
        self.acknowledged = acknowledged
        self.registry = registry
        self.feed = feed
        self.notifiers = notifiers
        self.status = status
        gatekeeper = Gatekeeper(picture: picture)
        sockets = FeedSockets(gatekeeper)
        sockets.follow(picture)
    }

    /// Runs `read` once the picture holds all that any client was told, so that nobody reads an
    /// older state than the one they were answered.
    func whenCurrent(_ read: @escaping WaitEnd) {
        picture.whenCaughtUp(to: acknowledged.sequence, read)
    }

    /// The same for an exchange, which is answered 503 where the picture doesn't catch up.
    func whenCurrent(_ exchange: Exchange, _ read: @escaping () -> Void) {
        whenCurrent { rejection in
            if let rejection { exchange.fail(rejection) } else { read() }
        }
    }

    func scales(_ symbol: String) -> DisplayScales {
        picture.instruments[symbol].map(DisplayScales.init) ?? DisplayScales(price: 0, quantity: 0)
    }
}

/// What /api/status and the health routes tell of the process.
package protocol StatusSource: AnyObject {
    var isRedisUp: Bool { get }
    var startedAt: Int64 { get }
    var durability: String { get }
    var isEmbeddedRedis: Bool { get }
    var connectionCount: Int { get }
    var workerNumber: Int { get }
    /// What /metrics shows of Redis, the lists, the notifiers, the server and the process.
    func writeMetrics(into text: inout MetricsText)
}
