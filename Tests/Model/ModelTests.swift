// Layer 4: the Lua functions against the model, in random scripts.
//
// OES_MODEL_SEEDS and OES_MODEL_STEPS make a longer run; OES_MODEL_FIRST begins at another seed.

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
        let functions = try Functions(try server.connect())
        let runner = Runner(functions, stepsPerAudit: 20)
        let first = setting("OES_MODEL_FIRST", 1)
        for seed in first..<first + setting("OES_MODEL_SEEDS", 200) {
            let script = Generator.script(
                seed: UInt64(seed), steps: setting("OES_MODEL_STEPS", 150))
            if let failure = runner.run(script) {
                report(failure, of: script, functions)
                return
            }
        }
        try expectEveryCase(runner.words)
    }

    /// The scripts are of use only if they meet what there is to be met.
    private func expectEveryCase(_ words: [String: Int]) throws {
        guard setting("OES_MODEL_SEEDS", 200) >= 200 else { return }
        let all = [
            "ok", "duplicate", "conflict", "stale", "busy", "amount_too_large", "unknown_symbol",
            "unknown_account", "unknown_order", "order_closed", "account_inactive",
            "account_cancel_only", "account_halted", "account_reducing", "instrument_halted",
            "instrument_closed", "expire_time_passed", "lot_size", "tick_size", "min_notional",
            "below_filled", "open_orders", "insufficient_cash", "insufficient_shares",
            "position_limit", "no_reference_price", "no_liquidity", "protection_price",
            "outside_lit", "ioc_remainder", "fok_unfillable", "self_trade", "expired",
            "user_cancel", "max_order_quantity",
        ]
        let missed = all.filter { words[$0] == nil }
        #expect(missed.isEmpty, "never met: \(missed)")
    }

    private func report(_ failure: Failure, of script: Script, _ functions: Functions) {
        let short = Shrinker.shrink(script) {
            Runner(functions, stepsPerAudit: 1).run($0) != nil
        }
        let last = Runner(functions, stepsPerAudit: 1).run(short) ?? failure
        let steps = short.steps.map { "  \($0)" }.joined(separator: "\n")
        Issue.record(
            "seed \(script.seed), \(failure)\nshortest: \(last)\n\(short.scenario)\n\(steps)")
    }
}
