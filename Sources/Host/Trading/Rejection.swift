// Why something is refused: a stable code that programs may compare, its values, and a sentence.

/// The HTTP status that a refusal has, kept apart from the wire.
package enum RefusalClass: Int, Sendable {
    case malformed = 400
    case unauthorized = 401
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case conflict = 409
    case unsupportedMediaType = 415
    case refused = 422
    case tooMany = 429
    case unavailable = 503
}

package struct Rejection: Error, Hashable, Sendable {
    package let refusal: RefusalClass
    /// Stable, lower_snake_case.
    package let code: String
    /// A sentence that says what was given, what is allowed and what to do.
    package let message: String
    /// The request's field that is wrong, where there is one.
    package let field: String?
    /// `name=value, …` in client units; empty where there are none.
    package let values: String

    package init(
        _ refusal: RefusalClass, _ code: String, _ message: String, field: String? = nil,
        values: String = ""
    ) {
        self.refusal = refusal
        self.code = code
        self.message = message
        self.field = field
        self.values = values
    }

    /// `code: name=value, …`, as an order's reason keeps it.
    package var reason: String { values.isEmpty ? code : "\(code): \(values)" }
}
