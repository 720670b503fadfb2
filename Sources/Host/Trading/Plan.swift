// What an order type and a time in force make of a request: instructions to the matcher. One order,
// or a main order with its children; and what a container's plugin has done later.

import Base

package struct Plan: Hashable, Sendable {
    package var pricing: Pricing
    /// Unused for market pricing.
    package var price: Price
    package var quantity: Quantity
    package var policy: RemainderPolicy
    package var book: BookKind
    /// UTC microseconds; 0 = never.
    package var expireAt: Int64
    package var flags: OrderFlags
    package var selfTrade: SelfTradeMode
    /// nil for a plain order.
    package var extra: OrderExtension?
    package var children: [PlannedChild]
    /// What a container's plugin wants to find again.
    package var state: [UInt8]
    /// When a container's plugin wants to be called: UTC microseconds; 0 = never.
    package var timer: Int64

    package init(
        pricing: Pricing, price: Price, quantity: Quantity, policy: RemainderPolicy,
        book: BookKind, expireAt: Int64, flags: OrderFlags = [],
        selfTrade: SelfTradeMode = .cancelNewest, extra: OrderExtension? = nil,
        children: [PlannedChild] = [], state: [UInt8] = [], timer: Int64 = 0
    ) {
        self.pricing = pricing
        self.price = price
        self.quantity = quantity
        self.policy = policy
        self.book = book
        self.expireAt = expireAt
        self.flags = flags
        self.selfTrade = selfTrade
        self.extra = extra
        self.children = children
        self.state = state
        self.timer = timer
    }

    package var isContainer: Bool { extra?.role == .container }
}

/// An order that comes with its main order, or that a container's plugin adds later.
package struct PlannedChild: Hashable, Sendable {
    /// `[a-z0-9_]{1,16}`, unlike any other of the family: its id is its parent's, `:` and this.
    package var key: String
    package var side: Side
    package var pricing: Pricing
    /// Unused for market pricing.
    package var price: Price
    package var quantity: Quantity
    package var policy: RemainderPolicy
    package var book: BookKind
    /// UTC microseconds; 0 = never.
    package var expireAt: Int64
    package var guards: [Guard]
    package var flags: OrderFlags
    package var selfTrade: SelfTradeMode
    package var extra: OrderExtension?
    package var terms: OrderTerms

    package init(
        key: String, side: Side, pricing: Pricing, price: Price, quantity: Quantity,
        policy: RemainderPolicy, book: BookKind, expireAt: Int64, guards: [Guard] = [],
        flags: OrderFlags = [], selfTrade: SelfTradeMode = .cancelNewest,
        extra: OrderExtension? = nil, terms: OrderTerms
    ) {
        self.key = key
        self.side = side
        self.pricing = pricing
        self.price = price
        self.quantity = quantity
        self.policy = policy
        self.book = book
        self.expireAt = expireAt
        self.guards = guards
        self.flags = flags
        self.selfTrade = selfTrade
        self.extra = extra
        self.terms = terms
    }
}

/// One thing that a container's plugin does with its children.
package enum FamilyStep: Hashable, Sendable {
    case place(PlannedChild)
    case cancel(key: String)
    /// nil = as it is.
    case amend(key: String, price: Price?, quantity: Quantity?)
}

package enum FamilyEnd: Hashable, Sendable {
    /// Filled where its children filled all of it, else cancelled with the reason `done`.
    case done
    /// Cancelled, with this reason.
    case cancelled(reason: String)
}

/// A container's new price or total quantity; nil = as it is.
package struct ContainerAmend: Hashable, Sendable {
    package var price: Price?
    package var quantity: Quantity?
    package init(price: Price?, quantity: Quantity?) {
        self.price = price
        self.quantity = quantity
    }
}

/// All that a container's plugin does at once.
package struct FamilyCommit: Hashable, Sendable {
    package var steps: [FamilyStep]
    package var state: [UInt8]
    /// UTC microseconds; 0 = no call by the clock.
    package var timer: Int64
    package var wakes: FamilyWakes
    /// nil = the container goes on.
    package var end: FamilyEnd?
    /// What becomes of the container itself; nil = it stays as it is.
    package var amend: ContainerAmend?

    package init(
        steps: [FamilyStep] = [], state: [UInt8] = [], timer: Int64 = 0, wakes: FamilyWakes = [],
        end: FamilyEnd? = nil
    ) {
        self.steps = steps
        self.state = state
        self.timer = timer
        self.wakes = wakes
        self.end = end
    }
}
