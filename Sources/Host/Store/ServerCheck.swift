// Whether a Redis is fit to keep a firm's orders: judged from INFO at each connect, since a server
// that was fit yesterday may have been reconfigured, replaced or failed over. INFO alone is enough,
// so that managed servers that forbid CONFIG can be judged too.

import Base

/// What the check found; `problem` says what was found and what to do about it.
package struct ServerVerdict: Sendable, Equatable {
    /// nil = fit for use.
    package let problem: String?
    /// Fit, but the operator should know.
    package let warnings: [String]
}

package enum ServerCheck {
    /// Functions came with it.
    static let leastMajor = 7

    /// `info`: the text of INFO. `wantsDurability`: OES_DURABILITY.
    package static func judge(info: String, wantsDurability: Durability) -> ServerVerdict {
        let facts = parse(info)
        if let problem = problem(facts) { return ServerVerdict(problem: problem, warnings: []) }
        return ServerVerdict(problem: nil, warnings: warnings(facts, wantsDurability))
    }

    /// `name:value` lines; comments and others are skipped.
    static func parse(_ info: String) -> [Substring: Substring] {
        var facts: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) {
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { continue }
            facts[line[..<colon]] = line[line.index(after: colon)...]
        }
        return facts
    }

    private static func problem(_ facts: [Substring: Substring]) -> String? {
        guard let version = facts["redis_version"] else {
            return "its INFO has no redis_version: this isn't a Redis server"
        }
        guard let major = version.split(separator: ".").first.flatMap({ Int($0) }),
            major >= leastMajor
        else {
            return "it is Redis \(version), which has no functions: use version 7.0 or newer"
        }
        if facts["loading"] == "1" { return "it is still loading its data" }
        if facts["role"] != "master" {
            return "it is a read-only replica: set REDIS_HOST and REDIS_PORT to its master"
                + master(facts)
        }
        let policy = facts["maxmemory_policy"] ?? "unknown"
        if facts["maxmemory"] != "0", policy != "noeviction" {
            return "it evicts keys when memory is full (maxmemory-policy \(policy)), which would "
                + "lose orders: set maxmemory-policy noeviction"
        }
        if facts["aof_last_write_status"].map({ $0 != "ok" }) ?? false {
            return "it can't write its append-only file: see its log, and whether its disk is full"
        }
        return nil
    }

    private static func master(_ facts: [Substring: Substring]) -> String {
        guard let host = facts["master_host"], let port = facts["master_port"] else { return "" }
        return ", \(host):\(port)"
    }

    private static func warnings(
        _ facts: [Substring: Substring], _ wantsDurability: Durability
    ) -> [String] {
        var warnings: [String] = []
        if facts["aof_enabled"] != "1" {
            warnings.append(
                "Redis has no append-only file: when it stops, orders that clients were told are "
                    + "accepted are lost; set appendonly yes and appendfsync "
                    + (wantsDurability == .strict ? "always" : "everysec"))
        }
        if facts["maxmemory"] == "0", let policy = facts["maxmemory_policy"],
            policy != "noeviction"
        {
            warnings.append(
                "Redis would evict keys (maxmemory-policy \(policy)) once maxmemory is set: set "
                    + "maxmemory-policy noeviction")
        }
        return warnings
    }

    /// `appendfsync`: CONFIG GET's value where it may be asked; nil = unknown.
    static func durabilityWarning(
        appendfsync: String?, wantsDurability: Durability
    ) -> String? {
        guard wantsDurability == .strict, let appendfsync, appendfsync != "always" else {
            return nil
        }
        return
            "OES_DURABILITY is strict, but Redis has appendfsync \(appendfsync): its last second "
            + "may be lost; set appendfsync always there, or OES_DURABILITY=fast here"
    }
}

extension ServerCheck {
    /// Judges a server once, blocking, for the start of the host: a refusal's text, or the
    /// warnings. `waitMillis`: how long a server that isn't there yet, or still loads, is waited
    /// for.
    package static func judgeNow(
        _ endpoint: RedisEndpoint, wantsDurability: Durability, waitMillis: Int = 0
    ) -> ServerVerdict {
        let end = Clock.monotonicMicros() + Int64(waitMillis) * 1_000
        while true {
            let verdict = judgeOnce(endpoint, wantsDurability)
            let mayChange =
                verdict.problem?.hasSuffix("loading its data") == true
                || verdict.problem?.contains("is not reachable") == true
            guard mayChange, Clock.monotonicMicros() < end else { return verdict }
            pause(millis: 100)
        }
    }

    private static func judgeOnce(
        _ endpoint: RedisEndpoint, _ wantsDurability: Durability
    ) -> ServerVerdict {
        let at = "the Redis at \(endpoint)"
        do throws(RedisFailure) {
            let redis = try BlockingRedis(endpoint, timeoutMillis: Limits.connectMillis)
            guard let info = try redis.call(["INFO"]).text else {
                throw .unexpected("no text to INFO")
            }
            let verdict = judge(info: info, wantsDurability: wantsDurability)
            guard verdict.problem == nil else {
                return refusal("\(at) can't be used: \(verdict.problem ?? "")")
            }
            let configured = try? redis.call(["CONFIG", "GET", "appendfsync"])
            let warning = durabilityWarning(
                appendfsync: configured?.elements?.last?.text, wantsDurability: wantsDurability)
            return ServerVerdict(
                problem: nil, warnings: verdict.warnings + [warning].compactMap(\.self))
        } catch {
            switch error {
            case .unavailable:
                return refusal(
                    "\(at) is not reachable: start it, or mend REDIS_HOST and REDIS_PORT, or remove "
                        + "the REDIS_ settings to use the embedded one")
            case .server(let text) where text.hasPrefix("LOADING"):
                return refusal("\(at) can't be used: it is still loading its data")
            case .server, .outcomeUnknown, .overloaded, .unexpected:
                return refusal("\(at) can't be used: \(RedisConnection.explain(error))")
            }
        }
    }

    private static func refusal(_ text: String) -> ServerVerdict {
        ServerVerdict(problem: text, warnings: [])
    }
}
