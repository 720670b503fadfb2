// Values under a schema: what a client or operator wrote becomes typed, scaled values, or a text
// that names the field, what was given and what is allowed.

import Base
import Trading
import Wire

/// The decimal places by which prices, quantities and money are read.
package struct Scales: Hashable, Sendable {
    package let price: Int
    package let quantity: Int
    package let money: Int

    package init(price: Int, quantity: Int, money: Int) {
        self.price = price
        self.quantity = quantity
        self.money = money
    }

    package init(_ instrument: Instrument) {
        self.init(
            price: instrument.priceScale, quantity: instrument.quantityScale,
            money: instrument.moneyScale)
    }

    /// For what is only checked, or has no instrument: money alone is then converted.
    static let finest = Scales(price: Limits.scale, quantity: Limits.scale, money: Money.scale)

    func places(_ format: SchemaProperty.Format?) -> Int {
        switch format {
        case .price: price
        case .quantity: quantity
        case .money: money
        case .duration, .time, .bps, nil: 0
        }
    }
}

/// Why a value isn't allowed: `expected …, found …`.
struct WrongValue: Error, Equatable {
    let text: String
    /// It is a number, only larger than ours may be.
    var isTooLarge = false
}

extension SchemaProperty {
    /// The typed value, or what is wrong with it. Numbers may be written as strings.
    func convert(
        _ value: SchemaScalar, scales: Scales
    ) -> Result<OrderParam.Value, WrongValue> {
        switch (kind, value) {
        case (.text, .text(let text)): return choose(text)
        case (.boolean, .boolean(let flag)): return .success(.boolean(flag))
        case (.integer, .number(let digits)), (.decimal, .number(let digits)):
            return number(digits, scales.places(format))
        case (.integer, .text(let text)), (.decimal, .text(let text)):
            return number(Array(text.utf8), scales.places(format))
        case (.text, _): return .failure(WrongValue(text: "expected a string"))
        case (.boolean, _): return .failure(WrongValue(text: "expected true or false"))
        case (.integer, _): return .failure(WrongValue(text: "expected a whole number"))
        case (.decimal, _): return .failure(WrongValue(text: "expected a number"))
        }
    }

    private func choose(_ text: String) -> Result<OrderParam.Value, WrongValue> {
        guard text.utf8.count <= Limits.paramsBytes else {
            return .failure(
                WrongValue(text: "expected at most \(Limits.paramsBytes) bytes, found more"))
        }
        guard choices.isEmpty || choices.contains(text) else {
            return .failure(
                WrongValue(text: "expected one of \(choices.joined(separator: ", "))"))
        }
        return .success(.text(text))
    }

    private func number(
        _ digits: [UInt8], _ places: Int
    ) -> Result<OrderParam.Value, WrongValue> {
        let scaled: Int64
        do throws(ScaledError) {
            scaled = try Scaled.parse(digits, scale: places)
        } catch {
            return .failure(
                WrongValue(text: Self.text(error), isTooLarge: error == .tooLarge))
        }
        if let minimum, scaled < PlainDecimal.scaled(minimum, places, roundedUp: true) {
            return .failure(
                WrongValue(text: "expected at least \(String(decoding: minimum, as: UTF8.self))"))
        }
        // Above a bound is above it rounded down to our decimals; "up" is away from zero.
        if let bound = exclusiveMinimum,
            scaled
                <= PlainDecimal.scaled(
                    bound, places, roundedUp: bound.first == UInt8(ascii: "-"))
        {
            return .failure(
                WrongValue(text: "expected more than \(String(decoding: bound, as: UTF8.self))"))
        }
        if let maximum, scaled > PlainDecimal.scaled(maximum, places, roundedUp: false) {
            return .failure(
                WrongValue(text: "expected at most \(String(decoding: maximum, as: UTF8.self))"))
        }
        return .success(.integer(scaled))
    }

    private static func text(_ error: ScaledError) -> String {
        switch error {
        case .malformed: "expected a number"
        case .tooManyDecimals(let scale):
            scale == 0
                ? "expected a whole number" : "expected at most \(scale) decimal places"
        case .tooLarge: "expected a smaller number"
        }
    }
}

extension Schema {
    /// One value for each given or defaulted property, in the schema's order; or the first thing
    /// that is wrong, by its field's name.
    func convert(
        _ object: JSONObject, scales: Scales
    ) -> Result<[OrderParam], FieldFailure> {
        if let unknown = unknownField(in: object) { return .failure(unknown) }
        var params: [OrderParam] = []
        for property in properties {
            guard
                let value = object[property.name].map(SchemaScalar.init)
                    ?? property.defaultValue.map(Optional.some)
            else {
                guard !property.isRequired else {
                    return .failure(FieldFailure(field: property.name, text: "missing"))
                }
                continue
            }
            guard let value else {
                return .failure(
                    FieldFailure(field: property.name, text: "expected a plain value"))
            }
            switch property.convert(value, scales: scales) {
            case .success(let converted):
                params.append(OrderParam(name: property.name, value: converted))
            case .failure(let wrong):
                return .failure(
                    FieldFailure(
                        field: property.name, text: "\(wrong.text), found \(value.shown)"))
            }
        }
        return .success(params)
    }
}

extension Schema {
    /// A member that is no property, named with what is known.
    func unknownField(in object: JSONObject) -> FieldFailure? {
        let known = properties.map(\.name)
        guard let name = object.names.first(where: { !known.contains($0) }) else { return nil }
        let allowed = known.isEmpty ? "no fields" : "only \(known.joined(separator: ", "))"
        return FieldFailure(field: name, text: "unknown field, expected \(allowed)")
    }
}

struct FieldFailure: Error, Equatable {
    let field: String
    let text: String
}

extension SchemaScalar {
    /// For messages, cut to a readable length.
    var shown: String {
        switch self {
        case .text(let text): "\"\(text.prefix(40))\""
        case .number(let digits): String(decoding: digits.prefix(40), as: UTF8.self)
        case .boolean(let flag): flag ? "true" : "false"
        }
    }
}

extension OrderTypeEntry {
    /// An order's `params` object as typed values, for `OrderRequest.params`. nil = none given.
    package func convertParams(
        _ object: JSONObject?, instrument: Instrument
    ) -> Result<[OrderParam], Rejection> {
        switch schemas.params.convert(object ?? JSONObject(), scales: Scales(instrument)) {
        case .success(let params): return .success(params)
        case .failure(let wrong):
            let field = "params.\(wrong.field)"
            return .failure(
                Rejection(
                    .malformed, "invalid_params",
                    "The order type \(name) takes \(field): \(wrong.text).", field: field))
        }
    }
}
