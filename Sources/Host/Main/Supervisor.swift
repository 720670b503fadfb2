// The supervisor: a small process that loads no plugin and touches no order, so that it outlives
// what a plugin does to a worker.
//
// It starts the workers, starts one again that died, with back-off, and ends one whose loop stands
// still. What the worker was doing it reads from the worker's CallSlot, in memory that both share,
// and says so in the log: a crash names the plugin and the call.

import Base
import Glibc
import Loop

/// What the supervisor is to run, and how patiently.
package struct SupervisorSettings {
    package var workerCount: Int
    package var log: Log
    /// A path. The default is this very program, also where its file was replaced since.
    package var executable = "/proc/self/exe"
    /// A worker's arguments, its program's name first. The worker finds its slot at
    /// `SupervisedWorker.slotDescriptor`.
    package var arguments: (_ worker: Int) -> [String]
    /// What a call's number in a slot means, e.g. `plan`.
    package var callName: (_ call: UInt8) -> String
    /// Runs before the first worker starts; an error ends the supervisor with code 1.
    package var beforeWorkers: () throws -> Void = {}
    /// Runs when the last worker has ended.
    package var afterWorkers: () -> Void = {}
    package var times = SupervisorTimes()

    package init(
        workerCount: Int, log: Log, arguments: @escaping (Int) -> [String],
        callName: @escaping (UInt8) -> String
    ) {
        self.workerCount = workerCount
        self.log = log
        self.arguments = arguments
        self.callName = callName
    }
}

package struct SupervisorTimes: Sendable {
    /// The first wait before a dead worker is started again; it doubles with each death.
    package var backOffMillis = 100
    package var backOffMaximumMillis = 5_000
    /// A worker that lived this long was healthy: its next wait is the first one again.
    package var healthyMillis = 30_000
    /// How often the heartbeats are looked at.
    package var checkMillis = 250
    /// A loop that stands still this long inside a plugin's call is ended.
    package var stuckInCallMillis = 3_000
    /// The same outside any plugin's call.
    package var stuckMillis = 10_000
    /// A worker whose loop hasn't begun to turn after this is ended.
    package var startMillis = 120_000
    /// Deaths in a row of one notifier after which it is left out.
    package var deathsInCall = 3
    /// What workers have to finish after SIGTERM.
    package var graceMillis = 10_000

    package init() {}

    /// The wait before the next start, after so many deaths in a row.
    package func backOff(deaths: Int) -> Int {
        min(backOffMaximumMillis, backOffMillis << min(max(0, deaths - 1), 16))
    }
}

package final class Supervisor {
    /// sysexits.h: a mistake in the settings, which the worker has explained. Starting it again
    /// would only repeat it.
    package static let configurationExitCode: Int32 = 78

    private let loop: EventLoop
    private let settings: SupervisorSettings
    private var workers: [WorkerProcess] = []
    private var exitCode: Int32 = 0
    private var isEnding = false

    package init(loop: EventLoop, settings: SupervisorSettings) {
        self.loop = loop
        self.settings = settings
    }

    /// Runs the workers until `requestEnd` or a configuration error. The process's exit code.
    package func run() -> Int32 {
        do {
            try settings.beforeWorkers()
        } catch {
            settings.log.error("\(error)")
            return 1
        }
        defer { settings.afterWorkers() }
        do {
            for index in 0..<settings.workerCount {
                workers.append(
                    try WorkerProcess(index: index, loop: loop, settings: settings) {
                        [unowned self] in workerEnded($0)
                    })
            }
        } catch {
            settings.log.error("no memory to share with workers: \(error)")
            return 1
        }
        for worker in workers { worker.start() }
        scheduleCheck()
        loop.run()
        return exitCode
    }

    /// Tells the workers to finish, and ends when they have, or after the grace.
    package func requestEnd() {
        guard !isEnding else { return }
        isEnding = true
        for worker in workers { worker.requestEnd() }
        loop.schedule(afterMillis: settings.times.graceMillis) { [unowned self] in
            for worker in workers { worker.endNow() }
        }
        stopIfDone()
    }

    private func workerEnded(_ end: ProcessEnd) {
        if end == .exited(code: Self.configurationExitCode), exitCode == 0, !isEnding {
            exitCode = Self.configurationExitCode
            requestEnd()
        }
        stopIfDone()
    }

    private func stopIfDone() {
        if isEnding, workers.allSatisfy({ !$0.isRunning }) { loop.stop() }
    }

    private func scheduleCheck() {
        loop.schedule(afterMillis: settings.times.checkMillis) { [unowned self] in
            for worker in workers { worker.check() }
            scheduleCheck()
        }
    }
}

/// Runs a supervisor as the whole process; SIGTERM and SIGINT end it. The process's exit code: 0
/// after such a signal, 78 after a worker's configuration error, 1 where it can't start.
package func superviseMain(_ settings: SupervisorSettings) -> Int32 {
    do {
        let loop = try EventLoop()
        let supervisor = Supervisor(loop: loop, settings: settings)
        let signals = try SignalSource(loop: loop, signals: [SIGTERM, SIGINT]) { _ in
            supervisor.requestEnd()
        }
        return withExtendedLifetime(signals) { supervisor.run() }
    } catch {
        settings.log.error("the supervisor can't start: \(error)")
        return 1
    }
}
