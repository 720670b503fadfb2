// Order types of several orders: bracket, oco, oto.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct FamilyTypesTests {
    let desk: Desk

    init() throws { desk = try Desk() }

    private func exits(_ profit: Int64, _ loss: Int64, _ more: String = "") -> String {
        "{\"take_profit_price\": \(profit), \"stop_loss_price\": \(loss)\(more)}"
    }

    @Test(arguments: [Side.buy, .sell])
    func aBracketHasTwoExitsForWhatItFills(side: Side) throws {
        let prices: (Int64, Int64) = side == .buy ? (160, 140) : (140, 160)
        let plan = try desk.plan(
            "bracket", side, at: 15_000, time: "day", params: exits(prices.0, prices.1)
        ).get()
        #expect(plan.extra == nil && plan.price == Price(15_000) && plan.policy == .rest)
        #expect(plan.children.map(\.key) == ["take_profit", "stop_loss"])
        var exit = OrderExtension()
        exit.role = .after
        exit.link = 1
        exit.linkAction = .reduce
        let profit = plan.children[0]
        #expect(profit.extra == exit && profit.price == Price(prices.0 * 100))
        #expect(profit.pricing == .limit && profit.policy == .rest)
        exit.triggerSource = .last
        exit.triggerDirection = side == .buy ? .atOrBelow : .atOrAbove
        exit.triggerPrice = Price(prices.1 * 100)
        let loss = plan.children[1]
        #expect(loss.extra == exit && loss.pricing == .market && loss.policy == .cancel)
        for child in plan.children {
            #expect(child.side == side.opposite && child.quantity == Quantity(100))
            #expect(child.expireAt == Sample.sessionEnd && child.book == .lit)
        }
    }

    @Test func aBracketsEntryMayBeAtTheMarketAndItsStopLimited() throws {
        let params = exits(160, 140, ", \"stop_loss_limit_price\": 139, \"trigger\": \"bid\"")
        let plan = try desk.plan("bracket", params: params).get()
        #expect(plan.pricing == .market && plan.policy == .cancel)
        #expect(plan.children[1].price == Price(13_900))
        #expect(plan.children[1].policy == .rest)
        #expect(plan.children[1].extra?.triggerSource == .bid)
        let ioc = try desk.plan("bracket", at: 15_000, time: "ioc", params: params).get()
        #expect(ioc.policy == .cancel && ioc.children[0].policy == .rest)
    }

    @Test(
        arguments: [
            (Side.buy, 15_000, 151, 149, nil), (.buy, 15_000, 150, 149, "params.take_profit_price"),
            (.buy, 15_000, 151, 150, "price"), (.buy, 15_000, 149, 151, "params.take_profit_price"),
            (.sell, 15_000, 149, 151, nil), (.sell, 15_000, 150, 151, "price"),
            (.sell, 15_000, 149, 150, "params.stop_loss_price"),
            (.buy, nil, 153, 151, nil), (.buy, nil, 152, 151, "params.take_profit_price"),
            (.buy, nil, 154, 152, "market"), (.sell, nil, 147, 149, nil),
            (.sell, nil, 148, 149, "market"), (.sell, nil, 147, 148, "params.stop_loss_price"),
        ] as [(Side, Int64?, Int64, Int64, String?)])
    func exitsLieOnTheirSides(
        side: Side, price: Int64?, profit: Int64, loss: Int64, field: String?
    ) {
        let market = Sample.market(bid: 14_800, ask: 15_200, last: 15_000)
        let result = desk.plan(
            "bracket", side, at: price, params: exits(profit, loss), market: market)
        #expect(result.code == (field == nil ? nil : "wrong_side"))
        #expect(result.rejection?.field == field)
    }

    @Test func wrongExitsAreNamedWithTheirPrices() {
        let text = desk.plan("bracket", at: 15_000, params: exits(149, 140)).rejection?.message
        #expect(
            text == "The exits of a buy bracket are on the wrong side: take_profit_price must be "
                + "above price, given were 149.00 and 150.00.")
    }

    @Test(
        arguments: [
            (Side.sell, 16_000, "159.99", nil), (.sell, 16_000, "160", "price"),
            (.buy, 14_000, "140.01", nil), (.buy, 14_000, "140", "params.stop_price"),
        ] as [(Side, Int64, String, String?)])
    func anOCOsPricesMustntCross(side: Side, price: Int64, stop: String, field: String?) throws {
        let result = desk.plan(
            "oco", side, at: price, params: "{\"stop_price\": \"\(stop)\"}")
        #expect(result.code == (field == nil ? nil : "wrong_side"))
        #expect(result.rejection?.field == field)
        guard field == nil else { return }
        let plan = try result.get()
        var link = OrderExtension()
        link.link = 1
        link.linkAction = .reduce
        #expect(plan.extra == link && plan.price == Price(price))
        let child = try #require(plan.children.first)
        #expect(plan.children.count == 1 && child.key == "stop" && child.side == side)
        #expect(child.pricing == .market && child.extra?.link == 1)
        #expect(child.extra?.role == .ordinary && child.extra?.linkAction == .reduce)
        #expect(child.extra?.triggerDirection == (side == .buy ? .atOrAbove : .atOrBelow))
    }

    @Test func anOCOMustRest() throws {
        let params = "{\"stop_price\": 145, \"stop_limit_price\": 144, \"trigger\": \"ask\"}"
        let plan = try desk.plan("oco", .sell, at: 16_000, params: params).get()
        #expect(plan.children[0].price == Price(14_400) && plan.children[0].policy == .rest)
        #expect(plan.children[0].extra?.triggerSource == .ask)
        #expect(desk.plan("oco", .sell, params: params).code == "price_required")
        let ioc = desk.plan("oco", .sell, at: 16_000, time: "ioc", params: params)
        #expect(ioc.code == "instruction_conflict" && ioc.rejection?.field == "time_in_force")
    }

    @Test func anOTOsSecondIsALimitAStopOrBoth() throws {
        func exit(_ params: String) throws -> PlannedChild {
            let plan = try desk.plan("oto", at: 15_000, params: params).get()
            #expect(plan.children.map(\.key) == ["exit"])
            return plan.children[0]
        }
        let limit = try exit("{\"exit_price\": 155}")
        #expect(limit.side == .sell && limit.price == Price(15_500) && limit.policy == .rest)
        #expect(limit.extra?.role == .after && limit.extra?.triggerSource == nil)
        let stop = try exit("{\"exit_stop_price\": 145}")
        #expect(stop.pricing == .market && stop.policy == .cancel)
        #expect(stop.extra?.triggerDirection == .atOrBelow)
        let both = try exit(
            "{\"exit_price\": 156, \"exit_stop_price\": 155, \"exit_side\": \"buy\"}")
        #expect(both.side == .buy && both.price == Price(15_600))
        #expect(both.extra?.triggerDirection == .atOrAbove)
        #expect(both.extra?.triggerPrice == Price(15_500))
        #expect(desk.plan("oto", at: 15_000).code == "exit_required")
        #expect(try desk.plan("oto", params: "{\"exit_price\": 1}").get().pricing == .market)
    }
}
