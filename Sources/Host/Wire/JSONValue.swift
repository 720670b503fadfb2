// A JSON text as values. Numbers keep the text they were written in: what they are worth depends on
// the scale of what they count, which only the reader of the field knows (see Scaled).

package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// As it was written: `-?digits[.digits][e-?digits]`.
    case number([UInt8])
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// For messages: "a string", "an array" …
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Members in their order, each name once. Our objects have about ten members, so a name is found
/// by looking at each.
package struct JSONObject: Sendable {
    package var members: [(name: String, value: JSONValue)]

    package init(members: [(name: String, value: JSONValue)] = []) {
        self.members = members
    }

    package subscript(name: String) -> JSONValue? {
        for member in members where member.name == name { return member.value }
        return nil
    }

    package var count: Int { members.count }
    package var names: [String] { members.map(\.name) }
}

/// Why a text is no JSON.
package struct JSONFailure: Error, Equatable, Sendable {
    /// The byte at which reading stopped, from 0.
    package let offset: Int
    /// For people. Never repeats the client's bytes.
    package let message: String
}
