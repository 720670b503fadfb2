// The Redis that comes with the host: without settings, one command gives a system that keeps its
// data. The supervisor owns it; all here blocks.
//
// A host may be killed at any time, and its Redis must survive that: it is no helper process but the
// system of record. So it runs in a session of its own and only a clean shutdown ends it. A host
// that finds one running on its folder adopts it.

import Base
import Glibc

package final class EmbeddedRedis {
    package enum State: Sendable, Equatable {
        case running
        /// It had died, and another was started; it may still load its data.
        case restarted
        /// It is down, and the next attempt waits.
        case down
    }

    package var endpoint: RedisEndpoint { .unix(path: folder.socket) }
    /// True where a server of an earlier host was taken over.
    package private(set) var isAdopted = false

    private let folder: EmbeddedRedisFolder
    private let program: String
    private let durability: Durability
    private let log: Log
    /// nil once this host has let go of the folder.
    private var hostLock: Int32?
    /// A child of ours; nil for an adopted one.
    private var process: pid_t?
    private var startFailures = 0
    private var nextStartMicros: Int64 = 0
    private var startedMicros: Int64 = 0

    /// Returns once the server has loaded its data and proved fit.
    package static func start(
        _ settings: Settings, log: Log
    ) throws(EmbeddedRedisError) -> EmbeddedRedis {
        guard let program = RedisServerProcess.find() else { throw .serverMissing }
        return try EmbeddedRedis(
            folder: settings.dataFolder, durability: settings.durability, program: program,
            log: log)
    }

    /// The server that lives on the folder already, whoever started it; nil where none does.
    package static func running(_ settings: Settings) throws(EmbeddedRedisError) -> RedisEndpoint? {
        let folder = try EmbeddedRedisFolder(settings.dataFolder)
        if let lock = try folder.lockForServer() {
            close(lock)
            return nil
        }
        return .unix(path: folder.socket)
    }

    init(
        folder dataFolder: String, durability: Durability, program: String, log: Log
    ) throws(EmbeddedRedisError) {
        folder = try EmbeddedRedisFolder(dataFolder)
        self.durability = durability
        self.program = program
        self.log = log
        hostLock = try folder.lockForHost()
        if let serverLock = try folder.lockForServer() {
            try launch(serverLock)
        } else {
            isAdopted = true
            log.info("the Redis of an earlier host still runs in \(folder.path): adopting it")
        }
        try waitUntilReady()
        try adjust()
        let verdict = ServerCheck.judgeNow(endpoint, wantsDurability: durability)
        if let problem = verdict.problem {
            if !isAdopted { _ = shutdown(waitMillis: 5_000) }
            throw .serverUnfit(reason: problem)
        }
    }

    /// The server is left alone: whoever wants its end calls `shutdown`.
    deinit { release() }

    private func release() {
        if let hostLock { close(hostLock) }
        hostLock = nil
    }

    /// To be called about once a second: starts the server anew where it has died.
    package func check() -> State {
        guard hostLock != nil else { return .down }
        if isAlive() {
            // It has lived long enough to count as well.
            if Clock.monotonicMicros() - startedMicros > 10_000_000 { startFailures = 0 }
            return .running
        }
        guard Clock.monotonicMicros() >= nextStartMicros else { return .down }
        do throws(EmbeddedRedisError) {
            guard let lock = try folder.lockForServer() else { return .running }
            log.error(
                "redis-server has ended unexpectedly; starting it again. Its log ends with: "
                    + folder.logTail())
            try launch(lock)
            return .restarted
        } catch {
            log.error("\(error)")
            return .down
        }
    }

    /// Ends the server with everything on disk, and lets go of the folder. Returns false where it didn't end in time; it then
    /// is left running, and the next start adopts it.
    package func shutdown(waitMillis: Int = Limits.redisShutdownMillis) -> Bool {
        let end = Clock.monotonicMicros() + Int64(waitMillis) * 1_000
        while isAlive() {
            guard Clock.monotonicMicros() < end else {
                log.error("redis-server hasn't ended in time; it is left running")
                return false
            }
            askToEnd()
            pause(millis: 20)
        }
        log.info("redis-server has ended")
        release()
        return true
    }

    private func askToEnd() {
        do throws(RedisFailure) {
            let redis = try BlockingRedis(endpoint, timeoutMillis: 5_000)
            // It answers only where it won't: then the log says why, and we ask again.
            _ = try redis.call(["SHUTDOWN"])
        } catch {
            guard case .server(let text) = error else { return }
            log.warning("redis-server doesn't shut down yet: \(text)")
            pause(millis: 500)
        }
    }

    /// By its lock; a child is reaped by the way.
    private func isAlive() -> Bool {
        if let process {
            if RedisServerProcess.ended(process) == nil { return true }
            self.process = nil
        }
        guard let lock = try? folder.lockForServer() else { return true }
        close(lock)
        return false
    }

    /// Closes `lock`, which the server has by then.
    private func launch(_ lock: Int32) throws(EmbeddedRedisError) {
        defer { close(lock) }
        isAdopted = false
        startedMicros = Clock.monotonicMicros()
        let wait = min(Int64(1_000_000) << Int64(min(startFailures, 5)), 30_000_000)
        nextStartMicros = startedMicros + wait
        startFailures += 1
        // Nobody has the lock, so nobody listens there.
        unlink(folder.socket)
        try folder.writeConfiguration(durability)
        switch RedisServerProcess.start(
            program, configuration: folder.configuration, lock: lock)
        {
        case .success(let started): process = started
        case .failure(let error): throw .serverEnded(reason: error.text, log: folder.logTail())
        }
    }

    // MARK: Waiting for the start

    private func waitUntilReady() throws(EmbeddedRedisError) {
        var silentSinceMicros = Clock.monotonicMicros()
        var lastReportMicros = silentSinceMicros
        while true {
            if let process, let reason = RedisServerProcess.ended(process) {
                self.process = nil
                throw .serverEnded(reason: reason, log: folder.logTail())
            }
            let now = Clock.monotonicMicros()
            switch ping() {
            case .ready: return
            case .loading:
                silentSinceMicros = now
                guard now - lastReportMicros > 2_000_000 else { break }
                lastReportMicros = now
                log.info("redis-server is loading its data\(loadingProgress())")
            case .silent:
                guard now - silentSinceMicros < Int64(Limits.redisSilentMillis) * 1_000 else {
                    throw .serverMute(process: folder.serverProcess(), path: folder.redis)
                }
            }
            pause(millis: 10)
        }
    }

    private enum Pulse {
        case ready, loading, silent
    }

    private func ping() -> Pulse {
        do throws(RedisFailure) {
            let redis = try BlockingRedis(endpoint, timeoutMillis: 1_000)
            return try redis.answersPing() ? .ready : .loading
        } catch {
            return .silent
        }
    }

    private func loadingProgress() -> String {
        let redis = try? BlockingRedis(endpoint, timeoutMillis: 1_000)
        guard let info = try? redis?.call(["INFO", "persistence"]).text else { return "" }
        guard let percent = ServerCheck.parse(info)["loading_loaded_perc"] else { return "" }
        return ": \(percent) %"
    }

    /// Makes sure that the server on our socket serves our folder, and that an adopted one has
    /// today's settings.
    private func adjust() throws(EmbeddedRedisError) {
        do throws(RedisFailure) {
            let redis = try BlockingRedis(endpoint, timeoutMillis: 5_000)
            let folders = try redis.call(["CONFIG", "GET", "dir"])
            guard let served = folders.elements?.last?.text, served == folder.redis else {
                throw .unexpected("the server on \(folder.socket) serves another folder")
            }
            _ = try redis.call(["CONFIG", "SET", "appendfsync", durability.appendfsync])
        } catch {
            throw .serverUnfit(reason: RedisConnection.explain(error))
        }
    }
}
