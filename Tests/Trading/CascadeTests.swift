// The steps of events in which one order sets others off: whole lists.

import Base
import Testing

@testable import Trading

@Suite struct CascadeTests {
    private func line(_ step: Execution) -> String {
        var text = "\(step.index) \(step.execType.name) \(step.orderID.text)"
        text += " \(step.orderStatus.name) \(step.cumQuantity.raw)+\(step.leavesQuantity.raw)"
        text += " of \(step.quantity.raw)@\(step.price.raw)"
        if step.tradeIndex > 0 { text += " t\(step.tradeIndex) \(step.liquidity.name)" }
        return step.reason.isEmpty ? text : text + " \(step.reason)"
    }

    private func lines(_ event: EventBytes) throws -> [String] {
        let steps = try event.event().executions
        for step in steps { #expect(try Execution(listItem: step.listItem[...]) == step) }
        return steps.map(line)
    }

    /// A buy that sweeps a bid-side stop's trigger: the stop fires, arrives, and what is left of it
    /// is cut. The first order's own steps come first.
    @Test func aStopThatAnOrderSetsOff() throws {
        var event = EventBytes(.submit)
        event.order(
            OrderBytes("1-a", .filled) {
                $0.filled = 10
                $0.notional = 1_000
            }, .accepted)
        event.trade(taker: .buy, 4, at: 100, buy: "1-a", sell: "2-s")
        event.trade(taker: .buy, 6, at: 100, buy: "1-a", sell: "2-t")
        event.trade(taker: .buy, 2, at: 101, buy: "3-stop", sell: "2-u")
        event.step(.triggered, "3-stop", "last", after: 2, price: 105, quantity: 5)
        event.order(
            OrderBytes("2-s", .filled) {
                $0.side = .sell
                $0.quantity = 4
                $0.filled = 4
                $0.notional = 400
            }, .trade)
        event.order(
            OrderBytes("2-t", .partiallyFilled) {
                $0.side = .sell
                $0.filled = 6
                $0.notional = 600
            }, .trade)
        event.order(
            OrderBytes("3-stop", .cancelled) {
                $0.price = 105
                $0.quantity = 5
                $0.filled = 2
                $0.notional = 202
                $0.reason = "no_liquidity"
            }, .changed)
        event.order(
            OrderBytes("2-u", .filled) {
                $0.side = .sell
                $0.price = 101
                $0.quantity = 2
                $0.filled = 2
                $0.notional = 202
            }, .trade)
        #expect(
            try lines(event) == [
                "1 new 1-a new 0+10 of 10@100",
                "2 trade 1-a partially_filled 4+6 of 10@100 t1 taker",
                "3 trade 2-s filled 4+0 of 4@100 t1 maker",
                "4 trade 1-a filled 10+0 of 10@100 t2 taker",
                "5 trade 2-t partially_filled 6+4 of 10@100 t2 maker",
                "6 triggered 3-stop triggered 0+5 of 5@105 last",
                "7 trade 3-stop partially_filled 2+3 of 5@105 t3 taker",
                "8 trade 2-u filled 2+0 of 2@101 t3 maker",
                "9 cancelled 3-stop cancelled 2+0 of 5@105 no_liquidity",
            ])
    }

