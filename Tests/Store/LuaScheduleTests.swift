// An instrument's sessions: the script reads open and closed from the record and Redis's clock, so
// both begin on the very microsecond, with no call between.

import Base
import TestSupport
import Testing
import Trading

@Suite struct LuaScheduleTests {
    private let world: LuaWorld
    private var functions: Functions { world.functions }

    init() throws { world = try LuaWorld() }

    private func packed(
        _ changes: [(time: Int64, state: InstrumentState)], state: InstrumentState = .open
    ) -> [UInt8] {
        let schedule = SessionSchedule(
            changes.map { SessionChange(time: $0.time, state: $0.state) })
        return Instrument(
            symbol: "AAPL", state: state, priceScale: 2, quantityScale: 0, tickSize: 1, lotSize: 1,
            bandBps: 1_000, name: "Apple", assetType: "stocks", calendar: "test",
            schedule: schedule
        ).encoded()
    }

    private func set(
        _ changes: [(time: Int64, state: InstrumentState)], state: InstrumentState = .open
    ) throws {
        let reply = functions.instrument(
            "AAPL", create: false, packed: packed(changes, state: state))
        try #require(reply.word == "ok", "\(reply)")
    }

    private func buy(_ clientID: String, revision: Int64, at price: Int64 = 100) -> Reply {
        world.buy("1", clientID, 1, at: price) { $0.revision = revision }
    }

    private static let hour: Int64 = 3_600_000_000

    @Test func opensAndClosesByItself() throws {
        let now = functions.time()
        let (opens, closes) = (now + 300_000, now + 600_000)
        try set([(now - Self.hour, .closed), (opens, .open), (closes, .closed)])
        let early = buy("early", revision: 2)
        #expect(early.code == "instrument_closed", "\(early)")
        functions.wait(until: opens)
        #expect(buy("open", revision: 2).word == "ok")
        functions.wait(until: closes)
        #expect(buy("late", revision: 2).values == "symbol=AAPL", "it opens no more")
        #expect(functions.amend("1-open", price: 99, revision: 2).code == "instrument_closed")
        #expect(functions.cancel("1-open").word == "ok", "cancels pass")
    }

    @Test func refusalSaysWhenItOpens() throws {
        let opens = CivilTime.micros(rfc3339: "2096-02-29T23:59:01.5Z")!
        try set([(1, .closed), (opens, .open), (opens + 1, .closed), (opens + 2, .open)])
        #expect(buy("a", revision: 2).values == "symbol=AAPL, opens_at=2096-02-29T23:59:01Z")
        let texts = [
            "2027-01-01T00:00:00Z", "2027-12-31T12:30:59Z", "2028-03-01T00:00:00Z",
            "2100-02-28T01:02:03Z", "2100-03-01T01:02:03Z",
        ]
        for (index, text) in texts.enumerated() {
            try set([(CivilTime.micros(rfc3339: text)!, .open)])
            let refused = buy("a", revision: Int64(index + 3))
            #expect(refused.values == "symbol=AAPL, opens_at=\(text)", "closed before it opens")
        }
    }

    @Test func beforeItsFirstChangeItIsTheOpposite() throws {
        let later = functions.time() + Self.hour
        try set([(later, .closed)])
        #expect(buy("a", revision: 2).word == "ok")
        try set([(later, .open)])
        #expect(buy("b", revision: 3).code == "instrument_closed")
    }

    @Test func staffWinsOverTheCalendar() throws {
        let now = functions.time()
        try set([(now - 1, .open)], state: .halted)
        #expect(buy("a", revision: 2).values == "symbol=AAPL")
        #expect(buy("a", revision: 2).code == "instrument_halted")
        try set(
            [(now - 1, .open), (now + Self.hour, .closed), (now + 2 * Self.hour, .open)],
            state: .closed)
        #expect(buy("a", revision: 3).values == "symbol=AAPL", "the calendar doesn't open it")
        try set([(now - 1, .closed)], state: .halted)
        #expect(buy("a", revision: 4).code == "instrument_halted")
    }

    @Test func ordersRestWhileItIsClosed() throws {
        #expect(buy("a", revision: 1).word == "ok")
        try set([(1, .closed)])
        #expect(try world.order("1-a").status == .new)
        try set([])
        let sale = world.sell("2", "s", 1, at: 100) { $0.revision = 3 }
        #expect(sale.fills == 1, "\(sale)")
    }

    @Test func recordKeepsWhatTheHostPacked() throws {
        let now = functions.time()
        try set([(now, .closed), (now, .open)])
        let record = world.redis.call("HGET", functions.key("instruments"), "AAPL").bytes
        let instrument = try Instrument(symbol: "AAPL", record: record[...])
        #expect(instrument.schedule.changes.map(\.state) == [.closed, .open])
        #expect(instrument.calendar == "test" && instrument.revision == 2)
        #expect(buy("a", revision: 2).word == "ok", "the last of one moment counts")
    }

    @Test func recordsOfBeforeSessionsAreRead() throws {
        var old = packed([])
        old[0] = 1
        // currency: a length and USD; then an empty schedule, which version 1 hasn't.
        old.remove(at: 5 + 8 * 8 + 4)
        let instrument = try Instrument(symbol: "AAPL", record: old[...])
        #expect(instrument.schedule == .always && instrument.calendar == "test")
        let write = ["HSET", functions.key("instruments"), "AAPL"].map { Array($0.utf8) } + [old]
        _ = world.redis.call(write)
        #expect(buy("a", revision: 0).word == "ok")
        #expect(functions.instrument("AAPL", create: false, packed: old).word == "ok")
        let record = world.redis.call("HGET", functions.key("instruments"), "AAPL").bytes
        #expect(record[0] == 2)
        #expect(try Instrument(symbol: "AAPL", record: record[...]).name == "Apple")
    }

    @Test func wrongSchedulesAreRefused() {
        let good = packed([(1, .closed), (2, .open)])
        let at = 5 + 8 * 8 + 4
        var bytes = good
        bytes[at] = 17
        var halted = good
        halted[at + 9] = 2
        var unordered = good
        unordered[at + 10] = 0
        for wrong in [bytes, halted, unordered] {
            world.expectUnchanged(
                { functions.instrument("AAPL", create: false, packed: wrong) },
                "refused bad_argument name=schedule")
        }
        for length in at...at + 18 {
            world.expectUnchanged(
                { functions.instrument("NEW", create: true, packed: Array(good.prefix(length))) },
                "refused bad_argument name=record")
        }
    }
}
