// A new order as the kept routes take it.

import Base
import Plugins
import Service
import Trading
import Wire

struct OrderFields {
    /// The predecessor's names (type is the side, tif the time in force), or FIX's.
    enum Style {
        case kept, v1
    }

    static let kept =
        [
            Field("type", .choice(sides), "The order's side.", required: true),
            Field("tif", .timeInForceName, "As time_in_force."),
        ] + common
    static let v1 =
        [
            Field("side", .choice(sides), "buy or sell.", required: true)
        ] + common
    /// What an amend may change.
    static let change = [
        Field("price", .decimal(.positive), "The new limit price."),
        Field("quantity", .decimal(.positive), "The new total; what is filled counts."),
        Field("stop_price", .decimal(.positive), "Of an order that waits for one: the new one."),
    ]

    private static let sides = ["buy", "sell"]
    private static let common =
        [
            Field(
                "symbol", .symbol, "The instrument's symbol.", required: true),
            Field("quantity", .decimal(.positive), "How many units, in lots.", required: true),
            Field("price", .decimal(.positive), "The limit price, in ticks; none for market."),
            Field(
                "order_type", .orderTypeName,
                "A loaded order type; limit where a price is given, else market."),
            Field(
                "time_in_force", .timeInForceName, "A loaded time in force; day by default."),
            Field(
                "client_order_id", .identifier(most: Limits.clientOrderIdBytes),
                "Your id of the order, unique in the account: repeating a request with it is safe."),
            Field("internal", .flag, "Rests unseen and trades only with other internal orders."),
            Field(
                "tag", .identifier(most: Limits.tagBytes), "Yours, to find orders by: a strategy."),
            Field(
                "asset_type", .identifier(most: Limits.tagBytes),
                "As the instrument's; another one is refused."),
            Field("params", .orderTypeParameters, "The order type's own parameters."),
        ] + InstructionFields.all

    /// Reads a whole order; the symbol decides the scale of its numbers.
    static func read(
        _ fields: Fields, account: String, style: Style, services: Services
    ) throws(Rejection) -> OrderRequest {
        let side = try fields.requiredChoice(style == .kept ? "type" : "side", sides)
        let symbol = try fields.requiredText("symbol", most: Limits.symbolBytes)
        guard let instrument = services.picture.instruments[symbol] else {
            throw Reasons.rejection(code: "unknown_symbol", values: "symbol=\(symbol)")
        }
        let price = try fields.positive("price", scale: instrument.priceScale)
        let quantity = try fields.requiredPositive("quantity", scale: instrument.quantityScale)
        try checkSteps(price: price, quantity: quantity, instrument)
        let typeName = try fields.identifier("order_type", most: Limits.tagBytes)
        var request = OrderRequest(
            account: account, symbol: symbol, side: side == "buy" ? .buy : .sell,
            quantity: Quantity(quantity), price: price.map { Price($0) },
            orderType: typeName ?? (price == nil ? "market" : "limit"),
            timeInForce: try timeInForce(fields), clientOrderID: "")
        request.book = try fields.flag("internal") == true ? .internal : .lit
        request.tag = try fields.identifier("tag", most: Limits.tagBytes) ?? ""
        request.assetType = try assetType(fields, of: instrument)
        try InstructionFields.read(fields, into: &request, instrument)
        try readParameters(fields, into: &request, instrument: instrument, services: services)
        request.clientOrderID =
            try fields.identifier("client_order_id", most: Limits.clientOrderIdBytes)
            ?? services.orders.nextClientOrderID()
        return request
    }

    /// The order type's own parameters, by its schema. An unknown type is the planner's to refuse.
    private static func readParameters(
        _ fields: Fields, into request: inout OrderRequest, instrument: Instrument,
        services: Services
    ) throws(Rejection) {
        var object: JSONObject?
        if let value = fields.value("params") {
            guard case .object(let given) = value else {
                throw .invalid(
                    "params", given: value.shown, allowed: "an object", code: "invalid_type")
            }
            var json = JSONWriter()
            json.value(value)
            guard json.bytes.count <= Limits.paramsBytes else {
                throw .invalid(
                    "params", given: "\(json.bytes.count) bytes",
                    allowed: "at most \(Limits.paramsBytes) bytes", code: "out_of_range")
            }
            if given.count > 0 { request.paramsJSON = json.bytes }
            object = given
        }
        guard let type = services.registry.orderType(request.orderType) else { return }
        request.params = try type.convertParams(object, instrument: instrument).get()
        request.givenParams = request.params.filter { object?[$0.name] != nil }
    }

    /// Says again what the instrument is; another one is a mistake.
    private static func assetType(
        _ fields: Fields, of instrument: Instrument
    ) throws(Rejection) -> String {
        guard let given = try fields.identifier("asset_type", most: Limits.tagBytes) else {
            return ""
        }
        guard given == instrument.assetType else {
            throw .invalid(
                "asset_type", given: "\"\(given)\"",
                allowed: "\(instrument.assetType), as \(instrument.symbol) is")
        }
        return given
    }

    private static func timeInForce(_ fields: Fields) throws(Rejection) -> String {
        let short = try fields.identifier("tif", most: Limits.tagBytes)
        let long = try fields.identifier("time_in_force", most: Limits.tagBytes)
        if let short, let long, short != long {
            throw .invalid("tif", given: "\"\(short)\"", allowed: "the same as time_in_force")
        }
        return short ?? long ?? "day"
    }

    /// Reads what an amend changes, once the order that it is about is known.
    static func readChange(
        _ fields: Fields, _ services: Services
    ) throws(Rejection) -> (Order) -> Result<OrderChange, Rejection> {
        guard fields.has("price") || fields.has("quantity") || fields.has("stop_price") else {
            throw .missing("quantity", expected: "given, or price, or stop_price")
        }
        return { order in
            Result { () throws(Rejection) in
                let instrument = try services.requireInstrument(order.symbol)
                let price = try fields.positive("price", scale: instrument.priceScale)
                let quantity = try fields.positive("quantity", scale: instrument.quantityScale)
                let trigger = try fields.positive("stop_price", scale: instrument.priceScale)
                try checkSteps(price: price, quantity: quantity, instrument)
                try checkSteps(price: trigger, quantity: nil, instrument)
                return OrderChange(
                    price: price.map { Price($0) }, quantity: quantity.map { Quantity($0) },
                    triggerPrice: trigger.map { Price($0) })
            }
        }
    }

    /// Ticks and lots, said at the field; the script checks them again.
    static func checkSteps(
        price: Int64?, quantity: Int64?, _ instrument: Instrument
    ) throws(Rejection) {
        if let price, price % instrument.tickSize != 0 {
            let tick = Scaled.format(instrument.tickSize, scale: instrument.priceScale)
            let given = Scaled.format(price, scale: instrument.priceScale)
            throw Reasons.rejection(code: "tick_size", values: "price=\(given), tick_size=\(tick)")
        }
        if let quantity, quantity % instrument.lotSize != 0 {
            let lot = Scaled.format(instrument.lotSize, scale: instrument.quantityScale)
            let given = Scaled.format(quantity, scale: instrument.quantityScale)
            throw Reasons.rejection(
                code: "lot_size", values: "quantity=\(given), lot_size=\(lot)")
        }
    }
}

extension OrderRequest {
    /// What to ask by, also for a client that gave no id of its own.
    var names: [(String, String)] {
        [("order_id", id.text), ("client_order_id", clientOrderID)]
    }
}
