// Keys as a host makes and ends them: what the picture knows when the answer comes.

import Base
import Loop
import Store
import TestSupport
import Testing
import Trading

@testable import Service

@Suite(.serialized) struct KeyServiceTests {
    private let server: RedisServer
    private let loop: EventLoop
    private let commands: RedisConnection
    private let stream: EventStream
    private let streamConnection: RedisConnection
    private let matcher: Matcher
    private let picture = Picture()
    private let service: KeyService
    private let ada = Actor(id: "command", name: "Ada", requestID: "r-1", address: "::1")

    init() throws {
        let log = Log(level: .error, origin: "test")
        server = try RedisServer()
        _ = try server.connect()
        loop = try EventLoop()
        let endpoint = RedisEndpoint.unix(path: server.socket)
        commands = RedisConnection(loop: loop, endpoint: endpoint, name: "test", log: log)
        StorePreparation(durability: .fast, log: log).install(on: commands, loadsLibrary: true)
        commands.connect()
        streamConnection = RedisConnection(loop: loop, endpoint: endpoint, name: "s", log: log)
        stream = EventStream(streamConnection, log: log)
        streamConnection.connect()
        matcher = Matcher(commands)
        service = KeyService(matcher: matcher, picture: picture, acknowledged: Acknowledged())
        stream.onEvents = { [picture] events in
            for event in events { picture.apply(event) }
            picture.wake()
        }
        stream.follow(after: 0)
        run { [commands] in commands.isUp }
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

    private func wait<Value>(
        _ call: (@escaping (Result<Value, Rejection>) -> Void) -> Void
    ) throws -> Value {
        var result: Result<Value, Rejection>?
        call { result = $0 }
        run { result != nil }
        return try #require(result).get()
    }

    private func code(_ act: () throws -> Void) -> String {
        do { try act() } catch { return (error as? Rejection)?.code ?? "\(error)" }
        return "done"
    }

    private func make(_ name: String) throws -> (AccessKey, secret: String) {
        let new = try NewKey(name: name, role: .admin, accounts: .all)
        return try wait { service.create(new, by: ada, $0) }
    }

    @Test func whatIsAnsweredIsInThePicture() throws {
        #expect(picture.isOpen)
        var firstKeys = 0
        picture.onFirstKey = { [picture] in
            #expect(!picture.isOpen)
            firstKeys += 1
        }
        let (key, secret) = try make("ops")
        #expect(!picture.isOpen && picture.keys[key.id] == key)
        #expect(secret.hasPrefix("oes_") && secret.utf8.count == 47)
        #expect(picture.key(digest: KeySecret.digest(of: secret)) == key)
        #expect(picture.key(digest: KeySecret.digest(of: secret + "x")) == nil)
        #expect(code { _ = try wait { service.revoke(key.id, by: ada, $0) } } == "last_admin_key")

        let (second, other) = try make("second")
        #expect(firstKeys == 1)
        #expect(other != secret)
        let (session, token) = try wait { service.openSession(of: second, by: ada, $0) }
        let (ended, _) = try wait { service.openSession(of: key, by: ada, $0) }
        #expect(session.parent == second.id && session.role == .admin)
        #expect(session.expiresAt - session.createdAt > 11 * 3_600_000_000)

        var gone: [String] = []
        picture.onKeyEnded = { gone.append($0.id) }
        _ = try wait { service.endSession(ended.id, by: ada, $0) }
        #expect(gone == [ended.id] && picture.keys[ended.id] == nil)
        let revoked = try wait { service.revoke(second.id, by: ada, $0) }
        #expect(gone == [ended.id, second.id, session.id])
        #expect(picture.key(digest: KeySecret.digest(of: token)) == nil)
        let known = try #require(picture.key(digest: KeySecret.digest(of: other)))
        #expect(known == revoked && !known.isValid(at: Clock.wallMicros()))
        #expect(!picture.isOpen)
        #expect(code { _ = try wait { service.revoke(second.id, by: ada, $0) } } == "key_revoked")
        #expect(
            code { _ = try wait { service.endSession("00000000", by: ada, $0) } } == "unknown_key")

        // A host that starts now knows the same.
        var snapshot: StoreSnapshot?
        StoreSnapshot.load(commands) { snapshot = try? $0.get() }
        run { snapshot != nil }
        let fresh = Picture()
        fresh.reset(to: try #require(snapshot))
        #expect(fresh.keys == picture.keys && !fresh.isOpen)
    }

    @Test func aSessionEndsByTheClock() throws {
        let (key, _) = try make("ops")
        let (session, _) = try wait { service.openSession(of: key, by: ada, $0) }
        var gone: [String] = []
        picture.onKeyEnded = { gone.append($0.id) }
        picture.endExpiredSessions(now: session.expiresAt - 1)
        #expect(gone.isEmpty)
        picture.endExpiredSessions(now: session.expiresAt)
        picture.endExpiredSessions(now: session.expiresAt)
        #expect(gone == [session.id] && picture.keys[session.id] == nil)
    }

    @Test func wrongKeysAreRefusedByField() throws {
        func field(_ make: () throws -> Void) -> String? {
            do { try make() } catch { return (error as? Rejection)?.field }
            return nil
        }
        for name in ["", String(repeating: "x", count: 101), "a\nb"] {
            #expect(field { _ = try NewKey(name: name, role: .risk, accounts: .all) } == "name")
        }
        for accounts: Set<String> in [[], ["x"], ["0"], ["01"], Set((1...101).map { "\($0)" })] {
            let wrong = field { _ = try NewKey(name: "a", role: .risk, accounts: .only(accounts)) }
            #expect(wrong == "accounts")
        }
        for limit: Int64 in [-1, Limits.ordersPerSecondMaximum + 1] {
            let wrong = field {
                _ = try NewKey(name: "a", role: .risk, accounts: .all, ordersPerSecond: limit)
            }
            #expect(wrong == "orders_per_second")
        }
        let stranger = try NewKey(name: "a", role: .admin, accounts: .only(["77"]))
        #expect(code { _ = try wait { service.create(stranger, by: ada, $0) } } == "invalid_key")
    }

    /// The second one's record before is the first one's after, though both were sent at once.
    @Test func twoUpdatesInFlight() throws {
        func profile(_ name: String) -> AccountProfile {
            AccountProfile(name: name, accountType: "cash", riskLevel: "low")
        }
        var answers = 0
        matcher.account(
            AccountCall(.create(id: nil, initialBalance: Money(5)), profile: profile("0")), by: ada
        ) { _ in answers += 1 }
        for name in ["1", "2"] {
            let update = AccountCall(.update(id: "1"), profile: profile(name))
            matcher.account(update, by: ada) { _ in answers += 1 }
        }
        run { answers == 3 }
        let log = Log(level: .error, origin: "test")
        let projector = Projector(loop: loop, matcher: matcher, log: log)
        let acknowledged = Acknowledged()
        acknowledged.note(3)
        var events: [Event] = []
        EventReader(commands).range(from: 1, limit: 10) { events = (try? $0.get()) ?? [] }
        run { events.count == 3 }
        projector.append(events)
        let history = History(
            redis: commands, projector: projector, picture: picture, acknowledged: acknowledged)
        let entries = try wait { history.audit(Page(limit: 10, before: nil), $0) }.items
        #expect(entries.map(\.action) == ["account_updated", "account_updated", "account_created"])
        #expect(entries.allSatisfy { $0.actor == ada && $0.targetID == "1" })
        #expect(entries[2].old.isEmpty)
        #expect(entries[1].old == entries[2].new && entries[0].old == entries[1].new)
        #expect(try Account(id: "1", record: entries[0].new[...]).profile.name == "2")
    }
}
