// `buying-power`: a buy's cost at its worst price, with the worst fee, must be there in cash. An
// early and friendly check on a picture that may be milliseconds old; the script, which holds the
// cash, has the last word.

import OESPluginKit

struct BuyingPower: RiskRule {
    static let description = EntryDescription(
        id: "org.oes.buying-power", name: "buying-power", title: "Buying power",
        vendor: Library.vendor, version: Library.version)

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict {
        guard input.order.side == .buy, !input.isMarketPricing, let price = input.worstPrice
        else { return .pass }
        // What an amended order holds already is its own to use.
        let available = input.account.available + input.orderHold
        let need = need(input, price)
        if let need, need <= available { return .pass }
        return .reject(reject(input, need, available))
    }

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
