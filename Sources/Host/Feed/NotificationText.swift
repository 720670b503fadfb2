// A sentence for people about what happened to an order or an instrument.

import Base
import Trading
import Views

enum NotificationText {
    static func of(_ instrument: Instrument, at time: Int64) -> String {
        let what = "\(instrument.symbol) is \(instrument.state(at: time).name)"
        guard instrument.state == .open, let next = instrument.schedule.next(after: time) else {
            return what
        }
        return "\(what) until \(CivilTime(micros: next.time).secondText)"
    }

    static func of(_ trade: Trade, scales: DisplayScales) -> String {
        let size = Scaled.format(trade.quantity.raw, scale: scales.quantity)
        let price = Scaled.format(trade.price.raw, scale: scales.price)
        return "Trade \(trade.id): \(size) \(trade.symbol) at \(price)"
    }

    static func of(_ execution: OrderExecution, scales: DisplayScales) -> String {
        let order = execution.order
        let quantity = Scaled.format(order.quantity.raw, scale: scales.quantity)
        let what = "\(order.side.name) \(quantity) \(order.symbol)"
        if let bust = execution.bust {
            let trade = bust.trade
            let size = Scaled.format(trade.quantity.raw, scale: scales.quantity)
            let price = Scaled.format(trade.price.raw, scale: scales.price)
            return "Trade \(trade.id) taken back: \(size) at \(price) of \(what), \(bust.reason)"
        }
        switch execution.cause {
        case .rejected: return "Rejected: \(what), \(order.reason)"
        case .cancelled: return "Cancelled: \(what)"
        case .expired: return "Expired: \(what)"
        case .accepted, .trade, .amended: break
        case .changed:
            if let text = ofChanged(execution, what) { return text }
        }
        guard let last = execution.trades.last else {
            return execution.cause == .amended ? "Changed: \(what)" : "Accepted: \(what)"
        }
        let filled = Scaled.format(order.filled.raw, scale: scales.quantity)
        let price = Scaled.format(last.price.raw, scale: scales.price)
        let word = order.status == .filled ? "Filled" : "Partly filled"
        return "\(word): \(what), \(filled) done, last at \(price)"
    }

    /// nil where trades say it.
    private static func ofChanged(_ execution: OrderExecution, _ what: String) -> String? {
        let order = execution.order
        switch order.status {
        case .cancelled: return "Cancelled: \(what), \(order.reason)"
        case .rejected: return "Rejected: \(what), \(order.reason)"
        case .expired: return "Expired: \(what)"
        case .new, .partiallyFilled, .filled, .triggered, .parked: break
        }
        guard execution.trades.isEmpty else { return nil }
        guard let step = execution.step else { return "Changed: \(what)" }
        let word = step.kind == .triggered ? "Triggered" : "Changed"
        return "\(word): \(what), \(step.reason)"
    }
}
