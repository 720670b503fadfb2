// What each channel of the feed asks of a subscriber: the routes' table goes on here.

import Feed

extension Channel {
    var access: Access {
        switch self {
        case .orderBook, .orderBookOf, .trades, .tradesOf: .permission(.see)
        case .account, .riskOf: .account(.see)
        // They tell of everyone's orders.
        case .notifications, .risk: .everyone(.oversee)
        }
    }

    /// What stands for the path's parameters.
    var accessParameters: [String] {
        switch self {
        case .account(let id), .riskOf(let id): [id]
        case .notifications, .orderBook, .orderBookOf, .trades, .tradesOf, .risk: []
        }
    }
}
