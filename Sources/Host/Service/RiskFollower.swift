// Tells the risk rules what has happened, and carries out what they ask for: alerts, blocks, cancels.
// And warns where a limit is nearly reached. All of it after the fact: no order waits for it.
//
// One host does it at a time, the holder of a lease; how far it has come stands in Redis and is moved,
// once a second, to where all that was asked for is done. So each event is told at least once,
// whichever hosts die; what is asked for again does no harm: a block that stands, and orders that are
// cancelled, stay as they are, and an alert knows the event that it is about.
//
// The events are those that the host follows anyway, so that an order costs Redis nothing more; only
// who takes over a lease reads what it missed.
//
// Prices move more often than anyone can look at them: accounts with positions are judged by new
// prices about once a second, and all of them when a limit or mode was changed or the lease was taken.
//
// What an account has won or lost in the day is read before its state is told.

import Base
import Loop
import Plugins
import Store
import Trading

package final class RiskFollower {
    private let loop: EventLoop
    private let redis: RedisConnection
    private let reader: EventReader
    private let matcher: Matcher
    private let picture: Picture
    private let registry: PluginRegistry
    private let gate: RiskEventGate
    private let lease: RedisLease
    private let log: Log
    private let warnings: HeadroomWarnings
    private let profits: JudgedProfits
    /// nil until it has been read from Redis.
    private var cursor: Int64?
    /// As Redis has it.
    private var savedCursor: Int64 = 0
    /// What comes after the cursor, without a hole, as far as it is here.
    private var queue: [Event] = []
    private var isBusy = false
    /// Symbols whose prices have moved since their holders were judged.
    private var moved: Set<String> = []
    /// Accounts that are to be judged by the prices as they are.
    private var turn: [String] = []
    private var isJudgingPrices = false
    /// The state of limits and modes that all accounts were judged by; nil = none was.
    private var judgedPolicy: Int64?
    /// When an alert of this key was last asked for: the same is not asked for more than once a
    /// second, however many trades say the same.
    private var asked: [String: Int64] = [:]
    /// Quarantined rules that an alert was raised for.
    private var told: Set<String> = []

    package init(
        loop: EventLoop, redis: RedisConnection, matcher: Matcher, picture: Picture,
        registry: PluginRegistry, profits: DayProfits, warnings: [Int64], log: Log
    ) {
        self.loop = loop
        self.redis = redis
        reader = EventReader(redis)
        self.matcher = matcher
        self.picture = picture
        self.registry = registry
        gate = RiskEventGate(registry: registry)
        lease = RedisLease(loop: loop, redis: redis, key: Keys.first.riskLease)
        self.warnings = HeadroomWarnings(shares: warnings)
        self.profits = JudgedProfits(profits: profits, picture: picture, gate: gate, log: log)
        self.log = log
    }

    package func start() {
        tick()
        guard gate.isNeeded || !warnings.isOff else { return }
        lease.onHold = { [self] in wake() }
        // Another may move it meanwhile.
        lease.onLose = { [self] in
            cursor = nil
            queue = []
            turn = []
            judgedPolicy = nil
            profits.forget()
        }
        lease.start()
    }

    /// The host has followed these.
    package func take(_ events: [Event]) {
        guard lease.isHeld, let cursor, let first = events.first else { return }
        let isNext = first.sequence == (queue.last?.sequence ?? cursor) + 1
        if isNext, queue.count < Limits.riskEventsQueued { queue += events }
        wake()
    }

    private func wake() {
        guard lease.isHeld, !isBusy, redis.isUp else { return }
        guard let cursor else { return loadCursor() }
        guard cursor < picture.sequence else { return }
        isBusy = true
        if queue.first?.sequence == cursor + 1 {
            let stretch = Array(queue.prefix(Limits.eventsPerRiskBatch))
            queue.removeFirst(stretch.count)
            return judge(stretch)
        }
        queue = []
        reader.range(
            from: cursor + 1, to: picture.sequence, limit: Limits.eventsPerRiskBatch
        ) { [self] result in
            switch result {
            case .success(let events): judge(events)
            case .failure(.gap(let gap)): skip(gap)
            case .failure(.redis(let failure)): retry("\(failure)")
            }
        }
    }

    /// New prices are looked at by the clock.
    private func tick() {
        _ = loop.schedule(afterMillis: Limits.riskPricesMillis) { [self] in
            saveCursor()
            wake()
            judgePrices()
            tellQuarantines()
            tick()
        }
    }

    /// Each host tells of its own: a rule is quarantined where it was too slow.
    private func tellQuarantines() {
        for rule in registry.riskRules where rule.isQuarantined {
            guard told.insert(rule.name).inserted else { continue }
            let text =
                "The risk rule \(rule.name) took too long too often: it isn't asked any more, and "
                + "every order is refused. Set it to shadow or off, or start the host again."
            log.error("\(text)")
            let alert = NewAlert(
                .critical, rule: rule.name, code: "rule_quarantined", text: text,
                key: "rule_quarantined|\(rule.name)", windowMicros: 3_600_000_000)
            matcher.raise([alert]) { [log] reply in
                if case .failure(let failure) = reply { log.error("not raised: \(failure)") }
            }
        }
    }

    private func loadCursor() {
        isBusy = true
        redis.send(RedisCommand("GET", [Keys.first.riskCursor])) { [self] reply in
            switch reply {
            case .success(let value):
                savedCursor = value.int64 ?? 0
                move(to: value.int64 ?? picture.sequence)
            case .failure(let failure): retry("\(failure)")
            }
        }
    }

    private func skip(_ gap: EventGap) {
        log.error("risk rules: events were lost before they were told of them: \(gap)")
        profits.forget()
        switch gap {
        case .trimmed(let begins): move(to: begins - 1)
        case .unreadable(let sequence, _): move(to: sequence)
        case .reset: move(to: picture.sequence)
        }
    }

    // MARK: One stretch

    private func judge(_ events: [Event]) {
        guard let last = events.last else { return retry("the stream is behind") }
        let facts = RiskFacts(events, picture)
        moved.formUnion(facts.moved)
        profits.outdate(facts.ledgers)
        profits.find(facts.accounts.sorted(), upTo: last.sequence) { [self] isFound in
            guard isFound else {
                queue = []
                return retry("the day's profits can't be read")
            }
            judge(facts, warnings.alerts(in: events, picture), upTo: last.sequence)
        }
    }

    private func judge(_ facts: RiskFacts, _ near: [NewAlert], upTo sequence: Int64) {
        let now = Clock.wallMicros()
        let states = facts.accounts.sorted().compactMap { state(of: $0, now) }
        let requests = gate.tell(
            facts.happenings + states, policy: picture.policy, now: now)
        carryOut(requests, near, source: sequence) { [self] isDone in
            guard isDone else {
                queue = []
                return retry("not all was done")
            }
            move(to: sequence)
        }
    }

    /// So many at once, and each in its turn, however fast the prices move.
    private func judgePrices() {
        guard lease.isHeld, redis.isUp, !isJudgingPrices else { return }
        if turn.isEmpty { turn = nextTurn() }
        let accounts = Array(turn.prefix(Limits.riskAccountsPerTick))
        guard !accounts.isEmpty else { return }
        turn.removeFirst(accounts.count)
        isJudgingPrices = true
        profits.find(accounts, upTo: picture.sequence) { [self] isFound in
            guard isFound, lease.isHeld else { return endPrices(isDone: false) }
            let now = Clock.wallMicros()
            let requests = gate.tell(
                accounts.compactMap { state(of: $0, now) }, policy: picture.policy, now: now)
            carryOut(requests, [], source: 0) { [self] in endPrices(isDone: $0) }
        }
    }

    private func nextTurn() -> [String] {
        defer { moved = [] }
        guard judgedPolicy == picture.policy.version else {
            judgedPolicy = picture.policy.version
            return picture.holders
        }
        return moved.isEmpty ? [] : picture.holders(of: moved)
    }

    /// What couldn't be done is begun again with everybody.
    private func endPrices(isDone: Bool) {
        isJudgingPrices = false
        if !isDone { judgedPolicy = nil }
    }

    private func state(of id: String, _ now: Int64) -> RiskHappening? {
        guard let account = picture.accounts[id] else { return nil }
        var happening = RiskHappening(
            .account, sequence: picture.sequence, time: now, account: account, instrument: nil)
        let risk = AccountRisk(of: account, in: picture)
        happening.equity = risk.equity
        happening.dayProfit = profits.profit(of: id)
        return happening
    }

    private func move(to sequence: Int64) {
        cursor = lease.isHeld ? sequence : nil
        isBusy = false
        wake()
    }

    /// Where it isn't saved the same is told twice, never not at all.
    private func saveCursor() {
        guard lease.isHeld, let cursor, cursor != savedCursor else { return }
        savedCursor = cursor
        let command = RedisCommand("SET", [Keys.first.riskCursor, String(cursor)])
        redis.send(command) { [self] reply in
            guard case .failure(let failure) = reply else { return }
            savedCursor = 0
            log.warning("risk rules: cursor not saved: \(failure)")
        }
    }

    private func retry(_ why: String) {
        log.debug("risk rules: \(why); they go on shortly")
        isBusy = true
        _ = loop.schedule(afterMillis: Limits.riskRetryMillis) { [self] in
            isBusy = false
            wake()
        }
    }

    // MARK: What is asked for

    private func carryOut(
        _ requests: [RiskRequest], _ near: [NewAlert], source: Int64,
        _ completion: @escaping (Bool) -> Void
    ) {
        var alerts: [NewAlert] = []
        for var alert in near + requests.compactMap(\.alert) where isDue(alert.key) {
            alert.sourceSequence = source
            alerts.append(alert)
        }
        var waiting = 1
        var isDone = true
        func ended(_ ok: Bool) {
            if !ok { isDone = false }
            waiting -= 1
            if waiting == 0 { completion(isDone) }
        }
        if !alerts.isEmpty {
            waiting += 1
            matcher.raise(alerts) { [log] reply in
                if case .failure(let failure) = reply {
                    log.error("risk rules: alerts not raised: \(failure)")
                }
                ended(reply.isSuccess)
            }
        }
        for request in requests {
            waiting += 1
            stop(request, ended)
        }
        ended(true)
    }

    private func stop(_ request: RiskRequest, _ ended: @escaping (Bool) -> Void) {
        switch request.action {
        case .alert: ended(true)
        case .block(let stop):
            let group = picture.accounts[stop.account]?.group
            guard picture.controls.riskSwitch(account: stop.account, group: group) == nil else {
                return ended(true)
            }
            log.warning("rule \(request.rule) blocks account \(stop.account): \(stop.text)")
            matcher.press(
                .account(stop.account), .ruleBlock, by: request.rule, reason: stop.text,
                actor: .rule(request.rule)
            ) { ended($0.isSuccess) }
        case .cancelAll(let stop):
            guard picture.openOrders.count(account: stop.account) > 0,
                picture.controls.cancelTasks[stop.account] == nil
            else { return ended(true) }
            log.warning("rule \(request.rule) cancels account \(stop.account): \(stop.text)")
            matcher.deadline(.cancel(account: stop.account, reason: stop.code)) {
                ended($0.isSuccess)
            }
        }
    }

    private func isDue(_ key: String) -> Bool {
        let now = Clock.monotonicMicros()
        if asked.count > Limits.riskAlertKeys {
            asked = asked.filter { now - $0.value < 1_000_000 }
        }
        if let last = asked[key], now - last < 1_000_000 { return false }
        asked[key] = now
        return true
    }
}

extension Actor {
    /// A risk rule of this host's.
    fileprivate static func rule(_ name: String) -> Actor {
        Actor(id: "rule", name: name, requestID: "", address: "")
    }
}

extension RiskRequest {
    fileprivate var alert: NewAlert? {
        if case .alert(let alert) = action { alert } else { nil }
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