    /// The main order's cut comes right behind its own trades, before what they set off: who placed
    /// it knows its number.
    @Test func theMainOrdersCutIsBehindItsOwnTrades() throws {
        var event = EventBytes(.submit)
        let main = OrderBytes("1-a", .cancelled) {
            $0.filled = 4
            $0.notional = 400
            $0.reason = "ioc_remainder"
        }
        event.order(main, .accepted)
        event.trade(taker: .buy, 4, at: 100, buy: "1-a", sell: "2-s")
        event.step(.restated, "2-s", "refreshed", after: 1, quantity: 20, filled: 4)
        event.step(.triggered, "3-stop", "last", after: 1)
        event.order(
            OrderBytes("2-s", .partiallyFilled) {
                $0.side = .sell
                $0.quantity = 20
                $0.filled = 4
                $0.notional = 400
            }, .trade)
        event.order(OrderBytes("3-stop"), .changed)
        #expect(
            try lines(event) == [
                "1 new 1-a new 0+10 of 10@100",
                "2 trade 1-a partially_filled 4+6 of 10@100 t1 taker",
                "3 trade 2-s partially_filled 4+16 of 20@100 t1 maker",
                "4 cancelled 1-a cancelled 4+0 of 10@100 ioc_remainder",
                "5 restated 2-s partially_filled 4+16 of 20@100 refreshed",
                "6 triggered 3-stop triggered 0+10 of 10@100 last",
            ])
        let order = try Order(id: OrderID("1-a"), record: main.record[...])
        let trades = CallTrades(count: 1, lastPrice: Price(100), lastQuantity: Quantity(4))
        let last = Execution(lastOf: order, first: .new, trades)
        #expect(last.index == 4 && last.execType == .cancelled)
    }

    /// A main order that is traded with later in the same call has no number that its answer knows.
    @Test func whatComesBackToTheMainOrder() throws {
        var event = EventBytes(.submit)
        let main = OrderBytes("1-a", .cancelled) {
            $0.filled = 7
            $0.notional = 700
            $0.reason = "linked"
        }
        event.order(main, .accepted)
        event.trade(taker: .buy, 4, at: 100, buy: "1-a", sell: "2-s")
        event.trade(taker: .sell, 3, at: 100, buy: "1-a", sell: "3-stop")
        event.step(.triggered, "3-stop", "last", after: 1, quantity: 3)
        event.order(
            OrderBytes("2-s", .filled) {
                $0.side = .sell
                $0.quantity = 4
                $0.filled = 4
                $0.notional = 400
            }, .trade)
        event.order(
            OrderBytes("3-stop", .filled) {
                $0.side = .sell
                $0.quantity = 3
                $0.filled = 3
                $0.notional = 300
            }, .changed)
        #expect(
            try lines(event) == [
                "1 new 1-a new 0+10 of 10@100",
                "2 trade 1-a partially_filled 4+6 of 10@100 t1 taker",
                "3 trade 2-s filled 4+0 of 4@100 t1 maker",
                "4 triggered 3-stop triggered 0+3 of 3@100 last",
                "5 trade 3-stop filled 3+0 of 3@100 t2 taker",
                "6 trade 1-a partially_filled 7+3 of 10@100 t2 maker",
                "7 cancelled 1-a cancelled 7+0 of 10@100 linked",
            ])
        let order = try Order(id: OrderID("1-a"), record: main.record[...])
        let trades = CallTrades(
            count: 1, lastPrice: Price(100), lastQuantity: Quantity(4), moreHappened: true)
        #expect(Execution(lastOf: order, first: .new, trades).index == 0)
    }

    /// An entry with two linked exits: one is reduced by the other's fill, a waiting one fires.
    @Test func aBracketInOneCall() throws {
        var event = EventBytes(.submit)
        event.order(
            OrderBytes("1-a", .filled) {
                $0.flags = .hasChildren
                $0.filled = 10
                $0.notional = 1_000
            }, .accepted)
        event.trade(taker: .buy, 10, at: 100, buy: "1-a", sell: "2-s")
        event.trade(taker: .sell, 6, at: 99, buy: "2-b", sell: "1-a:loss")
        event.step(.triggered, "1-a:profit", "main_filled", after: 1, price: 110)
        event.step(.restated, "1-a:loss", "granted", after: 1, price: 90)
        event.step(.triggered, "1-a:loss", "last", after: 1, price: 90)
        event.step(.restated, "1-a:profit", "linked", after: 2, price: 110, quantity: 4)
        event.order(
            OrderBytes("1-a:profit", .new) {
                $0.side = .sell
                $0.price = 110
                $0.quantity = 4
            }, .accepted)
        event.order(
            OrderBytes("1-a:loss", .partiallyFilled) {
                $0.side = .sell
                $0.price = 90
                $0.filled = 6
                $0.notional = 594
            }, .accepted)
        event.order(
            OrderBytes("2-s", .filled) {
                $0.filled = 10; $0.side = .sell
            }, .trade)
        event.order(
            OrderBytes("2-b", .partiallyFilled) {
                $0.price = 99
                $0.filled = 6
            }, .trade)
        #expect(
            try lines(event) == [
                "1 new 1-a new 0+10 of 10@100",
                "2 trade 1-a filled 10+0 of 10@100 t1 taker",
                "3 trade 2-s filled 10+0 of 10@100 t1 maker",
                "4 new 1-a:profit parked 0+10 of 10@110",
                "5 new 1-a:loss parked 0+10 of 10@90",
                "6 triggered 1-a:profit triggered 0+10 of 10@110 main_filled",
                "7 restated 1-a:loss parked 0+10 of 10@90 granted",
                "8 triggered 1-a:loss triggered 0+10 of 10@90 last",
                "9 trade 1-a:loss partially_filled 6+4 of 10@90 t2 taker",
                "10 trade 2-b partially_filled 6+4 of 10@99 t2 maker",
                "11 restated 1-a:profit new 0+4 of 4@110 linked",
            ])
    }

    /// A container's fills are its children's: they make no steps of its own.
    @Test func aContainersRollUp() throws {
        var event = EventBytes(.commit)
        event.order(
            OrderBytes("1-c", .partiallyFilled) {
                $0.flags = .hasChildren
                $0.filled = 5
                $0.notional = 500
            }, .changed)
        event.trade(taker: .buy, 3, at: 100, buy: "1-c:s2", sell: "2-s")
        event.order(
            OrderBytes("1-c:s2", .rejected) {
                $0.flags = .rollsUp
                $0.filled = 3
                $0.notional = 300
                $0.reason = "reduce_only"
            }, .accepted)
        event.order(
            OrderBytes("2-s", .filled) {
                $0.quantity = 3; $0.filled = 3
            }, .trade)
        event.order(OrderBytes("1-c:s1", .cancelled) { $0.reason = "parent_cancelled" }, .changed)
        event.order(OrderBytes("4-x", .expired) { $0.reason = "expired" }, .expired)
        #expect(
            try lines(event) == [
                "1 new 1-c:s2 new 0+10 of 10@100",
                "2 trade 1-c:s2 partially_filled 3+7 of 10@100 t1 taker",
                "3 trade 2-s filled 3+0 of 3@100 t1 maker",
                "4 rejected 1-c:s2 rejected 3+0 of 10@100 reduce_only",
                "5 cancelled 1-c:s1 cancelled 0+0 of 10@100 parent_cancelled",
                "6 expired 4-x expired 0+0 of 10@100 expired",
            ])
    }

    /// A cancel that other things follow: its own order is first.
    @Test func aCancelsOwnOrderIsFirst() throws {
        var event = EventBytes(.cancel)
        event.order(OrderBytes("1-a", .cancelled) { $0.reason = "client_request" }, .cancelled)
        event.step(.restated, "2-peg", "pegged", after: 0, price: 98)
        event.order(OrderBytes("1-a:x", .cancelled) { $0.reason = "parent_cancelled" }, .changed)
        event.order(OrderBytes("2-peg") { $0.price = 98 }, .changed)
        #expect(
            try lines(event) == [
                "1 cancelled 1-a cancelled 0+0 of 10@100 client_request",
                "2 restated 2-peg new 0+10 of 10@98 pegged",
                "3 cancelled 1-a:x cancelled 0+0 of 10@100 parent_cancelled",
            ])
    }

    /// A stop whose trigger is true already: it is parked, fires and arrives in its own call.
    @Test func aStopThatFiresAtOnce() throws {
        var event = EventBytes(.submit)
        event.order(
            OrderBytes("1-a", .filled) {
                $0.filled = 10
                $0.notional = 1_000
            }, .accepted)
        event.trade(taker: .buy, 10, at: 100, buy: "1-a", sell: "2-s")
        event.step(.triggered, "1-a", "last", after: 0)
        event.order(OrderBytes("2-s", .filled) { $0.filled = 10 }, .trade)
        #expect(
            try lines(event) == [
                "1 new 1-a parked 0+10 of 10@100",
                "2 triggered 1-a triggered 0+10 of 10@100 last",
                "3 trade 1-a filled 10+0 of 10@100 t1 taker",
                "4 trade 2-s filled 10+0 of 10@100 t1 maker",
            ])
    }

    @Test func aDamagedEventIsAnError() throws {
        var event = EventBytes(.work)
        event.step(.triggered, "1-a", "last", after: 3)
        let whole = event.bytes
        #expect(try event.event().kind == .work)
        for count in 0..<whole.count where count != 12 {
            #expect(throws: RecordError.self) {
                try Event(sequence: 7, entry: whole.prefix(count))
            }
        }
        var wrong = whole
        wrong[17] = 6
        #expect(throws: RecordError.self) { try Event(sequence: 7, entry: wrong[...]) }
    }
}
