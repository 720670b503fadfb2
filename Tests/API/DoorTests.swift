import Testing
import Trading
import Wire

@testable import API

func parsedHead(_ text: String) -> RequestHead? {
    let step = Array(text.utf8).withUnsafeBytes { unsafe HTTPParser.parseHead($0) }
    guard case .done(let head, _) = step else { return nil }
    return head
}

@Suite("Door")
struct DoorTests {
    private func code(
        host: String, origin: String? = nil, names: [String] = [], isOpen: Bool = true
    ) -> String {
        var text = "GET / HTTP/1.1\r\nHost: \(host)\r\n"
        if let origin { text += "Origin: \(origin)\r\n" }
        guard let head = parsedHead(text + "\r\n") else { return "unparsed" }
        do throws(Rejection) { try Door(names: names).check(head, isOpen: isOpen) } catch {
            return error.code
        }
        return "in"
    }

    @Test(
        "names of this machine, with keys and without",
        arguments: [
            "localhost", "localhost:8001", "127.0.0.1", "127.0.0.1:8001", "127.8.8.8:1",
            "[::1]", "[::1]:8001", "LOCALHOST:8001",
        ])
    func loopback(host: String) {
        #expect(code(host: host) == "in")
        #expect(code(host: host, isOpen: false) == "in")
    }

    @Test(
        "names that somebody else may point here, as a rebound one",
        arguments: [
            "evil.example", "evil.example:8001", "localhost.evil.example",
            "127.0.0.1.evil.example", "127.0.0.1.", "127.1", "0x7f.0.0.1", "2130706433",
            "127.0.0.256", "+127.0.0.1", "evil:8001", "localhost:+80", "localhost:99999",
            "[evil.example]", "[::1]evil.example", "[::1", "::1", "", "desk.example",
        ])
    func rebound(host: String) {
        for isOpen in [true, false] {
            #expect(["host_not_allowed", "unparsed"].contains(code(host: host, isOpen: isOpen)))
        }
    }

    @Test(
        "other addresses and the operator's names, once there are keys",
        arguments: [
            "10.0.0.1", "0.0.0.0:8001", "192.168.1.5:80", "128.0.0.1", "[::2]", "[fe80::1]:8001",
            "[::ffff:10.0.0.1]", "desk.example", "DESK.example:8001",
        ])
    func others(host: String) {
        let names = ["Desk.Example"]
        #expect(code(host: host, names: names, isOpen: false) == "in")
        #expect(code(host: host, names: names, isOpen: true) == "host_not_allowed")
    }

    @Test("an origin has to be this host, by http or, behind a proxy, by https")
    func origins() {
        let host = "localhost:8001"
        for origin in ["http://localhost:8001", "https://localhost:8001"] {
            #expect(code(host: host, origin: origin) == "in")
        }
        for origin in [
            "http://evil.example", "null", "", "http://localhost", "http://localhost:80010",
            "http://localhost:8001.evil.example", "ftp://localhost:8001", "localhost:8001",
            "http://evil.example@localhost:8001", "http://127.0.0.1:8001",
        ] {
            #expect(code(host: host, origin: origin) == "origin_not_allowed")
        }
    }

    @Test("nobody comes in without a Host, the first one neither")
    func missing() throws {
        let door = Door()
        let head = try #require(parsedHead("GET / HTTP/1.0\r\n\r\n"))
        for isOpen in [true, false] {
            #expect(throws: Rejection.self) { try door.check(head, isOpen: isOpen) }
        }
    }

    @Test("one host let in lets in no other")
    func remembered() throws {
        let door = Door()
        for (host, isIn) in [("localhost", true), ("evil.example", false), ("localhost", true)] {
            let head = try #require(parsedHead("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n"))
            var wasIn = true
            do throws(Rejection) { try door.check(head, isOpen: true) } catch { wasIn = false }
            #expect(wasIn == isIn)
        }
    }
}
