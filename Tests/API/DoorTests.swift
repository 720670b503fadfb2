import Testing
import Trading
import Wire

@testable import API

@Suite("Door")
struct DoorTests {
    private func code(host: String, origin: String? = nil) throws -> String {
        var text = "GET / HTTP/1.1\r\nHost: \(host)\r\n"
        if let origin { text += "Origin: \(origin)\r\n" }
        text += "\r\n"
        let step = Array(text.utf8).withUnsafeBytes { unsafe HTTPParser.parseHead($0) }
        guard case .done(let head, _) = step else { return "unparsed" }
        do throws(Rejection) { try Door().check(head) } catch { return error.code }
        return "open"
    }

    @Test(
        "names of this machine",
        arguments: [
            "localhost", "localhost:8001", "127.0.0.1", "127.0.0.1:8001", "127.8.8.8:1",
            "[::1]", "[::1]:8001", "LOCALHOST:8001",
        ])
    func loopback(host: String) throws {
        #expect(try code(host: host) == "open")
    }

    @Test(
        "names of elsewhere, as a rebound one",
        arguments: [
            "example.com", "localhost.example.com", "127.0.0.1.example.com", "10.0.0.1",
            "0.0.0.0:8001", "[::2]", "128.0.0.1", "evil:8001",
        ])
    func elsewhere(host: String) throws {
        #expect(try code(host: host) == "host_not_allowed")
    }

    @Test("an origin has to be this host")
    func origins() throws {
        let host = "localhost:8001"
        #expect(try code(host: host, origin: "http://localhost:8001") == "open")
        for origin in ["http://example.com", "null", "https://localhost:8001", "http://localhost"] {
            #expect(try code(host: host, origin: origin) == "origin_not_allowed")
        }
    }
}
