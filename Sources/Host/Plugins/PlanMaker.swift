// From what an order type emitted and a time in force said to a plan: the client's own instructions
// are laid over the order itself, children get what they share with it.

import Base
import COESPlugin
import Trading

struct PlanMaker {
    let request: OrderRequest
    let instrument: Instrument
    let terms: oes_terms_t
    /// Of the order type.
    let stateVersion: Int

    private var policy: RemainderPolicy { RemainderPolicy(terms.remainder) ?? .cancel }
    private var expiry: Int64 { terms.expire_at == .min ? 0 : terms.expire_at }

    /// The plan of what has been judged as a whole, or the first instruction that can't be had.
    func plan(_ work: EmittedWork) -> Result<Plan, Rejection> {
        let result: Result<Plan, Rejection>
        if let main = work.main {
            result = order(main)
        } else if let container = work.container {
            result = self.container(container, work)
        } else {
            preconditionFailure("a plan without the order itself was let through")
        }
        guard !work.steps.isEmpty else { return result }
        return result.map { plan in
            var plan = plan
            let maker = ChildMaker(
                plan, request, inheritsReduceOnly: plan.isContainer)
            plan.children = work.children.map(maker.child)
            return plan
        }
    }

    private func order(_ place: oes_place_t) -> Result<Plan, Rejection> {
        let overlay = Overlay(asked: request.instructions, place: place, policy: policy)
        if let conflict = overlay.offGrid(instrument) ?? overlay.conflict {
            return .failure(conflict)
        }
        let laid = overlay.laid
        let isLimit = place.pricing == OES_PRICING_LIMIT
        return .success(
            Plan(
                pricing: isLimit ? .limit : .market, price: Price(isLimit ? place.price : 0),
                quantity: Quantity(place.quantity), policy: overlay.remainder,
                book: BookKind(place.book) ?? request.book, expireAt: expiry,
                flags: OrderFlags(laid), selfTrade: SelfTradeMode(laid.self_trade),
                extra: OrderExtension(laid)))
    }

    private func container(
        _ container: oes_container_t, _ work: EmittedWork
    ) -> Result<Plan, Rejection> {
        if let conflict = Overlay.conflict(
            ofContainer: request.instructions, policy: policy, request)
        {
            return .failure(conflict)
        }
        var extra = OrderExtension()
        extra.role = .container
        extra.wakes = FamilyWakes(abi: work.wakes ?? 0)
        let state = KeptState(
            version: stateVersion, isReduceOnly: request.instructions.reduceOnly,
            bytes: work.state ?? [])
        let isLimit = container.pricing == OES_PRICING_LIMIT
        return .success(
            Plan(
                pricing: isLimit ? .limit : .market,
                price: Price(isLimit ? container.price : 0),
                quantity: Quantity(container.quantity), policy: .rest, book: request.book,
                expireAt: expiry, selfTrade: request.instructions.selfTrade ?? .cancelNewest,
                extra: extra, state: state.encoded(), timer: work.timer ?? 0))
    }
}

/// Makes children of one order out of places.
struct ChildMaker {
    let side: Side
    let book: BookKind
    let expireAt: Int64
    let selfTrade: SelfTradeMode
    let isReduceOnly: Bool
    let terms: OrderTerms

    init(_ plan: Plan, _ request: OrderRequest, inheritsReduceOnly: Bool) {
        side = request.side
        book = plan.book
        expireAt = plan.expireAt
        selfTrade = plan.selfTrade
        isReduceOnly = inheritsReduceOnly && request.instructions.reduceOnly
        terms = Self.terms(of: request.terms)
    }

    /// Of a container that stands.
    init(_ parent: Order, isReduceOnly: Bool) {
        side = parent.side
        book = parent.book
        expireAt = parent.expireAt
        selfTrade = parent.selfTrade
        self.isReduceOnly = isReduceOnly
        terms = Self.terms(of: parent.terms)
    }

    /// A child is found by its parent; what is the parent's alone isn't repeated.
    private static func terms(of parent: OrderTerms) -> OrderTerms {
        OrderTerms(
            orderType: parent.orderType, timeInForce: parent.timeInForce, tag: parent.tag,
            assetType: parent.assetType)
    }

    func child(_ emitted: EmittedPlace) -> PlannedChild {
        let place = emitted.fields
        var flags = OrderFlags(place)
        if isReduceOnly { flags.insert(.reduceOnly) }
        let isLimit = place.pricing == OES_PRICING_LIMIT
        return PlannedChild(
            key: emitted.key, side: Side(place.side) ?? side,
            pricing: isLimit ? .limit : .market, price: Price(isLimit ? place.price : 0),
            quantity: Quantity(place.quantity),
            policy: RemainderPolicy(place.remainder) ?? .cancel, book: book,
            expireAt: place.expire_at == .min ? expireAt : place.expire_at, flags: flags,
            selfTrade: place.self_trade == 0 ? selfTrade : SelfTradeMode(place.self_trade),
            extra: OrderExtension(place), terms: terms)
    }
}

extension OrderFlags {
    fileprivate init(_ place: oes_place_t) {
        self = []
        if place.post_only == 1 { insert(.postOnly) }
        if place.reduce_only == 1 { insert(.reduceOnly) }
    }
}

extension SelfTradeMode {
    /// 0 = not said.
    init(_ abi: oes_self_trade) {
        self = SelfTradeMode(rawValue: UInt8(truncatingIfNeeded: abi)) ?? .cancelNewest
    }
}

extension FamilyWakes {
    /// A timer needn't be armed: it is its own wish.
    init(abi: UInt32) {
        self = FamilyWakes(rawValue: UInt8(truncatingIfNeeded: abi & 3)).union(.timer)
    }
}

/// What is stored of a container's state: the plugin's bytes, led by what the host must know when it
/// calls the plugin again.
struct KeptState: Equatable {
    /// The descriptor's state_version of the library that kept it.
    var version: Int
    /// The client's reduce_only, which is for the children to come.
    var isReduceOnly: Bool
    var bytes: [UInt8]

    init(version: Int, isReduceOnly: Bool, bytes: [UInt8]) {
        self.version = version
        self.isReduceOnly = isReduceOnly
        self.bytes = bytes
    }

    /// nil where it is too short to be one.
    init?(_ stored: [UInt8]) {
        guard stored.count >= 5 else { return nil }
        version = (0..<4).reduce(0) { $0 | Int(stored[$1]) << (8 * $1) }
        isReduceOnly = stored[4] & 1 == 1
        bytes = Array(stored[5...])
    }

    func encoded() -> [UInt8] {
        let number = UInt32(truncatingIfNeeded: version)
        return (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
            + [isReduceOnly ? 1 : 0] + bytes
    }
}
