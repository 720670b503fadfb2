// `position-limit`: no position above a number of units in one symbol, long or short, counting
// open orders. A guard, so that two orders at once can't pass it together.

import OESPluginKit

struct PositionLimit: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.position-limit", name: "position-limit", title: "Largest position",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false, "properties": {
              "quantity": {"type": "number", "x-oes-format": "quantity", "minimum": 0,
                "default": 1000000, "title": "Most units in one symbol", "x-oes-unit": "units"}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        guard let limit = input.limits.integer(0) else { return .pass }
        return .guardPosition(limit: limit, code: "position_limit", exemptIfReducing: true)
    }
}
