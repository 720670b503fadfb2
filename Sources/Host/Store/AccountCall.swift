// Opening an account, or changing its standing.

import Base
import Trading

package struct AccountCall: Sendable {
    package enum Kind: Sendable {
        /// nil = the next number.
        case create(id: String?, initialBalance: Money)
        case update(id: String)
    }
    package var kind: Kind
    package var standing: AccountStanding
    package var currency: String
    package var profile: AccountProfile
    /// The account that an update was made from: answered `stale` where it was changed since, but
    /// by trades. nil = whatever it is now.
    package var expected: Account?

    package init(
        _ kind: Kind, standing: AccountStanding = AccountStanding(), currency: String = "USD",
        profile: AccountProfile, expected: Account? = nil
    ) {
        self.kind = kind
        self.standing = standing
        self.currency = currency
        self.profile = profile
        self.expected = expected
    }

    /// All that an update may set, packed as the script does.
    var expectedStanding: [UInt8] {
        guard let expected else { return [] }
        return AccountStanding(expected).packed + expected.profile.encoded()
    }

    /// `actor`: who does it, encoded.
    func append(to command: inout RedisCommand, actor: [UInt8]) {
        let balance: Int64
        switch kind {
        case .create(let id, let initialBalance):
            command.append(id ?? "")
            command.append(1)
            balance = initialBalance.raw
        case .update(let id):
            command.append(id)
            command.append(0)
            balance = 0
        }
        command.append(Int64(standing.state.rawValue))
        command.append(standing.isActive ? 1 : 0)
        command.append(standing.shortLimit.raw)
        command.append(currency)
        command.append(balance)
        command.append(profile.encoded())
        command.append(actor)
        command.append(expectedStanding)
        command.append(standing.group ?? "")
        command.append(Int64(standing.selfTradeScope.rawValue))
        command.append(standing.makerFeeBps ?? -1)
        command.append(standing.takerFeeBps ?? -1)
        command.append(standing.multiple)
    }
}

extension AccountStanding {
    fileprivate var packed: [UInt8] {
        var writer = ByteWriter()
        writer.byte(state.rawValue)
        writer.byte(isActive ? 1 : 0)
        writer.byte(selfTradeScope.rawValue)
        for number in [shortLimit.raw, makerFeeBps ?? -1, takerFeeBps ?? -1, multiple] {
            writer.int64(number)
        }
        writer.string(group ?? "")
        return writer.bytes
    }
}
