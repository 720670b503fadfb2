// What staff do to stop risk: kill switches, states of groups, cancel-all-after; and the alerts that
// they have seen.

import Base
import Loop
import Store
import Trading

package struct SwitchReport {
    /// As it stands since then.
    package let made: RiskSwitch
    package let cancels: MassCancelResult
    /// Until nothing of the scope was taken any more.
    package let blockMicros: Int64
    /// Until all of its orders had ended.
    package let micros: Int64
}

package final class ControlService {
    private let picture: Picture
    private let matcher: Matcher
    private let acknowledged: Acknowledged
    private let sweeper: Sweeper
    private let raiser: AlertRaiser
    private let history: History
    private let retry: FreshRetry

    package init(
        loop: EventLoop, picture: Picture, matcher: Matcher, acknowledged: Acknowledged,
        sweeper: Sweeper, raiser: AlertRaiser, history: History
    ) {
        self.picture = picture
        self.matcher = matcher
        self.acknowledged = acknowledged
        self.sweeper = sweeper
        self.raiser = raiser
        self.history = history
        retry = FreshRetry(loop: loop)
    }

    // MARK: Switches

    /// Blocks the scope in one call, then cancels all of its open orders. Should this host die on the
    /// way, the others go on, or it does itself once it is back.
    package func press(
        _ scope: SwitchScope, reason: String, by actor: Actor,
        _ completion: @escaping (Result<SwitchReport, Rejection>) -> Void
    ) {
        let began = Clock.monotonicMicros()
        matcher.press(scope, .killSwitch, by: actor.id, reason: reason, actor: actor) {
            [self] reply in
            switch reply {
            case .success(.done(let made?, let sequence)):
                let blockMicros = Clock.monotonicMicros() - began
                acknowledged.note(sequence)
                clear(made, began: began, blockMicros: blockMicros, upTo: sequence, completion)
            case .success(.done(nil, _)): completion(.failure(.stalePicture))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    /// What the picture holds once it has the block is all there is: nothing was taken since.
    private func clear(
        _ made: RiskSwitch, began: Int64, blockMicros: Int64, upTo sequence: Int64,
        _ completion: @escaping (Result<SwitchReport, Rejection>) -> Void
    ) {
        picture.whenCaughtUp(to: sequence) { [self] rejection in
            if let rejection { return completion(.failure(rejection)) }
            let sweep = Sweeper.sweep(of: made, picture)
            sweeper.run(sweep, reason: sweep.reason + ", key=\(made.by)") { result in
                completion(
                    .success(
                        SwitchReport(
                            made: made, cancels: result, blockMicros: blockMicros,
                            micros: Clock.monotonicMicros() - began)))
            }
        }
    }

    package func lift(
        _ scope: SwitchScope, reason: String, by actor: Actor,
        _ completion: @escaping (Result<Void, Rejection>) -> Void
    ) {
        matcher.lift(scope, reason: reason, by: actor) { [self] reply in
            switch reply {
            case .success(.done(_, let sequence)): caughtUp(sequence, (), completion)
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    // MARK: Throttles

    /// Lets an account trade again in a symbol; its executions there count anew.
    package func resetThrottle(
        account: String, symbol: String, reason: String, by actor: Actor,
        _ completion: @escaping (Result<Throttle, Rejection>) -> Void
    ) {
        matcher.resetThrottle(account: account, symbol: symbol, reason: reason, by: actor) {
            [self] reply in
            switch reply {
            case .success(.done(let throttle, let sequence)):
                caughtUp(sequence, throttle, completion)
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    // MARK: Groups

    package func createGroup(
        _ id: String, name: String, state: AccountState, by actor: Actor,
        _ completion: @escaping (Result<Void, Rejection>) -> Void
    ) {
        run({ .create(id: id, name: name, state) }, by: actor, completion)
    }

    /// What isn't given stays, also what others change meanwhile.
    package func updateGroup(
        _ id: String, name: String?, state: AccountState?, by actor: Actor,
        _ completion: @escaping (Result<Void, Rejection>) -> Void
    ) {
        run(
            { [picture] in
                picture.controls.groups[id].map {
                    .update(from: $0, name: name ?? $0.name, state ?? $0.state)
                }
            }, by: actor, completion)
    }

    package func removeGroup(
        _ id: String, by actor: Actor,
        _ completion: @escaping (Result<Void, Rejection>) -> Void
    ) {
        run({ [picture] in picture.controls.groups[id].map { .remove($0) } }, by: actor, completion)
    }

    private func run(
        _ call: @escaping () -> GroupCall?, by actor: Actor,
        _ completion: @escaping (Result<Void, Rejection>) -> Void
    ) {
        retry.run(
            { [self] done in
                guard let call = call() else {
                    return done(
                        .ended(.failure(Reasons.rejection(code: "unknown_group", values: ""))))
                }
                matcher.group(call, by: actor) { [self] in finish($0, done) }
            }, completion)
    }

    private func finish(
        _ reply: Result<ControlReply, RedisFailure>,
        _ done: @escaping (FreshRetry.Outcome<Void>) -> Void
    ) {
        switch reply {
        case .success(.done(let sequence)): caughtUp(sequence, ()) { done(.ended($0)) }
        case .success(.stale): done(.stale)
        case .success(.refused(let refusal)):
            done(.ended(.failure(Reasons.rejection(refusal))))
        case .failure(let failure): done(.ended(.failure(failure.rejection)))
        }
    }

    // MARK: Cancel-all-after

    /// Gives when it is due (UTC microseconds), 0 where it is off.
    package func cancelAllAfter(
        _ account: String, seconds: Int64,
        _ completion: @escaping (Result<Int64, Rejection>) -> Void
    ) {
        matcher.deadline(.arm(account: account, seconds: seconds)) { [acknowledged] reply in
            switch reply {
            case .success(.done(let dueAt, let sequence)):
                acknowledged.note(sequence)
                completion(.success(dueAt))
            case .success(.stale): completion(.failure(.stalePicture))
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    // MARK: Alerts

    /// Newest first, with those of all that any client was told.
    package func alerts(
        _ filter: AlertFilter, _ page: Page, _ completion: @escaping History.Completion<Alert>
    ) {
        raiser.whenLookedThrough(to: acknowledged.sequence) { [history] rejection in
            if let rejection { return completion(.failure(rejection)) }
            history.alerts(filter, page, completion)
        }
    }

    package func acknowledge(
        alert id: String, by actor: Actor,
        _ completion: @escaping (Result<Alert, Rejection>) -> Void
    ) {
        matcher.acknowledge(alert: id, by: actor) { [self] reply in
            switch reply {
            case .success(.done(let alert, let sequence)):
                caughtUp(sequence, alert, completion)
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.rejection))
            }
        }
    }

    private func caughtUp<Value>(
        _ sequence: Int64, _ value: Value,
        _ completion: @escaping (Result<Value, Rejection>) -> Void
    ) {
        acknowledged.note(sequence)
        picture.whenCaughtUp(to: sequence) { rejection in
            completion(rejection.map { .failure($0) } ?? .success(value))
        }
    }
}
