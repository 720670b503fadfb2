// The structs that a plugin is called with, made once and filled again for each order: a call
// allocates nothing. One frame belongs to one caller on the order thread; what it lends is valid
// until the next `begin`.

import COESPlugin
import Trading

final class InputFrame {
    let order = InputFrame.make(oes_order_t())
    let instrument = InputFrame.make(oes_instrument_t())
    let market = InputFrame.make(oes_market_t())
    let account = InputFrame.make(oes_account_t())
    let position = InputFrame.make(oes_position_t())
    let place = InputFrame.make(oes_place_t())
    private let arena = TextArena()
    private var params: UnsafeMutablePointer<oes_value_t>
    private var paramCapacity = 16

    init() {
        params = .allocate(capacity: paramCapacity)
        order.pointee.struct_size = UInt32(MemoryLayout<oes_order_t>.size)
        instrument.pointee.struct_size = UInt32(MemoryLayout<oes_instrument_t>.size)
        market.pointee.struct_size = UInt32(MemoryLayout<oes_market_t>.size)
        account.pointee.struct_size = UInt32(MemoryLayout<oes_account_t>.size)
        position.pointee.struct_size = UInt32(MemoryLayout<oes_position_t>.size)
        place.pointee.struct_size = UInt32(MemoryLayout<oes_place_t>.size)
    }

    deinit {
        params.deallocate()
        order.deallocate()
        instrument.deallocate()
        market.deallocate()
        account.deallocate()
        position.deallocate()
        place.deallocate()
    }

    private static func make<Value>(_ value: Value) -> UnsafeMutablePointer<Value> {
        let memory = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        memory.initialize(to: value)
        return memory
    }

    /// Fills order, instrument and market. `type` is the order's type, by whose schema the
    /// params are laid out.
    func begin(
        _ request: OrderRequest, type: OrderTypeEntry?, instrument: Instrument,
        market: MarketSnapshot
    ) {
        arena.reset()
        fill(instrument)
        fill(market)
        fill(request)
        fill(request.params, template: type?.paramTemplate ?? [])
    }

    private func fill(_ request: OrderRequest) {
        order.pointee.side = request.side.abi
        order.pointee.book = request.book.abi
        order.pointee.quantity = request.quantity.raw
        order.pointee.price = request.price?.raw ?? .min
        order.pointee.client_order_id = arena.lend(request.clientOrderID)
        order.pointee.account = arena.lend(request.account)
        order.pointee.symbol = instrument.pointee.symbol
        order.pointee.order_type = arena.lend(request.orderType)
        order.pointee.time_in_force = arena.lend(request.timeInForce)
        order.pointee.tag = arena.lend(request.tag)
        fill(request.instructions)
        order.pointee.expire_time = request.expireTime ?? .min
    }

    private func fill(_ asked: OrderInstructions) {
        order.pointee.flags =
            (asked.postOnly ? OES_ORDER_POST_ONLY : 0)
            | (asked.reduceOnly ? OES_ORDER_REDUCE_ONLY : 0)
            | (asked.allOrNone ? OES_ORDER_ALL_OR_NONE : 0)
        order.pointee.stp_mode = asked.selfTrade.map { UInt32($0.rawValue) } ?? 0
        order.pointee.min_quantity = asked.minQuantity?.raw ?? .min
        order.pointee.display_quantity = asked.displayQuantity?.raw ?? .min
    }

    private func fill(_ given: [OrderParam], template: [oes_value_t]) {
        order.pointee.param_count = UInt64(template.count)
        order.pointee.params = template.isEmpty ? nil : UnsafePointer(params)
        guard !template.isEmpty else { return }
        if template.count > paramCapacity {
            params.deallocate()
            paramCapacity = template.count
            params = .allocate(capacity: paramCapacity)
            order.pointee.params = UnsafePointer(params)
        }
        // Both are in the schema's order.
        var next = 0
        for (index, absent) in template.enumerated() {
            var value = absent
            if next < given.count, names(absent.name, given[next].name) {
                value.set(given[next].value, arena)
                next += 1
            }
            (params + index).initialize(to: value)
        }
    }

