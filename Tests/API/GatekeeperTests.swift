import Base
import Service
import Testing
import Trading
import Wire

@testable import API

@Suite("Gatekeeper")
struct GatekeeperTests {
    private let secret = "oes_" + String(repeating: "k", count: 43)
    private let gone = "oes_" + String(repeating: "g", count: 43)
    private let cookie = "oes_" + String(repeating: "s", count: 43)
    private let picture: Picture
    private let gatekeeper: Gatekeeper

    /// A picture with a key (1), a revoked key (2) and a session of the first (3) until time 1,000.
    init() throws {
        picture = Picture()
        gatekeeper = Gatekeeper(picture: picture)
        let key = AccessKey(
            newKey: "00000001", name: "one", role: .trader, accounts: .only(["7"]),
            digest: SHA256.hash(secret.utf8), ordersPerSecond: 5, createdBy: "command")
        let revoked = AccessKey(
            newKey: "00000002", name: "two", role: .admin, accounts: .all,
            digest: SHA256.hash(gone.utf8), ordersPerSecond: 5, createdBy: "command")
        let session = AccessKey(
            newSession: "00000003", of: key, digest: SHA256.hash(cookie.utf8), expiresAt: 1_000,
            createdBy: "00000001")
        let records = [
            (key.id, key.encoded(), Int64(0)), (revoked.id, revoked.encoded(), 500),
            (session.id, session.encoded(), 0),
        ]
        for (index, record) in records.enumerated() {
            try apply(record.0, record.1, revokedAt: record.2, sequence: Int64(index + 1))
        }
    }

    /// As the script writes it: with its sequence and the time of its revocation.
    private func apply(
        _ id: String, _ record: [UInt8], revokedAt: Int64, sequence: Int64
    ) throws {
        var record = record
        func put(_ value: Int64, at offset: Int) {
            for byte in 0..<8 {
                record[offset + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }
        put(revokedAt, at: 20)
        put(sequence, at: 36)
        var section = ByteWriter()
        section.string(id)
        section.raw(record)
        var entry = ByteWriter()
        entry.byte(1)
        entry.byte(EventKind.key.rawValue)
        entry.int64(sequence)
        entry.string("")
        entry.byte(10)
        entry.uint32(UInt32(section.bytes.count))
        entry.raw(section.bytes)
        picture.apply(try Event(sequence: sequence, entry: entry.bytes[...]))
    }

    private func ask(_ lines: String..., method: String = "GET", now: Int64 = 0) -> String {
        let text = "\(method) / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined()
        guard let head = parsedHead(text + "\r\n") else { return "400 unparsed" }
        do throws(Rejection) { return try gatekeeper.principal(head, now: now).id } catch {
            return "\(error.refusal.rawValue) \(error.code)"
        }
    }

    @Test("a key by either header")
    func keys() {
        #expect(ask("Authorization: Bearer \(secret)") == "00000001")
        #expect(ask("authorization: bEARER   \(secret)") == "00000001")
        #expect(ask("X-API-Key: \(secret)") == "00000001")
        #expect(ask("X-API-Key: \(secret)", "Authorization: Bearer \(secret)") == "00000001")
    }

    @Test("none, unknown, revoked")
    func refused() {
        #expect(ask() == "401 unauthenticated")
        #expect(ask("Authorization: Basic \(secret)") == "401 unauthenticated")
        #expect(ask("Authorization: \(secret)") == "401 unauthenticated")
        #expect(ask("X-API-Key: \(secret)x") == "401 unknown_key")
        #expect(ask("X-API-Key: \(secret.dropLast())") == "401 unknown_key")
        #expect(ask("X-API-Key:") == "401 unknown_key")
        let long = String(repeating: "x", count: 8_000)
        #expect(ask("X-API-Key: \(long)") == "401 unknown_key")
        #expect(ask("X-API-Key: \(gone)") == "401 revoked_key")
    }

    @Test("two different keys, or one header twice")
    func several() {
        #expect(
            ask("X-API-Key: \(secret)", "Authorization: Bearer \(gone)") == "401 several_keys")
        #expect(ask("X-API-Key: \(secret)", "X-API-Key: \(secret)") == "400 unparsed")
        #expect(
            ask("Authorization: Bearer \(secret)", "Authorization: Bearer \(gone)")
                == "400 unparsed")
    }

