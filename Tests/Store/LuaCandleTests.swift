// project's candles: each trade once, whatever the batches, and no more of them than are kept.

import Base
import TestSupport
import Testing
import Trading

@testable import Store

@Suite(.serialized) struct LuaCandleTests {
    /// start, open, high, low, close, volume, trades.
    private func candle(_ numbers: Int64...) -> [UInt8] {
        var writer = ByteWriter()
        for number in numbers { writer.int64(number) }
        return writer.bytes
    }

    private func project(
        _ world: LuaWorld, from: Int64, to name: String = "candles:AAPL:1m", _ items: [[UInt8]]
    ) -> Reply {
        let head = [Argument(from), Argument(from + 1), Argument(name), Argument(items.count)]
        return world.functions.call("project", head + items.map { Argument($0) })
    }

    private func kept(_ world: LuaWorld, _ interval: String = "1m") -> [[UInt8]] {
        let key = world.functions.key("candles:AAPL:\(interval)")
        return world.redis.call("ZRANGE", key, "0", "-1").items.map(\.bytes)
    }

    @Test func whatFollowsIsMergedAndARepeatedCallChangesNothing() throws {
        let world = try LuaWorld()
        let first = [candle(60, 10, 12, 9, 11, 5, 3)]
        #expect(project(world, from: 0, first).word == "ok")
        world.expectUnchanged({ project(world, from: 0, first) }, "stale 1")
        let more = [candle(60, 11, 15, 11, 8, 2, 2), candle(120, 8, 8, 7, 7, 1, 1)]
        #expect(project(world, from: 1, more).word == "ok")
        #expect(kept(world) == [candle(60, 10, 15, 9, 8, 7, 5), candle(120, 8, 8, 7, 7, 1, 1)])
        // The clock went back.
        #expect(project(world, from: 2, [candle(60, 1, 1, 1, 1, 1, 1)]).word == "ok")
        #expect(kept(world).first == candle(60, 10, 15, 1, 1, 8, 6))
    }

    @Test func aVolumeNeverPassesTheLargestNumber() throws {
        let world = try LuaWorld()
        let most = Scaled.maximum
        for from in 0..<2 {
            #expect(
                project(world, from: Int64(from), [candle(60, 1, 1, 1, 1, most, 1)]).word == "ok")
        }
        #expect(kept(world) == [candle(60, 1, 1, 1, 1, most, 2)])
    }

    @Test func onlySoManyAreKept() throws {
        let world = try LuaWorld()
        var from: Int64 = 0
        for start in stride(from: 0, to: 7_400, by: 1_000) {
            let items = (start..<min(start + 1_000, 7_400)).map {
                candle(Int64($0) * 86_400, 1, 1, 1, 1, 1, 1)
            }
            #expect(project(world, from: from, to: "candles:AAPL:1d", items).word == "ok")
            from += 1
        }
        let days = kept(world, "1d")
        #expect(days.count == 7_320)
        #expect(days.first == candle(80 * 86_400, 1, 1, 1, 1, 1, 1))
    }

    @Test func whatIsNoCandleIsRefused() throws {
        let world = try LuaWorld()
        world.expectUnchanged(
            { project(world, from: 0, [[1, 2, 3]]) }, "refused bad_argument name=candles")
        world.expectUnchanged(
            { project(world, from: 0, to: "candles:AAPL:2m", [candle(1, 1, 1, 1, 1, 1, 1)]) },
            "refused bad_argument name=interval")
    }
}
