// Session calendars: what instruments may follow, as calendars.json has it.

import Base
import Service
import Trading
import Views
import Wire

struct CalendarRoutes {
    let services: Services

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/calendars", "All session calendars, by name", .permission(.see),
                query: Field.paging, answers: [.ok(pageOf: .calendar)], needsRedis: false, list),
            Route(
                .get, "/api/v1/calendars/{calendar}", "One calendar, with its holidays",
                .permission(.see), answers: [.ok(.wholeCalendar)], needsRedis: false, one),
        ]
    }

    private func list(_ exchange: Exchange) throws(Rejection) {
        let query = try exchange.queryFields()
        let page = try exchange.page(query, defaultLimit: Limits.listDefault)
        let all = services.instruments.calendars.values.sorted { $0.name < $1.name }
        let now = Clock.wallMicros()
        exchange.replyItems(.success(PageOf(of: all, page))) { calendar, json in
            json.beginObject()
            CalendarJSON.writeFields(calendar, at: now, into: &json)
            json.endObject()
        }
    }

    private func one(_ exchange: Exchange) throws(Rejection) {
        let name = exchange.parameters[0]
        guard let calendar = services.instruments.calendars[name] else {
            throw .notFound("calendar", name)
        }
        exchange.reply { json in
            CalendarJSON.writeWhole(calendar, at: Clock.wallMicros(), into: &json)
        }
    }
}

extension Shape {
    private static let states = Kind.choice(["open", "closed"])
    private static let calendarMembers: [Member] = [
        .init("name", .text),
        .init("description", .text, nullable: true),
        .init("time_zone", .text, "The IANA's name."),
        .init("state", states, "What holds now."),
        .init("next_change_at", .time, nullable: true),
        .init("next_state", states, nullable: true),
    ]
    fileprivate static let calendar = Shape("Calendar", calendarMembers)
    fileprivate static let wholeCalendar = Shape(
        "CalendarWithDays",
        calendarMembers + [
            .init(
                "sessions",
                .list(
                    .object(
                        Shape(
                            "CalendarSession",
                            [
                                .init("day", .text, "mon, tue, …: on which it opens."),
                                .init("open", .text, "Local time."),
                                .init(
                                    "close", .text,
                                    "Local time; where it isn't later, the next day's."),
                            ])))),
            .init("holidays", .list(.text), "On which nothing opens."),
            .init(
                "half_days",
                .list(
                    .object(Shape("HalfDay", [.init("date", .text), .init("close", .text)])))),
            .init(
                "changes",
                .list(
                    .object(
                        Shape("SessionChange", [.init("time", .time), .init("state", states)]))),
                "The coming ones."),
        ])
}
