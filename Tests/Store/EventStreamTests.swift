import Base
import Glibc
import Loop
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct EventStreamTests {
    /// A follower that keeps all it was handed.
    private final class Follower {
        let connection: RedisConnection
        let stream: EventStream
        var sequences: [Int64] = []
        var events: [Event] = []
        var gaps: [EventGap] = []

        init(_ scene: StoreScene) {
            connection = StoreScene.connection(scene.loop, scene.redis, name: "events")
            stream = EventStream(connection, log: quiet)
            stream.onEvents = { [unowned self] batch in
                events += batch
                sequences += batch.map(\.sequence)
            }
            stream.onGap = { [unowned self] in gaps.append($0) }
        }

        deinit { connection.close() }
    }

    @Test func everyEventComesOnceInOrder() throws {
        let scene = try StoreScene()
        let follower = Follower(scene)
        follower.stream.follow(after: 0)
        for _ in 0..<2_000 {
            scene.matcher.submit(scene.order(.buy, 10_000, 1)) { _ in }
        }
        scene.loop.run { follower.sequences.count == 2_001 }
        #expect(follower.sequences == Array(1...2_001))
        #expect(follower.events[0].kind == .seed)
        guard case .order(let order, cause: .accepted) = follower.events[1].changes.first else {
            Issue.record("no order")
            return
        }
        #expect(order.lastSequence == 2 && order.symbol == "AAPL")
        #expect(follower.stream.sequence == 2_001)
    }

    @Test func aLostConnectionLosesAndRepeatsNothing() throws {
        let scene = try StoreScene(["--appendonly", "yes", "--appendfsync", "always"])
        let follower = Follower(scene)
        follower.stream.follow(after: 1)
        var acknowledged: Set<Int64> = []
        for round in 0..<3 {
            for _ in 0..<300 {
                scene.matcher.submit(scene.order(.buy, 10_000, 1)) { result in
                    if case .success(.done(_, let sequence, _)) = result {
                        acknowledged.insert(sequence)
                    }
                }
            }
            scene.loop.run { acknowledged.count > round * 100 }
            scene.redis.kill(SIGKILL)
            try scene.redis.start()
            scene.loop.run { scene.connection.isUp && follower.connection.isUp }
        }
        _ = try scene.submit(scene.order(.buy, 10_000, 1))
        let last = try scene.wait { EventReader(scene.connection).lastSequence($0) }
        scene.loop.run { follower.stream.sequence == last }
        #expect(follower.sequences == Array(2...last))
        // Nothing that was acknowledged is missing after three kills under load.
        #expect(acknowledged.isSubset(of: follower.sequences))
        #expect(follower.gaps.isEmpty)
    }

    @Test func trimmedEventsAreAGap() throws {
        let scene = try StoreScene()
        for _ in 0..<20 { _ = try scene.submit(scene.order(.buy, 10_000, 1)) }
        _ = try scene.redis.command("XTRIM", Keys.first.events, "MINID", "11")
        let follower = Follower(scene)
        follower.stream.follow(after: 5)
        scene.loop.run { !follower.gaps.isEmpty }
        #expect(follower.gaps == [.trimmed(begins: 11)])
        #expect(follower.sequences.isEmpty)
        follower.stream.follow(after: 10)
        scene.loop.run { follower.sequences == Array(11...21) }
    }

    @Test func replacedDataIsAGap() throws {
        let scene = try StoreScene()
        for _ in 0..<20 { _ = try scene.submit(scene.order(.buy, 10_000, 1)) }
        let follower = Follower(scene)
        follower.stream.follow(after: 21)
        scene.loop.run { follower.connection.isUp }
        _ = try scene.redis.command("FLUSHALL")
        // A blocked read doesn't see it, the next look does; a new connection looks at once.
        follower.connection.restart(because: "test")
        scene.loop.run { !follower.gaps.isEmpty }
        #expect(follower.gaps == [.reset(last: 0)])
    }

    /// A crash took the last second, and new orders have come as far as we were.
    @Test func otherEventsUnderTheSameNumbersAreAGap() throws {
        let scene = try StoreScene()
        for _ in 0..<20 { _ = try scene.submit(scene.order(.buy, 10_000, 1)) }
        let follower = Follower(scene)
        follower.stream.follow(after: 1)
        scene.loop.run { follower.sequences.count == 20 }
        follower.connection.close()
        _ = try scene.redis.command("DEL", Keys.first.events)
        _ = try scene.redis.command("SET", Keys.first.sequence, "10")
        for _ in 0..<20 { _ = try scene.submit(scene.order(.buy, 10_000, 1)) }
        follower.connection.connect()
        scene.loop.run { !follower.gaps.isEmpty }
        #expect(follower.gaps == [.reset(last: 20)])
        #expect(follower.sequences.count == 20)
    }

    @Test func entriesThatCannotBeReadAreAGap() throws {
        let scene = try StoreScene()
        _ = try scene.redis.command("XADD", Keys.first.events, "2-0", "e", "broken")
        _ = try scene.redis.command("SET", Keys.first.sequence, "2")
        let follower = Follower(scene)
        follower.stream.follow(after: 1)
        scene.loop.run { !follower.gaps.isEmpty }
        guard case .unreadable(sequence: 2, _) = follower.gaps[0] else {
            Issue.record("\(follower.gaps)")
            return
        }
        _ = try scene.redis.command("DEL", Keys.first.events)
        _ = try scene.redis.command("XADD", Keys.first.events, "2-0", "x", "y")
        follower.stream.follow(after: 1)
        scene.loop.run { follower.gaps.count == 2 }
        #expect(follower.gaps[1] == .unreadable(sequence: 2, what: "not an event"))
    }

    @Test func aStretchIsReadAndAnOldOneSaysWhereTheStreamBegins() throws {
        let scene = try StoreScene()
        for _ in 0..<20 { _ = try scene.submit(scene.order(.buy, 10_000, 1)) }
        let reader = EventReader(scene.connection)
        func range(_ from: Int64, _ to: Int64, _ limit: Int) throws -> Result<
            [Int64], EventReadFailure
        > {
            var answer: Result<[Event], EventReadFailure>?
            reader.range(from: from, to: to, limit: limit) { answer = $0 }
            scene.loop.run { answer != nil }
            return try #require(answer).map { $0.map(\.sequence) }
        }
        #expect(try range(0, .max, 100) == .success(Array(1...21)))
        #expect(try range(3, 5, 100) == .success([3, 4, 5]))
        #expect(try range(3, .max, 2) == .success([3, 4]))
        #expect(try range(22, .max, 2) == .success([]))
        _ = try scene.redis.command("XTRIM", Keys.first.events, "MINID", "11")
        #expect(try range(3, .max, 2) == .failure(.gap(.trimmed(begins: 11))))
        #expect(try scene.wait { reader.lastSequence($0) } == 21)
    }

    @Test func trimmingKeepsWhatIsAskedForAndWhatIsNotProjected() throws {
        #expect(StreamTrimmer.firstKept(latest: 1_000, projected: 990, kept: 100) == 901)
        #expect(StreamTrimmer.firstKept(latest: 1_000, projected: 500, kept: 100) == 501)
        #expect(StreamTrimmer.firstKept(latest: 50, projected: 50, kept: 100) == -49)
        // A checkpoint holds the stream, up to twice its length.
        for (checkpoint, first) in [(950, 901), (850, 851), (10, 801)] as [(Int64, Int64)] {
            #expect(
                StreamTrimmer.firstKept(
                    latest: 1_000, projected: 990, checkpoint: checkpoint, kept: 100) == first)
        }
        let scene = try StoreScene(["--stream-node-max-entries", "10"])
        for _ in 0..<300 { scene.matcher.submit(scene.order(.buy, 10_000, 1)) { _ in } }
        let last = try scene.wait { EventReader(scene.connection).lastSequence($0) }
        #expect(last == 301)
        let trimmer = StreamTrimmer(scene.connection, entriesKept: 50, every: 10)
        trimmer.observed(last)
        #expect(
            try scene.wait { scene.connection.send(RedisCommand("PING"), $0) } == .status("PONG"))
        #expect(try scene.redis.command("XLEN", Keys.first.events) == .integer(301))
        _ = try scene.redis.command("SET", Keys.first.projected, "200")
        trimmer.observed(last + 9)
        trimmer.observed(last + 10)
        #expect(
            eventually {
                scene.loop.run(millis: 100) { true }
                let length = (try? scene.redis.command("XLEN", Keys.first.events).int64) ?? 0
                return length >= 101 && length < 111
            })
    }
}
