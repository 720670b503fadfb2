// What a plugin's plan or on_event emitted for an order, judged and copied: nothing here points into
// a plugin's memory.

import COESPlugin
import Trading

/// A place without the text that it came with.
struct EmittedPlace {
    /// child_key is empty here.
    var fields: oes_place_t
    /// Empty = the order itself.
    let key: String
}

enum EmittedStep {
    case place(EmittedPlace)
    case cancel(String)
    /// nil = as it is.
    case amend(String, price: Int64?, quantity: Int64?)

    var key: String {
        switch self {
        case .place(let place): place.key
        case .cancel(let key), .amend(let key, _, _): key
        }
    }
}

struct EmittedWork {
    /// The order itself; either this or `container`, or neither.
    var main: oes_place_t?
    var container: oes_container_t?
    /// Children, in the order in which they came.
    var steps: [EmittedStep] = []
    /// nil = none was emitted.
    var state: [UInt8]?
    var timer: Int64?
    var wakes: UInt32?
    /// The reason of a DONE.
    var done: String?

    var children: [EmittedPlace] {
        steps.compactMap { if case .place(let place) = $0 { place } else { nil } }
    }

    /// Nothing at all.
    var isEmpty: Bool {
        main == nil && container == nil && steps.isEmpty && state == nil && timer == nil
            && wakes == nil && done == nil
    }

    /// What is wrong with a plan as a whole; each of its parts has been judged.
    func wrongPlan(side: Side, takesEvents: Bool) -> String? {
        guard main != nil || container != nil else {
            return isEmpty ? "it emitted nothing" : "it placed children without the order itself"
        }
        if let container {
            guard takesEvents else { return "it emitted a container, but has no on_event" }
            return wrongPieces(of: container.quantity, side: side)
        }
        if state != nil || timer != nil || wakes != nil {
            return "it keeps state or wants calls without a container"
        }
        return wrongAfter ?? wrongLinks
    }

    /// What is wrong with a container's children; all together may have `room`.
    func wrongPieces(of room: Int64, side: Side) -> String? {
        for child in children {
            let place = child.fields
            if place.after == 1 { return "child \(child.key) works after a container's fills" }
            if place.side != 0, place.side != side.abi {
                return "child \(child.key) has another side than its container"
            }
        }
        guard need <= room else { return "its children have \(need), with \(room) left" }
        return wrongLinks
    }

    /// The most that the new children can fill: of a link group the largest counts.
    private var need: Int64 {
        var groups: [UInt32: Int64] = [:]
        var sum: Int64 = 0
        for place in children.map(\.fields) {
            if place.link_group == 0 {
                sum = sum.addingClamped(place.quantity)
            } else {
                groups[place.link_group] = max(groups[place.link_group] ?? 0, place.quantity)
            }
        }
        return groups.values.reduce(sum) { $0.addingClamped($1) }
    }

    private var wrongAfter: String? {
        guard let quantity = main?.quantity else { return nil }
        let wrong = children.first { $0.fields.after == 1 && $0.fields.quantity != quantity }
        return wrong.map {
            "child \($0.key) works after fills with quantity \($0.fields.quantity) of \(quantity)"
        }
    }

    /// A group of one would be a link that was forgotten.
    private var wrongLinks: String? {
        var members: [UInt32: Int] = [:]
        for group in ([main?.link_group ?? 0] + children.map(\.fields.link_group))
        where group > 0 {
            members[group, default: 0] += 1
        }
        return members.first { $0.value < 2 }.map { "link group \($0.key) has one member" }
    }
}

extension Int64 {
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
