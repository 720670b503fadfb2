// The order entry of one client's socket: requests in, each answered once under its request_id.

import Base
import Feed
import Server
import Service
import Trading
import Wire

extension FeedSocket {
    /// Whether the message asks for order entry, which then has been answered or is under way.
    func takeEntry(_ fields: Fields) throws(Rejection) -> Bool {
        guard case .string(let type)? = fields.value("type"),
            let action = EntryAction(rawValue: type)
        else { return false }
        guard let id = try fields.identifier("request_id", most: Limits.requestIdBytes) else {
            throw .missing("request_id", expected: "your own name of this request")
        }
        do throws(Rejection) {
            try begin(id)
        } catch {
            answer(id, ErrorBody.response(error, requestID: id))
            return true
        }
        do throws(Rejection) {
            enter(try EntryRequest(action, id: id, fields))
        } catch {
            entries.remove(id)
            answer(id, ErrorBody.response(error, requestID: id))
        }
        return true
    }

    private func begin(_ id: String) throws(Rejection) {
        guard entries.count < Limits.socketRequests else {
            throw Rejection(
                .tooMany, "too_many_unanswered",
                "A socket may have \(Limits.socketRequests) requests without an answer. Nothing "
                    + "was queued; send it again after an answer.", field: "request_id")
        }
        guard entries.insert(id).inserted else {
            throw Rejection(
                .conflict, "duplicate_request_id",
                "A request of this socket with this request_id has no answer yet.",
                field: "request_id")
        }
    }

    private func enter(_ request: EntryRequest) {
        if request.cancelsOnDisconnect, lease == nil { lease = services.leases.open() }
        let caller = EntryCaller(
            lane: ObjectIdentifier(self), principal: principal, handshake: handshake,
            lease: request.cancelsOnDisconnect ? lease : nil)
        services.sockets.enter?(request, caller) { [self] response in
            entries.remove(request.id)
            answer(request.id, response)
        }
    }

    private func answer(_ id: String, _ response: HTTPResponse) {
        let isEmpty = response.body.isEmpty
        var json = JSONWriter(reservingBytes: 1_024)
        json.beginObject()
        json.field("type", "response")
        json.field("request_id", id)
        json.field("status", count: Int64(response.status))
        json.key("rate_limit")
        writeUsage(response, into: &json)
        json.key("body")
        json.raw(isEmpty ? ErrorBody.response(.noAnswer, requestID: id).body : response.body)
        json.endObject()
        send(json.bytes)
    }

    /// What is left of the key's limit; null where it has none for this call.
    private func writeUsage(_ response: HTTPResponse, into json: inout JSONWriter) {
        func value(_ name: String) -> Int64? {
            response.headers.first { $0.0 == name }.flatMap { Int64($0.1) }
        }
        guard let limit = value("RateLimit-Limit"), let remaining = value("RateLimit-Remaining"),
            let reset = value("RateLimit-Reset")
        else { return json.null() }
        json.beginObject()
        json.field("limit", count: limit)
        json.field("remaining", count: remaining)
        json.field("reset_seconds", count: reset)
        json.endObject()
    }
}
