// Which limit holds for an order, and how scopes are written.

import Testing
import Trading

@Suite struct RiskPolicyTests {
    private static let scopes: [(String, LimitScope)] = [
        ("firm", LimitScope(.firm)), ("symbol:AAPL", LimitScope(.firm, symbol: "AAPL")),
        ("group:desk", LimitScope(.group("desk"))),
        ("group:desk|symbol:AAPL", LimitScope(.group("desk"), symbol: "AAPL")),
        ("account:1", LimitScope(.account("1"))),
        ("account:1|symbol:AAPL", LimitScope(.account("1"), symbol: "AAPL")),
    ]

    @Test func scopesAreWrittenOneWay() {
        for (text, scope) in Self.scopes {
            #expect(scope.text == text)
            #expect(LimitScope(text: text) == scope)
        }
        for text in ["", "x", "account:", "account:1|group:a", "symbol:A|account:1|symbol:B"] {
            #expect(LimitScope(text: text) == nil, "\(text)")
        }
    }

    @Test func theMostSpecificHoldsEachByItself() {
        var policy = RiskPolicy()
        let order = LimitScope(.account("1"), symbol: "AAPL")
        // From the widest to the most specific: each new one holds.
        let inTurn = [
            "firm", "symbol:AAPL", "group:desk", "group:desk|symbol:AAPL", "account:1",
            "account:1|symbol:AAPL",
        ]
        for (index, text) in inTurn.enumerated() {
            let scope = LimitScope(text: text)!
            policy.limits["r", default: [:]][scope] = ["quantity": "\(index)"]
            let found = policy.limit("r", "quantity", for: order, group: "desk")
            #expect(found?.value == "\(index)" && found?.from == scope)
        }
        #expect(policy.limit("r", "value", for: order, group: "desk") == nil)
        #expect(policy.limit("other", "quantity", for: order, group: nil) == nil)
        let stranger = LimitScope(.account("2"), symbol: "MSFT")
        #expect(policy.limit("r", "quantity", for: stranger, group: nil)?.value == "0")
    }

    @Test func controlsForgetWhatIsGone() {
        var controls = RiskControls()
        let empty = controls
        controls.apply(.limit(rule: "r", LimitScope(.firm), nil), sequence: 0)
        controls.apply(.riskSwitch(.firm, nil), sequence: 0)
        #expect(controls == empty)
        controls.apply(.mode(rule: "r", nil), sequence: 7)
        #expect(controls.policy.version == 7)
    }
}
