// What staff steer risk by, as JSON: groups, limits, modes, changes that wait, switches, throttles.

import Base
import Trading
import Wire

package enum GroupJSON {
    package static func write(
        _ group: AccountGroup, accounts: [String]? = nil, into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("group", group.id)
        json.field("name", group.name)
        json.field("state", group.state.name)
        if let accounts {
            json.key("accounts")
            json.beginArray()
            for account in accounts { json.string(account) }
            json.endArray()
        }
        json.field("created_at", time: group.createdAt)
        json.field("updated_at", time: group.updatedAt)
        json.field("event_seq", count: group.lastSequence)
        json.endObject()
    }
}

package enum LimitJSON {
    package static func write(_ limit: LimitRecord, into json: inout JSONWriter) {
        json.beginObject()
        json.field("rule", limit.rule)
        write(limit.scope, into: &json)
        json.key("limits")
        write(limit.values, into: &json)
        json.field("updated_at", time: limit.updatedAt)
        json.field("updated_by", limit.updatedBy)
        json.optionalField("reason", limit.reason)
        json.field("event_seq", count: limit.lastSequence)
        json.endObject()
    }

    /// scope, and what it names.
    package static func write(_ scope: LimitScope, into json: inout JSONWriter) {
        json.field("scope", scope.text)
        var account = ""
        var group = ""
        switch scope.holder {
        case .firm: break
        case .group(let id): group = id
        case .account(let id): account = id
        }
        json.optionalField("account_id", account)
        json.optionalField("group", group)
        json.optionalField("symbol", scope.symbol ?? "")
    }

    package static func write(_ values: [String: String], into json: inout JSONWriter) {
        json.beginObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            json.key(name)
            json.string(value)
        }
        json.endObject()
    }
}

package enum ModeJSON {
    package static func write(_ mode: ModeRecord, rule: String, into json: inout JSONWriter) {
        json.beginObject()
        json.field("rule", rule)
        json.field("mode", mode.mode.name)
        json.field("reason", mode.reason)
        json.field("updated_at", time: mode.updatedAt)
        json.field("updated_by", mode.updatedBy)
        json.endObject()
    }
}

package enum PendingJSON {
    /// `now`: UTC microseconds; one that is over stays to be seen until the next is asked for.
    package static func write(
        _ change: PendingChange, at now: Int64, into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("id", change.id)
        json.field("rule", change.rule)
        switch change.kind {
        case .limit(let scope, let old, let new):
            json.field("kind", "limit")
            LimitJSON.write(scope, into: &json)
            json.key("old")
            LimitJSON.write(old, into: &json)
            json.key("new")
            LimitJSON.write(new, into: &json)
        case .mode(let old, let new):
            json.field("kind", "mode")
            LimitJSON.write(LimitScope(.firm), into: &json)
            json.key("old")
            LimitJSON.write(old.map { ["mode": $0.name] } ?? [:], into: &json)
            json.key("new")
            LimitJSON.write(["mode": new.name], into: &json)
        }
        json.optionalField("reason", change.reason)
        json.field("proposed_by", change.proposedBy)
        json.field("proposed_by_name", change.proposedByName)
        json.field("created_at", time: change.createdAt)
        json.field("expires_at", time: change.expiresAt)
        json.field("expired", change.expiresAt <= now)
        json.endObject()
    }
}

package enum SwitchJSON {
    package static func write(_ made: RiskSwitch, into json: inout JSONWriter) {
        json.beginObject()
        fields(made, into: &json)
        json.endObject()
    }

    package static func fields(_ made: RiskSwitch, into json: inout JSONWriter) {
        var id = ""
        switch made.scope {
        case .firm: json.field("scope", "firm")
        case .group(let name):
            json.field("scope", "group")
            id = name
        case .account(let name):
            json.field("scope", "account")
            id = name
        }
        json.optionalField("id", id)
        json.field("kind", made.kind.name)
        json.field("since", time: made.since)
        json.field("by", made.by)
        json.field("reason", made.reason)
        json.field("event_seq", count: made.lastSequence)
    }
}

package enum ThrottleJSON {
    package static func write(_ throttle: Throttle, into json: inout JSONWriter) {
        json.beginObject()
        json.field("account_id", throttle.account)
        json.field("symbol", throttle.symbol)
        json.field("latched", throttle.isLatched)
        json.field("latched_at", time: throttle.latchedAt)
        json.field("window_began_at", time: throttle.since)
        json.field("event_seq", count: throttle.lastSequence)
        json.endObject()
    }
}
