// A listening socket: takes connections in bounded batches, and pauses when the process has no
// descriptor left, since a level-triggered loop would spin on what it can't accept.

import Base
import Loop

package struct ListenError: Error, Equatable, CustomStringConvertible {
    package let address: String
    package let port: UInt16
    package let cause: SystemError

    /// `can't listen on 127.0.0.1:8001: bind: Address already in use`.
    package var description: String { "can't listen on \(address):\(port): \(cause)" }
}

final class Listener {
    private let loop: EventLoop
    private let log: Log
    private let descriptor: Int32
    private let onAccept: (_ descriptor: Int32, _ remoteAddress: String) -> Void
    private var registration: Registration?

    /// Owns `descriptor`, and hands each accepted one to `onAccept`, which owns it from then on.
    init(
        loop: EventLoop, log: Log, descriptor: Int32,
        onAccept: @escaping (_ descriptor: Int32, _ remoteAddress: String) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.log = log
        self.descriptor = descriptor
        self.onAccept = onAccept
        registration = try loop.register(descriptor, .readable) { [unowned self] _ in
            acceptBatch()
        }
    }

    /// Stops accepting; who waits in the kernel's queue is refused. Once.
    func close() {
        guard let registration else { return }
        loop.deregister(registration)
        self.registration = nil
        Syscall.close(descriptor)
    }

    private func acceptBatch() {
        for _ in 0..<Limits.acceptsPerTurn {
            do throws(SystemError) {
                switch try Syscall.accept(descriptor) {
                case .accepted(let client, let address): onAccept(client, address)
                case .aborted: continue
                case .wouldBlock: return
                case .exhausted:
                    pause("no descriptor is left")
                    return
                }
            } catch {
                pause("\(error)")
                return
            }
        }
    }

    private func pause(_ reason: String) {
        guard let registration else { return }
        log.warning("can't accept connections: \(reason); trying again soon")
        loop.modify(registration, [])
        loop.schedule(afterMillis: Limits.acceptPauseMillis) { [loop] in
            loop.modify(registration, .readable)
        }
    }
}
