// Session calendars as JSON.

import Base
import Service
import Trading
import Wire

package enum CalendarJSON {
    package static func writeFields(
        _ calendar: TradingCalendar, at now: Int64, into json: inout JSONWriter
    ) {
        let schedule = calendar.schedule(at: now)
        let next = schedule.next(after: now)
        json.field("name", calendar.name)
        json.optionalField("description", calendar.description)
        json.field("time_zone", calendar.zoneName)
        json.field("state", schedule.state(at: now).name)
        json.field("next_change_at", time: next?.time ?? 0)
        json.optionalField("next_state", next?.state.name ?? "")
    }

    /// With the week, the days that differ and the coming changes.
    package static func writeWhole(
        _ calendar: TradingCalendar, at now: Int64, into json: inout JSONWriter
    ) {
        json.beginObject()
        writeFields(calendar, at: now, into: &json)
        json.key("sessions")
        list(calendar.sessions, into: &json) { session, json in
            json.field("day", CalendarFile.weekdays[session.weekday])
            json.field("open", clock(session.open))
            json.field("close", clock(session.close))
        }
        json.key("holidays")
        json.beginArray()
        for day in calendar.holidays.sorted() { json.string(date(day)) }
        json.endArray()
        json.key("half_days")
        list(calendar.halfDays.sorted { $0.key < $1.key }, into: &json) { day, json in
            json.field("date", date(day.key))
            json.field("close", clock(day.value))
        }
        json.key("changes")
        let coming = calendar.schedule(at: now).changes.filter { $0.time > now }
        list(coming, into: &json) { change, json in
            json.field("time", time: change.time)
            json.field("state", change.state.name)
        }
        json.endObject()
    }

    private static func list<Item>(
        _ items: [Item], into json: inout JSONWriter, _ write: (Item, inout JSONWriter) -> Void
    ) {
        json.beginArray()
        for item in items {
            json.beginObject()
            write(item, &json)
            json.endObject()
        }
        json.endArray()
    }

    private static func date(_ day: Int64) -> String {
        var text: [UInt8] = []
        CivilTime(micros: day * 86_400_000_000).appendDate(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// `09:30`; the next day's times as those of their day, but midnight as 24:00.
    private static func clock(_ minute: Int) -> String {
        let minute = minute > 1_440 ? minute - 1_440 : minute
        var text: [UInt8] = []
        Scaled.appendDigits(UInt64(minute / 60), atLeast: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Scaled.appendDigits(UInt64(minute % 60), atLeast: 2, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
