// Calls the order types of containers when they asked for it: by the clock, or because something
// happened to their children.
//
// What is due stands in Redis (P:timers), so any host may do it, and every host does: each reads the
// family, asks the plugin, and commits what it answers together with the state that the answer was
// made from. The first commit wins, the others are told that theirs is old and drop it. So nothing is
// done twice, and nothing depends on one host's life.

import Base
import Loop
import Plugins
import Store
import Trading

package final class FamilyDriver {
    private let loop: EventLoop
    private let matcher: Matcher
    private let picture: Picture
    private let planner: OrderPlanner
    private let riskGate: RiskGate
    private let log: Log
    private var underWay: Set<OrderID> = []
    /// Containers whose plugin or commit failed, and when they are tried again: monotonic µs.
    private var postponed: [OrderID: Int64] = [:]

    package init(
        loop: EventLoop, matcher: Matcher, picture: Picture, registry: PluginRegistry, log: Log
    ) {
        self.loop = loop
        self.matcher = matcher
        self.picture = picture
        planner = OrderPlanner(registry: registry)
        riskGate = RiskGate(registry: registry, keepsRecords: false)
        self.log = log
    }

    package func start() {
        _ = loop.schedule(afterMillis: Limits.familyTickMillis) { [self] in
            if picture.openOrders.hasContainers { look() }
            start()
        }
    }

    private func look() {
        let now = Clock.monotonicMicros()
        postponed = postponed.filter { $0.value > now }
        // Those that failed stay due: behind them others must have their turn.
        let most = Limits.familiesAtOnce + postponed.count
        matcher.dueTimers(by: Clock.wallMicros(), most: most) { [self] result in
            guard case .success(let due) = result else { return }
            for timer in due { drive(timer) }
        }
    }

    private func drive(_ timer: DueTimer) {
        let id = timer.container
        let now = Clock.monotonicMicros()
        guard postponed[id] ?? 0 <= now else { return }
        // While its instrument is closed nothing can be placed: it is asked when that trades again.
        guard isTrading(id) else {
            postponed[id] = now + Limits.familyRetryMicros
            return
        }
        guard underWay.insert(id).inserted else { return }
        postponed[id] = nil
        step(
            id,
            wake: { family in
                // Redis's clock decides whether it is due.
                guard timer.time <= family.time else { return nil }
                let wakes = family.container.extra?.wakes ?? []
                return FamilyWake(
                    kinds: wakes.union(.timer), time: family.time, sequence: family.sequence)
            }
        ) { [self] result in
            underWay.remove(id)
            guard case .failure(let rejection) = result else { return }
            postponed[id] = Clock.monotonicMicros() + Limits.familyRetryMicros
            log.warning("container \(id.text): \(rejection.code): \(rejection.message)")
        }
    }

    private func isTrading(_ id: OrderID) -> Bool {
        guard let symbol = picture.openOrders[id]?.symbol,
            let instrument = picture.instruments[symbol]
        else { return true }
        return instrument.state(at: Clock.wallMicros()) == .open
    }

    /// One call of the plugin and its commit; nil where there was nothing to do, or another host has
    /// done it.
    private func step(
        _ id: OrderID, wake: @escaping (Family) -> FamilyWake?,
        _ completion: @escaping (Result<Order?, Rejection>) -> Void
    ) {
        matcher.family(id) { [self] reply in
            switch reply {
            case .success(.found(let family)):
                guard let wake = wake(family) else { return completion(.success(nil)) }
                ask(family, wake, completion)
            case .success(.refused(let refusal)):
                completion(.failure(Reasons.rejection(refusal)))
            case .failure(let failure): completion(.failure(failure.orderRejection))
            }
        }
    }

    private func ask(
        _ family: Family, _ wake: FamilyWake,
        _ completion: @escaping (Result<Order?, Rejection>) -> Void
    ) {
        let container = family.container
        guard let instrument = picture.instruments[container.symbol],
            let account = picture.accounts[String(container.id.account)]
        else { return completion(.failure(.stalePicture)) }
        let market = picture.market(of: container.symbol)
        let decided = planner.event(
            FamilyPicture(family), wake, instrument: instrument, market: market)
        switch decided {
        case .failure(let rejection): completion(.failure(rejection))
        case .success(var commit):
            let scene = picture.riskScene(account, instrument, market)
            judge(&commit, of: container, scene)
            commit.amend = wake.amend.map { .init(price: $0.price, quantity: $0.quantity) }
            let call = CommitCall(
                container: container.id, stateVersion: container.extra?.stateVersion ?? 0,
                instrumentRevision: instrument.revision, commit: commit,
                judged: Judged(policy: scene.policy.version))
            send(call, isAmend: wake.amend != nil, completion)
        }
    }

    private func send(
        _ call: CommitCall, isAmend: Bool,
        _ completion: @escaping (Result<Order?, Rejection>) -> Void
    ) {
        matcher.commit(call) { [self] reply in
            switch reply {
            case .success(.done(let order, _)): completion(.success(order))
            case .success(.stale):
                // A timer comes again by itself; who amends is waiting for an answer.
                completion(isAmend ? .failure(.stalePicture) : .success(nil))
            case .success(.refused(let refusal)):
                guard !isAmend, FamilyDriver.lasting.contains(refusal.code),
                    call.commit.end == nil
                else { return completion(.failure(Reasons.rejection(refusal))) }
                // The same would be refused for ever.
                var last = call
                last.commit = FamilyCommit(end: .cancelled(reason: "refused: code=\(refusal.code)"))
                send(last, isAmend: false, completion)
            case .failure(let failure): completion(.failure(failure.orderRejection))
            }
        }
    }

    /// Refusals of what an order type wants that no waiting mends.
    private static let lasting: Set<String> = [
        "bad_argument", "too_many_children", "children_exceed", "amend_unsupported", "lot_size",
        "tick_size", "min_notional", "below_filled", "amount_too_large", "unknown_order",
        "expire_time_passed",
    ]

    /// Every child passes the risk rules. One that doesn't ends its container, and the reason says
    /// which rule it was: a schedule that can't be kept is not kept silently.
    private func judge(_ commit: inout FamilyCommit, of container: Order, _ scene: RiskScene) {
        let parent = OrderRequest(container: container)
        for index in commit.steps.indices {
            guard case .place(var child) = commit.steps[index] else { continue }
            let decision = riskGate.judge(child, of: parent, scene)
            if let rejection = decision.rejection {
                commit.steps = []
                commit.end = .cancelled(reason: "child_refused: code=\(rejection.code)")
                return
            }
            child.guards = decision.guards
            commit.steps[index] = .place(child)
        }
    }

    /// A container's owner wants another price or quantity: its order type says what that means, or
    /// that it can't be.
    func amend(
        _ id: OrderID, _ change: OrderChange,
        _ completion: @escaping (Result<Order, Rejection>) -> Void
    ) {
        let amend = FamilyWake.Amend(price: change.price, quantity: change.quantity)
        step(
            id,
            wake: { family in
                FamilyWake(kinds: [], amend: amend, time: family.time, sequence: family.sequence)
            }
        ) { result in
            completion(
                result.flatMap { order in order.map { .success($0) } ?? .failure(.stalePicture) })
        }
    }
}

extension FamilyPicture {
    fileprivate init(_ family: Family) {
        let extra = family.container.extra
        self.init(
            parent: family.container,
            children: family.children.map { Child($0, link: $0.extra?.link ?? 0) },
            state: family.state, wakes: extra?.wakes ?? [], commits: extra?.stateVersion ?? 0)
    }
}

extension OrderRequest {
    /// The request that made a container, as far as its record tells.
    fileprivate init(container: Order) {
        self.init(
            account: String(container.id.account), symbol: container.symbol, side: container.side,
            quantity: container.quantity, price: nil, orderType: container.terms.orderType,
            timeInForce: container.terms.timeInForce,
            clientOrderID: String(container.id.clientOrderID), book: container.book,
            tag: container.terms.tag)
    }
}
