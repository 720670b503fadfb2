// The worker's side of the supervisor.

import Base
import CSystem
import Glibc
import Loop

package enum SupervisedWorker {
    /// Where a worker finds the memory that it shares with its supervisor.
    package static let slotDescriptor: Int32 = 3

    /// To be called first thing in a process that a supervisor has started: ties its life to the
    /// supervisor's (the kernel kills it when the supervisor dies) and answers the slot.
    /// Set `slot.beat(turn:)` as the loop's heartbeat.
    package static func begin() throws(SystemError) -> CallSlot {
        let memory = try Syscall.map(slotDescriptor, bytes: CallSlot.byteCount)
        // Not for the worker's own children.
        _ = fcntl(slotDescriptor, F_SETFD, FD_CLOEXEC)
        let slot = unsafe CallSlot(memory: memory)
        oes_die_with_parent()
        unsafe oes_note_crashes(slot.crashWord)
        // The supervisor may have died before the line above took hold.
        if getppid() != slot.supervisor { exit(1) }
        return slot
    }
}
