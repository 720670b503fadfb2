// A risk rule's configured limits: decimals in units or money, compared with orders as whole
// numbers in the scales of the order's instrument.
//
// A limit is an upper bound, and what it is compared with is a whole number of the instrument's
// smallest units; so cutting the decimals that the instrument doesn't have changes no decision.
// Neither does lowering a limit that is beyond Scaled.maximum to that: no order, amount or position
// may be larger anyway.

import Base
import COESPlugin
import Trading
import Wire

/// One limit as configured. nil = not set.
struct LimitSetting: Hashable, Sendable {
    let format: SchemaProperty.Format?
    let digits: [UInt8]?

    func scaled(_ scales: Scales) -> Int64? {
        digits.map { PlainDecimal.scaled($0, scales.places(format), roundedUp: false) }
    }
}

extension LimitSetting {
    /// One setting for each property of a limits' schema, given or its default; or the first thing
    /// that is wrong.
    static func settings(
        of object: JSONObject, schema: Schema
    ) -> Result<[LimitSetting], FieldFailure> {
        if let unknown = schema.unknownField(in: object) { return .failure(unknown) }
        var settings: [LimitSetting] = []
        for property in schema.properties {
            switch digits(object[property.name], property) {
            case .success(let digits):
                settings.append(LimitSetting(format: property.format, digits: digits))
            case .failure(let wrong):
                return .failure(FieldFailure(field: property.name, text: wrong.text))
            }
        }
        return .success(settings)
    }

    private static func digits(
        _ given: JSONValue?, _ property: SchemaProperty
    ) -> Result<[UInt8]?, WrongValue> {
        if let given, SchemaScalar(given) == nil {
            return .failure(WrongValue(text: "expected a number, found \(given.kind)"))
        }
        guard let value = given.flatMap(SchemaScalar.init) ?? property.defaultValue else {
            return property.isRequired ? .failure(WrongValue(text: "missing")) : .success(nil)
        }
        let text: [UInt8]
        switch value {
        case .number(let digits): text = digits
        case .text(let string): text = Array(string.utf8)
        case .boolean: return .failure(WrongValue(text: "expected a number, found \(value.shown)"))
        }
        guard PlainDecimal(text) != nil else {
            return .failure(
                WrongValue(text: "expected a number without exponent, found \(value.shown)"))
        }
        // A number beyond every other is allowed where nothing bounds it: no limit at all.
        if case .failure(let wrong) = property.convert(value, scales: .finest),
            !wrong.isTooLarge || property.maximum != nil || text.first == UInt8(ascii: "-")
        {
            return .failure(WrongValue(text: "\(wrong.text), found \(value.shown)"))
        }
        return .success(text)
    }
}

/// A decimal without exponent, `-?digits[.digits]`, read at any scale by cutting or clamping.
struct PlainDecimal {
    init?(_ text: [UInt8]) {
        guard !text.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) else { return nil }
        do throws(ScaledError) {
            _ = try Scaled.parse(text, scale: Limits.scale)
        } catch {
            guard error == .tooLarge else { return nil }
        }
    }

    /// The number in a scale; decimals beyond it are cut, or rounded away from zero. A number
    /// beyond Scaled.maximum becomes that. The text is one that `init` takes.
    static func scaled(_ text: [UInt8], _ places: Int, roundedUp: Bool) -> Int64 {
        let negative = text.first == UInt8(ascii: "-")
        let point = text.firstIndex(of: UInt8(ascii: ".")) ?? text.endIndex
        let decimals = text[point...].dropFirst()
        let kept = decimals.prefix(places)
        let cut = decimals.dropFirst(places).contains { $0 != UInt8(ascii: "0") }
        let short = kept.isEmpty ? Array(text[..<point]) : Array(text[...point] + kept)
        let value: Int64
        do throws(ScaledError) {
            value = try Scaled.parse(short, scale: places)
        } catch {
            return negative ? -Scaled.maximum : Scaled.maximum
        }
        guard cut && roundedUp && value.magnitude < Scaled.maximum else { return value }
        return negative ? value - 1 : value + 1
    }
}

/// All rules' limits for one instrument, ready to be lent.
final class LimitSet {
    let scales: Scales
    private let values: [UnsafeMutableBufferPointer<oes_value_t>]

    /// `settings` are each rule's, one for each property of its schema.
    init(_ rules: [RiskRuleEntry], _ settings: [[LimitSetting]], scales: Scales) {
        self.scales = scales
        values = zip(rules, settings).map { rule, settings in
            let buffer = UnsafeMutableBufferPointer<oes_value_t>.allocate(
                capacity: settings.count)
            for (index, setting) in settings.enumerated() {
                var value = rule.limitTemplate[index]
                if let scaled = setting.scaled(scales) {
                    value.kind = OES_VALUE_INTEGER
                    value.integer = scaled
                }
                buffer.initializeElement(at: index, to: value)
            }
            return buffer
        }
    }

    deinit {
        for buffer in values { buffer.deallocate() }
    }

    /// The limits of the rule at this index of the list.
    func limits(at index: Int) -> (pointer: UnsafePointer<oes_value_t>?, count: UInt64) {
        let buffer = values[index]
        return (buffer.isEmpty ? nil : UnsafePointer(buffer.baseAddress), UInt64(buffer.count))
    }
}
