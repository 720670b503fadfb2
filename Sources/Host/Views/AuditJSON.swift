// Entries of the audit log as JSON, with what was changed as the routes show it: before and after.

import Base
import Trading
import Wire

package enum AuditJSON {
    /// `instruments`: for the scales of positions.
    package static func write(
        _ entry: AuditEntry, instruments: [String: Instrument], into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("seq", count: entry.sequence)
        json.field("time", time: entry.time)
        json.key("actor")
        json.beginObject()
        json.field("id", entry.actor.id)
        json.field("name", entry.actor.name)
        json.optionalField("request_id", entry.actor.requestID)
        json.optionalField("address", entry.actor.address)
        json.endObject()
        json.field("action", entry.action)
        json.key("target")
        json.beginObject()
        json.field("type", entry.target.name)
        json.field("id", entry.targetID)
        json.endObject()
        if entry.target == .trade {
            writeBust(entry, instruments, into: &json)
            return json.endObject()
        }
        for (name, record) in [("old", entry.old), ("new", entry.new)] as [(StaticString, [UInt8])]
        {
            json.key(name)
            write(record[...], of: entry, instruments, into: &json)
        }
        json.endObject()
    }

    /// The trade, and why it was taken back.
    private static func writeBust(
        _ entry: AuditEntry, _ instruments: [String: Instrument], into json: inout JSONWriter
    ) {
        var reader = ByteReader(entry.new[...])
        let reason = try? reader.string()
        json.key("old")
        if let trade = try? Trade(listItem: entry.old[...]),
            let instrument = instruments[trade.symbol]
        {
            TradeJSON.write(
                trade, scales: DisplayScales(instrument), style: .strings, withParties: true,
                into: &json)
        } else {
            json.null()
        }
        json.key("new")
        json.beginObject()
        json.field("busted", true)
        json.field("reason", reason ?? "")
        json.endObject()
    }

    /// null for no record, and for one of another version, which only an older host has written.
    private static func write(
        _ record: ArraySlice<UInt8>, of entry: AuditEntry, _ instruments: [String: Instrument],
        into json: inout JSONWriter
    ) {
        guard !record.isEmpty else { return json.null() }
        let id = entry.targetID
        do throws(RecordError) {
            switch entry.target {
            case .account:
                AccountJSON.write(
                    try Account(id: id, record: record), style: .strings, into: &json)
            case .instrument:
                InstrumentJSON.write(
                    try Instrument(symbol: id, record: record), at: entry.time, style: .strings,
                    into: &json)
            case .key: KeyJSON.write(try AccessKey(id: id, record: record), into: &json)
            case .throttle: try writeThrottle(record, id, into: &json)
            case .trade, .deadLetter: json.null()
            case .group: GroupJSON.write(try AccountGroup(id: id, record: record), into: &json)
            case .limit:
                LimitJSON.write(try LimitRecord(field: id, record: record), into: &json)
            case .mode: ModeJSON.write(try ModeRecord(record: record), rule: id, into: &json)
            case .alert:
                AlertJSON.write(try Alert(id: id, record: record), into: &json)
            case .pendingChange:
                PendingJSON.write(
                    try PendingChange(id: id, record: record), at: entry.time, into: &json)
            case .riskSwitch:
                if let scope = SwitchScope(text: id),
                    let made = try? RiskSwitch(scope: scope, record: record)
                {
                    SwitchJSON.write(made, into: &json)
                } else {
                    // Lifted: why.
                    var reader = ByteReader(record)
                    json.beginObject()
                    json.field("lifted", true)
                    json.field("reason", try reader.string())
                    json.endObject()
                }
            case .position:
                let position = try Position(key: id, record: record)
                guard let instrument = instruments[position.symbol] else { return json.null() }
                // What it is worth now says nothing of then.
                PositionJSON.write(
                    position, instrument: instrument, last: nil, style: .strings, into: &json)
            }
        } catch {
            json.null()
        }
    }

    /// Before it was opened, the throttle; after, why it was.
    private static func writeThrottle(
        _ record: ArraySlice<UInt8>, _ id: String, into json: inout JSONWriter
    ) throws(RecordError) {
        json.beginObject()
        if let throttle = try? Throttle(key: id, record: record) {
            json.field("latched", throttle.isLatched)
            json.field("latched_at", time: throttle.latchedAt)
        } else {
            var reader = ByteReader(record)
            json.field("reason", try reader.string())
        }
        json.endObject()
    }
}
