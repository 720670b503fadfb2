import Base
import Loop
import Store
import TestSupport
import Testing
import Trading

@testable import Service

@Suite(.serialized) struct ProjectorTests {
    private let server: RedisServer
    private let loop: EventLoop
    private let commands: RedisConnection
    private let matcher: Matcher
    private let log = Log(level: .error, origin: "test")

    init() throws {
        server = try RedisServer()
        _ = try server.connect()
        loop = try EventLoop()
        commands = RedisConnection(
            loop: loop, endpoint: .unix(path: server.socket), name: "test", log: log)
        StorePreparation(durability: .fast, log: log).install(on: commands, loadsLibrary: true)
        commands.connect()
        matcher = Matcher(commands)
    }

    private func run(until condition: @escaping () -> Bool) {
        let end = Clock.monotonicMicros() + 20_000_000
        func check() {
            if condition() || Clock.monotonicMicros() > end { return loop.stop() }
            loop.schedule(afterMillis: 1, check)
        }
        loop.schedule(afterMillis: 0, check)
        loop.run()
        #expect(condition())
    }

    /// Events of `count` new accounts, each with one ledger entry.
    private func events(_ count: Int) throws -> [Event] {
        run { commands.isUp }
        var answers = 0
        for _ in 0..<count {
            let call = AccountCall(
                .create(id: nil, initialBalance: Money(1)),
                profile: AccountProfile(name: "a", accountType: "b", riskLevel: "c"))
            matcher.account(call) { _ in answers += 1 }
        }
        run { answers == count }
        var read: [Event] = []
        EventReader(commands).range(from: 1, limit: count) { read = (try? $0.get()) ?? [] }
        run { read.count == count }
        return read
    }

    private func listed(_ account: String) throws -> Int64 {
        var length: Int64?
        let key = Keys.first.list(.ledgerOf(account: account))
        commands.send(RedisCommand("LLEN", [key])) { length = (try? $0.get())?.int64 ?? -1 }
        run { length != nil }
        return length ?? -1
    }

    @Test func whatIsFarBehindIsListedInParts() throws {
        let projector = Projector(loop: loop, matcher: matcher, log: log)
        let count = 2 * Limits.eventsPerProjection + 7
        projector.append(try events(count))
        var wasWoken = false
        projector.whenProjected(to: Int64(count)) { wasWoken = $0 == nil }
        var cursors: Set<Int64> = []
        run {
            cursors.insert(projector.cursor)
            return wasWoken
        }
        // As often as it was looked: never more than one part further than before.
        let parts = (0...2).map { Int64($0 * Limits.eventsPerProjection) } + [Int64(count)]
        #expect(cursors.isSubset(of: parts))
        #expect(projector.cursor == Int64(count))
        for account in [1, 600, count] { #expect(try listed("\(account)") == 1) }
    }

    @Test func aFailedCallIsMadeAgainWithoutNewEvents() throws {
        let projector = Projector(loop: loop, matcher: matcher, log: log)
        let all = try events(3)
        commands.close()
        projector.append(all)
        var ends: [Rejection?] = []
        projector.whenProjected(to: 3) { ends.append($0) }
        projector.giveUpWaiting(nowMicros: .max)
        #expect(ends == [.behind])
        commands.connect()
        run { projector.cursor == 3 }
        // Another host does the same work: each is listed once.
        let second = Projector(loop: loop, matcher: matcher, log: log)
        second.append(all)
        run { second.cursor == 3 }
        #expect(try listed("2") == 1)
    }

    @Test func eventsThatDontJoinTheListsAreNotListed() throws {
        let projector = Projector(loop: loop, matcher: matcher, log: log)
        projector.append(Array(try events(3).dropFirst()))
        run { true }
        #expect(projector.cursor == 0)
        #expect(try listed("2") == 0)
    }
}
