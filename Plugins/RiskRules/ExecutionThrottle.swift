// `execution-throttle`: a strategy that executes again and again is stopped until a person has looked
// (RTS 6, Article 15). A guard that latches: once it has refused, only staff opens the symbol again.

import OESPluginKit

struct ExecutionThrottle: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.execution-throttle", name: "execution-throttle",
        title: "Repeated execution throttle", vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "An account whose orders in a symbol have executed too often within a window may trade there no more until staff opens it again (POST /api/v1/risk/throttles/{account}/{symbol}/reset). Redis judges it in the step that matches. Unset, nothing is counted.",
             "x-oes-example": {
               "limits": {"orders": 50, "window": 60000},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100", "price": "150.00"},
               "gives": "execution_throttle",
               "then": "Taken until fifty of the account's orders in AAPL have executed within a minute; then refused until staff has reset it."},
             "properties": {
              "orders": {"type": "integer", "minimum": 1, "title": "Most orders that execute",
                "description": "Of one account in one symbol. Unset, the rule is without effect.", "x-oes-order": 1},
              "window": {"type": "integer", "x-oes-format": "duration", "minimum": 1,
                "maximum": 86400000, "default": 60000, "title": "Within how long",
                "x-oes-unit": "ms", "description": "A minute where it isn't set.", "x-oes-order": 2}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        guard let limit = input.limits.integer(0), let window = input.limits.integer(1) else {
            return .pass
        }
        input.require(
            .executed, .accountSymbol, limit: limit, windowMillis: window,
            code: "execution_throttle", exemptIfReducing: false)
        return .pass
    }
}
