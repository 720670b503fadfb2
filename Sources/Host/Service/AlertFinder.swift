// What in the event stream is to be an alert: orders that were refused, and acts that risk staff should
// hear of. Rules raise theirs by themselves.

import Base
import Trading

enum AlertFinder {
    static func alerts(in event: Event, picture: Picture) -> [NewAlert] {
        event.changes.compactMap { change in
            switch change {
            case .order(let order, _) where order.status == .rejected:
                rejected(order, event, picture)
            case .control(let change): control(change, event)
            case .throttle(let throttle) where throttle.isLatched && event.kind != .throttle:
                latched(throttle, event)
            case .order, .throttle, .account, .position, .trade, .level, .instrument, .ledger,
                .market,
                .guardValue, .key, .audit, .bust, .step, .decision, .alert:
                nil
            }
        }
    }

    private static func rejected(
        _ order: Order, _ event: Event, _ picture: Picture
    ) -> NewAlert {
        let code = String(order.reason.prefix { $0 != ":" })
        let rule = event.changes.lazy.compactMap { change -> String? in
            guard case .guardValue(let value) = change, !value.held, value.isEnforced,
                value.orderID == order.id
            else { return nil }
            return value.rule
        }.first
        let scales = picture.instruments[order.symbol]
        let quantity = Scaled.format(order.quantity.raw, scale: scales?.quantityScale ?? 0)
        var what = "\(order.side.name) \(quantity) \(order.symbol)"
        if order.pricing == .limit {
            what += " at \(Scaled.format(order.price.raw, scale: scales?.priceScale ?? 0))"
        }
        return NewAlert(
            .warning, account: String(order.id.account), symbol: order.symbol, rule: rule ?? code,
            code: code, text: "Refused: \(what), \(order.reason)", orderID: order.id.text,
            sourceSequence: event.sequence)
    }

    private static func latched(_ throttle: Throttle, _ event: Event) -> NewAlert {
        let names = throttle.key.split(separator: ":", maxSplits: 1).map(String.init)
        return NewAlert(
            .critical, account: names[0], symbol: names.count > 1 ? names[1] : "",
            code: "throttle_latched",
            text: "Account \(names[0]) has executed too many orders in \(names.last ?? ""): it is "
                + "stopped there until staff reset the throttle",
            sourceSequence: event.sequence)
    }

    private static func control(_ change: ControlChange, _ event: Event) -> NewAlert? {
        let actor = event.changes.lazy.compactMap { change -> Actor? in
            if case .audit(let entry) = change { entry.actor } else { nil }
        }.first
        let who = actor?.name ?? ""
        switch change {
        case .riskSwitch(let scope, let made):
            return ofSwitch(scope, made, who, event)
        case .mode(let rule, let made?):
            return act(
                .warning, rule: rule, code: "mode_changed", event,
                "Rule \(rule) is \(made.mode.name) since \(who) set it: \(made.reason)")
        case .limit(let rule, let scope, let made):
            let what = made == nil ? "were taken away" : "were changed"
            return act(
                .info, rule: rule, code: "limit_changed", event,
                "Limits of \(rule) for \(scope.text) \(what) by \(who)")
        case .pending(let id, let made?):
            return act(
                .warning, rule: made.rule, code: "approval_needed", event,
                "A change of \(made.rule) that \(who) asks for waits for a second person, as \(id)"
            )
        // A rule that asked for it tells why in an alert of its own.
        case .cancelTask(let account, let task?) where task.reason != "cancel_all_after":
            return act(
                .warning, account: account, rule: "", code: "orders_cancelled", event,
                "All orders of account \(account) are being cancelled: \(task.reason)")
        case .cancelTask(let account, let task?):
            return act(
                .critical, account: account, rule: task.reason, code: task.reason, event,
                "All orders of account \(account) are being cancelled: \(task.reason)")
        case .group(let id, let group?) where group.state != .active:
            return act(
                .warning, rule: "", code: "group_state", event,
                "Group \(id) is \(group.state.name) since \(who) set it")
        case .mode, .pending, .cancelTask, .group, .deadline: return nil
        }
    }

    private static func ofSwitch(
        _ scope: SwitchScope, _ made: RiskSwitch?, _ who: String, _ event: Event
    ) -> NewAlert {
        let account = if case .account(let id) = scope { id } else { "" }
        guard let made else {
            return act(
                .info, account: account, rule: "", code: "switch_lifted", event,
                "The block of \(scope.text) was lifted by \(who)")
        }
        let by = made.kind == .ruleBlock ? made.by : who
        return act(
            .critical, account: account, rule: made.kind == .ruleBlock ? made.by : "",
            code: made.kind.name, event,
            "\(scope.text) is blocked by \(by): \(made.reason)")
    }

    /// Each by itself: nobody's act is counted with another's.
    private static func act(
        _ severity: Severity, account: String = "", rule: String, code: String, _ event: Event,
        _ text: String
    ) -> NewAlert {
        NewAlert(
            severity, account: account, rule: rule, code: code, text: text,
            key: "\(code)|\(event.sequence)|\(account)|\(rule)", sourceSequence: event.sequence)
    }
}
