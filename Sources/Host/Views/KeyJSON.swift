// Access keys as JSON. Neither a secret nor its digest is ever among the members.

import Base
import Trading
import Wire

package enum KeyJSON {
    /// `accounts`: those that are shown, where the reader may not know of all of them.
    package static func write(
        _ key: AccessKey, accounts: AccountScope? = nil, into json: inout JSONWriter
    ) {
        json.beginObject()
        writeFields(key, accounts: accounts, into: &json)
        json.endObject()
    }

    /// Inside an object that the caller has begun.
    package static func writeFields(
        _ key: AccessKey, accounts: AccountScope? = nil, into json: inout JSONWriter
    ) {
        json.field("key_id", key.id)
        json.field("name", key.name)
        json.field("kind", key.kind == .key ? "key" : "session")
        json.field("role", key.role.name)
        writeAccounts(accounts ?? key.accounts, into: &json)
        json.field("orders_per_second", count: key.ordersPerSecond)
        json.field("created_at", time: key.createdAt)
        json.field("created_by", key.createdBy)
        json.field("revoked_at", time: key.revokedAt)
        json.field("expires_at", time: key.expiresAt)
        json.optionalField("parent", key.parent)
    }

    /// null where it is all of them.
    package static func writeAccounts(_ scope: AccountScope, into json: inout JSONWriter) {
        json.key("accounts")
        guard case .only(let accounts) = scope else { return json.null() }
        json.beginArray()
        for account in accounts.sorted(by: { ($0.count, $0) < ($1.count, $1) }) {
            json.string(account)
        }
        json.endArray()
    }
}
