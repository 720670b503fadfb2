// What happens on each new connection before it counts as up: the server is judged, the layout of
// its data is checked, the function library is loaded. All of it may be repeated, and done by
// several hosts at once.

import Base

package final class StorePreparation {
    /// The layout of docs/REDIS.md that this build reads and writes.
    package static let schema: Int64 = 3

    private let keys: Keys
    private let scripts: Scripts
    private let durability: Durability
    private let log: Log
    /// Each is logged once, not at each reconnect.
    private var knownWarnings: Set<String> = []

    package init(
        keys: Keys = .first, scripts: Scripts = .current, durability: Durability, log: Log
    ) {
        self.keys = keys
        self.scripts = scripts
        self.durability = durability
        self.log = log
    }

    /// Makes the connection prepare itself so. `loadsLibrary`: for those that call functions.
    package func install(on connection: RedisConnection, loadsLibrary: Bool) {
        connection.prepare = { [self] connection, done in
            Run(self, connection, loadsLibrary: loadsLibrary, done: done).judgeServer()
        }
    }

    private func warn(_ warnings: [String]) {
        for warning in warnings where knownWarnings.insert(warning).inserted {
            log.warning(warning)
        }
    }

    /// One passage through the steps; it lives in the callbacks.
    private final class Run {
        private let owner: StorePreparation
        private let connection: RedisConnection
        private let loadsLibrary: Bool
        private let done: (String?) -> Void

        init(
            _ owner: StorePreparation, _ connection: RedisConnection, loadsLibrary: Bool,
            done: @escaping (String?) -> Void
        ) {
            self.owner = owner
            self.connection = connection
            self.loadsLibrary = loadsLibrary
            self.done = done
        }

        /// Sends, and goes on with the reply; a failure ends the run.
        private func ask(
            _ words: [String], or recover: ((String) -> RedisReply?)? = nil,
            _ next: @escaping (RedisReply) -> Void
        ) {
            let command = RedisCommand(words[0], Array(words.dropFirst()))
            ask(command, or: recover, next)
        }

        private func ask(
            _ command: RedisCommand, or recover: ((String) -> RedisReply?)? = nil,
            _ next: @escaping (RedisReply) -> Void
        ) {
            connection.sendWhilePreparing(command) { [done] result in
                switch result {
                case .success(let reply): next(reply)
                case .failure(.server(let text)):
                    guard let reply = recover?(text) else { return done(Self.explain(text)) }
                    next(reply)
                case .failure(let failure): done(RedisConnection.explain(failure))
                }
            }
        }

        private static func explain(_ text: String) -> String {
            if text.hasPrefix("MOVED") || text.hasPrefix("CLUSTERDOWN") {
                return
                    "this node of a Redis Cluster doesn't serve our keys (\(text)): name the one "
                    + "that does"
            }
            return RedisConnection.explain(.server(text))
        }

        func judgeServer() {
            ask(["INFO"]) { [self] reply in
                let verdict = ServerCheck.judge(
                    info: reply.text ?? "", wantsDurability: owner.durability)
                if let problem = verdict.problem {
                    return done("this Redis can't be used: \(problem)")
                }
                owner.warn(verdict.warnings)
                checkSync()
            }
        }

        private func checkSync() {
            ask(["CONFIG", "GET", "appendfsync"], or: { _ in .null }) { [self] reply in
                let warning = ServerCheck.durabilityWarning(
                    appendfsync: reply.elements?.last?.text, wantsDurability: owner.durability)
                owner.warn([warning].compactMap(\.self))
                checkSchema()
            }
        }

        /// Reading comes first here and below: a Redis whose memory is full refuses writes, but
        /// orders must still be cancelled there.
        private func checkSchema() {
            ask(["GET", owner.keys.schema]) { [self] reply in
                guard reply.isNull else { return judgeSchema(reply) }
                let words = ["SET", owner.keys.schema, "\(StorePreparation.schema)", "NX", "GET"]
                ask(words) { [self] reply in
                    // Null: ours was written; else another host's, just before.
                    if reply.isNull { findLibrary() } else { judgeSchema(reply) }
                }
            }
        }

        private func judgeSchema(_ reply: RedisReply) {
            guard let found = reply.int64, found >= 1 else {
                return done("\(owner.keys.schema) holds other data than ours")
            }
            guard found <= StorePreparation.schema else {
                return done(
                    "the data has layout \(found) and this host knows up to "
                        + "\(StorePreparation.schema): run the newer host")
            }
            guard found == StorePreparation.schema else {
                return done(
                    "the data has layout \(found) and this host reads \(StorePreparation.schema) "
                        + "only: run the older host on it, or begin with a data folder of its own")
            }
            findLibrary()
        }

        private func findLibrary() {
            guard loadsLibrary else { return done(nil) }
            ask(["FUNCTION", "LIST", "LIBRARYNAME", owner.scripts.libraryName]) { [self] reply in
                if reply.elements?.isEmpty == false { done(nil) } else { loadLibrary() }
            }
        }

        private func loadLibrary() {
            var command = RedisCommand("FUNCTION", capacity: owner.scripts.source.count + 64)
            command.append("LOAD")
            command.append(owner.scripts.source)
            // Another host was faster.
            let isThere = { (text: String) in
                text.contains("already exists") ? RedisReply.null : nil
            }
            ask(command, or: isThere) { [done] _ in done(nil) }
        }
    }
}
