// The sink's part for risk rules: guards and measures of check, and what on_events asks for.

import Base
import COESPlugin
import Trading

/// A measure as it was emitted: its name is a limit's, by its place in the schema, or a text.
struct EmittedMeasure {
    /// nil = `name` is a text of its own.
    let limitIndex: Int?
    let name: String
    let value: Int64
    let limit: Int64
    let unit: RiskMeasure.Unit
    let isAtLeast: Bool
}

/// What a rule wants done after the fact.
package enum RiskAction: Hashable, Sendable {
    package struct Stop: Hashable, Sendable {
        package let account: String
        package let code: String
        package let text: String
    }

    case alert(NewAlert)
    case block(Stop)
    case cancelAll(Stop)
}

struct EmittedRisk {
    var guards: [Guard] = []
    var measures: [EmittedMeasure] = []
    var actions: [RiskAction] = []

    mutating func clear() {
        if !guards.isEmpty { guards.removeAll(keepingCapacity: true) }
        if !measures.isEmpty { measures.removeAll(keepingCapacity: true) }
        if !actions.isEmpty { actions.removeAll(keepingCapacity: true) }
    }
}

extension InstructionSink {
    func take(guard pointer: UnsafePointer<oes_guard_t>?) -> oes_status {
        guard reject == nil, risk.guards.count < Limits.guardsPerRule else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("guard is missing or its struct_size is wrong")
        }
        guard let metric = GuardMetric(rawValue: UInt8(clamping: fields.metric)) else {
            return fail("guard's metric is \(fields.metric)")
        }
        let scopes = metric.scopes
        let asked = GuardScope(rawValue: UInt8(clamping: fields.scope))
        guard let scope = fields.scope == 0 ? scopes[0] : asked, scopes.contains(scope) else {
            return fail("guard's scope is \(fields.scope) with metric \(fields.metric)")
        }
        guard fields.limit >= 0, fields.limit <= Scaled.maximum, fields.exempt_if_reducing <= 1
        else { return fail("guard's limit is \(fields.limit)") }
        let windows = metric.hasWindow ? 1...OES_WINDOW_MAX : 0...0
        guard windows.contains(fields.window_ms) else {
            return fail("guard's window is \(fields.window_ms) ms with metric \(fields.metric)")
        }
        guard let code = fields.code.checkedName(limit: 64, allowed: NameBytes.code) else {
            return fail("guard's code isn't a code")
        }
        risk.guards.append(
            Guard(
                rule: rule?.name ?? "", mode: mode, metric: metric, scope: scope,
                limit: fields.limit, windowMillis: fields.window_ms, code: code,
                exemptIfReducing: fields.exempt_if_reducing == 1))
        return OES_OK
    }

    func take(measure pointer: UnsafePointer<oes_measure_t>?) -> oes_status {
        guard reject == nil, risk.measures.count < Limits.measuresPerRule else {
            return failFull()
        }
        guard let fields = readStruct(pointer) else {
            return fail("measure is missing or its struct_size is wrong")
        }
        guard let unit = RiskMeasure.Unit(rawValue: UInt8(clamping: fields.unit)),
            fields.at_least <= 1
        else { return fail("measure's unit is \(fields.unit)") }
        let index = rule?.limitIndex(of: fields.name)
        var name = ""
        if index == nil {
            guard let own = fields.name.checkedName(limit: 32, allowed: NameBytes.code) else {
                return fail("measure's name isn't a name")
            }
            name = own
        }
        risk.measures.append(
            EmittedMeasure(
                limitIndex: index, name: name, value: fields.value.clampedToScaled,
                limit: fields.limit.clampedToScaled, unit: unit,
                isAtLeast: fields.at_least == 1))
        return OES_OK
    }

    func take(alert pointer: UnsafePointer<oes_alert_t>?) -> oes_status {
        guard risk.actions.count < Limits.actionsPerCall else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("alert is missing or its struct_size is wrong")
        }
        guard let severity = Severity(rawValue: UInt8(clamping: fields.severity)) else {
            return fail("alert's severity is \(fields.severity)")
        }
        guard let account = fields.account.checkedLine(limit: 64),
            let symbol = fields.symbol.checkedLine(limit: 64),
            let code = fields.code.checkedName(limit: 64, allowed: NameBytes.code),
            let text = fields.text.checkedLine(limit: 255), !text.isEmpty,
            let key = fields.dedupe_key.checkedLine(limit: 128), !key.isEmpty,
            fields.window_ms >= 0, fields.window_ms <= OES_WINDOW_MAX
        else { return fail("alert has a text that is empty, too long or not plain UTF-8") }
        var alert = NewAlert(
            severity, account: account, symbol: symbol, rule: rule?.name ?? "", code: code,
            text: text, key: "\(rule?.name ?? "")|\(key)")
        if fields.window_ms > 0 { alert.windowMicros = fields.window_ms * 1_000 }
        risk.actions.append(.alert(alert))
        return OES_OK
    }

    func take(
        action pointer: UnsafePointer<oes_action_t>?, _ make: (RiskAction.Stop) -> RiskAction
    ) -> oes_status {
        guard risk.actions.count < Limits.actionsPerCall else { return failFull() }
        guard let fields = readStruct(pointer) else {
            return fail("action is missing or its struct_size is wrong")
        }
        guard let account = fields.account.checkedLine(limit: 64), !account.isEmpty,
            let code = fields.code.checkedName(limit: 64, allowed: NameBytes.code),
            let text = fields.text.checkedLine(limit: 255), !text.isEmpty
        else { return fail("action has a text that is empty, too long or not plain UTF-8") }
        risk.actions.append(
            make(RiskAction.Stop(account: account, code: code, text: text)))
        return OES_OK
    }
}

extension Int64 {
    /// What is shown may be larger than any number that is kept.
    fileprivate var clampedToScaled: Int64 {
        Swift.min(Swift.max(self, -Scaled.maximum), Scaled.maximum)
    }
}
