// One worker as its supervisor sees it: a process that comes and goes, and a slot that stays.

import Base
import Glibc
import Loop

final class WorkerProcess {
    private let index: Int
    private let loop: EventLoop
    private let settings: SupervisorSettings
    private let onEnd: (ProcessEnd) -> Void
    let slot: CallSlot
    private let slotDescriptor: Int32
    private var child: ChildProcess?
    private var isEnding = false
    private var startedMicros: Int64 = 0
    /// In a row, without a healthy life between them.
    private var deaths = 0
    private var lastTurn: UInt64 = 0
    /// Counted in checks, not by the clock: the machine may have stood still, not the worker.
    private var stillMillis = 0
    /// The plugin's entry on a thread of its own of which the last deaths in a row were, and how many.
    private var suspect: (entry: Int, deaths: Int)?
    /// Entries that aren't to be called any more.
    private var leftOut: Set<Int> = []
    /// Why this supervisor killed it, for the line that tells of its end.
    private var verdict: String?

    init(
        index: Int, loop: EventLoop, settings: SupervisorSettings,
        onEnd: @escaping (ProcessEnd) -> Void
    ) throws(SystemError) {
        self.index = index
        self.loop = loop
        self.settings = settings
        self.onEnd = onEnd
        slotDescriptor = try Syscall.sharedMemory(name: "oes-slot", bytes: CallSlot.byteCount)
        slot = CallSlot(memory: try Syscall.map(slotDescriptor, bytes: CallSlot.byteCount))
        slot.supervisor = getpid()
    }

    var isRunning: Bool { child != nil }

    func start() {
        guard !isEnding, child == nil else { return }
        slot.reset()
        lastTurn = 0
        stillMillis = 0
        verdict = nil
        startedMicros = Clock.monotonicMicros()
        do throws(SystemError) {
            child = try ChildProcess(
                loop: loop, executable: settings.executable, arguments: arguments,
                inherited: slotDescriptor
            ) { [unowned self] end in ended(end) }
        } catch {
            startLater(after: "worker \(index) can't start: \(error)")
        }
    }

    private var arguments: [String] {
        let given = settings.arguments(index)
        if leftOut.isEmpty { return given }
        return given + ["--left-out", leftOut.sorted().map(String.init).joined(separator: ",")]
    }

    func requestEnd() {
        isEnding = true
        child?.kill(SIGTERM)
    }

    func endNow() {
        guard let child else { return }
        settings.log.warning("worker \(index) hasn't finished in time\(callText); ending it")
        child.kill(SIGKILL)
    }

    /// Ends the process where its loop has stood still for too long.
    func check() {
        guard let child, verdict == nil else { return }
        let turn = slot.turn
        stillMillis = turn == lastTurn ? stillMillis + settings.times.checkMillis : 0
        lastTurn = turn
        guard stillMillis >= patienceMillis else { return }
        verdict = "stood still for \(stillMillis) ms and was ended"
        child.kill(SIGKILL)
    }

    private var patienceMillis: Int {
        let times = settings.times
        if lastTurn == 0 { return times.startMillis }
        return slot.currentCall == nil ? times.stuckMillis : times.stuckInCallMillis
    }

    /// ` in plugin com.example.bad, call plan`, or nothing: of the thread that crashed, where that is known,
    /// else of the loop's.
    private var callText: String {
        let current: CallSlot.Call? =
            if case .thread(let call) = slot.crash { call } else { slot.currentCall }
        guard let current else { return "" }
        let entry = slot.name(entry: current.entry)
        return " in plugin \(entry), call \(settings.callName(current.call))"
    }

    /// `worker 0 died of SIGSEGV in plugin com.example.bad, call plan`.
    func account(of end: ProcessEnd) -> String {
        "worker \(index) \(verdict ?? end.description)\(callText)"
    }

    private func ended(_ end: ProcessEnd) {
        child = nil
        let what = account(of: end)
        if end == .exited(code: Supervisor.configurationExitCode) {
            // The worker has said what is wrong.
            isEnding = true
        } else if isEnding {
            if end != .exited(code: 0) { settings.log.warning(what) }
        } else {
            startLater(after: what)
            judge()
        }
        onEnd(end)
    }

    /// A notifier that crashes would do so again with the same events, and take all else along each time.
    private func judge() {
        guard case .thread(let call?) = slot.crash else { return suspect = nil }
        let before = suspect?.entry == call.entry ? suspect?.deaths ?? 0 : 0
        suspect = (call.entry, before + 1)
        guard before + 1 >= settings.times.deathsInCall else { return }
        suspect = nil
        leftOut.insert(call.entry)
        settings.log.error(
            "plugin \(slot.name(entry: call.entry)) has crashed \(before + 1) times in a row: it is left "
                + "out until the host is started anew")
    }

    private func startLater(after what: String) {
        let lifeMillis = (Clock.monotonicMicros() - startedMicros) / 1_000
        deaths = lifeMillis >= settings.times.healthyMillis ? 1 : deaths + 1
        let waitMillis = settings.times.backOff(deaths: deaths)
        settings.log.error("\(what); restarting in \(waitMillis) ms")
        loop.schedule(afterMillis: waitMillis) { [unowned self] in start() }
    }
}
