// Memory that a worker shares with its supervisor: which plugin call the order path is in, and
// whether the loop still turns. After a crash, or while a call never returns, the supervisor reads
// from it whom to name. The worker writes with plain atomic stores, one for each beginning and each
// end of a call, so that the order path hardly notices.

import Glibc
import Synchronization

/// Written by the loop's thread of one worker, and each notifier's own, read by its supervisor.
package final class CallSlot {
    /// A call under way. `entry` indexes the table of names.
    package struct Call: Equatable, Sendable {
        package let entry: Int
        package let call: UInt8

        package init(entry: Int, call: UInt8) {
            self.entry = entry
            self.call = call
        }
    }

    package static let entryCount = 256
    package static let nameBytes = 64
    /// The size of the shared memory.
    package static let byteCount = threadsOffset + threadCount * 8
    /// Threads beside the loop's that call plugins: one for each notifier. Those beyond aren't noted.
    package static let threadCount = 64

    // The layout. Each part that is written often has a cache line of its own.
    private static let heartbeatOffset = 0
    private static let callOffset = 64
    private static let supervisorOffset = 128
    private static let crashOffset = 136
    private static let namesOffset = 192
    private static let threadsOffset = namesOffset + entryCount * nameBytes

    private let memory: UnsafeMutableRawPointer
    private let isOwner: Bool

    /// A slot at `memory`: byteCount bytes, aligned to 64, zeros at first, never unmapped.
    package init(memory: UnsafeMutableRawPointer) {
        self.memory = memory
        isOwner = false
    }

    /// A slot that nobody else sees, for a host without a supervisor.
    package init() {
        memory = .allocate(byteCount: Self.byteCount, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        isOwner = true
    }

    deinit {
        if isOwner { unsafe memory.deallocate() }
    }

    // MARK: The worker

    /// Notes that a plugin is being called. Entries beyond the table are noted without a name.
    package func enter(entry: Int, call: UInt8) {
        word(Self.callOffset).pointee.store(
            UInt64(truncatingIfNeeded: entry + 1) << 8 | UInt64(call), ordering: .relaxed)
    }

    package func leave() {
        word(Self.callOffset).pointee.store(0, ordering: .relaxed)
    }

    /// Notes a call on the thread with this number, or with nil its end.
    package func note(thread: Int, _ call: Call?) {
        guard thread >= 0, thread < Self.threadCount else { return }
        let value = call.map { UInt64(truncatingIfNeeded: $0.entry + 1) << 8 | UInt64($0.call) }
        word(Self.threadsOffset + thread * 8).pointee.store(value ?? 0, ordering: .relaxed)
    }

    /// Notes a turn of the loop; turns count from 1.
    package func beat(turn: UInt64) {
        word(Self.heartbeatOffset).pointee.store(turn, ordering: .relaxed)
    }

    /// Names an entry at load; longer names are cut, entries beyond the table are left out.
    package func name(entry: Int, _ text: String) {
        guard entry >= 0, entry < Self.entryCount else { return }
        let target = UnsafeMutableRawBufferPointer(
            start: memory + Self.namesOffset + entry * Self.nameBytes, count: Self.nameBytes)
        let bytes = Array(text.utf8.prefix(Self.nameBytes))
        let zeros = repeatElement(UInt8(0), count: Self.nameBytes - bytes.count)
        target.copyBytes(from: bytes + zeros)
    }

    // MARK: The supervisor

    package var currentCall: Call? {
        call(at: Self.callOffset)
    }

    /// Of the worker that died of a fault: in which thread it was. nil where nobody noted it, as of one
    /// that was killed.
    package enum Crash: Equatable, Sendable {
        /// With the call that it was in, where that is known.
        case thread(Call?)
        /// The loop's, or one that calls no plugin.
        case elsewhere
    }

    package var crash: Crash? {
        let raw = word(Self.crashOffset).pointee.load(ordering: .relaxed)
        if raw == 0 { return nil }
        let thread = Int(clamping: raw) - 2
        guard (0..<Self.threadCount).contains(thread) else { return .elsewhere }
        return .thread(call(at: Self.threadsOffset + thread * 8))
    }

    /// Where a dying worker notes its thread's number plus one: 0 the loop's and others, 1 the first of
    /// those beside it.
    package var crashWord: UnsafeMutablePointer<UInt64> {
        (memory + Self.crashOffset).assumingMemoryBound(to: UInt64.self)
    }

    private func call(at offset: Int) -> Call? {
        let raw = word(offset).pointee.load(ordering: .relaxed)
        guard raw != 0 else { return nil }
        return Call(entry: Int(raw >> 8) - 1, call: UInt8(truncatingIfNeeded: raw))
    }

    /// The loop's turn, 0 before it runs.
    package var turn: UInt64 { word(Self.heartbeatOffset).pointee.load(ordering: .relaxed) }

    /// The entry's name, or its number where it has none.
    package func name(entry: Int) -> String {
        guard entry >= 0, entry < Self.entryCount else { return "#\(entry)" }
        let bytes = UnsafeRawBufferPointer(
            start: memory + Self.namesOffset + entry * Self.nameBytes, count: Self.nameBytes)
        let text = bytes.prefix { $0 != 0 }
        return text.isEmpty ? "#\(entry)" : String(decoding: text, as: UTF8.self)
    }

    /// The process that the worker must not outlive.
    package var supervisor: pid_t {
        get {
            pid_t(truncatingIfNeeded: word(Self.supervisorOffset).pointee.load(ordering: .relaxed))
        }
        set { word(Self.supervisorOffset).pointee.store(UInt64(newValue), ordering: .relaxed) }
    }

    /// Forgets the last worker, before the next one starts. Names stay until they are written anew.
    package func reset() {
        leave()
        beat(turn: 0)
        word(Self.crashOffset).pointee.store(0, ordering: .relaxed)
        for thread in 0..<Self.threadCount { note(thread: thread, nil) }
    }

    private func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        (memory + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }
}
