// Timers as a binary heap, earliest first, that knows where each timer stands: a cancelled timer
// leaves at once, so that timeouts which nearly never fire cost no memory.

/// Names a scheduled action. It stays harmless after the timer has fired or was cancelled: the
/// generation tells a place's old timer from its new one.
package struct TimerID: Hashable, Sendable {
    fileprivate let place: Int
    fileprivate let generation: UInt32
}

struct TimerHeap {
    private struct Place {
        var generation: UInt32 = 0
        var deadlineMicros: Int64 = 0
        /// Among equal deadlines, the one scheduled first fires first.
        var order: UInt64 = 0
        var heapIndex = -1
        var action: (() -> Void)?
    }

    private var places: [Place] = []
    private var freePlaces: [Int] = []
    /// Indexes into `places`, ordered as a heap.
    private var heap: [Int] = []
    private var scheduledCount: UInt64 = 0

    var count: Int { heap.count }

    var nextDeadlineMicros: Int64? { heap.first.map { places[$0].deadlineMicros } }

    mutating func insert(deadlineMicros: Int64, _ action: @escaping () -> Void) -> TimerID {
        let place = freePlaces.popLast() ?? places.count
        if place == places.count { places.append(Place()) }
        places[place].deadlineMicros = deadlineMicros
        places[place].order = scheduledCount
        places[place].action = action
        scheduledCount += 1
        heap.append(place)
        places[place].heapIndex = heap.count - 1
        siftUp(heap.count - 1)
        return TimerID(place: place, generation: places[place].generation)
    }

    /// False where the timer has fired or was cancelled before.
    @discardableResult
    mutating func remove(_ timer: TimerID) -> Bool {
        guard places.indices.contains(timer.place),
            places[timer.place].generation == timer.generation,
            places[timer.place].heapIndex >= 0
        else { return false }
        _ = take(at: places[timer.place].heapIndex)
        return true
    }

    /// The action of the earliest timer that is due, or nil.
    mutating func popDue(nowMicros: Int64) -> (() -> Void)? {
        guard let deadline = nextDeadlineMicros, deadline <= nowMicros else { return nil }
        return take(at: 0)
    }

    private mutating func take(at index: Int) -> (() -> Void)? {
        let place = heap[index]
        let last = heap.removeLast()
        if index < heap.count {
            heap[index] = last
            places[last].heapIndex = index
            siftDown(index)
            siftUp(index)
        }
        let action = places[place].action
        places[place].action = nil
        places[place].heapIndex = -1
        places[place].generation &+= 1
        freePlaces.append(place)
        return action
    }

    private func isEarlier(_ left: Int, _ right: Int) -> Bool {
        let first = places[heap[left]]
        let second = places[heap[right]]
        return (first.deadlineMicros, first.order) < (second.deadlineMicros, second.order)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0, isEarlier(child, (child - 1) / 2) {
            exchange(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var earliest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && isEarlier(child, earliest) {
                earliest = child
            }
            if earliest == parent { return }
            exchange(parent, earliest)
            parent = earliest
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        places[heap[left]].heapIndex = left
        places[heap[right]].heapIndex = right
    }
}
