// Runs a command about keys: in the Redis of the host that runs, or in one that is started just for
// this. It needs no key itself: who may read the data folder, or knows Redis's password, is already
// inside, so this is also the way in where the last administrator's secret is lost.

import Base
import Glibc
import Loop
import Service
import Store
import Trading

final class KeyRun {
    private let command: KeyCommand
    private let settings: Settings
    private let loop: EventLoop
    private let log = Log(level: .warning, origin: "keys")
    private var connection: RedisConnection?
    private var exitCode = ExitCode.failure

    init(_ command: KeyCommand, _ settings: Settings) throws {
        self.command = command
        self.settings = settings
        loop = try EventLoop()
    }

    /// Gives the process's exit code: 0, 1 where it is refused or Redis is away, 78 for settings.
    func run() -> Int32 {
        var ownServer: EmbeddedRedis?
        defer { _ = ownServer?.shutdown() }
        do {
            let endpoint: RedisEndpoint
            if let external = settings.redis {
                endpoint = RedisEndpoint(external)
            } else if let running = try EmbeddedRedis.running(settings) {
                endpoint = running
            } else {
                let started = try EmbeddedRedis.start(settings, log: log)
                ownServer = started
                endpoint = started.endpoint
            }
            work(endpoint)
            return exitCode
        } catch {
            say("\(error)")
            return ExitCode.configuration
        }
    }

    private func work(_ endpoint: RedisEndpoint) {
        let connection = RedisConnection(
            loop: loop, endpoint: endpoint, name: "oes-keys",
            log: Log(level: .error, origin: "keys"))
        StorePreparation(durability: settings.durability, log: log)
            .install(on: connection, loadsLibrary: true)
        self.connection = connection
        connection.connect()
        _ = loop.schedule(afterMillis: 0) { [self] in waitForRedis(triesLeft: 200) }
        loop.run()
        connection.close()
    }

    private func waitForRedis(triesLeft: Int) {
        guard let connection else { return }
        if connection.isUp { return start(connection) }
        guard triesLeft > 0, connection.problem == nil else {
            let problem = connection.problem ?? "it can't be reached"
            return end(ExitCode.failure, "Redis at \(connection.endpoint): \(problem)")
        }
        _ = loop.schedule(afterMillis: 25) { [self] in waitForRedis(triesLeft: triesLeft - 1) }
    }

    private func start(_ connection: RedisConnection) {
        switch command {
        case .list: list(connection)
        case .revoke(let id):
            Matcher(connection).key(.revoke(id: id), by: .command) { [self] reply in
                finish(reply) { key in
                    say("key \(key.id) (\(key.name)) is revoked, and its sessions are ended")
                }
            }
        case .create(let key): checkAccounts(of: key, connection)
        }
    }

    private func checkAccounts(of key: NewKey, _ connection: RedisConnection) {
        guard case .only(let accounts) = key.accounts else { return create(key, connection) }
        let ids = accounts.sorted()
        connection.send(RedisCommand("HMGET", [Keys.first.accounts] + ids)) { [self] reply in
            guard case .success(.array(let records)) = reply else {
                return end(ExitCode.failure, "Redis: \(reply)")
            }
            if let missing = zip(ids, records).first(where: { $0.1.isNull })?.0 {
                return end(ExitCode.failure, "there is no account \(missing)")
            }
            create(key, connection)
        }
    }

    private func create(_ key: NewKey, _ connection: RedisConnection) {
        let secret = KeySecret.make()
        let record = key.record(secret: secret, by: .command)
        Matcher(connection).key(.create(record), by: .command) { [self] reply in
            finish(reply) { key in
                say(
                    "key \(key.id) (\(key.name), \(key.role.name)) is made; its secret follows on "
                        + "standard output and can't be shown again")
                print(secret)
            }
        }
    }

    private func finish(
        _ reply: Result<KeyReply, RedisFailure>, _ done: (AccessKey) -> Void
    ) {
        switch reply {
        case .success(.done(let key, _)):
            done(key)
            end(ExitCode.success, nil)
        case .success(.refused(let refusal)):
            end(ExitCode.failure, Reasons.rejection(refusal).message)
        case .failure(let failure): end(ExitCode.failure, "Redis: \(failure)")
        }
    }

    private func list(_ connection: RedisConnection) {
        connection.send(RedisCommand("HGETALL", [Keys.first.accessKeys])) { [self] reply in
            do {
                let keys = try KeyTable.read(try reply.get())
                KeyTable.lines(keys).forEach { print($0) }
                end(ExitCode.success, nil)
            } catch {
                end(ExitCode.failure, "the keys can't be read: \(error)")
            }
        }
    }

    private func end(_ code: Int32, _ problem: String?) {
        if let problem { say(problem) }
        exitCode = code
        loop.stop()
    }

    /// Standard output is for what scripts take.
    private func say(_ text: String) {
        let line = Array("oes: \(text)\n".utf8)
        _ = line.withUnsafeBytes { bytes in unsafe write(2, bytes.baseAddress, bytes.count) }
    }
}

/// What `keys list` prints: a head line, and a line a key, oldest first, in tab-separated fields.
enum KeyTable {
    static func read(_ reply: RedisReply) throws -> [AccessKey] {
        let elements = reply.elements ?? []
        return try stride(from: 0, to: elements.count - 1, by: 2).map { index in
            try AccessKey(
                id: elements[index].text ?? "", record: (elements[index + 1].bytes ?? [])[...])
        }
    }

    static func lines(_ all: [AccessKey]) -> [String] {
        let keys = all.filter { $0.kind == .key }.sorted { $0.lastSequence < $1.lastSequence }
            .sorted { $0.createdAt < $1.createdAt }
        let head = ["id", "role", "accounts", "orders_per_second", "created", "state", "name"]
        return [head.joined(separator: "\t")]
            + keys.map { key in
                let accounts =
                    if case .only(let listed) = key.accounts {
                        listed.sorted().joined(separator: ",")
                    } else { "all" }
                let state =
                    key.revokedAt == 0 ? "valid" : "revoked \(Clock.format(micros: key.revokedAt))"
                return [
                    key.id, key.role.name, accounts, "\(key.ordersPerSecond)",
                    Clock.format(micros: key.createdAt), state, key.name,
                ].joined(separator: "\t")
            }
    }
}
