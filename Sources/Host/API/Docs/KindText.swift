// Fields' and answers' kinds in words, for /docs.

import Plugins

struct KindText {
    let registry: PluginRegistry

    func of(_ kind: Field.Kind) -> String {
        switch kind {
        case .text(let most): "text, at most \(most) bytes"
        case .identifier(let most): "1 to \(most) of A-Z a-z 0-9 . _ -"
        case .choices(let words): "some of " + words.map { "`\($0)`" }.joined(separator: ", ")
        case .symbol: "an instrument's symbol"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .currency: "3 to 5 capital letters"
        case .flag: "true or false"
        case .decimal(.positive): "decimal above 0"
        case .decimal(.zeroOrMore): "decimal, 0 or more"
        case .decimal(.any): "decimal"
        case .whole(let range): "whole number, \(range.lowerBound) to \(range.upperBound)"
        case .time: "RFC 3339, or microseconds since 1970"
        case .token: "token"
        case .object(let fields): "object: \(names(fields))"
        case .objects(let fields, let most): "list of at most \(most) objects: \(names(fields))"
        case .identifiers(let most): "list of at most \(most) ids"
        case .orderTypeName: registry.orderTypes.map { "`\($0.name)`" }.joined(separator: ", ")
        case .timeInForceName:
            registry.timesInForce.map { "`\($0.name)`" }.joined(separator: ", ")
        case .orderTypeParameters: "object: \(parameters)"
        }
    }

    private func names(_ fields: [Field]) -> String {
        fields.map { $0.isRequired ? "`\($0.name)` (required)" : "`\($0.name)`" }
            .joined(separator: ", ")
    }

    private var parameters: String {
        registry.orderTypes.map { entry in
            let names = entry.schemas.params.properties.map { property in
                "`\(property.name)` (\(property.title), \(property.kind.rawValue)"
                    + (property.isRequired ? ", required)" : ")")
            }
            return "\(entry.name): " + (names.isEmpty ? "none" : names.joined(separator: ", "))
        }.joined(separator: "; ")
    }

    /// The name of the shape is a link, made by the caller: here is only what stands around it.
    static func of(_ kind: Shape.Kind) -> String {
        switch kind {
        case .text: "text"
        case .decimal: "decimal string"
        case .number: "number"
        case .integer: "whole number"
        case .flag: "true or false"
        case .time: "time"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .object(let shape): shape.name
        case .list(let item): "list of \(of(item))"
        case .map(let item): "object, each member \(of(item))"
        case .any: "any JSON"
        }
    }
}
