// The projector's call: what it appends to which list.

import Base
import Trading

/// Items to be appended to the projector's lists, and the cursor's step from `from` to `to`.
package struct ProjectCall: Sendable {
    package struct Addition: Sendable {
        package let list: ProjectedList
        package let items: [[UInt8]]
        /// What goes to `.executions` goes to the lists of its accounts too, and is found by order:
        /// each item crosses to Redis once.
        package init(_ list: ProjectedList, _ items: [[UInt8]]) {
            self.list = list
            self.items = items
        }
    }

    package var from: Int64
    package var to: Int64
    package var additions: [Addition]

    package init(from: Int64, to: Int64, additions: [Addition]) {
        self.from = from
        self.to = to
        self.additions = additions
    }

    func append(to command: inout RedisCommand) {
        command.append(from)
        command.append(to)
        for addition in additions {
            command.append(addition.list == .executions ? "executions" : addition.list.name)
            command.append(Int64(addition.items.count))
            for item in addition.items { command.append(item) }
        }
    }
}
