// /docs: everything that a client can ask for, on one page that needs no script and nothing from
// elsewhere. First a guide, then each route, then the shapes of their answers.

import Base
import Plugins

struct DocsPage {
    let routes: [Route]
    let registry: PluginRegistry

    func document() -> [UInt8] {
        var html = HTML()
        html.raw(DocsPage.head)
        html.paragraph(
            "Version \(Version.text). The same for machines: `/openapi.json` (OpenAPI 3.1).")
        writeContents(into: &html)
        html.raw("<section>")
        Guide.write(into: &html)
        html.raw("</section>")
        writeConventions(into: &html)
        writeErrors(into: &html)
        for group in groups { write(group, into: &html) }
        writeShapes(into: &html)
        html.raw("</main></body></html>")
        return Array(html.text.utf8)
    }

    private static let head = """
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>API · OES</title>
          <link rel="icon" href="/favicon.svg" type="image/svg+xml">
          <link rel="stylesheet" href="/style.css">
          <script src="/theme.js"></script>
        </head>
        <body>
          <a class="skip" href="#main">Skip to content</a>
          <header class="top">
            <span class="brand">OES</span>
            <nav aria-label="Pages">
              <a href="/">Trade</a>
              <a href="/stocks">Stocks</a>
              <a href="/accounts">Accounts</a>
              <a href="/risk-manager">Risk</a>
              <a href="/docs" aria-current="page">API</a>
            </nav>
          </header>
          <main id="main" class="page docs">
          <h1>API</h1>
        """

    // MARK: Contents

    private struct Group {
        let tag: String
        var routes: [RouteFacts] = []
        var id: String { "group-" + tag.filter { $0.isLetter || $0.isNumber } }
    }

    /// The newer routes first; the kept ones repeat much of them.
    private var groups: [Group] {
        var groups: [Group] = []
        for facts in routes.map(RouteFacts.init(route:)) {
            if let index = groups.firstIndex(where: { $0.tag == facts.tag }) {
                groups[index].routes.append(facts)
            } else {
                groups.append(Group(tag: facts.tag, routes: [facts]))
            }
        }
        return groups.filter { !$0.tag.hasSuffix("(kept)") }
            + groups.filter { $0.tag.hasSuffix("(kept)") }
    }

    private func writeContents(into html: inout HTML) {
        html.raw("<nav class=\"contents-list\" aria-label=\"Contents\">")
        let fixed = Guide.contents + [("Conventions", "conventions"), ("Errors", "errors")]
        html.list(
            fixed.map { HTML.link($0.0, to: $0.1) }
                + groups.map { group in
                    HTML.link(group.tag, to: group.id) + ": "
                        + group.routes.map { facts in
                            HTML.link(
                                "\(facts.route.method.name) \(facts.route.pattern)",
                                to: facts.operationID)
                        }.joined(separator: ", ")
                } + [HTML.link("Shapes of answers", to: "shapes")])
        html.raw("</nav>")
    }

    private func writeConventions(into html: inout HTML) {
        html.heading(2, "Conventions", id: "conventions")
        for (title, text) in Conventions.sections {
            html.heading(3, title, id: "about-" + title.lowercased().filter(\.isLetter))
            html.paragraph(text)
        }
    }

    private func writeErrors(into html: inout HTML) {
        html.heading(2, "Errors", id: "errors")
        html.table(
            "Errors", ["Status", "Means", "Codes"], ErrorText.all.flatMap(\.rows))
    }

    // MARK: Routes

    private func write(_ group: Group, into html: inout HTML) {
        html.heading(2, group.tag, id: group.id)
        for facts in group.routes { write(facts, into: &html) }
    }

    private func write(_ facts: RouteFacts, into html: inout HTML) {
        let route = facts.route
        html.raw("<section class=\"route\">")
        html.heading(3, "`\(route.method.name) \(route.pattern)`", id: facts.operationID)
        html.paragraph("\(route.summary). \(facts.accessText)")
        let fields =
            facts.pathFields.map { ("path", $0) } + route.query.map { ("query", $0) }
            + (route.body ?? []).map { ("body", $0) }
        if !fields.isEmpty { writeFields(fields, of: facts, into: &html) }
        html.raw("<p>Answers \(answers(route)). Refusals: \(refusals(facts)).</p>")
        let example = CurlExample(facts: facts)
        if route.answers.contains(where: { $0.status == 101 }) {
            html.raw("<p>See \(HTML.link("The live feed", to: "feed")).</p>")
        } else {
            html.code(
                example.commands.joined(separator: "\n"),
                label: "Example of \(facts.operationID)", kind: "example")
        }
        html.raw("</section>")
    }

    private func writeFields(
        _ fields: [(place: String, field: Field)], of facts: RouteFacts, into html: inout HTML
    ) {
        let words = KindText(registry: registry)
        html.table(
            "Fields of \(facts.operationID)", ["Field", "In", "Takes", "Means"],
            fields.map { place, field in
                [
                    "`\(field.name)`" + (field.isRequired ? " required" : ""), place,
                    words.of(field.kind), field.help,
                ]
            })
    }

    private func answers(_ route: Route) -> String {
        route.answers.map { answer in
            switch answer.body {
            case .none: "\(answer.status)"
            case .text(let type): "\(answer.status) \(HTML.escape(type))"
            case .json(let kind): "\(answer.status) " + DocsPage.linked(kind)
            }
        }.joined(separator: ", ")
    }

    private func refusals(_ facts: RouteFacts) -> String {
        facts.refusals.map { HTML.link("\($0)", to: "errors") }.joined(separator: ", ")
    }

    /// The kind in words, with the shape's name as a link to it.
    private static func linked(_ kind: Shape.Kind) -> String {
        switch kind {
        case .object(let shape): HTML.link(shape.name, to: "shape-\(shape.name)")
        case .list(let item): "list of \(linked(item))"
        case .map(let item): "object, each member \(linked(item))"
        case .text, .decimal, .number, .integer, .flag, .time, .choice, .any:
            HTML.inline(KindText.of(kind))
        }
    }

    // MARK: Shapes

    private func writeShapes(into html: inout HTML) {
        var collection = ShapeCollection()
        collection.add(.object(.error))
        for route in routes { collection.add(route.answers) }
        html.heading(2, "Shapes of answers", id: "shapes")
        for shape in collection.shapes.values.sorted(by: { $0.name < $1.name }) {
            html.heading(3, shape.name, id: "shape-\(shape.name)")
            html.table(
                shape.name, ["Member", "Is", "Means"],
                shape.members.map { member in
                    [
                        "`\(member.name)`" + (member.isOptional ? " (may be missing)" : ""),
                        KindText.of(member.kind) + (member.isNullable ? ", or null" : ""),
                        member.help,
                    ]
                })
        }
    }
}
