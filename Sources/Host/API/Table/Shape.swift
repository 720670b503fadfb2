// What a call answers, declared for the documentation. Tests hold the answers against it: an answer
// has exactly the members of its shape.

package struct Shape: Sendable {
    package indirect enum Kind: Sendable {
        case text
        /// A decimal as text, never rounded.
        case decimal
        /// A decimal as a JSON number, as the kept routes have it.
        case number
        case integer
        case flag
        /// RFC 3339 in UTC.
        case time
        case choice([String])
        case object(Shape)
        case list(Kind)
        /// An object with members that aren't known beforehand, all of one kind.
        case map(Kind)
        /// Any JSON, such as a plugin's schema.
        case any
    }

    package struct Member: Sendable {
        package let name: String
        package let kind: Kind
        package let isNullable: Bool
        package let isOptional: Bool
        package let help: String
    }

    /// Its name in the documentation.
    package let name: String
    package let members: [Member]

    init(_ name: String, _ members: [Member]) {
        self.name = name
        self.members = members
    }
}

extension Shape.Member {
    init(
        _ name: String, _ kind: Shape.Kind, _ help: String = "", nullable: Bool = false,
        optional: Bool = false
    ) {
        self.init(
            name: name, kind: kind, isNullable: nullable, isOptional: optional, help: help)
    }
}

extension Shape {
    /// {items, next_page_token}, as every list of /api/v1 is.
    static func page(of item: Shape) -> Shape {
        Shape(
            "\(item.name)Page",
            [
                .init("items", .list(.object(item))),
                .init(
                    "next_page_token", .text, "For the next page; null after the last.",
                    nullable: true),
            ])
    }
}

/// One status that a route answers with when all is well.
package struct Answer: Sendable {
    package enum Body: Sendable {
        case json(Shape.Kind)
        case text(String)
        case none
    }

    package let status: Int
    package let body: Body

    static func ok(_ shape: Shape) -> Answer { Answer(status: 200, body: .json(.object(shape))) }
    static func ok(listOf shape: Shape) -> Answer {
        Answer(status: 200, body: .json(.list(.object(shape))))
    }
    static func ok(pageOf shape: Shape) -> Answer { ok(.page(of: shape)) }
    static func created(_ shape: Shape) -> Answer {
        Answer(status: 201, body: .json(.object(shape)))
    }
    static func text(_ contentType: String) -> Answer {
        Answer(status: 200, body: .text(contentType))
    }
}
