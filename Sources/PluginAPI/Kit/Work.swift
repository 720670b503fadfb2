// What an order type places and asks for, as values: see oes_place_t and the structs after it.

/// Work for the matcher: the order itself, or a child that works for it.
public struct Place: Equatable, Sendable {
    public enum Pricing: Equatable, Sendable {
        case limit(Int64)
        /// Without a limit: the host sets a protection price.
        case market
    }
    public var pricing: Pricing
    public var quantity: Int64
    public var book: Book
    public var remainder: Remainder
    /// UTC microseconds; nil = never, for a child as the time in force says.
    public var expireAt: Int64?
    /// Empty = the order itself. A child's: a-z, 0-9, _, at most 16 bytes, never used twice.
    public var childKey = ""
    /// nil = the order's. For children only.
    public var side: Side?
    /// Refused where it would trade on arrival.
    public var isPostOnly = false
    public var isReduceOnly = false
    /// nil = as the client asked.
    public var selfTrade: SelfTrade?
    /// What must be able to trade on arrival.
    public var minQuantity: Int64?
    /// What is shown at a time; below `quantity`.
    public var displayQuantity: Int64?
    /// nil = works at once.
    public var trigger: Trigger?
    public var peg: Peg?
    /// A child that works with what the order itself has filled.
    public var worksAfterFills = false
    public var link: Link?

    public init(
        _ pricing: Pricing, quantity: Int64, book: Book, remainder: Remainder = .rest,
        expireAt: Int64? = nil
    ) {
        self.pricing = pricing
        self.quantity = quantity
        self.book = book
        self.remainder = remainder
        self.expireAt = expireAt
    }
}

public enum Remainder: Sendable {
    case rest, cancel, allOrNone
}

public enum SelfTrade: UInt32, Sendable {
    case cancelNewest = 1
    case cancelOldest, cancelBoth, decrement
}

/// When a waiting order goes to the book.
public enum Trigger: Equatable, Sendable {
    public enum Source: UInt32, Sendable {
        case last = 1
        case bid, ask
    }
    public enum Direction: UInt32, Sendable {
        case atOrAbove = 1
        case atOrBelow
    }
    /// How far a trailing trigger stays from the best last price.
    public enum Distance: Equatable, Sendable {
        case amount(Int64)
        case bps(Int64)
    }

    case at(Int64, Source, Direction)
    /// Follows the last price upwards (atOrBelow, a sell's) or downwards (atOrAbove, a buy's), never
    /// back. With limit pricing the price is always the trigger's plus `limitOffset`.
    case trailing(Direction, Distance, limitOffset: Int64 = 0)
}

public struct Peg: Equatable, Sendable {
    public enum Reference: UInt32, Sendable {
        case bid = 1
        case ask, midpoint
    }
    public var reference: Reference
    /// In units of the price, of either sign.
    public var offset: Int64

    public init(_ reference: Reference, offset: Int64 = 0) {
        self.reference = reference
        self.offset = offset
    }
}

/// What a fill does to the other orders of the same group of the family.
public struct Link: Equatable, Sendable {
    public enum Action: UInt32, Sendable {
        case cancel = 1
        case reduce
    }
    /// 1 to 255.
    public var group: UInt32
    public var action: Action

    public init(group: UInt32, _ action: Action) {
        self.group = group
        self.action = action
    }
}

/// The order itself as one that doesn't work, but whose children do.
public struct Container: Equatable, Sendable {
    public var pricing: Place.Pricing
    public var quantity: Int64
    /// UTC microseconds; nil = never.
    public var expireAt: Int64?

    public init(_ pricing: Place.Pricing, quantity: Int64, expireAt: Int64? = nil) {
        self.pricing = pricing
        self.quantity = quantity
        self.expireAt = expireAt
    }
}

/// What a container's type wants to be called for, or was called for.
public struct Wakes: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let childFilled = Wakes(rawValue: 1)
    public static let childEnded = Wakes(rawValue: 2)
    public static let timer = Wakes(rawValue: 4)
    public static let amend = Wakes(rawValue: 8)
}

/// One step of a plan, or of what follows an event.
public enum Instruction: Equatable, Sendable {
    case place(Place)
    /// Plans only.
    case container(Container)
    case state([UInt8])
    /// A call at this time, in UTC microseconds. Each call uses it up.
    case timer(Int64)
    case wakes(Wakes)
    // Events only.
    case cancel(String)
    case amend(String, price: Int64? = nil, quantity: Int64? = nil)
    /// Empty = done.
    case done(reason: String = "")
}

/// What an order type makes of an order.
public enum Planned: Equatable, Sendable {
    case place(Place)
    case work([Instruction])
    case reject(Reject)
}

/// What it makes of what happened to a container.
public enum Reaction: Equatable, Sendable {
    case work([Instruction])
    /// Only as the answer to an amend.
    case reject(Reject)
    /// For an amend that the type can't carry out.
    case unsupported
}
