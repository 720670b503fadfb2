// How other threads reach a loop: they leave an action, and an eventfd wakes the loop, which runs
// it on its own thread, in the order of posting.

import CSystem
import Glibc
import Synchronization

package final class Mailbox: Sendable {
    private let waiting = Mutex<[@Sendable () -> Void]>([])
    private let wakeDescriptor: Int32

    /// The loop keeps the mailbox for as long as it exists itself.
    package init(loop: EventLoop) throws(SystemError) {
        wakeDescriptor = try Syscall.value("eventfd") {
            eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        }
        _ = try loop.register(wakeDescriptor, .readable) { _ in self.deliver() }
    }

    deinit {
        Syscall.close(wakeDescriptor)
    }

    /// Runs `action` on the loop's thread, soon. From any thread; never blocks for long.
    package func post(_ action: @escaping @Sendable () -> Void) {
        let wasEmpty = waiting.withLock { actions in
            actions.append(action)
            return actions.count == 1
        }
        // One wake-up serves all that is posted until the loop looks.
        if wasEmpty { wake() }
    }

    private func wake() {
        let one: UInt64 = 1
        // The counter can't be full, since it is at most 1 here: the loop empties it first.
        _ = unsafe withUnsafeBytes(of: one) { bytes in
            unsafe try? Syscall.write(wakeDescriptor, bytes)
        }
    }

    private func deliver() {
        var count: UInt64 = 0
        _ = unsafe withUnsafeMutableBytes(of: &count) { bytes in
            unsafe try? Syscall.read(wakeDescriptor, into: bytes)
        }
        let actions = waiting.withLock { actions in
            let taken = actions
            actions.removeAll(keepingCapacity: true)
            return taken
        }
        for action in actions { action() }
    }
}
