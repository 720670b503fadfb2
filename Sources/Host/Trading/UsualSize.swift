// How large an account's orders in a symbol usually are: the mean quantity of those that were taken,
// later ones weighing more. What a fat finger is measured by.

import Base

package struct UsualSize: Hashable, Sendable {
    private var sum: Int64 = 0
    package private(set) var count: Int64 = 0

    package init() {}

    /// Another order was taken. At the last of `usualSizeOrders` both are halved, so that the newer
    /// half weighs as much as all before.
    package mutating func add(_ quantity: Quantity) {
        let (next, overflow) = sum.addingReportingOverflow(quantity.raw)
        sum = overflow ? .max : next
        count += 1
        if count == Limits.usualSizeOrders {
            sum /= 2
            count /= 2
        }
    }

    /// The mean, rounded down.
    package var quantity: Int64 { count == 0 ? 0 : sum / count }
}
