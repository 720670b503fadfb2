// Cancels orders that are to be cancelled whoever is alive: those of a scope whose switch is on, of an
// account whose cancel-all-after came due, and of whatever else asks for it. What is to go stands in
// Redis; every host looks at its picture several times a second and cancels what it still finds, so
// that one goes on where another died. Cancels may come twice: the second finds the order ended.

import Base
import Loop
import Store
import Trading

/// Orders that are to go.
package struct Sweep {
    /// Different for each; one that is under way isn't begun again.
    package let name: String
    /// What their cancels are recorded with.
    package let reason: String
    /// Only of this account; nil = of all.
    package let account: String?
    /// Since when (UTC microseconds): who made it so is given the first moments.
    package let since: Int64
    package let takes: (Order) -> Bool
    /// Told where none is left.
    package let whenClean: (() -> Void)?

    package init(
        name: String, reason: String, account: String?, since: Int64,
        takes: @escaping (Order) -> Bool, whenClean: (() -> Void)? = nil
    ) {
        self.name = name
        self.reason = reason
        self.account = account
        self.since = since
        self.takes = takes
        self.whenClean = whenClean
    }
}

/// Cancels orders as fast as Redis goes, so many at once. One that went with its main order, or that
/// another host cancelled for the same reason, counts as cancelled.
package struct CancelOrders {
    let matcher: Matcher
    let acknowledged: Acknowledged

    package init(matcher: Matcher, acknowledged: Acknowledged) {
        self.matcher = matcher
        self.acknowledged = acknowledged
    }

    package func run(
        _ ids: [OrderID], reason: String, _ completion: @escaping (MassCancelResult) -> Void
    ) {
        let code = reason.prefix { $0 != ":" }
        MassCancel(of: ids) { [matcher, acknowledged] id, done in
            matcher.cancel(CancelCall(id: id, reason: reason)) { reply in
                switch reply {
                case .success(.done(let order, let sequence)):
                    acknowledged.note(sequence)
                    done(.success(order))
                case .success(.closed(let order)):
                    let its = order.reason.prefix { $0 != ":" }
                    let wentAlong = its == code || its == "parent_cancelled"
                    done(wentAlong ? .success(order) : .failure(.closed(order)))
                case .success(.refused(let refusal)):
                    done(.failure(Reasons.rejection(refusal)))
                case .failure(let failure): done(.failure(failure.orderRejection))
                }
            }
        }.start(completion)
    }
}

package final class Sweeper {
    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let acknowledged: Acknowledged
    private let log: Log
    private var sources: [() -> [Sweep]] = []
    private var underWay: Set<String> = []

    package init(
        loop: EventLoop, matcher: Matcher, picture: Picture, acknowledged: Acknowledged, log: Log
    ) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        self.acknowledged = acknowledged
        self.log = log
        add { [picture] in Sweeper.ofSwitches(picture) }
        add { [self] in ofTasks() }
    }

    /// `source` is asked for what is to go each time.
    package func add(_ source: @escaping () -> [Sweep]) { sources.append(source) }

    package func start() {
        _ = loop.schedule(afterMillis: Limits.sweepOrdersMillis) { [self] in
            let now = Clock.wallMicros()
            for source in sources {
                for sweep in source() where now - sweep.since >= Limits.sweepGraceMicros {
                    begin(sweep)
                }
            }
            start()
        }
    }

    private func begin(_ sweep: Sweep) {
        guard !underWay.contains(sweep.name) else { return }
        let ids = Sweeper.orders(sweep, in: picture)
        guard !ids.isEmpty else { return sweep.whenClean?() ?? () }
        cancel(ids, sweep, reason: sweep.reason) { [log] result in
            log.info(
                "\(sweep.name): cancelled \(result.cancelled) orders, \(result.alreadyEnded) had "
                    + "ended, \(result.failed) failed")
        }
    }

    /// Cancels what the sweep takes, at once: for who made it so.
    func run(
        _ sweep: Sweep, reason: String, _ completion: @escaping (MassCancelResult) -> Void
    ) {
        cancel(Sweeper.orders(sweep, in: picture), sweep, reason: reason, completion)
    }

    private func cancel(
        _ ids: [OrderID], _ sweep: Sweep, reason: String,
        _ completion: @escaping (MassCancelResult) -> Void
    ) {
        underWay.insert(sweep.name)
        CancelOrders(matcher: matcher, acknowledged: acknowledged).run(ids, reason: reason) {
            [self] result in
            underWay.remove(sweep.name)
            completion(result)
        }
    }

    /// Main orders and containers first: their children go with them.
    private static func orders(_ sweep: Sweep, in picture: Picture) -> [OrderID] {
        let ids = picture.openOrders.newest(
            account: sweep.account, before: .max, limit: .max, where: sweep.takes
        ).map(\.id)
        return ids.filter { !isChild($0) } + ids.filter(isChild)
    }

    private static func isChild(_ id: OrderID) -> Bool { id.text.utf8.contains(UInt8(ascii: ":")) }

    // MARK: What is to go

    static func ofSwitches(_ picture: Picture) -> [Sweep] {
        picture.controls.switches.values.map { sweep(of: $0, picture) }
    }

    static func sweep(of made: RiskSwitch, _ picture: Picture) -> Sweep {
        let reason = "\(made.kind.name): scope=\(made.scope.text)"
        var account: String?
        var takes: (Order) -> Bool = { _ in true }
        switch made.scope {
        case .firm: break
        case .account(let id): account = id
        case .group(let group):
            takes = { picture.accounts[String($0.id.account)]?.group == group }
        }
        return Sweep(
            name: "\(made.kind.name) of \(made.scope.text)", reason: reason, account: account,
            since: made.since, takes: takes)
    }

    private func ofTasks() -> [Sweep] {
        picture.controls.cancelTasks.values.map { task in
            Sweep(
                name: "cancels of account:\(task.account)", reason: task.reason,
                account: task.account, since: 0,
                takes: { $0.acceptedSequence <= task.upToSequence },
                whenClean: { [self] in finish(task) })
        }
    }

    /// Only once the picture is as new as the task: it may still lack older orders.
    private func finish(_ task: CancelTask) {
        let name = "end of account:\(task.account)"
        guard picture.sequence >= task.upToSequence, underWay.insert(name).inserted else { return }
        matcher.deadline(.done(account: task.account, upTo: task.upToSequence)) {
            [self] reply in
            underWay.remove(name)
            if case .failure(let failure) = reply {
                log.debug("\(name): \(failure); tried again")
            }
        }
    }
}

/// Sees to accounts whose cancel-all-after comes due, by Redis's clock.
package final class DeadlineKeeper {
    private let loop: EventLoop
    private let matcher: Matcher
    private let log: Log

    package init(loop: EventLoop, matcher: Matcher, log: Log) {
        self.loop = loop
        self.matcher = matcher
        self.log = log
    }

    package func start() {
        _ = loop.schedule(afterMillis: Limits.deadlineTickMillis) { [self] in
            matcher.nextDeadline { [self] reply in
                // This host's clock may be behind Redis's, which alone decides.
                if case .success(let due?) = reply,
                    due <= Clock.wallMicros() + Limits.clockSkewMicros
                {
                    fire()
                } else {
                    start()
                }
            }
        }
    }

    private func fire() {
        matcher.deadline(.fire) { [self] reply in
            switch reply {
            case .success(.done): log.info("cancel-all-after came due")
            case .success(.stale): break
            case .success(.refused(let refusal)): log.warning("cancel-all-after: \(refusal.code)")
            case .failure(let failure): log.debug("cancel-all-after: \(failure); tried again")
            }
            start()
        }
    }
}
