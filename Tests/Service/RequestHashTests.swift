// What makes two requests the same one.

import Base
import Testing
import Trading

@testable import Service

struct RequestHashTests {
    private func request(_ edit: (inout OrderRequest) -> Void = { _ in }) -> OrderRequest {
        var request = OrderRequest(
            account: "1", symbol: "AAPL", side: .buy, quantity: Quantity(5), price: nil,
            orderType: "stop", timeInForce: "day", clientOrderID: "a")
        edit(&request)
        return request
    }

    private func stop(_ price: Int64, _ json: String) -> OrderRequest {
        request {
            $0.givenParams = [OrderParam(name: "stop_price", value: .integer(price))]
            $0.paramsJSON = Array(json.utf8)
        }
    }

    @Test func parametersCountByTheirValues() {
        let first = stop(14_000, #"{"stop_price":140}"#)
        #expect(first.hash == stop(14_000, #"{"stop_price":"140.00"}"#).hash)
        #expect(first.hash != stop(14_001, #"{"stop_price":"140.01"}"#).hash)
        #expect(first.hash != request().hash)
    }

    /// A default that the order type's schema adds is nothing that the client asked for.
    @Test func defaultsDoNotCount() {
        let asked = stop(14_000, "")
        var filled = asked
        filled.params = asked.givenParams + [OrderParam(name: "trigger", value: .text("last"))]
        #expect(filled.hash == asked.hash)
    }

    @Test func namesTypesAndBoundsOfParametersCount() {
        func hash(_ params: [(String, OrderParam.Value)]) -> Int64 {
            request { $0.givenParams = params.map { OrderParam(name: $0.0, value: $0.1) } }.hash
        }
        let all = [
            hash([("a", .integer(1))]), hash([("b", .integer(1))]), hash([("a", .boolean(true))]),
            hash([("a", .text("1"))]), hash([("a", .text("")), ("1", .text(""))]), hash([]),
            hash([("a", .integer(1)), ("b", .integer(1))]),
        ]
        #expect(Set(all).count == all.count)
    }
}
