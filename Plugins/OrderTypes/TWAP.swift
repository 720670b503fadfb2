// `twap`: works its quantity off in equal slices over a time. What a slice leaves is carried to the
// next one; the last takes all that is left.
//
// Slice n begins n-1 intervals after the start, and brings what is then missing to n of the parts.
// At its time the slice before it is cancelled; once the picture shows no child open, the new one
// is placed. Fills between picture and answer thus can't be counted twice.

import OESPluginKit

struct TimeWeighted: EventfulOrderType {
    static let description = describe(
        "twap", "Time-weighted",
        state: 1,
        Part.schema(
            "Trades its quantity in equal slices over a time; with a price each slice is a limit "
                + "order, else it trades at the market.",
            price: "optional", required: ["duration", "slices"],
            [
                """
                "duration": {"type": "integer", "x-oes-format": "duration", "minimum": 1000,
                    "maximum": 86400000, "title": "Duration", "x-oes-unit": "ms",
                    "x-oes-order": 1, "description": "From the first slice to the end, in ms."}
                """,
                """
                "slices": {"type": "integer", "minimum": 2, "maximum": 100, "title": "Slices",
                    "x-oes-order": 2, "description": "Into how many parts it is cut."}
                """,
            ],
            example: """
                {"symbol": "AAPL", "side": "buy", "order_type": "twap", "quantity": "1000",
                 "price": "151.00", "time_in_force": "gtc",
                 "params": {"duration": 600000, "slices": 10}}
                """,
            then: "Bids 151.00 for 100 at once and for 100 more each minute, together with what "
                + "was not bought before. After ten minutes it ends: filled, or cancelled with "
                + "the reason done."))

    init(host: Host, config: Values) {}

    func plan(_ input: PlanInput) -> Planned {
        planned { () throws(Reject) in
            let schedule = Schedule(input.order, input.instrument, start: input.market.time)
            try require(schedule, input)
            let pricing = input.optionalPricing
            let container = Container(pricing, quantity: input.order.quantity)
            return .work([
                .container(container), .place(schedule.slice(1, schedule.target(1), input.order)),
                .state(Progress(start: schedule.start, placed: 1).bytes),
                .timer(schedule.begin(2)), .wakes(.childEnded),
            ])
        }
    }

    func onEvent(_ input: EventInput) -> Reaction {
        guard !input.wakes.contains(.amend) else { return .unsupported }
        let progress =
            Progress(input.state) ?? Progress(start: input.createdAt, placed: 0)
        let schedule = Schedule(input.order, input.instrument, start: progress.start)
        guard input.time < schedule.end else { return .work([.done()]) }
        let due = schedule.due(at: input.time)
        let open = input.children.filter(\.isOpen)
        guard due > progress.placed else {
            let isOver = open.isEmpty && progress.placed == schedule.slices
            return .work(isOver ? [.done()] : [.timer(schedule.begin(progress.placed + 1))])
        }
        // Their end wakes us again; the timer is for where it was before this.
        guard open.isEmpty else {
            return .work(open.map { .cancel($0.key) } + [.timer(input.time)])
        }
        var work: [Instruction] = [
            .state(Progress(start: progress.start, placed: due).bytes),
            .timer(schedule.begin(due + 1)),
        ]
        let behind = schedule.target(due) - input.filled
        let number = Int64(input.children.count) + 1
        if behind > 0 { work.append(.place(schedule.slice(number, behind, input.order))) }
        return .work(work)
    }

    private func require(_ schedule: Schedule, _ input: PlanInput) throws(Reject) {
        let lots = schedule.quantity / schedule.lot
        guard schedule.slices <= lots else {
            throw Reject(
                code: "too_many_slices", field: "params.slices",
                text: "The quantity has \(lots) lots, so it can't be cut into "
                    + "\(schedule.slices) slices.",
                values: "slices=\(schedule.slices), lots=\(lots)")
        }
        guard schedule.interval >= Schedule.shortest else {
            throw Reject(
                code: "slices_too_close", field: "params.slices",
                text: "Slices are at least 100 ms apart. Take fewer, or a longer duration.",
                values: "interval_ms=\(schedule.interval / 1_000), minimum_ms=100")
        }
    }
}

/// Which slice begins when, and how much should be filled by its end.
private struct Schedule {
    /// 100 ms: Redis is asked for timers that often.
    static let shortest: Int64 = 100_000

    /// UTC microseconds.
    let start: Int64
    /// Microseconds.
    let duration: Int64
    let slices: Int64
    let quantity: Int64
    let lot: Int64

    init(_ order: OrderView, _ instrument: InstrumentView, start: Int64) {
        self.start = start
        duration = order.params.required(0) * 1_000
        slices = max(order.params.required(1), 1)
        quantity = order.quantity
        lot = instrument.lot
    }

    var end: Int64 { start + duration }
    var interval: Int64 { duration / slices }

    /// When a slice begins; after the last comes the end.
    func begin(_ slice: Int64) -> Int64 { slice > slices ? end : start + (slice - 1) * interval }

    /// The slice whose time it is.
    func due(at time: Int64) -> Int64 {
        min(max((time - start) / max(interval, 1), 0) + 1, slices)
    }

    /// What should be filled by the end of a slice, in whole lots. 2^53 × 100 fits.
    func target(_ slice: Int64) -> Int64 {
        let share = quantity * slice / slices
        return slice >= slices ? quantity : share - share % lot
    }

    func slice(_ number: Int64, _ quantity: Int64, _ order: OrderView) -> Place {
        var place = Place(
            order.price.map { .limit($0) } ?? .market, quantity: quantity, book: order.book,
            remainder: order.price == nil ? .cancel : .rest)
        place.childKey = "s\(number)"
        return place
    }
}

/// What is kept between calls: when it began, and up to which slice all were placed.
private struct Progress {
    let start: Int64
    let placed: Int64

    init(start: Int64, placed: Int64) {
        self.start = start
        self.placed = placed
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func number(_ at: Int) -> Int64 {
            (0..<8).reduce(0) { $0 | Int64(bytes[at + $1]) << Int64(8 * $1) }
        }
        (start, placed) = (number(0), number(8))
    }

    var bytes: [UInt8] {
        [start, placed].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> Int64(8 * $0)) }
        }
    }
}
