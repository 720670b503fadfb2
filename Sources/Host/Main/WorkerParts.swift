// What a worker consists of, and the order in which its parts come to life.

import API
import Base
import CSystem
import Feed
import Loop
import Plugins
import Server
import Service
import Store
import Trading
import Wire

/// A connection for each way of using Redis, so that none waits behind another.
struct RedisConnections {
    /// Commands that change something, pipelined.
    let commands: RedisConnection
    /// The event stream's blocking read.
    let stream: RedisConnection
    /// Lists and notifiers' stretches of the stream.
    let reads: RedisConnection
    /// Stretches of the stream that clients of the feed have missed.
    let resumes: RedisConnection

    init(_ endpoint: RedisEndpoint, loop: EventLoop, settings: Settings, log: Log) {
        func connection(_ name: String) -> RedisConnection {
            RedisConnection(loop: loop, endpoint: endpoint, name: name, log: log)
        }
        commands = connection("oes-commands")
        stream = connection("oes-stream")
        reads = connection("oes-reads")
        resumes = connection("oes-resumes")
        let preparation = StorePreparation(durability: settings.durability, log: log)
        preparation.install(on: commands, loadsLibrary: true)
        preparation.install(on: stream, loadsLibrary: false)
        preparation.install(on: reads, loadsLibrary: false)
        preparation.install(on: resumes, loadsLibrary: false)
    }

    var areUp: Bool { commands.isUp && stream.isUp && reads.isUp && resumes.isUp }

    func connect() {
        commands.connect()
        stream.connect()
        reads.connect()
        resumes.connect()
    }

    func close() {
        commands.close()
        stream.close()
        reads.close()
        resumes.close()
    }
}

final class WorkerParts {
    let loop: EventLoop
    let connections: RedisConnections
    /// Told when the worker can't go on, with the process's exit code.
    var onFailure: ((Int32, String) -> Void)?

    private let settings: Settings
    private let log: Log
    private let registry: PluginRegistry
    private let mailbox: Mailbox
    private let matcher: Matcher
    private let picture = Picture()
    private let acknowledged = Acknowledged()
    private let projector: Projector
    private let stream: EventStream
    private let trimmer: StreamTrimmer
    private let checkpoints: BookCheckpoints
    private let feed: FeedPublisher
    private let ticker: SymbolTicker
    private let families: FamilyDriver
    private let sweeper: Sweeper
    private let deadlines: DeadlineKeeper
    private let alerts: AlertRaiser
    private let calendars: [String: TradingCalendar]
    private let sessionKeeper: SessionKeeper
    private let runners: [NotifierRunner]
    private let notifiers: Notifications
    private let riskFollower: RiskFollower
    private let history: History
    private let dayProfits: DayProfits
    private let number: Int
    private let isRestart: Bool
    private var onReady: (() -> Void)?
    private var settled: Int64 = .max
    private var sessionsChecked: Int64 = 0

    init(
        settings: Settings, endpoint: RedisEndpoint, loop: EventLoop, registry: PluginRegistry,
        calendars: [String: TradingCalendar], number: Int, isRestart: Bool,
        leftOut: Set<Int> = [], log: Log
    ) throws {
        self.settings = settings
        self.loop = loop
        self.registry = registry
        self.calendars = calendars
        self.number = number
        self.isRestart = isRestart
        self.log = log
        connections = RedisConnections(endpoint, loop: loop, settings: settings, log: log)
        mailbox = try Mailbox(loop: loop)
        matcher = Matcher(connections.commands)
        projector = Projector(loop: loop, matcher: matcher, log: log)
        stream = EventStream(connections.stream, log: log)
        trimmer = StreamTrimmer(
            connections.reads, notifiers: registry.notifiers.map(\.name))
        let channels = Channels { text in
            var frame: [UInt8] = []
            WebSocketWriter.append(.text, text, to: &frame)
            return frame
        }
        feed = FeedPublisher(
            picture: picture, channels: channels, reader: EventReader(connections.resumes),
            loop: loop)
        checkpoints = BookCheckpoints(redis: connections.reads, picture: picture, log: log)
        ticker = SymbolTicker(loop: loop, matcher: matcher, picture: picture, log: log)
        families = FamilyDriver(
            loop: loop, matcher: matcher, picture: picture, registry: registry, log: log)
        sessionKeeper = SessionKeeper(
            loop: loop, matcher: matcher, picture: picture, calendars: calendars, log: log)
        sweeper = Sweeper(
            loop: loop, matcher: matcher, picture: picture, acknowledged: acknowledged, log: log)
        deadlines = DeadlineKeeper(loop: loop, matcher: matcher, log: log)
        alerts = AlertRaiser(
            loop: loop, matcher: matcher, picture: picture, acknowledged: acknowledged, log: log)
        runners = registry.notifiers.enumerated().map { thread, entry in
            NotifierRunner(entry: entry, thread: thread, log: log) {
                oes_number_thread(UInt64(thread + 1))
            }
        }
        notifiers = Notifications(
            runners: runners,
            leftOut: Set(registry.notifiers.filter { leftOut.contains($0.index) }.map(\.name)),
            settings: registry.notifiers.map(\.settings), loop: loop, mailbox: mailbox,
            redis: connections.reads,
            picture: picture, log: log)
        history = History(
            redis: connections.reads, projector: projector, picture: picture,
            acknowledged: acknowledged)
        dayProfits = DayProfits(history: history, picture: picture)
        riskFollower = RiskFollower(
            loop: loop, redis: connections.reads, matcher: matcher, picture: picture,
            registry: registry, profits: dayProfits, warnings: settings.headroomWarnings, log: log)
    }

