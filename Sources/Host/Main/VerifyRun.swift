// Runs `oes verify`: on the Redis of the host that runs, or on one that is started just for this.

import Base
import Glibc
import Store
import Verify

struct VerifyRun {
    let command: VerifyCommand
    let settings: Settings

    /// Gives the process's exit code: 0 where nothing is wrong, 1 where something differs, 2 where it
    /// can't be told.
    func run() -> Int32 {
        do {
            return try onRedis(settings, origin: "verify") { redis in try verify(redis) }
        } catch {
            say("\(error)")
            return ExitCode.unable
        }
    }

    private var folder: CheckpointFolder {
        CheckpointFolder(
            command.checkpointFolder ?? "\(settings.dataFolder)/\(CheckpointFolder.name)")
    }

    private func verify(_ redis: BlockingRedis) throws -> Int32 {
        let verification = Verification(redis)
        let checkpoints = command.ignoresCheckpoints ? [] : folder.load(say)
        try verification.run(checkpoints: checkpoints)
        if command.asJSON {
            print(String(decoding: verification.json, as: UTF8.self))
        } else {
            verification.table.forEach { print($0) }
        }
        guard verification.isRight else { return ExitCode.failure }
        if command.keepsCheckpoint { try keepCheckpoint(verification) }
        return ExitCode.success
    }

    private func keepCheckpoint(_ verification: Verification) throws {
        let checkpoint = try verification.checkpoint()
        let file = try folder.save(checkpoint)
        try verification.announce(checkpoint)
        say("checkpoint kept: \(file)")
    }
}

/// Standard output is for what scripts take.
func say(_ text: String) {
    let line = Array("oes: \(text)\n".utf8)
    _ = line.withUnsafeBytes { bytes in unsafe write(2, bytes.baseAddress, bytes.count) }
}

/// Gives `body` the Redis of the settings: the operator's, the running host's, or one that is started
/// on the data folder and ended again.
func onRedis<Value>(
    _ settings: Settings, origin: String, _ body: (BlockingRedis) throws -> Value
) throws -> Value {
    var ownServer: EmbeddedRedis?
    defer { _ = ownServer?.shutdown() }
    let endpoint: RedisEndpoint
    if let external = settings.redis {
        endpoint = RedisEndpoint(external)
    } else if let running = try EmbeddedRedis.running(settings) {
        endpoint = running
    } else {
        let started = try EmbeddedRedis.start(settings, log: Log(level: .warning, origin: origin))
        ownServer = started
        endpoint = started.endpoint
    }
    let redis: BlockingRedis
    do throws(RedisFailure) {
        redis = try BlockingRedis(endpoint, timeoutMillis: Limits.verifyMillis)
        let schema = try redis.call([["GET", Keys.first.schema]])[0]
        guard schema.int64 == StorePreparation.schema else {
            throw .unexpected(
                "the data has layout \(schema.text ?? "none"), this program reads "
                    + "\(StorePreparation.schema)")
        }
    } catch {
        throw SettingsError(description: "Redis at \(endpoint): \(error)")
    }
    return try body(redis)
}
