// The refusals that any route may give, each said in one way.

import Base
import Trading

extension Rejection {
    static func missing(_ field: String, expected: String) -> Rejection {
        Rejection(
            .malformed, "missing_field", "'\(field)' is missing; it must be \(expected).",
            field: field)
    }

    /// A value of the right kind of thing but outside of what is allowed, or of another type.
    static func invalid(
        _ field: String, given: String, allowed: String, code: String = "invalid_value"
    ) -> Rejection {
        let shown = given.count > 60 ? given.prefix(60) + "…" : given[...]
        return Rejection(
            .malformed, code, "'\(field)' must be \(allowed); \(shown) was given.", field: field,
            values: "")
    }

    static func unknownField(_ field: String, allowed: [String], place: String) -> Rejection {
        let shown = field.count > 60 ? field.prefix(60) + "…" : field[...]
        return Rejection(
            .malformed, "unknown_field",
            "'\(shown)' is not a field of this call's \(place); allowed are "
                + (allowed.isEmpty ? "none" : allowed.joined(separator: ", ")) + ".",
            field: String(shown))
    }

    static func notFound(_ what: String, _ id: String) -> Rejection {
        let shown = id.count > 60 ? id.prefix(60) + "…" : id[...]
        return Rejection(.notFound, "unknown_\(what)", "There is no \(what) '\(shown)'.")
    }
}