    /// Whether no access key was ever made.
    var isOpenToAll: Bool { picture.isOpen }

    /// Keys that may be used now.
    var keyCount: Int {
        let now = Clock.wallMicros()
        return picture.keys.values.count { $0.kind == .key && $0.isValid(at: now) }
    }

    func services(status: any StatusSource) -> Services {
        let orders = OrderService(
            loop: loop, picture: picture, registry: registry, matcher: matcher, history: history,
            acknowledged: acknowledged, names: OrderNames(hostNumber: Int64(number)),
            families: families)
        let leases = SessionLeases(
            loop: loop, matcher: matcher, picture: picture, orders: orders,
            names: OrderNames(hostNumber: Int64(number)), log: log)
        leases.start()
        return Services(
            picture: picture, orders: orders,
            accounts: AccountService(
                loop: loop, picture: picture, matcher: matcher, acknowledged: acknowledged),
            instruments: InstrumentService(
                loop: loop, picture: picture, matcher: matcher, acknowledged: acknowledged,
                calendars: calendars),
            keys: KeyService(matcher: matcher, picture: picture, acknowledged: acknowledged),
            busts: BustService(history: history, matcher: matcher, acknowledged: acknowledged),
            leases: leases,
            controls: ControlService(
                loop: loop, picture: picture, matcher: matcher, acknowledged: acknowledged,
                sweeper: sweeper, raiser: alerts, history: history),
            policy: PolicyService(
                loop: loop, picture: picture, matcher: matcher, registry: registry,
                acknowledged: acknowledged, raiseShare: settings.limitRaiseShare),
            history: history, dayProfits: dayProfits,
            bookHistory: BookHistory(redis: connections.reads, picture: picture),
            acknowledged: acknowledged, registry: registry, feed: feed,
            notifiers: NotifierDesk(
                notifiers, registry.notifiers, redis: connections.reads, matcher: matcher,
                acknowledged: acknowledged),
            status: status)
    }

    /// What the parts count, for /metrics.
    func writeMetrics(into text: inout MetricsText) {
        PartsMetrics(
            connections: connections, matcher: matcher, picture: picture, projector: projector,
            notifiers: notifiers
        ).write(into: &text)
    }

    // MARK: Start

    /// Connects, seeds an empty Redis, loads the picture and follows the stream; `ready` is called
    /// once clients may come in.
    func start(_ ready: @escaping () -> Void) {
        onReady = ready
        for runner in runners { runner.start() }
        connections.connect()
        waitForRedis()
    }

    /// At the very start a server that is away or can't be used (too old, read-only, evicting …) is a
    /// mistake in the settings, and everything stops. Later it is a fault that passes, as it may be
    /// restarting or failing over: then the worker waits, and the supervisor goes on starting it.
    private func waitForRedis(triesLeft: Int = 200) {
        if connections.areUp { return seed() }
        let problem = connections.commands.problem.map(named)
        if let problem, !isRestart { return fail(ExitCode.configuration, problem) }
        guard triesLeft > 0 else {
            let code = isRestart ? ExitCode.failure : ExitCode.configuration
            let endpoint = connections.commands.endpoint.description
            return fail(code, problem ?? "Redis at \(endpoint) can't be reached")
        }
        _ = loop.schedule(afterMillis: 50) { [self] in waitForRedis(triesLeft: triesLeft - 1) }
    }

