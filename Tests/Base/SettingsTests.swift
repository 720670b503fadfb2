import Testing

@testable import Base

@Suite struct SettingsTests {
    private func settings(_ environment: [String: String], file: String = "") throws -> Settings {
        try Settings(environment: environment, file: Array(file.utf8))
    }

    private func refusal(_ environment: [String: String], file: String = "") -> String {
        do {
            return "accepted: \(try settings(environment, file: file))"
        } catch {
            return "\(error)"
        }
    }

    @Test func defaultsStandWhereNothingIsSet() throws {
        let settings = try settings(["HOME": "/root", "OES_PORT": ""])
        #expect(settings.host == "127.0.0.1")
        #expect(settings.port == 8_001)
        #expect(settings.dataFolder == ".oes")
        #expect(settings.pluginsFile == nil)
        #expect(settings.samples)
        #expect(settings.durability == .strict)
        #expect(!settings.testEcho)
        #expect(settings.headroomWarnings == [80, 90])
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == .text)
        #expect(settings.redis == nil)
    }

    @Test func everySettingIsRead() throws {
        let settings = try settings([
            "OES_HOST": "127.0.0.2", "OES_PORT": "9000", "OES_DATA": "/var/lib/oes",
            "OES_PLUGINS": "my.json", "OES_SAMPLES": "off", "OES_DURABILITY": "fast",
            "OES_TEST_ECHO": "on", "OES_HEADROOM_WARNINGS": "95,50",
            "LOG_LEVEL": "DEBUG", "LOG_FORMAT": "json", "REDIS_HOST": "redis.example",
            "REDIS_PORT": "6380",
            "REDIS_PASSWORD": "a b\"c",
        ])
        #expect(settings.host == "127.0.0.2")
        #expect(settings.port == 9_000)
        #expect(settings.dataFolder == "/var/lib/oes")
        #expect(settings.pluginsFile == "my.json")
        #expect(!settings.samples)
        #expect(settings.durability == .fast)
        #expect(settings.logFormat == .json)
        #expect(settings.testEcho)
        #expect(settings.headroomWarnings == [95, 50])
        #expect(settings.logLevel == .debug)
        let redis = ExternalRedis(host: "redis.example", port: 6_380, password: "a b\"c")
        #expect(settings.redis == redis)
    }

    @Test func anyRedisSettingMeansAnExternalServer() throws {
        let local = try settings(["REDIS_PASSWORD": "x"]).redis
        #expect(local == ExternalRedis(host: "127.0.0.1", port: 6_379, password: "x"))
        let other = try settings(["REDIS_PORT": "7000"]).redis
        #expect(other == ExternalRedis(host: "127.0.0.1", port: 7_000, password: nil))
        #expect(try settings(["REDIS_HOST": ""]).redis == nil)
    }

    @Test(arguments: ["127.0.0.1", "127.255.0.9", "::1", "localhost"])
    func loopbackHostsAreAllowed(host: String) throws {
        let expected = host == "localhost" ? "127.0.0.1" : host
        let settings = try settings(["OES_HOST": host])
        #expect(settings.host == expected && settings.isLoopback)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.1.4", "::ffff:127.0.0.1"])
    func otherAddressesAreAllowedButNotLoopback(host: String) throws {
        let settings = try settings(["OES_HOST": host])
        #expect(settings.host == host && !settings.isLoopback)
    }

    @Test(arguments: ["example.com", "127.1", "*", "127.0.0.1 ", "fe80::1%eth0"])
    func whatIsNoAddressIsRefused(host: String) {
        #expect(refusal(["OES_HOST": host]).hasPrefix("OES_HOST is \"\(host)\"; allowed is "))
    }

    @Test func hostNamesAreReadInSmallLetters() throws {
        let names = try settings(["OES_HOST_NAMES": "OES.Example, desk-1"]).hostNames
        #expect(names == ["oes.example", "desk-1"])
        #expect(try settings([:]).hostNames.isEmpty)
        for wrong in ["a b", "http://a", "a:80", "-a", "a-", "a..b", "a,,b", "*"] {
            #expect(refusal(["OES_HOST_NAMES": wrong]).hasPrefix("OES_HOST_NAMES is "))
        }
    }

    @Test(arguments: [
        ("OES_PORT", "65536"), ("OES_PORT", "-1"), ("OES_PORT", "80a"), ("OES_PORT", " 80"),
        ("OES_PORT", "99999999999999999999"), ("OES_SAMPLES", "yes"), ("OES_DURABILITY", "Fast"),
        ("OES_TEST_ECHO", "true"), ("OES_HEADROOM_WARNINGS", "80,"),
        ("OES_HEADROOM_WARNINGS", "0"), ("OES_HEADROOM_WARNINGS", "101"),
        ("LOG_LEVEL", "trace"), ("LOG_FORMAT", "xml"), ("LOG_LEVEL", "Debug"), ("REDIS_PORT", "0"),
        ("REDIS_HOST", "redis://x"), ("REDIS_HOST", "a b"), ("OES_DATA", "a\nb"),
    ])
    func aWrongValueIsRefusedByName(name: String, value: String) {
        let text = refusal([name: value])
        #expect(text.hasPrefix("\(name) is \"\(value)\"; allowed is "))
    }

    @Test func anUnknownSettingIsRefusedWithTheNearestName() {
        #expect(refusal(["OES_PROT": "1"]).contains("no setting OES_PROT; did you mean OES_PORT?"))
        #expect(refusal([:], file: "OES_DURABLE=fast").contains("did you mean OES_DURABILITY?"))
        #expect(refusal(["OES_": ""]).contains("no setting OES_"))
    }

    @Test func theEnvironmentWinsOverTheFile() throws {
        let settings = try settings(
            ["OES_PORT": "9000"], file: "OES_PORT=9001\nOES_SAMPLES=off\nTHEIRS=1\n")
        #expect(settings.port == 9_000)
        #expect(!settings.samples)
    }

    @Test(arguments: [
        ("A=1", ["A": "1"]), ("", [:]), ("# A=1\n\n  \nB=2\r\n", ["B": "2"]),
        ("export A = x y # note", ["A": "x y"]), ("A=x#y", ["A": "x#y"]), ("A=#y", ["A": ""]),
        ("A='a # \"b\\n'", ["A": "a # \"b\\n"]),
        (#"A="a \"b\" \\ \n" # c"#, ["A": "a \"b\" \\ \n"]),
        ("A=1\nA=2", ["A": "2"]), ("A==", ["A": "="]), ("\u{feff}A=1", ["A": "1"]),
        ("A=é", ["A": "é"]),
    ])
    func envFilesAreRead(text: String, expected: [String: String]) throws {
        #expect(try SettingsFile.parse(Array(text.utf8)) == expected)
    }

    @Test(arguments: ["A", "=1", "A B=1", "A='x", "A=\"x", "A=\"x\\", "A=\"\\q\"", "A='x' y"])
    func aBrokenLineIsRefusedByNumber(line: String) {
        #expect(refusal([:], file: "OK=1\n\(line)").hasPrefix(".env, line 2: "))
    }

    @Test func bytesThatAreNoTextAreRefused() {
        for bytes: [UInt8] in [[0x41, 0x3d, 0xff], [0x41, 0x3d, 0x00]] {
            #expect(throws: SettingsError.self) { try SettingsFile.parse(bytes) }
        }
    }

    @Test func everyPrefixOfAFileIsReadOrRefusedCleanly() {
        let file = Array("export A=\"x \\n\" # c\r\nOES_PORT='80'\nOES_SAMPLES=off # y".utf8)
        for count in 0...file.count {
            do {
                _ = try Settings(environment: [:], file: Array(file[..<count]))
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test func passwordsStayOutOfMessages() {
        #expect(!refusal(["REDIS_PASSWORD": "geheim", "REDIS_PORT": "x"]).contains("geheim"))
    }

    @Test func theProcessEnvironmentIsRead() {
        #expect(processEnvironment()["PATH"] != nil)
        #expect(executableFolder()?.hasPrefix("/") == true)
    }

    @Test func aFileOfTheLimitIsReadAndALargerOneRefused() throws {
        #expect(try readWhole("/proc/self/cmdline", most: 65_536) != nil)
        #expect(throws: SystemReadError.self) { try readWhole("/proc/self/cmdline", most: 1) }
        #expect(try readWhole("no-such-file", most: 1) == nil)
    }

    @Test func editDistances() {
        #expect(editDistance("OES_PORT", "OES_PROT") == 2)
        #expect(editDistance("", "abc") == 3)
        #expect(editDistance("abc", "abc") == 0)
    }
}
