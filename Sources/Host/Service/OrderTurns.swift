// One command after another on each order.
//
// A command may have to be made again (the picture was old, the symbol had unfinished work), and
// what the same client sent behind it is on its way to Redis meanwhile: a cancel would find no such
// order, and the order would stand after all; the first of two edits would win. So a new order and
// edits of it begin when the command before them has its answer. A cancel is sent at once, and only
// comes here when it found no order. Commands on different orders don't wait for each other.

import Loop
import Trading

final class OrderTurns {
    private let loop: EventLoop
    /// By the order on which a command is under way: those that wait behind it.
    private var waiting: [OrderID: [() -> Void]] = [:]

    init(loop: EventLoop) { self.loop = loop }

    var count: Int { waiting.count }

    /// Whether a command on this order has no answer yet.
    func isUnderWay(_ id: OrderID) -> Bool { waiting[id] != nil }

    /// Runs `command` now or in its turn; it ends with `end(id)`.
    func begin(_ id: OrderID, _ command: @escaping () -> Void) {
        guard waiting[id] == nil else {
            waiting[id]?.append(command)
            return
        }
        waiting[id] = []
        command()
    }

    func end(_ id: OrderID) {
        guard let next = waiting[id]?.first else {
            waiting[id] = nil
            return
        }
        waiting[id]?.removeFirst()
        // Put off, so that many that are refused at once don't nest in each other.
        loop.later(next)
    }
}
