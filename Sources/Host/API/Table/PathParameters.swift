// What stands in the braces of a path, each declared once by its name.

import Base
import Trading

extension Field {
    private static let inPaths = [
        Field("account", .identifier(most: Limits.tagBytes), "An account's id.", required: true),
        Field(
            "order", .identifier(most: Limits.tagBytes + 1 + Limits.clientOrderIdBytes),
            "An order's id: the account, a dash and the client order id.", required: true),
        Field(
            "client_order_id", .identifier(most: Limits.clientOrderIdBytes),
            "Your id of the order.", required: true),
        Field(
            "symbol", .identifier(most: Limits.symbolBytes), "An instrument's symbol.",
            required: true),
        Field(
            "calendar", .identifier(most: Limits.calendarNameBytes), "A session calendar's name.",
            required: true),
        Field(
            "trade", .identifier(most: Limits.tagBytes),
            "A trade's id: its event, a dash and its number in it.", required: true),
        Field("key", .identifier(most: Limits.tagBytes), "An access key's id.", required: true),
    ]

    /// The parameter of that name. One that isn't listed is any identifier.
    static func inPath(_ name: String) -> Field {
        inPaths.first { $0.name == name }
            ?? Field(
                name, .identifier(most: Limits.tagBytes), "The \(name)'s name or id.",
                required: true)
    }
}
