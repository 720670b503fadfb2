// A container with its children as it stands: what an order type's on_event is asked about.

import Base
import Trading

package struct FamilyPicture: Sendable {
    package struct Child: Sendable {
        package let order: Order
        /// Its link group; 0 = none.
        package let link: UInt8

        package init(_ order: Order, link: UInt8 = 0) {
            self.order = order
            self.link = link
        }

        var key: String { String(order.childKey ?? "") }
    }

    package let parent: Order
    /// All that were ever placed, in the order of placing.
    package let children: [Child]
    /// As Redis keeps it.
    package let state: [UInt8]
    /// What the container is armed for.
    package let wakes: FamilyWakes
    /// Its state version.
    package let commits: Int64

    package init(
        parent: Order, children: [Child], state: [UInt8], wakes: FamilyWakes, commits: Int64
    ) {
        self.parent = parent
        self.children = children
        self.state = state
        self.wakes = wakes
        self.commits = commits
    }

    /// What its open children could still fill, together with what is filled: of a link group the
    /// largest counts. The same however much of it fills meanwhile. `amends` are what becomes of
    /// their quantities.
    func committed(amends: [String: Int64]) -> Int64 {
        var groups: [UInt8: Int64] = [:]
        var sum = parent.filled.raw
        for child in children where child.order.status.isOpen {
            let amended = (amends[child.key] ?? 0) - child.order.filled.raw
            let leaves = max(child.order.leaves.raw, amended)
            if child.link == 0 {
                sum = sum.addingClamped(leaves)
            } else {
                groups[child.link] = max(groups[child.link] ?? 0, leaves)
            }
        }
        return groups.values.reduce(sum) { $0.addingClamped($1) }
    }
}

/// Why on_event is called.
package struct FamilyWake: Sendable {
    package struct Amend: Sendable {
        /// nil = as it is.
        package let price: Price?
        package let quantity: Quantity?
        package init(price: Price?, quantity: Quantity?) {
            self.price = price
            self.quantity = quantity
        }
    }

    /// What is known to have happened; a hint.
    package let kinds: FamilyWakes
    package let amend: Amend?
    /// UTC microseconds.
    package let time: Int64
    /// Of the picture.
    package let sequence: Int64

    package init(kinds: FamilyWakes, amend: Amend? = nil, time: Int64, sequence: Int64) {
        self.kinds = kinds
        self.amend = amend
        self.time = time
        self.sequence = sequence
    }
}
