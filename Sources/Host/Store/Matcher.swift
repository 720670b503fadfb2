// The matching engine, as the host calls it: one method a function of the Lua library, asynchronous,
// over one pipelined connection.
//
// A call on a symbol with unfinished work does a part of that work and answers `busy`; it is then
// simply made again, and nobody above sees it.

import Base
import Loop
import Trading

package typealias Answer<Reply> = (Result<Reply, RedisFailure>) -> Void

package final class Matcher {
    let connection: RedisConnection
    let keys: Keys
    let names: Names

    /// Made once, so that a call builds no name.
    struct Names {
        let submit, cancel, amend, account, transact, instrument: ScriptFunction
        let tick, commit, family, project, seed, key, bust, throttle: ScriptFunction
        let limit, mode, pending, group, riskSwitch, deadline, alert, acknowledge: ScriptFunction

        init(_ scripts: Scripts) {
            submit = ScriptFunction(scripts, "submit")
            cancel = ScriptFunction(scripts, "cancel")
            amend = ScriptFunction(scripts, "amend")
            account = ScriptFunction(scripts, "account")
            transact = ScriptFunction(scripts, "transact")
            instrument = ScriptFunction(scripts, "instrument")
            tick = ScriptFunction(scripts, "tick")
            commit = ScriptFunction(scripts, "commit")
            family = ScriptFunction(scripts, "family")
            project = ScriptFunction(scripts, "project")
            seed = ScriptFunction(scripts, "seed")
            key = ScriptFunction(scripts, "key")
            bust = ScriptFunction(scripts, "bust")
            throttle = ScriptFunction(scripts, "throttle")
            limit = ScriptFunction(scripts, "limit")
            mode = ScriptFunction(scripts, "mode")
            pending = ScriptFunction(scripts, "pending")
            group = ScriptFunction(scripts, "group")
            riskSwitch = ScriptFunction(scripts, "switch")
            deadline = ScriptFunction(scripts, "deadline")
            alert = ScriptFunction(scripts, "alert")
            acknowledge = ScriptFunction(scripts, "acknowledge")
        }

        var all: [ScriptFunction] {
            [
                submit, cancel, amend, account, transact, instrument, tick, commit, family,
                project, seed, key, bust, throttle, limit, mode, pending, group, riskSwitch,
                deadline,
                alert, acknowledge,
            ]
        }
    }

    /// Each with how its calls went.
    package var functions: [ScriptFunction] { names.all }

    /// The connection's `prepare` must load the library (`StorePreparation`).
    package init(_ connection: RedisConnection, keys: Keys = .first, scripts: Scripts = .current) {
        self.connection = connection
        self.keys = keys
        names = Names(scripts)
    }

    /// May be repeated after outcomeUnknown: the same id and request hash answer `duplicate`.
    package func submit(_ submit: SubmitCall, _ answer: @escaping Answer<SubmitReply>) {
        call(names.submit, { submit.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try SubmitReply(reply, submit.id)
        }
    }

    /// May be repeated: a second one answers `closed`.
    package func cancel(_ cancel: CancelCall, _ answer: @escaping Answer<CancelReply>) {
        call(names.cancel, { cancel.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try CancelReply(reply, cancel.id)
        }
    }

    /// May be repeated: a second one changes nothing.
    package func amend(_ amend: AmendCall, _ answer: @escaping Answer<AmendReply>) {
        call(names.amend, { amend.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try AmendReply(reply, amend.id)
        }
    }

    /// `actor`: whom the audit log names for it; nil = it says nothing.
    package func account(
        _ account: AccountCall, by actor: Actor? = nil, _ answer: @escaping Answer<AccountReply>
    ) {
        let part = actor?.encoded(account.action) ?? []
        call(
            names.account,
            { account.append(to: &$0, actor: part) }, answer
        ) {
            reply throws(RedisFailure) in try AccountReply(reply)
        }
    }

    /// May be repeated after outcomeUnknown where it has a client id: the same hash answers
    /// `duplicate`. Without one it might count twice. `actor` as for `account`.
    package func transact(
        _ transaction: Transaction, hash: Int64, by actor: Actor? = nil,
        _ answer: @escaping Answer<TransactReply>
    ) {
        let part = actor?.encoded(transaction.action) ?? []
        call(
            names.transact,
            {
                transaction.append(to: &$0)
                $0.append(part)
                $0.append(transaction.clientID)
                $0.append(hash.bytes)
            }, answer
        ) {
            reply throws(RedisFailure) in try TransactReply(reply, account: transaction.account)
        }
    }

    /// Its revision and createdAt are the script's. `actor` as for `account`.
    package func instrument(
        _ instrument: Instrument, create: Bool, by actor: Actor? = nil,
        _ answer: @escaping Answer<InstrumentReply>
    ) {
        let part = actor?.encoded(create ? .instrumentCreated : .instrumentUpdated) ?? []
        call(
            names.instrument,
            {
                $0.append(instrument.symbol)
                $0.append(create ? 1 : 0)
                $0.append(instrument.encoded())
                $0.append(part)
            }, answer
        ) {
            reply throws(RedisFailure) in try InstrumentReply(reply, instrument.symbol)
        }
    }

    /// Ends orders of the symbol that are due, or does a part of its unfinished work.
    package func tick(_ symbol: String, _ answer: @escaping Answer<TickReply>) {
        call(names.tick, { $0.append(symbol) }, answer) {
            reply throws(RedisFailure) in try TickReply(reply)
        }
    }

    /// What a container's plugin has done. Not to be repeated after outcomeUnknown but with the
    /// family read anew: a second one answers `stale`.
    package func commit(_ commit: CommitCall, _ answer: @escaping Answer<CommitReply>) {
        call(names.commit, { commit.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try CommitReply(reply, commit.container)
        }
    }

    /// A container and its children as they stand; changes nothing.
    package func family(_ container: OrderID, _ answer: @escaping Answer<FamilyReply>) {
        call(names.family, { $0.append(container.text) }, answer) {
            reply throws(RedisFailure) in try FamilyReply(reply, container)
        }
    }

    /// Containers whose plugins wanted to be called by then (UTC microseconds), the earliest first.
    package func dueTimers(by time: Int64, most: Int, _ answer: @escaping Answer<[DueTimer]>) {
        let command = RedisCommand(
            "ZRANGEBYSCORE",
            [keys.timers, "-inf", "\(time)", "WITHSCORES", "LIMIT", "0", "\(most)"])
        connection.send(command) { result in
            answer(
                result.map { reply in
                    let texts = (reply.elements ?? []).map { $0.text ?? "" }
                    return stride(from: 0, to: texts.count - 1, by: 2).map {
                        DueTimer(container: OrderID(texts[$0]), time: Int64(texts[$0 + 1]) ?? 0)
                    }
                })
        }
    }

    package func project(_ project: ProjectCall, _ answer: @escaping Answer<ProjectReply>) {
        call(names.project, { project.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try ProjectReply(reply)
        }
    }

    /// `reason` has 1 to Limits.bustReasonBytes bytes. A second one is refused as already_busted.
    package func bust(
        _ trade: Trade, reason: String, by actor: Actor, _ answer: @escaping Answer<BustReply>
    ) {
        call(
            names.bust,
            {
                $0.append(trade.listItem)
                $0.append(reason)
                $0.append(actor.encoded(.tradeBusted))
            }, answer
        ) { reply throws(RedisFailure) in try BustReply(reply) }
    }

    /// Opens a throttle that has shut; `reason` has 1 to 255 bytes. Not to be repeated: a second one is
    /// refused as not_latched.
    package func resetThrottle(
        account: String, symbol: String, reason: String, by actor: Actor,
        _ answer: @escaping Answer<ThrottleReply>
    ) {
        call(
            names.throttle,
            {
                $0.append(account)
                $0.append(symbol)
                $0.append(reason)
                $0.append(actor.encoded(.throttleReset))
            }, answer
        ) { reply throws(RedisFailure) in try ThrottleReply(reply, key: "\(account):\(symbol)") }
    }

    package func seed(_ seed: SeedCall, _ answer: @escaping Answer<SeedReply>) {
        call(names.seed, { seed.append(to: &$0) }, answer) {
            reply throws(RedisFailure) in try SeedReply(reply)
        }
    }

    /// Its times and sequence are the script's. Not to be repeated after outcomeUnknown: a further
    /// one is refused as known or ended already. `actor` as for `account`.
    package func key(
        _ key: KeyCall, by actor: Actor? = nil, _ answer: @escaping Answer<KeyReply>
    ) {
        let part = actor?.encoded(key.action) ?? []
        call(
            names.key,
            {
                key.append(to: &$0)
                $0.append(part)
            }, answer
        ) {
            reply throws(RedisFailure) in try KeyReply(reply, key.id)
        }
    }

    /// The sequence of the last change, behind all commands that were sent before.
    package func lastSequence(_ answer: @escaping (Result<Int64, RedisFailure>) -> Void) {
        connection.send(RedisCommand("GET", [keys.sequence])) { reply in
            answer(reply.map { $0.int64 ?? 0 })
        }
    }

    func call<Reply>(
        _ function: ScriptFunction, _ arguments: @escaping (inout RedisCommand) -> Void,
        _ answer: @escaping Answer<Reply>, after busySequences: [Int64] = [],
        _ decode: @escaping (ReplyReader) throws(RedisFailure) -> Reply
    ) {
        var command = RedisCommand("FCALL", capacity: 512)
        command.append(function.name)
        command.append(1)
        command.append(keys.prefix)
        arguments(&command)
        let sent = Clock.monotonicMicros()
        connection.send(command) { [self] result in
            function.record(result, micros: Clock.monotonicMicros() - sent)
            do throws(RedisFailure) {
                let reply = try ReplyReader(try result.get(), after: busySequences)
                guard reply.word == "busy" else { return answer(.success(try decode(reply))) }
                // What the parts did stands: the command may have been begun.
                guard busySequences.count < Limits.busyRepeats else { throw .outcomeUnknown }
                let done = busySequences + [try reply.number(1)]
                call(function, arguments, answer, after: done, decode)
            } catch {
                restartWithoutLibrary(error)
                answer(.failure(error))
            }
        }
    }

    /// Somebody flushed Redis's functions under us: a new connection loads them again.
    private func restartWithoutLibrary(_ failure: RedisFailure) {
        guard case .server(let text) = failure, text.hasPrefix("ERR Function not found") else {
            return
        }
        connection.restart(because: "Redis has lost the function library")
    }
}
