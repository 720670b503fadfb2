// Cancels, of one order or of a family.

import Base
import Trading

extension Model {
    mutating func cancel(_ id: String) throws(Refusal) -> Answer {
        guard let order = table[id] else { throw Refusal("unknown_order", "order_id=\(id)") }
        let children = openChildren(of: id)
        guard order.isOpen || !children.isEmpty else { return closedAnswer(order) }
        if order.isOpen {
            notes.mainOrder = id
            try close(id, .cancelled, reason: "user_cancel", cause: .cancelled)
        }
        for child in children {
            try close(child.id, .cancelled, reason: "parent_cancelled")
        }
        try finishWorkOrFamilies(order.symbol)
        return Answer(word: "ok", order: self.order(id))
    }

    func closedAnswer(_ order: ModelOrder) -> Answer {
        Answer(word: "refused", code: "order_closed", order: order)
    }
}
