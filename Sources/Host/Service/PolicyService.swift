// Limits and modes of risk rules, set at run time: each change is made from the policy that holds, and
// holds for all hosts from its event on. Where a share is set, a change that lets more through than that
// waits for a second person.

import Base
import Loop
import Plugins
import Store
import Trading

/// What came of a change.
package enum PolicyOutcome: Sendable {
    case made
    /// It waits for a second person, under this id.
    case waits(id: String)
}

/// Who asks for a change: the audit log's actor, and the key that stands for the person.
package struct Person: Sendable {
    package let actor: Actor
    package let key: String

    package init(actor: Actor, key: String) {
        self.actor = actor
        self.key = key
    }
}

package final class PolicyService {
    private let picture: Picture
    private let matcher: Matcher
    private let registry: PluginRegistry
    private let acknowledged: Acknowledged
    private let retry: FreshRetry
    /// Percent by which one person alone may raise a limit; nil = as much as they like.
    private let raiseShare: Int?

    package typealias Completion = (Result<PolicyOutcome, Rejection>) -> Void
    private typealias Done = (FreshRetry.Outcome<PolicyOutcome>) -> Void

    package init(
        loop: EventLoop, picture: Picture, matcher: Matcher, registry: PluginRegistry,
        acknowledged: Acknowledged, raiseShare: Int?
    ) {
        self.picture = picture
        self.matcher = matcher
        self.registry = registry
        self.acknowledged = acknowledged
        self.raiseShare = raiseShare
        retry = FreshRetry(loop: loop)
    }

    // MARK: Limits

    /// Sets these limits at the scope and keeps its others.
    package func set(
        _ rule: String, _ scope: LimitScope, _ values: [String: String], reason: String,
        by person: Person, _ completion: @escaping Completion
    ) {
        change(rule, scope, reason: reason, by: person, completion) { standing throws(Rejection) in
            standing.merging(values) { _, new in new }
        }
    }

    /// Takes one limit away at the scope, or all of them.
    package func remove(
        _ rule: String, _ scope: LimitScope, name: String?, reason: String, by person: Person,
        _ completion: @escaping Completion
    ) {
        change(rule, scope, reason: reason, by: person, completion) { standing throws(Rejection) in
            guard let name else { return [:] }
            guard standing[name] != nil else { throw .noSuchLimit(rule, scope, name) }
            return standing.filter { $0.key != name }
        }
    }

    private func change(
        _ rule: String, _ scope: LimitScope, reason: String, by person: Person,
        _ completion: @escaping Completion,
        _ make: @escaping ([String: String]) throws(Rejection) -> [String: String]
    ) {
        retry.run(
            { [self] done in
                let policy = picture.controls.policy
                let standing = policy.limits[rule]?[scope] ?? [:]
                let values: [String: String]
                do throws(Rejection) {
                    values = try make(standing)
                    if values.isEmpty, standing.isEmpty { throw .noSuchLimit(rule, scope, nil) }
                } catch {
                    return done(.ended(.failure(error)))
                }
                let waits = isRaise(rule, scope, from: standing, to: values)
                if waits {
                    propose(
                        .proposeLimit(rule: rule, scope, values), policy, reason, person, done)
                } else {
                    matcher.limit(
                        rule, scope, values, reason: reason, version: policy.version,
                        by: person.actor
                    ) { [self] in finish($0, done) }
                }
            }, completion)
    }

    /// Whether one of the limits would let more through than one person alone may.
    private func isRaise(
        _ rule: String, _ scope: LimitScope, from old: [String: String], to new: [String: String]
    ) -> Bool {
        guard let raiseShare else { return false }
        var changed = picture.controls.policy
        changed.limits[rule, default: [:]][scope] = new.isEmpty ? nil : new
        for name in Set(old.keys).union(new.keys) {
            let before = effective(rule, name, scope, picture.controls.policy)
            let after = effective(rule, name, scope, changed)
            if LimitRaise.isAbove(raiseShare, from: before, to: after) { return true }
        }
        return false
    }

    private func effective(
        _ rule: String, _ name: String, _ scope: LimitScope, _ policy: RiskPolicy
    ) -> String? {
        var group: String?
        if case .account(let id) = scope.holder { group = picture.accounts[id]?.group }
        if let set = policy.limit(rule, name, for: scope, group: group) { return set.value }
        return registry.riskRules.first { $0.name == rule }?
            .limitValues.first { $0.name == name }?.value
    }

    // MARK: Modes

    package func setMode(
        _ rule: String, _ mode: RuleMode, reason: String, by person: Person,
        _ completion: @escaping Completion
    ) {
        retry.run(
            { [self] done in
                let policy = picture.controls.policy
                let now =
                    policy.modes[rule] ?? registry.riskRules.first { $0.name == rule }?.mode
                // Who could turn a rule off alone could do without raising its limits.
                if raiseShare != nil, let now, mode.rawValue > now.rawValue {
                    propose(.proposeMode(rule: rule, mode), policy, reason, person, done)
                } else {
                    matcher.mode(
                        rule, mode, reason: reason, version: policy.version, by: person.actor
                    ) { [self] in finish($0, done) }
                }
            }, completion)
    }

    // MARK: The second person

    private func propose(
        _ call: PendingCall, _ policy: RiskPolicy, _ reason: String, _ person: Person,
        _ done: @escaping Done
    ) {
        matcher.pending(
            call, person: person.key, reason: reason, version: policy.version, by: person.actor
        ) { [self] in finish($0, waits: true, done) }
    }

    package func approve(_ id: String, by person: Person, _ completion: @escaping Completion) {
        decide(.approve(id: id), person, completion)
    }

    package func refuse(_ id: String, by person: Person, _ completion: @escaping Completion) {
        decide(.refuse(id: id), person, completion)
    }

    private func decide(
        _ call: PendingCall, _ person: Person, _ completion: @escaping Completion
    ) {
        retry.run(
            { [self] done in
                matcher.pending(
                    call, person: person.key, reason: "", version: 0, by: person.actor
                ) { [self] in finish($0, done) }
            }, completion)
    }

    private func finish(
        _ reply: Result<ControlReply, RedisFailure>, waits: Bool = false, _ done: @escaping Done
    ) {
        switch reply {
        case .success(.done(let sequence)):
            acknowledged.note(sequence)
            picture.whenCaughtUp(to: sequence) { rejection in
                let outcome: PolicyOutcome = waits ? .waits(id: "\(sequence)") : .made
                done(.ended(rejection.map { .failure($0) } ?? .success(outcome)))
            }
        case .success(.stale): done(.stale)
        case .success(.refused(let refusal)):
            done(.ended(.failure(Reasons.rejection(refusal))))
        case .failure(let failure): done(.ended(.failure(failure.rejection)))
        }
    }
}

