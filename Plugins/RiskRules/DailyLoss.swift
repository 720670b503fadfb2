// `daily-loss`: an account that has lost too much since the UTC day began is blocked and its open
// orders are cancelled. Judged after the fact, from every trade, transaction and price: what an order
// will lose nobody knows beforehand.
//
// It keeps nothing between calls: a loss that lasts is found again by the next call, of whichever
// host, and asking for a block that stands does nothing.

import OESPluginKit

struct DailyLoss: WatchingRiskRule {
    static let description = EntryDescription(
        id: "org.oes.daily-loss", name: "daily-loss", title: "Daily loss",
        vendor: Library.vendor, version: Library.version,
        limitsSchema: """
            {"type": "object", "additionalProperties": false,
             "description": "An account that has lost more than the limit since the UTC day began, positions valued at the last trades, is blocked, and its open orders are cancelled; staff lifts the block. Judged after the fact: from each trade, transaction and price. It warns at 80 and at 90 % of the limit. To block and cancel it needs may_block and may_cancel in plugins.json; without them it alerts alone.",
             "x-oes-example": {
               "limits": {"loss": "25000"},
               "then": "An account that began the day with 1000000 and stands at 974999.99 is blocked, an alert daily_loss is raised, and its orders are cancelled."},
             "properties": {
              "loss": {"type": "number", "x-oes-format": "money", "minimum": 0,
                "title": "Most that an account may lose in a day",
                "description": "Without deposits and withdrawals; fees count.", "x-oes-order": 1}}}
            """)

    /// Percent of the limit, the highest first.
    private static let warnings: [Int64] = [90, 80]

    init(host: Host, config: Values) {}

    func check(_ input: CheckInput) -> Verdict { .pass }

    func onEvents(_ batch: RiskBatch) -> [RiskAction] {
        var actions: [RiskAction] = []
        for index in 0..<batch.count {
            let event = batch[index]
            guard event.kind == .account, let limit = event.limits.integer(0),
                let profit = event.account.dayProfit
            else { continue }
            let loss = profit < 0 ? 0 - max(profit, -.max) : 0
            event.measure("loss", loss, limit: limit, .money)
            actions +=
                loss > limit
                ? stop(event, batch, loss, limit) : warn(event, batch, loss, limit)
            // The rest is judged with the next event of each account.
            if actions.count > 24 { break }
        }
        return actions
    }

    private func stop(
        _ event: RiskEvent, _ batch: RiskBatch, _ loss: Int64, _ limit: Int64
    ) -> [RiskAction] {
        let id = event.account.id
        let text =
            "The account has lost \(batch.show(money: loss)) today, more than "
            + "\(batch.show(money: limit)): it is blocked, and its orders are cancelled. "
            + "Look at its positions, then lift the block."
        return [
            .alert(
                .critical, account: id, code: "daily_loss", text: text, key: "daily_loss|\(id)",
                windowMillis: 3_600_000),
            .block(account: id, code: "daily_loss", text: text),
            .cancelAll(account: id, code: "daily_loss", text: text),
        ]
    }

    private func warn(
        _ event: RiskEvent, _ batch: RiskBatch, _ loss: Int64, _ limit: Int64
    ) -> [RiskAction] {
        guard limit > 0, loss > 0 else { return [] }
        let reached = DailyLoss.warnings.first { share in
            // limit × share ÷ 100 fits: both are below 2^53.
            loss >= limit / 100 * share + limit % 100 * share / 100
        }
        guard let reached else { return [] }
        let id = event.account.id
        return [
            .alert(
                .warning, account: id, code: "daily_loss_near",
                text: "The account has lost \(batch.show(money: loss)) today, "
                    + "\(reached) % or more of the \(batch.show(money: limit)) at which it is "
                    + "blocked.",
                key: "daily_loss_near|\(id)|\(reached)", windowMillis: 3_600_000)
        ]
    }
}
