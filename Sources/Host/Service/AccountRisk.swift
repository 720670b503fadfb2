// What an account risks at this moment, from the picture: what its positions are worth at the last
// trades' prices, and what that makes of its cash.

import Base
import Trading

package struct AccountRisk {
    package let account: Account
    /// Values of all positions, long and short alike.
    package private(set) var grossExposure = Money.zero
    /// Long less short.
    package private(set) var netExposure = Money.zero
    package private(set) var realized = Money.zero
    package private(set) var unrealized = Money.zero
    /// Symbols that never traded: their positions count for nothing above.
    package private(set) var unpriced: [String] = []
    package let openOrderCount: Int

    /// Cash and what the positions would bring.
    package var equity: Money { account.balance + netExposure }

    package init(of account: Account, in picture: Picture) {
        self.account = account
        openOrderCount = picture.openOrders.count(account: account.id)
        for position in picture.positions(account: account.id) { add(position, picture) }
    }

    private mutating func add(_ position: Position, _ picture: Picture) {
        realized = realized.adding(position.realized)
        guard position.quantity.raw != 0 else { return }
        guard let instrument = picture.instruments[position.symbol],
            let last = picture.market(of: position.symbol).last,
            let value = position.marketValue(instrument, at: last)
        else { return unpriced.append(position.symbol) }
        grossExposure = grossExposure.adding(Money(abs(value.raw)))
        netExposure = netExposure.adding(value)
        unrealized = unrealized.adding(value - position.cost)
    }
}

extension Money {
    /// A sum that stays at the largest amount rather than overflow: what is shown decides nothing.
    fileprivate func adding(_ other: Money) -> Money {
        let (sum, overflow) = raw.addingReportingOverflow(other.raw)
        return Money(overflow ? (raw < 0 ? .min / 2 : .max / 2) : sum)
    }
}
