// `buying-power`: a buy's cost at its worst price, with the worst fee, must be covered by what the
// account may use. An early and friendly check on a picture that may be milliseconds old; the script,
// which holds the cash, has the last word. A reserve that must stay is a guard.

import OESPluginKit

struct BuyingPower: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.buying-power", name: "buying-power", title: "Buying power",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "A buy's cost at its worst price, with the worst fee, must be covered by the account's free cash, or by its buying power where it has a multiple. Redis, which holds the cash, has the last word.",
             "x-oes-example": {
               "limits": {"reserve": "5000"},
               "request": {"symbol": "AAPL", "side": "buy", "order_type": "limit", "quantity": "100", "price": "150.00"},
               "gives": "cash_reserve",
               "then": "Refused by Redis where less than 5000 would be left."},
             "properties": {
              "reserve": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "What must be left",
                "description": "Of free cash or buying power, after a buy is covered.", "x-oes-order": 1}}}
            """)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        guard input.order.side == .buy else { return .pass }
        if let reserve = input.limits.integer(0) {
            input.require(
                .cash, .account, limit: reserve, code: "cash_reserve", exemptIfReducing: true)
        }
        guard !input.isMarketPricing, let price = input.worstPrice else { return .pass }
        // What an amended order holds already is its own to use.
        let (sum, overflow) = input.account.available.addingReportingOverflow(input.orderHold)
        let available = overflow ? .max : sum
        let need = need(input, price)
        // One that is covered later has no need that could be measured now.
        if input.orderHold < covered {
            input.measure("required", need ?? .max, limit: available, .money)
        }
        if let need, need <= available { return .pass }
        return .reject(reject(input, need, available))
    }

    /// An order_hold that large stands for "covered when it is due".
    private var covered: Int64 { 9_007_199_254_740_991 }

    /// Cost and worst fee of what isn't filled; nil where it passes every number.
    private func need(_ input: CheckInput, _ price: Int64) -> Int64? {
        let instrument = input.instrument
        let open = max(input.quantity - input.filled, 0)
        guard let cost = instrument.notional(price: price, quantity: open, rounding: .up) else {
            return nil
        }
        let bps = max(instrument.makerFeeBps, instrument.takerFeeBps, 0)
        guard let fee = input.host.multiplyDivide(cost, bps, 10_000, rounding: .up) else {
            return nil
        }
        let (sum, overflow) = cost.addingReportingOverflow(fee)
        return overflow ? nil : sum
    }

    private func reject(_ input: CheckInput, _ need: Int64?, _ available: Int64) -> Reject {
        let needed = need.map { input.instrument.show(money: $0) } ?? "too much to count"
        let there = input.instrument.show(money: available)
        return Reject(
            code: "insufficient_cash", field: "quantity",
            text: "The order needs \(needed) \(input.account.currency) with fees, but only "
                + "\(there) is available. Lower the price or the quantity, or deposit cash.",
            values: "required=\(needed), available=\(there)")
    }
}
