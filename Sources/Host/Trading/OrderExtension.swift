// What an order has beyond a price and a quantity: a trigger, a trail, a peg, hidden size, its place
// in a family (docs/REDIS.md, EXT). A plain order has none of it, and its record no byte of it.

import Base

/// Whose price sets a parked order off.
package enum TriggerSource: UInt8, Sendable, CaseIterable {
    case last = 1
    case bid, ask

    package var name: String {
        switch self {
        case .last: "last"
        case .bid: "bid"
        case .ask: "ask"
        }
    }

    package init?(name: String) {
        guard let source = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = source
    }
}

package enum TriggerDirection: UInt8, Sendable, CaseIterable {
    case atOrAbove = 1
    case atOrBelow

    package var name: String { self == .atOrAbove ? "at_or_above" : "at_or_below" }
}

/// How far behind the best price a trailing trigger stays.
package enum TrailKind: UInt8, Sendable, CaseIterable {
    /// In the price scale.
    case amount = 1
    case bps

    package var name: String { self == .amount ? "amount" : "bps" }
}

package enum PegReference: UInt8, Sendable, CaseIterable {
    case bid = 1
    case ask, midpoint

    package var name: String {
        switch self {
        case .bid: "bid"
        case .ask: "ask"
        case .midpoint: "midpoint"
        }
    }

    package init?(name: String) {
        guard let reference = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reference
    }
}

/// What a fill of one member of a link group does to the others.
package enum LinkAction: UInt8, Sendable, CaseIterable {
    case cancel = 1
    /// They lose what it filled.
    case reduce

    package var name: String { self == .cancel ? "cancel" : "reduce" }
}

package enum OrderRole: UInt8, Sendable, CaseIterable {
    case ordinary = 0
    /// It doesn't work itself: its children's fills are its own.
    case container
    /// A child that works with what its main order has filled.
    case after
}

/// What makes a container's plugin be called.
package struct FamilyWakes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let childFilled = FamilyWakes(rawValue: 1)
    package static let childEnded = FamilyWakes(rawValue: 2)
    package static let timer = FamilyWakes(rawValue: 4)
}

package struct OrderExtension: Hashable, Sendable {
    package var triggerSource: TriggerSource?
    package var triggerDirection: TriggerDirection?
    package var trail: TrailKind?
    package var peg: PegReference?
    /// The number of its link group within the family; 0 = it is in none.
    package var link: UInt8 = 0
    package var linkAction: LinkAction?
    package var role = OrderRole.ordinary
    /// Of a container.
    package var wakes: FamilyWakes = []
    package var triggerPrice = Price(0)
    /// Price units or basis points, as `trail` says.
    package var trailOffset: Int64 = 0
    /// A trailing stop's limit is its trigger price and this, signed.
    package var limitOffset: Int64 = 0
    package var pegOffset: Int64 = 0
    /// The worst price that a pegged order may come to.
    package var pegLimit = Price(0)
    /// The most that is seen of it at a time; 0 = all.
    package var display = Quantity.zero
    /// What of it stands in its level now; 0 where it is in no book.
    package var shown = Quantity.zero
    /// The least that its arrival must trade; 0 once that was judged.
    package var minQuantity = Quantity.zero
    /// Of an after-child: what its main order's fills gave it, less what links took.
    package var granted = Quantity.zero
    /// Of a container: grows by one with each commit.
    package var stateVersion: Int64 = 0

    package static let size = 88

    package init() {}

    package var isIceberg: Bool { display > .zero }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: OrderExtension.size)
        writer.byte(triggerSource?.rawValue ?? 0)
        writer.byte(triggerDirection?.rawValue ?? 0)
        writer.byte(trail?.rawValue ?? 0)
        writer.byte(peg?.rawValue ?? 0)
        writer.byte(link)
        writer.byte(linkAction?.rawValue ?? 0)
        writer.byte(role.rawValue)
        writer.byte(wakes.rawValue)
        for number in [
            triggerPrice.raw, trailOffset, limitOffset, pegOffset, pegLimit.raw, display.raw,
            shown.raw, minQuantity.raw, granted.raw, stateVersion,
        ] { writer.int64(number) }
        return writer.bytes
    }

    package init(record: ArraySlice<UInt8>) throws(RecordError) {
        guard record.count == OrderExtension.size else {
            throw RecordError(what: "extension of \(record.count) bytes")
        }
        var reader = ByteReader(record)
        triggerSource = try optional(TriggerSource.init, try reader.byte(), "trigger source")
        triggerDirection = try optional(
            TriggerDirection.init, try reader.byte(), "trigger direction")
        trail = try optional(TrailKind.init, try reader.byte(), "trail")
        peg = try optional(PegReference.init, try reader.byte(), "peg")
        link = try reader.byte()
        linkAction = try optional(LinkAction.init, try reader.byte(), "link action")
        role = try known(OrderRole(rawValue: try reader.byte()), "role")
        wakes = FamilyWakes(rawValue: try reader.byte())
        triggerPrice = Price(try reader.int64())
        trailOffset = try reader.int64()
        limitOffset = try reader.int64()
        pegOffset = try reader.int64()
        pegLimit = Price(try reader.int64())
        display = Quantity(try reader.int64())
        shown = Quantity(try reader.int64())
        minQuantity = Quantity(try reader.int64())
        granted = Quantity(try reader.int64())
        stateVersion = try reader.int64()
    }
}

/// 0 stands for none.
private func optional<Value>(
    _ make: (UInt8) -> Value?, _ byte: UInt8, _ field: String
) throws(RecordError) -> Value? {
    byte == 0 ? nil : try known(make(byte), field)
}
