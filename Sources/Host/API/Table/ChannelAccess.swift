// What each channel of the feed asks of a subscriber: the routes' table goes on here.

import Feed

extension Channel {
    var access: Access {
        switch self {
        case .orderBook, .orderBookOf, .trades, .tradesOf: .permission(.see)
        case .account: .account(.see)
        // They tell of everyone's orders.
        case .notifications, .risk: .everyone(.oversee)
        }
    }

    /// What stands for the path's parameters.
    var accessParameters: [String] {
        if case .account(let id) = self { [id] } else { [] }
    }
}