    @Test("a session by its cookie, until it is over")
    func sessions() {
        #expect(ask("Cookie: oes_session=\(cookie)") == "00000003")
        #expect(ask("Cookie: a=b; oes_session=\(cookie); c=d", now: 999) == "00000003")
        #expect(ask("Cookie: oes_session=\(cookie)", now: 1_000) == "401 expired_session")
        #expect(ask("Cookie: oes_session=nothing") == "401 expired_session")
        #expect(ask("Cookie: a=b") == "401 unauthenticated")
        #expect(ask("Cookie: xoes_session=\(cookie)") == "401 unauthenticated")
    }

    @Test("a key is no cookie and a session's secret no key")
    func kinds() throws {
        #expect(ask("Cookie: oes_session=\(secret)") == "401 expired_session")
        #expect(ask("X-API-Key: \(cookie)") == "401 unknown_key")
        #expect(throws: Rejection.self) { try gatekeeper.key(forSignIn: cookie, now: 0) }
        #expect(throws: Rejection.self) { try gatekeeper.key(forSignIn: gone, now: 0) }
        #expect(try gatekeeper.key(forSignIn: secret, now: 0).id == "00000001")
    }

    @Test("a changing call with the cookie comes from our own pages")
    func sameSite() {
        let session = "Cookie: oes_session=\(cookie)"
        for site in ["cross-site", "same-site", "none"] {
            let header = "Sec-Fetch-Site: \(site)"
            #expect(ask(session, header, method: "POST") == "403 cross_site")
            #expect(ask(session, header, method: "DELETE") == "403 cross_site")
            #expect(ask(session, header) == "00000003")
            #expect(ask("X-API-Key: \(secret)", header, method: "POST") == "00000001")
        }
        #expect(ask(session, "Sec-Fetch-Site: same-origin", method: "POST") == "00000003")
        #expect(ask(session, method: "POST") == "00000003")
    }

    @Test("a host without keys is open, and a cookie of another host locks nobody out")
    func open() throws {
        let gatekeeper = Gatekeeper(picture: Picture())
        for line in ["", "Cookie: oes_session=\(cookie)\r\n"] {
            let head = try #require(parsedHead("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n"))
            #expect(try gatekeeper.principal(head, now: 0).kind == .open)
        }
        let text = "GET / HTTP/1.1\r\nHost: a\r\nX-API-Key: \(secret)\r\n\r\n"
        let head = try #require(parsedHead(text))
        #expect(throws: Rejection.self) { try gatekeeper.principal(head, now: 0) }
    }

    @Test("an open socket ends with its key, its session, or the host's openness")
    func ends() throws {
        let key = try gatekeeper.key(forSignIn: secret, now: 0)
        #expect(gatekeeper.end(of: Principal(key), now: 0) == nil)
        let session = try #require(picture.keys["00000003"])
        #expect(gatekeeper.end(of: Principal(session), now: 999) == nil)
        #expect(gatekeeper.end(of: Principal(session), now: 1_000)?.code == "expired_session")
        #expect(gatekeeper.end(of: .open, now: 0)?.code == "unauthenticated")
        try apply(key.id, key.encoded(), revokedAt: 600, sequence: 4)
        #expect(gatekeeper.end(of: Principal(key), now: 0)?.code == "revoked_key")
    }

    @Test("roles and accounts, as the table asks for them")
    func access() {
        func code(_ access: Access, _ role: Role, _ scope: AccountScope, _ path: String) -> String {
            let key = AccessKey(
                newKey: "00000009", name: "x", role: role, accounts: scope,
                digest: [UInt8](repeating: 1, count: 32), ordersPerSecond: 0, createdBy: "command")
            do throws(Rejection) { try access.check(Principal(key), [path]) } catch {
                return error.code
            }
            return "in"
        }
        #expect(code(.account(.trade), .trader, .only(["7"]), "7") == "in")
        #expect(code(.account(.trade), .trader, .only(["7"]), "8") == "unknown_account")
        #expect(code(.account(.trade), .viewer, .all, "7") == "role_not_allowed")
        #expect(code(.order(.cancel), .trader, .only(["7"]), "7-a") == "in")
        #expect(code(.order(.cancel), .trader, .only(["7"]), "8-a") == "unknown_order")
        #expect(code(.everyone(.see), .viewer, .only(["7"]), "") == "account_required")
        #expect(code(.everyone(.see), .viewer, .all, "") == "in")
        #expect(code(.everyone(.oversee), .trader, .all, "") == "role_not_allowed")
        #expect(code(.permission(.administer), .risk, .all, "") == "role_not_allowed")
        #expect(code(.anyone, .viewer, .only([]), "") == "in")
    }
}
