// Who asks: from a request's key or session cookie to its principal. Only a secret's digest is
// looked up; nothing of a secret is kept, logged or shown.

import Base
import Service
import Trading
import Wire

struct Gatekeeper {
    let picture: Picture

    /// Longer ones are none of ours, and would cost more than one block of the digest.
    private static let secretBytes = 55

    /// `now`: UTC microseconds. Throws 401 where there is no good key, or two of them.
    func principal(_ head: RequestHead, now: Int64) throws(Rejection) -> Principal {
        if let secret = try Credentials.key(head.headers) {
            guard let key = find(secret), key.kind == .key else { throw unknownKey }
            try check(key, now: now)
            return Principal(key)
        }
        // A cookie that another host on this machine has set must not lock anybody out.
        if picture.isOpen { return .open }
        guard let secret = Credentials.session(head.headers) else { throw .unauthenticated }
        guard let session = find(secret), session.kind == .session else { throw .sessionOver }
        try check(session, now: now)
        try Gatekeeper.refuseOtherSites(head)
        return Principal(session)
    }

    /// The key with which somebody signs in.
    func key(forSignIn secret: String, now: Int64) throws(Rejection) -> AccessKey {
        guard let key = find(Array(secret.utf8)[...]), key.kind == .key else {
            throw unknownKey.about(field: "key")
        }
        do throws(Rejection) { try check(key, now: now) } catch { throw error.about(field: "key") }
        return key
    }

    /// Why an open socket has to end; nil while it may go on.
    func end(of principal: Principal, now: Int64) -> Rejection? {
        switch principal.kind {
        case .nobody: return nil
        case .open: return picture.isOpen ? nil : .unauthenticated
        case .key, .session:
            guard let key = picture.keys[principal.id] else {
                return principal.kind == .key ? unknownKey : .sessionOver
            }
            do throws(Rejection) { try check(key, now: now) } catch { return error }
            return nil
        }
    }

    private func find(_ secret: ArraySlice<UInt8>) -> AccessKey? {
        guard secret.count <= Gatekeeper.secretBytes else { return nil }
        return picture.key(digest: SHA256.hash(secret))
    }

    private func check(_ key: AccessKey, now: Int64) throws(Rejection) {
        if key.isValid(at: now) { return }
        throw key.kind == .key ? .revokedKey(key) : .sessionOver
    }

    private var unknownKey: Rejection {
        let advice =
            picture.isOpen
            ? "This host has no keys and takes calls without one: leave it away, or make one with "
                + "'oes keys create'."
            : "Check that it is whole (oes_ and 43 characters), or ask an administrator for one."
        return Rejection(.unauthorized, "unknown_key", "There is no such key. \(advice)")
    }

    /// A browser sends the cookie by itself, also for a page that isn't ours: SameSite keeps it from
    /// that, and this does once more. Origin has been checked at the door.
    private static func refuseOtherSites(_ head: RequestHead) throws(Rejection) {
        if head.method == .get || head.method == .head { return }
        guard let site = head.headers.firstBytes("sec-fetch-site") else { return }
        guard site.elementsEqual("same-origin".utf8) else {
            throw Rejection(
                .forbidden, "cross_site",
                "A session's cookie is taken from this host's own pages only; programs send a key.")
        }
    }
}

/// Where a request's secrets stand, as bytes of its head.
enum Credentials {
    private static let scheme = Array("bearer ".utf8)
    private static let cookie = Array("oes_session=".utf8)
    private static let maximumCookieBytes = 4_096

    /// The secret of Authorization: Bearer or X-API-Key; nil where neither is given. One that comes
    /// twice has been refused with the head.
    static func key(_ headers: HTTPHeaders) throws(Rejection) -> ArraySlice<UInt8>? {
        let authorization = headers.firstBytes("authorization")
        let plain = headers.firstBytes("x-api-key")
        if authorization == nil && plain == nil { return nil }
        guard let authorization else { return plain }
        guard let bearer = bearer(authorization) else { throw .noBearer }
        if let plain, !plain.elementsEqual(bearer) { throw .severalKeys }
        return bearer
    }

    private static func bearer(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard value.count > scheme.count else { return nil }
        for (given, wanted) in zip(value, scheme) {
            let isLetter = wanted != UInt8(ascii: " ")
            guard given == wanted || (isLetter && given | 0x20 == wanted) else { return nil }
        }
        return value.dropFirst(scheme.count).drop { $0 == UInt8(ascii: " ") }
    }

    /// The secret of the session cookie; of several the first counts.
    static func session(_ headers: HTTPHeaders) -> ArraySlice<UInt8>? {
        guard let cookies = headers.firstBytes("cookie"), cookies.count <= maximumCookieBytes
        else { return nil }
        for pair in cookies.split(separator: UInt8(ascii: ";")) {
            let pair = pair.drop { $0 == UInt8(ascii: " ") }
            if pair.starts(with: cookie) { return pair.dropFirst(cookie.count) }
        }
        return nil
    }
}

extension Rejection {
    static let unauthenticated = Rejection(
        .unauthorized, "unauthenticated",
        "This call needs a key: send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or sign "
            + "in at /sign-in. An administrator makes keys with 'oes keys create'.")
    static let sessionOver = Rejection(
        .unauthorized, "expired_session",
        "The session has ended; sign in again at /sign-in or with POST /api/v1/session.")
    fileprivate static let severalKeys = Rejection(
        .unauthorized, "several_keys",
        "The request carries different keys; send one, as Authorization: Bearer or as X-API-Key.")
    fileprivate static let noBearer = Rejection(
        .unauthorized, "unauthenticated",
        "Authorization must be 'Bearer KEY'; another scheme was given.")

    fileprivate static func revokedKey(_ key: AccessKey) -> Rejection {
        Rejection(
            .unauthorized, "revoked_key",
            "This key was revoked; ask an administrator for a new one.", values: "key_id=\(key.id)")
    }

    func about(field: String) -> Rejection {
        Rejection(refusal, code, message, field: field, values: values)
    }
}
