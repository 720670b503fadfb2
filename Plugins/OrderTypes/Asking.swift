// What the order types share: reading what an order must or mustn't have, and saying what is wrong.

import OESPluginKit

/// A plan, or the refusal that one of its parts threw.
func planned(_ make: () throws(Reject) -> Planned) -> Planned {
    do throws(Reject) {
        return try make()
    } catch {
        return .reject(error)
    }
}

extension PlanInput {
    /// The order's limit. `type` is what the order is called in the refusal.
    func requiredPrice(_ type: String) throws(Reject) -> Int64 {
        if let price = order.price { return price }
        throw Reject(
            code: "price_required", field: "price",
            text: "A \(type) order needs a price. Give one, or send an order type without.")
    }

    /// A price is refused rather than ignored: whoever sent one wanted it to hold.
    func requireNoPrice(_ type: String, instead: String) throws(Reject) {
        guard let price = order.price else { return }
        let shown = instrument.show(price: price)
        throw Reject(
            code: "price_not_allowed", field: "price",
            text: "A \(type) order takes no price, given was \(shown). Leave it out, or send "
                + "a \(instead) order.", values: "price=\(shown)")
    }

    /// An order type's limit where it has one, else market pricing.
    var optionalPricing: Place.Pricing { order.price.map { .limit($0) } ?? .market }

    /// The order itself: what can't trade rests, or is cancelled where it has no limit.
    func place(_ pricing: Place.Pricing) -> Place {
        Place(
            pricing, quantity: order.quantity, book: order.book,
            remainder: pricing == .market ? .cancel : .rest)
    }

    /// A child of all the order's quantity.
    func child(_ key: String, _ pricing: Place.Pricing, side: Side) -> Place {
        var child = place(pricing)
        child.childKey = key
        child.side = side
        return child
    }

    /// `first` must be above `second`, both prices that their fields name.
    func require(
        _ first: (field: String, price: Int64), above second: (field: String, price: Int64),
        because why: String
    ) throws(Reject) {
        guard first.price <= second.price else { return }
        let high = instrument.show(price: first.price)
        let low = instrument.show(price: second.price)
        let name = first.field.split(separator: ".").last ?? ""
        let other = second.field.split(separator: ".").last ?? ""
        throw Reject(
            code: "wrong_side", field: first.field,
            text: "\(why): \(name) must be above \(other), given were \(high) and \(low).",
            values: "\(name)=\(high), \(other)=\(low)")
    }
}

extension Values {
    /// A parameter that the schema requires, or that has a default: the host sees to it.
    func required(_ index: Int) -> Int64 { integer(index) ?? 0 }

    /// Of a `trigger` parameter.
    func source(_ index: Int) -> Trigger.Source {
        switch text(index) {
        case "bid": .bid
        case "ask": .ask
        default: .last
        }
    }
}

extension Side {
    var opposite: Side { self == .buy ? .sell : .buy }
    /// Where a stop of this side waits: a buy's for the price to rise.
    var stop: Trigger.Direction { self == .buy ? .atOrAbove : .atOrBelow }
    /// Where one waits that wants a better price.
    var touch: Trigger.Direction { self == .buy ? .atOrBelow : .atOrAbove }
}

/// Parts of params schemas that several types have.
enum Part {
    static func price(_ name: String, _ title: String, _ text: String, order: Int) -> String {
        """
        "\(name)": {"type": "number", "x-oes-format": "price", "exclusiveMinimum": 0,
            "title": "\(title)", "description": "\(text)", "x-oes-order": \(order)}
        """
    }

    static func trigger(order: Int) -> String {
        """
        "trigger": {"type": "string", "enum": ["last", "bid", "ask"], "default": "last",
            "title": "Watched price", "x-oes-order": \(order),
            "description": "Which price sets it off: the last trade's, the best bid or ask."}
        """
    }

    /// The schema's root. `example` is a whole request, `then` what becomes of it.
    static func schema(
        _ text: String, price: String? = nil, required: [String] = [], _ properties: [String] = [],
        example: String, then: String
    ) -> String {
        let names = required.map { "\"\($0)\"" }.joined(separator: ", ")
        let use = price.map { "\"x-oes-price\": \"\($0)\"," } ?? ""
        return """
            {"type": "object", "additionalProperties": false, "description": "\(text)",
             "required": [\(names)], \(use)
             "properties": {\(properties.joined(separator: ",\n"))},
             "x-oes-example": {"request": \(example), "then": "\(then)"}}
            """
    }
}

/// A descriptor of this library.
func describe(
    _ name: String, _ title: String, state: UInt32 = 0, _ schema: String
) -> EntryDescription {
    EntryDescription(
        id: "org.oes.\(name.replacing("_", with: "-"))", name: name, title: title,
        vendor: Library.vendor, version: Library.version, paramsSchema: schema,
        stateVersion: state)
}
