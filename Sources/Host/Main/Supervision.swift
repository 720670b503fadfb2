// The supervisor's process: the private redis-server first, where no other is set, then the workers,
// and everything in reverse at the end.

import Base
import Glibc
import Loop
import Plugins
import Store

final class Supervision {
    private let settings: Settings
    private let workers: Int
    private let log: Log
    private var redis: EmbeddedRedis?
    /// Workers that were started before.
    private var known: Set<Int> = []

    private static let redisCheckMillis = 1_000

    init(_ settings: Settings, workers: Int) {
        self.settings = settings
        self.workers = workers
        log = Log(level: settings.logLevel, origin: "supervisor", format: settings.logFormat)
    }

    /// Runs until it is told to end; gives the process's exit code.
    func run() -> Int32 {
        do {
            try reservePort()
            if settings.redis == nil { redis = try EmbeddedRedis.start(settings, log: log) }
        } catch {
            log.error("\(error)")
            return ExitCode.configuration
        }
        defer { _ = redis?.shutdown() }
        do throws(SystemError) {
            let loop = try EventLoop()
            let supervisor = Supervisor(loop: loop, settings: supervisorSettings())
            let signals = try SignalSource(loop: loop, signals: [SIGTERM, SIGINT]) { _ in
                supervisor.requestEnd()
            }
            watchRedis(on: loop)
            return withExtendedLifetime(signals) { supervisor.run() }
        } catch {
            log.error("\(error)")
            return ExitCode.failure
        }
    }

    /// Finds out before anything starts whether the port is free, and settles which one "any free
    /// port" is, so that a restarted worker and several workers listen on the same.
    private func reservePort() throws(SettingsError) {
        do throws(SystemError) {
            let probe = try Syscall.listen(
                address: settings.host, port: settings.port, sharedPort: false)
            defer { close(probe) }
            setenv(SettingName.port.rawValue, String(try Syscall.boundPort(probe)), 1)
        } catch {
            throw SettingsError(
                description: "can't listen on \(settings.host):\(settings.port): \(error); see "
                    + "OES_HOST and OES_PORT")
        }
    }

    private func supervisorSettings() -> SupervisorSettings {
        SupervisorSettings(
            workerCount: workers, log: log, arguments: workerArguments,
            callName: { PluginCall(rawValue: $0)?.name ?? "call \($0)" })
    }

    private func workerArguments(_ number: Int) -> [String] {
        var arguments = ["oes", "--worker", String(number)]
        if case .unix(let path) = redis?.endpoint { arguments += ["--redis-socket", path] }
        if workers > 1 { arguments.append("--shared-port") }
        if !known.insert(number).inserted { arguments.append("--restart") }
        return arguments
    }

    /// A private redis-server that dies is started again; workers reconnect by themselves.
    private func watchRedis(on loop: EventLoop) {
        guard let redis else { return }
        loop.schedule(afterMillis: Supervision.redisCheckMillis) { [self] in
            _ = redis.check()
            watchRedis(on: loop)
        }
    }
}
