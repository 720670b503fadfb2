// What a call takes: its body's fields and its query's parameters, each declared once. The reader
// refuses what isn't declared, and the documentation shows what is.

import Base
import Trading

package struct Field: Sendable {
    package indirect enum Kind: Sendable {
        /// Text of 1 to so many bytes, without control characters.
        case text(most: Int)
        /// Letters, digits and `._-` only.
        case identifier(most: Int)
        /// 3 to 5 capital letters.
        case currency
        /// An instrument's name: where there is none of it, the market refuses.
        case symbol
        case choice([String])
        /// Some of the words, separated by commas.
        case choices([String])
        case flag
        /// A decimal, as a JSON number or as text.
        case decimal(Sign)
        case whole(ClosedRange<Int64>)
        /// RFC 3339, or microseconds since 1970.
        case time
        /// A page token from an earlier answer.
        case token
        /// An object of its own.
        case object([Field])
        /// A list of objects.
        case objects([Field], most: Int)
        case identifiers(most: Int)
        /// The name of a loaded order type, or of a loaded time in force.
        case orderTypeName
        case timeInForceName
        /// The parameters of the chosen order type, by its plugin's schema.
        case orderTypeParameters
    }

    package enum Sign: Sendable {
        case positive, zeroOrMore, any
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// One sentence.
    package let help: String

    init(_ name: String, _ kind: Kind, _ help: String, required: Bool = false) {
        self.name = name
        self.kind = kind
        self.help = help
        isRequired = required
    }
}

extension Field {
    /// Every list's: how many, and from where on.
    static let paging = [
        Field(
            "limit", .whole(1...Int64(Limits.listMaximum)),
            "At most so many items; see Lists for how many without it."),
        Field("page_token", .token, "Goes on where the answer with this token ended."),
    ]
    static let timeSpan = [
        Field("since", .time, "Made then or later."),
        Field("until", .time, "Made earlier than this."),
    ]
    static let symbol = Field(
        "symbol", .symbol, "Only of this instrument.")
    static let depth = Field(
        "depth", .whole(1...Int64(Limits.bookDepthMaximum)), "At most so many levels of a side.")
}