    /// With the address and the settings that it came from, where the server is the operator's.
    private func named(_ problem: String) -> String {
        guard let redis = settings.redis else { return problem }
        return "Redis at \(redis.host):\(redis.port): \(problem); see REDIS_HOST, REDIS_PORT and "
            + "REDIS_PASSWORD"
    }

    private func seed() {
        guard settings.samples else { return loadPicture() }
        matcher.seed(Samples.seed) { [self] reply in
            switch reply {
            case .success(.done): log.info("first start: sample accounts and instruments made")
            case .success(.notEmpty): break
            case .success(.refused(let refusal)):
                return fail(ExitCode.configuration, "samples: \(refusal.code) \(refusal.values)")
            case .failure(let failure): return fail(ExitCode.failure, "samples: \(failure)")
            }
            loadPicture()
        }
    }

    private func loadPicture() {
        projector.loadCursor(connections.reads) { [self] result in
            guard case .success(let projected) = result else {
                return fail(ExitCode.failure, "the projector's cursor can't be read: \(result)")
            }
            alerts.loadCursor(connections.reads) { [self] result in
                guard case .success = result else {
                    return fail(ExitCode.failure, "the alerts' cursor can't be read: \(result)")
                }
                loadSnapshot(projected)
            }
        }
    }

    private func loadSnapshot(_ projected: Int64) {
        StoreSnapshot.load(connections.reads) { [self] result in
            switch result {
            case .failure(let failure): fail(ExitCode.failure, "snapshot: \(failure)")
            case .success(let snapshot): follow(snapshot, projected: projected)
            }
        }
    }

    private func follow(_ snapshot: StoreSnapshot, projected: Int64) {
        picture.reset(to: snapshot)
        settled = snapshot.settledSequence
        stream.onEvents = { [self] events in take(events) }
        stream.onGap = { [self] gap in
            fail(ExitCode.failure, "the picture no longer fits Redis (\(gap)); starting afresh")
        }
        stream.follow(after: min(projected, alerts.start(before: snapshot.sequence)))
        answerWaiting()
        connections.reads.onStateChange = { [self] isUp in
            if isUp { notifiers.wake() }
        }
        loadRecentTrades()
    }

    /// What a new subscriber of trades is shown first.
    private func loadRecentTrades() {
        history.trades(
            symbol: nil, of: .only([]), Page(limit: FeedPublisher.tradesRemembered, before: nil)
        ) {
            [self] result in
            if case .success(let page) = result { feed.seed(trades: Array(page.items.reversed())) }
            waitUntilSettled()
        }
    }

    /// However long it takes: without a settled picture nobody can be served.
    private func waitUntilSettled() {
        picture.whenCaughtUp(to: settled) { [self] problem in
            if problem == nil { becomeReady() } else { waitUntilSettled() }
        }
    }

    private func becomeReady() {
        ticker.start()
        families.start()
        sessionKeeper.start()
        sweeper.start()
        deadlines.start()
        riskFollower.start()
        if number == 0 { checkpoints.start() }
        notifiers.start { [self] in
            onReady?()
            onReady = nil
        }
    }

    // MARK: Events

    private func take(_ events: [Event]) {
        for event in events where event.sequence > picture.sequence {
            picture.apply(event)
            if number == 0 { checkpoints.observed(event) }
            feed.publish(event)
        }
        feed.flush()
        picture.wake()
        projector.append(events)
        alerts.append(events)
        notifiers.wake()
        riskFollower.take(events)
        trimmer.observed(picture.sequence)
    }

    /// Reads that wait for what doesn't come are told so.
    private func answerWaiting() {
        _ = loop.schedule(afterMillis: Limits.waitCheckMillis) { [self] in
            let now = Clock.monotonicMicros()
            picture.giveUpWaiting(nowMicros: now)
            projector.giveUpWaiting(nowMicros: now)
            alerts.giveUpWaiting(nowMicros: now)
            endExpiredSessions(now)
            answerWaiting()
        }
    }

    /// About once a second: all sessions are looked at.
    private func endExpiredSessions(_ monotonicMicros: Int64) {
        guard monotonicMicros - sessionsChecked >= 1_000_000 else { return }
        sessionsChecked = monotonicMicros
        picture.endExpiredSessions(now: Clock.wallMicros())
    }

    // MARK: End

    func stop() {
        stream.stop()
        for runner in runners { runner.requestStop(deadlineMillis: 2_000) }
        for runner in runners where !runner.stop(deadlineMillis: 2_000) {
            log.warning("notifier \(runner.name) was left behind")
        }
        connections.close()
    }

    private func fail(_ code: Int32, _ message: String) { onFailure?(code, message) }
}
