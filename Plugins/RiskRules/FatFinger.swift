// `fat-finger`: no order many times as large as the account's orders in the symbol usually are.
//
// "Usual" is the host's figure in the picture (oes_check_input_t): the mean quantity of the orders
// that were taken, older ones weighing less; it is the host's and not learnt here by onEvents, which
// one host alone is called for, while orders come to all. It is pure: the same input gives the same
// verdict. Where a fixed usual size is set as a limit, that counts instead.

import OESPluginKit

struct FatFinger: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.fat-finger", name: "fat-finger", title: "Fat finger",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "No order many times as large as the account's orders in the symbol usually are. Usual is the mean quantity of the orders taken from the account in the symbol, rounded down, at least 1: each host counts what it has seen since its start, and at every 64th order halves sum and count, so that older ones weigh less. Where usual is set, that counts instead. What an order type places isn't judged.",
             "x-oes-example": {
               "limits": {"times": 10, "usual": "100"},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "1001", "price": "150.00"},
               "gives": "fat_finger",
               "then": "Refused: more than ten times a hundred."},
             "properties": {
              "times": {"type": "integer", "minimum": 1, "maximum": 1000000,
                "title": "How many times the usual size is allowed",
                "description": "Unset, the rule is without effect.", "x-oes-order": 1},
              "orders": {"type": "integer", "minimum": 1, "default": 10,
                "title": "Orders before a mean is believed",
                "description": "With fewer nothing is judged.", "x-oes-order": 2},
              "usual": {"type": "number", "x-oes-format": "quantity", "exclusiveMinimum": 0,
                "title": "The usual size", "x-oes-unit": "units",
                "description": "Unset, the mean counts.", "x-oes-order": 3}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        guard !input.isChild, let times = input.limits.integer(0), let usual = usual(input) else {
            return .pass
        }
        // Rounded up: 1001 of 100 are eleven times.
        let reached = input.quantity / usual + (input.quantity % usual == 0 ? 0 : 1)
        input.measure("times", reached, limit: times)
        return reached <= times ? .pass : .reject(reject(input, usual, times))
    }

    private func usual(_ input: CheckInput) -> Int64? {
        if let fixed = input.limits.integer(2) { return max(fixed, 1) }
        guard let mean = input.usual, mean.count >= input.limits.integer(1) ?? 1 else {
            return nil
        }
        return max(mean.quantity, 1)
    }

    private func reject(_ input: CheckInput, _ usual: Int64, _ times: Int64) -> Reject {
        let given = input.instrument.show(quantity: input.quantity)
        let mean = input.instrument.show(quantity: usual)
        return Reject(
            code: "fat_finger", field: "quantity",
            text: "The quantity \(given) is more than \(times) times the usual \(mean) of this "
                + "account's orders here. Look for a zero too many; else send it in parts or ask "
                + "risk staff.",
            values: "quantity=\(given), usual=\(mean), times=\(times)")
    }
}