/// Comparing limits as decimals, without rounding.
enum LimitRaise {
    /// Whether `new` is above `old` by more than so many percent. nil = no limit, which is above all.
    static func isAbove(_ percent: Int, from old: String?, to new: String?) -> Bool {
        guard let old else { return false }
        guard let new else { return true }
        guard let before = scaled(old), let after = scaled(new) else { return true }
        guard after > before else { return false }
        return after.subtractingReportingOverflow(before).partialValue
            > before.magnitude128 * Int128(percent) / 100
    }

    /// Whole numbers in the finest scale; nil for what is beyond all.
    private static func scaled(_ text: String) -> Int128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count > 1 ? String(parts[1]) : ""
        guard parts.count <= 2, decimals.utf8.count <= Limits.scale else { return nil }
        let padded = decimals + String(repeating: "0", count: Limits.scale - decimals.utf8.count)
        return Int128(parts[0] + padded)
    }
}

extension Int128 {
    fileprivate var magnitude128: Int128 { self < 0 ? -self : self }
}

extension Rejection {
    fileprivate static func noSuchLimit(
        _ rule: String, _ scope: LimitScope, _ name: String?
    ) -> Rejection {
        Reasons.rejection(
            code: "unknown_limit",
            values: "rule=\(rule), scope=\(scope.text)" + (name.map { ", limit=\($0)" } ?? ""))
    }
}
