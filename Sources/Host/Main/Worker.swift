// One worker: everything that serves clients, on one thread and one loop.
//
// It starts in steps, each of which may fail with a clear message: plugins, Redis, the very first
// samples, the picture, the feed, and only then the door is opened. When Redis's data turns out to be
// other than what the picture was made of, the worker ends, and the supervisor starts a fresh one.

import API
import Base
import Feed
import Glibc
import Loop
import Plugins
import Server
import Service
import Store
import Trading
import Wire

final class Worker: StatusSource {
    private let settings: Settings
    private let number: Int
    private let arguments: Arguments
    private let log: Log
    private var parts: WorkerParts?
    private var server: HTTPServer?
    private var exitCode = ExitCode.success
    private var isEnding = false

    let startedAt = Clock.wallMicros()

    init(_ settings: Settings, number: Int, arguments: Arguments) {
        self.arguments = arguments
        self.settings = settings
        self.number = number
        log = Log(
            level: settings.logLevel, origin: "worker \(number)", format: settings.logFormat)
    }

    // MARK: StatusSource

    /// All connections: ready means that lists can be read and the feed goes on, too.
    var isRedisUp: Bool { parts?.connections.areUp ?? false }
    var durability: String { settings.durability.rawValue }
    var isEmbeddedRedis: Bool { settings.redis == nil }
    var connectionCount: Int { server?.statistics.connectionsNow ?? 0 }

    var workerNumber: Int { number }

    func writeMetrics(into text: inout MetricsText) {
        parts?.writeMetrics(into: &text)
        if let server { ServerMetrics.write(server.statistics, into: &text) }
        ProcessMetrics.write(startedAt: startedAt, into: &text)
    }

    // MARK: Start

    /// Serves until it is told to end; gives the process's exit code.
    func run() -> Int32 {
        do {
            let slot = try SupervisedWorker.begin()
            let registry = try PluginRegistry.load(settings, callSlot: slot, log: log)
            let loop = try EventLoop()
            loop.heartbeat = { slot.beat(turn: $0) }
            let parts = try WorkerParts(
                settings: settings, endpoint: try endpoint(), loop: loop, registry: registry,
                calendars: try loadCalendars(),
                number: number, isRestart: arguments.isRestart, leftOut: arguments.leftOut,
                log: log)
            self.parts = parts
            let signals = try SignalSource(loop: loop, signals: [SIGTERM, SIGINT]) { [self] _ in
                end()
            }
            parts.onFailure = { [self] code, message in fail(code, message) }
            parts.start { [self] in open() }
            // A host name that can't be resolved fails before the loop runs: nothing to stop then.
            withExtendedLifetime(signals) { if !isEnding { loop.run() } }
            parts.stop()
            registry.shutdown()
        } catch {
            log.error("\(error)")
            exitCode = error is SystemError ? ExitCode.failure : ExitCode.configuration
        }
        return exitCode
    }

    private func endpoint() throws(SettingsError) -> RedisEndpoint {
        if let external = settings.redis { return RedisEndpoint(external) }
        guard let redisSocket = arguments.redisSocket else {
            throw SettingsError(description: "--worker is for the supervisor; start without it")
        }
        return .unix(path: redisSocket)
    }

    /// None where no file is named and none is found: instruments then trade always.
    private func loadCalendars() throws(CalendarError) -> [String: TradingCalendar] {
        let found = settings.calendarsFile ?? Settings.defaultFile("calendars.json")
        return try found.map { path throws(CalendarError) in try CalendarFile.load(path: path) }
            ?? [:]
    }

    /// Everything stands: lets clients in.
    private func open() {
        guard let parts, server == nil, !isEnding else { return }
        guard settings.isLoopback || !parts.isOpenToAll else {
            return fail(
                ExitCode.configuration,
                "OES_HOST is \(settings.host), which other machines may reach, and there is no "
                    + "access key yet: make one with 'oes keys create --name NAME --role admin', "
                    + "or listen on 127.0.0.1")
        }
        let api = API(
            services: parts.services(status: self), hostNames: settings.hostNames, log: log,
            extraRoutes: settings.testEcho ? [EchoSocket.route] : [])
        let server = HTTPServer(loop: parts.loop, log: log) { request, responder in
            api.handle(request, responder)
        }
        server.errorBody = { api.answer($0) }
        watchSockets(of: api, parts.loop)
        self.server = server
        do throws(ListenError) {
            let port = try server.listen(
                address: settings.host, port: settings.port, sharedPort: arguments.sharesPort)
            announce(port)
        } catch {
            fail(ExitCode.configuration, "\(error)")
        }
    }

    /// Sockets end with their key or session, wherever it was revoked or ended.
    private func watchSockets(of api: API, _ loop: EventLoop) {
        _ = loop.schedule(afterMillis: Limits.accessCheckMillis) { [self] in
            api.endOverdueSockets()
            watchSockets(of: api, loop)
        }
    }

    private func announce(_ port: UInt16) {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let count = parts?.keyCount ?? 0
        log.info(
            parts?.isOpenToAll == true
                ? "no keys: open to every program on this machine, and to nobody else; Host and "
                    + "Origin are checked" : "\(count) valid access key\(count == 1 ? "" : "s")")
        if settings.testEcho {
            log.warning("OES_TEST_ECHO is on: /test/echo is there, which only tests should have")
        }
        guard number == 0 else { return }
        // Written at once, for whoever waits for the line at the other end of a pipe.
        let line = Array("OES is ready at http://\(host):\(port)\n".utf8)
        _ = line.withUnsafeBytes { bytes in unsafe write(1, bytes.baseAddress, bytes.count) }
    }

    // MARK: End

    /// Lets requests in flight finish, tells WebSockets, and leaves the loop.
    private func end() {
        guard !isEnding else { return }
        isEnding = true
        guard let parts, let server else { return parts?.loop.stop() ?? () }
        server.shutdown(graceMillis: 2_000) { parts.loop.stop() }
    }

    private func fail(_ code: Int32, _ message: String) {
        log.error(message)
        exitCode = code
        isEnding = true
        parts?.loop.stop()
    }
}
