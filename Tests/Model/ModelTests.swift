// Layer 4: the Lua functions against the model, in random scripts. Half of the scripts run under
// small limits of a call, so that busy answers and continuations are met.
//
// OES_MODEL_SEEDS and OES_MODEL_STEPS make a longer run (script/model sets them), OES_MODEL_FIRST
// begins at another seed, OES_MODEL_AUDIT compares the whole state every so many steps.

import Base
import Glibc
import TestSupport
import Testing
import Trading

private func setting(_ name: String, _ standard: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? standard
}

@Suite(.serialized) struct ModelTests {
    @Test func redisAndModelAgree() throws {
        let server = try RedisServer()
        let engine = try Engine(try server.connect())
        let first = setting("OES_MODEL_FIRST", 1)
        let count = setting("OES_MODEL_SEEDS", 200)
        let stepsPerAudit = setting("OES_MODEL_AUDIT", 20)
        let isLong = getenv("OES_MODEL_SEEDS") != nil
        var words: [String: Int] = [:]
        var failures: [String: Int] = [:]
        for seed in first..<first + count {
            let script = Generator.script(
                seed: UInt64(seed), steps: setting("OES_MODEL_STEPS", 150))
            if isLong {
                print("seed \(seed)")
                fflush(nil)
            }
            let runner = Runner(try engine.functions(for: script), stepsPerAudit: stepsPerAudit)
            if let failure = runner.run(script) {
                if isLong { print("seed \(seed): \(failure)") }
                failures[failure.kind, default: 0] += 1
                if failures[failure.kind] == 1 { try report(failure, of: script, engine) }
                guard failures.count < 8 else { return }
            }
            words.merge(runner.words) { $0 + $1 }
        }
        #expect(failures.isEmpty, "failures of each kind: \(failures)")
        if count >= 200 { expectEveryCase(words) }
        if getenv("OES_MODEL_WORDS") != nil {
            print(
                words.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
                    separator: "\n"))
        }
    }

    /// The scripts are of use only if they meet what there is to be met.
    private func expectEveryCase(_ words: [String: Int]) {
        let all =
            [
                "ok", "duplicate", "conflict", "stale", "busy", "amount_too_large",
                "unknown_symbol",
                "unknown_account", "unknown_order", "order_closed", "account_inactive",
                "account_cancel_only", "account_halted", "account_reducing", "instrument_halted",
                "instrument_closed", "expire_time_passed", "lot_size", "tick_size", "min_notional",
                "below_filled", "open_orders", "insufficient_cash", "insufficient_shares",
                "position_limit", "no_reference_price", "no_liquidity", "protection_price",
                "outside_lit", "ioc_remainder", "fok_unfillable", "self_trade", "expired",
                "user_cancel", "max_order_quantity", "reduce_only", "post_only", "min_quantity",
                "fill_limit", "too_many_pegs", "too_many_reduce_only", "linked", "parent_ended",
                "parent_cancelled",
                "child_rejected", "amend_unsupported", "done", "schedule_over", "step last",
                "step bid", "step ask", "step main_filled", "step linked", "step self_trade",
                "step reduce_only", "step granted", "step trailed", "step pegged",
                "step parent_ended", "step refreshed", "ended amount_too_large",
                "unknown_group", "kill_switch", "risk_block", "not_latched", "ended kill_switch",
                "latched true", "latched false",
            ] + everyGuard
        let missed = all.filter { words[$0] == nil }
        #expect(missed.isEmpty, "never met: \(missed)")
    }

    /// Each metric in each scope, holding and not.
    private var everyGuard: [String] {
        GuardMetric.allCases.flatMap { metric in
            metric.scopes.flatMap { scope in
                [true, false].map { "guard \(metric.name) \(scope.name) \($0)" }
            }
        } + GuardMetric.allCases.map { "\($0.name)_limit" }
    }

    private func report(_ failure: Failure, of script: Script, _ engine: Engine) throws {
        let functions = try engine.functions(for: script)
        // Reading the whole state after each step of thousands takes minutes a run.
        let isAudited = failure.kind == "state" || failure.kind == "invariant"
        let stepsPerAudit = isAudited ? 1 : script.steps.count
        var first = script
        first.steps.removeSubrange((failure.step + 1)...)
        let short = Shrinker.shrink(first) {
            Runner(functions, stepsPerAudit: stepsPerAudit).run($0)?.kind == failure.kind
        }
        let last = Runner(functions, stepsPerAudit: 1).run(short) ?? failure
        let steps = short.steps.map { "  \($0)" }.joined(separator: "\n")
        Issue.record(
            "seed \(script.seed), \(failure)\nshortest: \(last)\n\(short.scenario)\n\(steps)")
    }
}

/// The library, loaded with the limits that a script wants.
final class Engine {
    private let redis: RedisClient
    private let edit: (String) -> String
    private var limits: ModelLimits?
    private var loaded: Functions?

    /// `edit` changes the source, to plant a mistake.
    init(_ redis: RedisClient, edit: @escaping (String) -> String = { $0 }) throws {
        self.redis = redis
        self.edit = edit
    }

    func functions(for script: Script) throws -> Functions {
        if let loaded, limits == script.scenario.limits { return loaded }
        limits = script.scenario.limits
        let made = try Functions(redis) { source in
            script.scenario.limits.inserted(into: edit(source))
        }
        loaded = made
        return made
    }
}

extension ModelLimits {
    /// The library's text with these limits in the place of its own.
    func inserted(into source: String) -> String {
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        let values = [
            "FILLS_PER_CALL": fills, "ARRIVALS_PER_CALL": arrivals, "FIRES_PER_CALL": fires,
            "PEGS_PER_SYMBOL": pegs, "REDUCERS_MOST": reducers, "REPRICINGS_PER_CALL": repricings,
            "EXPIRIES_PER_CALL": expiries,
        ]
        for (name, value) in values {
            guard let index = lines.firstIndex(where: { $0.hasPrefix("local \(name) = ") }) else {
                preconditionFailure("the library names no \(name)")
            }
            lines[index] = "local \(name) = \(value)"
        }
        return lines.joined(separator: "\n")
    }
}
