// How every error looks: {code, reason, message, field, context, request_id, detail}. `detail`
// repeats the message for the predecessor's clients.

import Base
import Service
import Trading
import Wire

enum ErrorBody {
    static func response(
        _ rejection: Rejection, requestID: String, context: [(String, String)] = []
    ) -> HTTPResponse {
        var headers: [(String, String)] = []
        let isRepeatable = rejection.code != Rejection.possiblyDoneCode
        if rejection.refusal == .tooMany || (rejection.refusal == .unavailable && isRepeatable) {
            headers.append(("Retry-After", "1"))
        }
        if rejection.refusal == .unauthorized { headers.append(("WWW-Authenticate", "Bearer")) }
        return .json(
            rejection.refusal.rawValue, json(rejection, requestID: requestID, context: context),
            requestID: requestID, headers: headers)
    }

    /// An answer to bytes that never became a request.
    static func response(_ failure: HTTPFailure, requestID: String) -> HTTPResponse {
        let rejection = Rejection(.malformed, failure.code, failure.message)
        return .json(
            failure.status, json(rejection, requestID: requestID, context: []),
            requestID: requestID, headers: failure.headers)
    }

    static func json(
        _ rejection: Rejection, requestID: String, context: [(String, String)]
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        writer.string(rejection.code)
        writer.key("reason")
        writer.string(rejection.reason)
        writer.key("message")
        writer.string(rejection.message)
        writer.key("field")
        if let field = rejection.field { writer.string(field) } else { writer.null() }
        writer.key("context")
        writer.beginObject()
        for (name, value) in values(of: rejection) + context {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        writer.key("request_id")
        writer.string(requestID)
        writer.key("detail")
        writer.string(rejection.message)
        writer.endObject()
        return writer.bytes
    }

    /// `quantity=15000, limit=10000` as pairs; a name that comes twice keeps its first value.
    private static func values(of rejection: Rejection) -> [(String, String)] {
        var seen: Set<String> = []
        return rejection.values.split(separator: ",").compactMap { pair in
            let trimmed = pair.drop { $0 == " " }
            let name = trimmed.prefix { $0 != "=" }
            guard name.count < trimmed.count, seen.insert(String(name)).inserted else {
                return nil
            }
            return (String(name), String(trimmed.dropFirst(name.count + 1)))
        }
    }
}
