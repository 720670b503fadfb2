import Base
import Testing

@testable import Trading

@Suite struct AccessKeyTests {
    private let digest = (0..<32).map { UInt8($0) }

    @Test(arguments: [
        AccountScope.all, .only(["1"]), .only(Set((1...100).map { String($0) })),
        .only(["999999999999999", "7"]),
    ])
    func recordsAreReadAsWritten(accounts: AccountScope) throws {
        for role in Role.allCases {
            let key = AccessKey(
                newKey: "00ff00aa", name: String(repeating: "é", count: 50), role: role,
                accounts: accounts, digest: digest, ordersPerSecond: 17, createdBy: "command")
            #expect(try AccessKey(id: key.id, record: key.encoded()[...]) == key)
            let session = AccessKey(
                newSession: "00ff00ab", of: key, digest: digest.reversed(), expiresAt: 99,
                createdBy: key.id)
            #expect(session.role == role && session.accounts == accounts)
            #expect(session.name == key.name && session.parent == key.id)
            #expect(try AccessKey(id: session.id, record: session.encoded()[...]) == session)
            #expect(session.isValid(at: 98) && !session.isValid(at: 99))
            #expect(key.isValid(at: .max))
        }
    }

    /// docs/REDIS.md's layout, byte by byte.
    @Test func theLayoutIsTheDocumentedOne() {
        let key = AccessKey(
            newKey: "00ff00aa", name: "Ada", role: .trader, accounts: .only(["2", "10"]),
            digest: digest, ordersPerSecond: 3, createdBy: "me")
        let expected: [UInt8] =
            [1, 1, 2, 1] + [3, 0, 0, 0, 0, 0, 0, 0] + Array(repeating: 0, count: 32) + digest
            + [2, 0x6d, 0x65, 0, 3, 0x41, 0x64, 0x61, 2, 2, 0x31, 0x30, 1, 0x32]
        #expect(key.encoded() == expected)
    }

    @Test func scopesWithinEachOther() {
        let two = AccountScope.only(["1", "2"])
        #expect(AccountScope.all.within(.all) == .all)
        #expect(AccountScope.all.within(two) == two && two.within(.all) == two)
        #expect(two.within(.only(["2", "3"])) == .only(["2"]))
        #expect(two.within(.only(["3"])) == .only([]))
    }

    @Test func aRecordThatIsCutShortIsAnError() {
        let key = AccessKey(
            newKey: "00ff00aa", name: "Ada", role: .admin, accounts: .only(["1"]), digest: digest,
            ordersPerSecond: 0, createdBy: "me")
        let whole = key.encoded()
        for count in 0..<whole.count {
            #expect(throws: RecordError.self) {
                try AccessKey(id: key.id, record: whole.prefix(count))
            }
        }
        for (index, value) in [(0, 2), (1, 3), (2, 0), (2, 5)] as [(Int, UInt8)] {
            var wrong = whole
            wrong[index] = value
            #expect(throws: RecordError.self) { try AccessKey(id: key.id, record: wrong[...]) }
        }
    }
}
