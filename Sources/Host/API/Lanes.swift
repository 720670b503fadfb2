// In which order one connection's requests are worked on. Clients may send a request before the one
// before it is answered, and expect to see what they have done: a list has the order that was placed
// just before it, a cancel of all orders reaches it.
//
// Orders, amends and cancels go to Redis in the order in which they came, and needn't wait for each
// other's answers. Whatever else there is waits until all writes before it are answered, is waited for
// where it writes itself; and behind whoever waits, everyone waits.

final class Lanes {
    enum Kind {
        /// Changes nothing.
        case read
        /// Keeps its place before Redis, also while others of its kind are unanswered.
        case order
        /// Any other change.
        case write
    }

    private struct Visit {
        let kind: Kind
        let start: () -> Void
    }

    private struct Lane {
        var unansweredOrders = 0
        var unansweredWrites = 0
        /// Whether a request that has begun waits for the picture, and everyone behind it.
        var isHeld = false
        var waiting: ArraySlice<Visit> = []

        func lets(_ kind: Kind) -> Bool {
            !isHeld && unansweredWrites == 0 && (kind == .order || unansweredOrders == 0)
        }

        mutating func count(_ kind: Kind, _ change: Int) {
            switch kind {
            case .read: break
            case .order: unansweredOrders += change
            case .write: unansweredWrites += change
            }
        }

        var isEmpty: Bool {
            unansweredOrders == 0 && unansweredWrites == 0 && !isHeld && waiting.isEmpty
        }
    }

    private var lanes: [ObjectIdentifier: Lane] = [:]

    /// Starts a request now or when its turn comes. Who starts an order or a write says `leave` once.
    func enter(_ connection: ObjectIdentifier, _ kind: Kind, _ start: @escaping () -> Void) {
        var lane = lanes[connection] ?? Lane()
        let isFree = lane.waiting.isEmpty && lane.lets(kind)
        if isFree {
            lane.count(kind, 1)
        } else {
            lane.waiting.append(Visit(kind: kind, start: start))
        }
        if !lane.isEmpty { lanes[connection] = lane }
        if isFree { start() }
    }

    /// An order or a write is answered.
    func leave(_ connection: ObjectIdentifier, _ kind: Kind) {
        lanes[connection]?.count(kind, -1)
        goOn(connection)
    }

    /// The request that began last waits for the picture; until `release` nobody passes it.
    func hold(_ connection: ObjectIdentifier) {
        lanes[connection, default: Lane()].isHeld = true
    }

    func release(_ connection: ObjectIdentifier) {
        lanes[connection]?.isHeld = false
        goOn(connection)
    }

    private func goOn(_ connection: ObjectIdentifier) {
        while let lane = lanes[connection], let next = lane.waiting.first, lane.lets(next.kind) {
            lanes[connection]?.waiting.removeFirst()
            lanes[connection]?.count(next.kind, 1)
            next.start()
        }
        if lanes[connection]?.isEmpty == true { lanes[connection] = nil }
    }
}
