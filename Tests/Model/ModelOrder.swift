// The model's own order: a plain value that can be changed and compared.

import Base
import Trading

struct ModelOrder: Hashable {
    var id: String
    var account: String
    var symbol: String
    var side: Side
    var pricing: Pricing
    var policy: RemainderPolicy
    var book: BookKind
    var price: Int64
    var quantity: Int64
    var expireAt: Int64
    var requestHash: Int64
    var selfTrade = SelfTradeMode.cancelNewest
    var flags: OrderFlags = []
    var ext = ModelExtension()
    var status = OrderStatus.new
    var reason = ""
    var filled: Int64 = 0
    /// Σ price × quantity of the fills.
    var notional: Int128 = 0
    var amount: Int64 = 0
    var hold: Int64 = 0
    var fee: Int64 = 0
    /// fee × 10000 − Σ amount × bps of the fills.
    var feeRest: Int64 = 0
    var bookSequence: Int64 = 0
    var acceptedSequence: Int64 = 0
    var lastSequence: Int64 = 0
    var createdAt: Int64 = 0
    var updatedAt: Int64 = 0
    var closedAt: Int64 = 0
    /// In mid-call alone: before it has arrived, and while it is judged. It is open, but nothing is
    /// charged for it and it stands nowhere.
    var isPending = false
}

/// What an order has beyond a price and a quantity (docs/REDIS.md, EXT).
struct ModelExtension: Hashable {
    var triggerSource: TriggerSource?
    var triggerDirection: TriggerDirection?
    var trail: TrailKind?
    var peg: PegReference?
    var link: UInt8 = 0
    var linkAction: LinkAction?
    var role = OrderRole.ordinary
    var wakes: FamilyWakes = []
    var triggerPrice: Int64 = 0
    var trailOffset: Int64 = 0
    var limitOffset: Int64 = 0
    var pegOffset: Int64 = 0
    /// Of a trailing order: the best last price seen since it was parked.
    var pegLimit: Int64 = 0
    var display: Int64 = 0
    var shown: Int64 = 0
    var minQuantity: Int64 = 0
    var granted: Int64 = 0
    var stateVersion: Int64 = 0
}

extension ModelOrder {
    var isOpen: Bool { status.isOpen }
    var isContainer: Bool { ext.role == .container }
    var leadsFamily: Bool { isContainer || flags.contains(.hasChildren) }
    var isAfter: Bool { ext.role == .after }
    var isWaiting: Bool { flags.contains(.waiting) }
    var isQueued: Bool { flags.contains(.queued) }
    var isReduceOnly: Bool { flags.contains(.reduceOnly) }
    var isPegged: Bool { ext.peg != nil }
    var isIceberg: Bool { ext.display > 0 }

    /// What it has to work with, were it at work.
    var workable: Int64 {
        switch ext.role {
        case .container: 0
        case .after: max(0, min(ext.granted, quantity) - filled)
        case .ordinary: quantity - filled
        }
    }

    /// What account and position are charged for.
    var working: Int64 { isOpen && !isPending && !isWaiting ? workable : 0 }

    /// Whether it stands in a book.
    var rests: Bool {
        (status == .new || status == .partiallyFilled) && !isPending && !isWaiting && !isQueued
            && !isContainer
    }

    /// Whether its trigger is being watched.
    var isArmed: Bool {
        status == .parked && !isPending && !isWaiting && !isContainer && ext.triggerSource != nil
    }

    /// What of it stands in its level.
    var visible: Int64 { isIceberg ? ext.shown : working }

    /// A child's id is its parent's, a colon and its key.
    var parent: String? {
        id.utf8.firstIndex(of: UInt8(ascii: ":")).map { String(id[..<$0]) }
    }

    var family: String { parent ?? id }

    mutating func cut(_ cut: Int64) {
        quantity -= cut
        if isAfter { ext.granted -= cut }
        ext.shown = min(ext.shown, working)
    }
}

extension ModelOrder {
    init(_ order: Order) {
        self.init(
            id: order.id.text, account: String(order.id.account), symbol: order.symbol,
            side: order.side, pricing: order.pricing, policy: order.policy, book: order.book,
            price: order.price.raw, quantity: order.quantity.raw, expireAt: order.expireAt,
            requestHash: order.id.parent == nil ? order.requestHash : 0, selfTrade: order.selfTrade,
            flags: order.flags,
            ext: ModelExtension(order.extra), status: order.status, reason: order.reason,
            filled: order.filled.raw,
            notional: Int128(order.notionalHigh) * 100_000_000_000_000 + Int128(order.notionalLow),
            amount: order.amount.raw, hold: order.hold, fee: order.fee.raw,
            feeRest: order.feeRest, bookSequence: order.bookSequence,
            acceptedSequence: order.acceptedSequence, lastSequence: order.lastSequence,
            createdAt: order.createdAt, updatedAt: order.updatedAt, closedAt: order.closedAt)
    }
}

extension ModelExtension {
    init(_ extra: OrderExtension?) {
        guard let extra else {
            self.init()
            return
        }
        self.init(
            triggerSource: extra.triggerSource, triggerDirection: extra.triggerDirection,
            trail: extra.trail, peg: extra.peg, link: extra.link, linkAction: extra.linkAction,
            role: extra.role, wakes: extra.wakes, triggerPrice: extra.triggerPrice.raw,
            trailOffset: extra.trailOffset, limitOffset: extra.limitOffset,
            pegOffset: extra.pegOffset, pegLimit: extra.pegLimit.raw, display: extra.display.raw,
            shown: extra.display > .zero ? extra.shown.raw : 0,
            minQuantity: extra.minQuantity.raw, granted: extra.granted.raw,
            stateVersion: extra.stateVersion)
    }

    /// As the host packs it: empty for a plain order.
    var packed: [UInt8] {
        guard self != ModelExtension() else { return [] }
        var extra = OrderExtension()
        extra.triggerSource = triggerSource
        extra.triggerDirection = triggerDirection
        extra.trail = trail
        extra.peg = peg
        extra.link = link
        extra.linkAction = linkAction
        extra.role = role
        extra.wakes = wakes
        extra.triggerPrice = Price(triggerPrice)
        extra.trailOffset = trailOffset
        extra.limitOffset = limitOffset
        extra.pegOffset = pegOffset
        extra.pegLimit = Price(pegLimit)
        extra.display = Quantity(display)
        extra.shown = Quantity(shown)
        extra.minQuantity = Quantity(minQuantity)
        extra.granted = Quantity(granted)
        extra.stateVersion = stateVersion
        return extra.encoded()
    }
}
