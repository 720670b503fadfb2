// A container as it would stand in Redis: a plan is entered, its children fill and end by hand, and
// what its type commits is carried out.

import Base
import Testing
import Trading

@testable import Plugins

struct FamilyScene {
    let desk: Desk
    var now = Sample.time
    private let plan: Plan
    private let terms: OrderTerms
    private(set) var children: [(child: PlannedChild, status: OrderStatus, filled: Int64)] = []
    private(set) var state: [UInt8]
    private(set) var timer: Int64
    private(set) var wakes: FamilyWakes
    private(set) var end: FamilyEnd?
    private(set) var commits: Int64 = 0

    init(_ desk: Desk, _ plan: Plan, _ type: String, params: String = "") throws {
        self.desk = desk
        self.plan = plan
        terms = OrderTerms(
            orderType: type, timeInForce: "gtc", paramsJSON: Array(params.utf8))
        state = plan.state
        timer = plan.timer
        wakes = plan.extra?.wakes ?? []
        children = plan.children.map { ($0, .new, 0) }
    }

    var filled: Int64 { children.reduce(0) { $0 + $1.filled } }

    var total: Int64 { plan.quantity.raw }
    /// What is filled, and what could still be.
    var committed: Int64 {
        children.reduce(0) {
            $0 + ($1.status.isOpen ? $1.child.quantity.raw : $1.filled)
        }
    }

    func order(_ key: String) throws -> PlannedChild {
        try #require(children.first { $0.child.key == key }).child
    }

    /// Fills of a child; it ends where that is all.
    mutating func fill(_ key: String, _ quantity: Int64) {
        guard let index = children.firstIndex(where: { $0.child.key == key }) else { return }
        children[index].filled += quantity
        let isWhole = children[index].filled == children[index].child.quantity.raw
        children[index].status = isWhole ? .filled : .partiallyFilled
    }

    mutating func end(_ key: String) {
        guard let index = children.firstIndex(where: { $0.child.key == key }) else { return }
        if children[index].status.isOpen { children[index].status = .cancelled }
    }

    /// What the type would do now.
    func ask(
        _ kinds: FamilyWakes = .timer, amend: FamilyWake.Amend? = nil, links: [UInt8] = []
    ) throws -> Result<FamilyCommit, Rejection> {
        let parent = try Sample.order(
            "1-a1", .parked, price: plan.pricing == .limit ? plan.price.raw : nil,
            quantity: plan.quantity.raw, filled: filled, terms: terms)
        let members = try children.enumerated().map { index, member in
            FamilyPicture.Child(
                try Sample.order(
                    "1-a1:\(member.child.key)", member.status, member.child.side,
                    price: member.child.pricing == .limit ? member.child.price.raw : nil,
                    quantity: member.child.quantity.raw, filled: member.filled),
                link: index < links.count ? links[index] : 0)
        }
        return desk.planner.event(
            FamilyPicture(
                parent: parent, children: members, state: state, wakes: wakes,
                commits: commits),
            FamilyWake(kinds: kinds, amend: amend, time: now, sequence: 9),
            instrument: Sample.stock, market: Sample.market())
    }

    /// Asks, carries it out, and says in a line what it was.
    mutating func wake(_ kinds: FamilyWakes = .timer) throws -> String {
        let commit = try ask(kinds).get()
        commits += 1
        (state, timer, wakes) = (commit.state, commit.timer, commit.wakes)
        var words: [String] = []
        for step in commit.steps {
            switch step {
            case .place(let child):
                #expect(!children.contains { $0.child.key == child.key })
                children.append((child, .new, 0))
                words.append("place \(child.key) \(child.quantity.raw)")
            case .cancel(let key):
                end(key)
                words.append("cancel \(key)")
            case .amend(let key, _, _): words.append("amend \(key)")
            }
        }
        if let ended = commit.end {
            end = ended
            words.append("\(ended)")
        }
        if timer > 0 { words.append("at \((timer - Sample.time) / 1_000)") }
        return words.joined(separator: ", ")
    }
}