    private func names(_ name: oes_str, _ text: String) -> Bool {
        guard name.len == UInt64(text.utf8.count), let start = name.ptr else { return false }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(name.len))
        return text.utf8.elementsEqual(bytes)
    }

    private func fill(_ source: Instrument) { instrument.pointee.set(source, arena) }

    private func fill(_ source: MarketSnapshot) {
        market.pointee.best_bid = source.bestBid?.raw ?? .min
        market.pointee.best_ask = source.bestAsk?.raw ?? .min
        market.pointee.last = source.last?.raw ?? .min
        market.pointee.as_of_seq = UInt64(clamping: source.asOfSequence)
        market.pointee.time = source.time
    }

    /// For the rules, after `begin`: the fees are then as the account pays them.
    func fill(_ source: Account) {
        account.pointee.set(source, arena)
        if let fee = source.makerFeeBps { instrument.pointee.maker_fee_bps = fee }
        if let fee = source.takerFeeBps { instrument.pointee.taker_fee_bps = fee }
    }

    func fill(_ source: Position) {
        position.pointee.quantity = source.quantity.raw
        position.pointee.held = source.held.raw
        position.pointee.open_buy = source.openBuy.raw
        position.pointee.cost = source.cost.raw
        position.pointee.realized = source.realized.raw
        position.pointee.executed = source.executed
    }

    /// For the rules: the order itself.
    func fill(_ plan: Plan) {
        var fields = oes_place_t()
        fields.pricing = plan.pricing.abi
        fields.remainder = plan.policy.abi
        fields.book = plan.book.abi
        fields.price = plan.pricing == .limit ? plan.price.raw : .min
        fields.quantity = plan.quantity.raw
        fields.expire_at = plan.expireAt == 0 ? .min : plan.expireAt
        fields.post_only = plan.flags.contains(.postOnly) ? 1 : 0
        fields.reduce_only = plan.flags.contains(.reduceOnly) ? 1 : 0
        fields.self_trade = UInt32(plan.selfTrade.rawValue)
        if let extra = plan.extra { fields.set(extra) }
        fill(fields)
    }

    /// As a plugin emitted it, in a struct of our size.
    func fill(_ fields: oes_place_t) {
        place.pointee = fields
        place.pointee.struct_size = UInt32(MemoryLayout<oes_place_t>.size)
    }
}

extension oes_instrument_t {
    mutating func set(_ source: Instrument, _ arena: TextArena) {
        struct_size = UInt32(MemoryLayout<oes_instrument_t>.size)
        price_scale = UInt32(source.priceScale)
        quantity_scale = UInt32(source.quantityScale)
        money_scale = UInt32(source.moneyScale)
        tick = source.tickSize
        lot = source.lotSize
        band_bps = source.bandBps
        maker_fee_bps = source.makerFeeBps
        taker_fee_bps = source.takerFeeBps
        symbol = arena.lend(source.symbol)
        currency = arena.lend(source.currency)
        asset_type = arena.lend(source.assetType)
    }
}

extension oes_account_t {
    mutating func set(_ source: Account, _ arena: TextArena) {
        struct_size = UInt32(MemoryLayout<oes_account_t>.size)
        id = arena.lend(source.id)
        account_type = arena.lend(source.profile.accountType)
        risk_level = arena.lend(source.profile.riskLevel)
        currency = arena.lend(source.currency)
        balance = source.balance.raw
        held = source.held.raw
        short_limit = source.shortLimit.raw
        group = arena.lend(source.group ?? "")
        available = source.available.raw
        multiple = source.multiple
        open_orders = source.openOrderCount
        open_buy = source.openBuyNotional.raw
        open_sell = source.openSellNotional.raw
        long_cost = source.longCost.raw
        short_cost = source.shortCost.raw
        equity = .min
        day_profit = .min
    }
}

extension oes_value_t {
    /// Sets the value, a text lent by the arena.
    mutating func set(_ given: OrderParam.Value, _ arena: TextArena) {
        switch given {
        case .integer(let number):
            kind = OES_VALUE_INTEGER
            integer = number
        case .boolean(let flag):
            kind = OES_VALUE_BOOLEAN
            integer = flag ? 1 : 0
        case .text(let lent):
            kind = OES_VALUE_TEXT
            text = arena.lend(lent)
        }
    }
}
