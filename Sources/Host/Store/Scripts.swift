// The matching engine's Lua sources as one function library.
//
// Its name and those of its functions carry a fingerprint of the source, so that an old and a new
// host can serve side by side during an upgrade, each calling the code that it knows.

package struct Scripts: Sendable {
    /// What hosts of this build call.
    package static let current = Scripts(files: files.map(\.source))

    /// 16 hex digits: FNV-1a, 64 bits. It tells builds apart; nobody forges a source of their own.
    package let version: String
    package let source: [UInt8]

    /// In the order in which they are joined, which is that of their names; a new file is one more
    /// line here. (An identifier can't begin with a digit, so the compiler's names begin with _.)
    static let files: [(name: String, source: [UInt8])] = [
        ("000_head", PackageResources._00_head_lua),
        ("010_redis", PackageResources._10_redis_lua),
        ("020_numbers", PackageResources._20_numbers_lua),
        ("030_keys", PackageResources._30_keys_lua),
        ("040_records", PackageResources._40_records_lua),
        ("050_call", PackageResources._50_call_lua),
        ("060_event", PackageResources._60_event_lua),
        ("070_money", PackageResources._70_money_lua),
        ("075_families", PackageResources._75_families_lua),
        ("080_position", PackageResources._80_position_lua),
        ("090_book", PackageResources._90_book_lua),
        ("100_guards", PackageResources._00_guards_lua),
        ("101_totals", PackageResources._01_totals_lua),
        ("102_policy", PackageResources._02_policy_lua),
        ("103_rates", PackageResources._03_rates_lua),
        ("104_session", PackageResources._04_session_lua),
        ("105_entry", PackageResources._05_entry_lua),
        ("110_walk", PackageResources._10_walk_lua),
        ("112_parked", PackageResources._12_parked_lua),
        ("120_settle", PackageResources._20_settle_lua),
        ("125_match", PackageResources._25_match_lua),
        ("128_arrival", PackageResources._28_arrival_lua),
        ("150_accounts", PackageResources._50_accounts_lua),
        ("160_instruments", PackageResources._60_instruments_lua),
        ("165_triggers", PackageResources._65_triggers_lua),
        ("167_children", PackageResources._67_children_lua),
        ("168_pegs", PackageResources._68_pegs_lua),
        ("169_expiry", PackageResources._69_expiry_lua),
        ("170_after", PackageResources._70_after_lua),
        ("175_due", PackageResources._75_due_lua),
        ("180_enter", PackageResources._80_enter_lua),
        ("190_register", PackageResources._90_register_lua),
        ("200_submit", PackageResources._00_submit_lua),
        ("210_cancel", PackageResources._10_cancel_lua),
        ("220_amend", PackageResources._20_amend_lua),
        ("230_account", PackageResources._30_account_lua),
        ("240_transact", PackageResources._40_transact_lua),
        ("250_instrument", PackageResources._50_instrument_lua),
        ("260_tick", PackageResources._60_tick_lua),
        ("261_family", PackageResources._61_family_lua),
        ("262_commit", PackageResources._62_commit_lua),
        ("270_project", PackageResources._70_project_lua),
        ("280_seed", PackageResources._80_seed_lua),
        ("285_throttle", PackageResources._85_throttle_lua),
        ("290_key", PackageResources._90_key_lua),
        ("300_bust", PackageResources._00_bust_lua),
        ("310_control", PackageResources._10_control_lua),
        ("310_letters", PackageResources._10_letters_lua),
        ("320_lease", PackageResources._20_lease_lua),
        ("320_policy", PackageResources._20_policy_lua),
        ("330_switch", PackageResources._30_switch_lua),
        ("340_alert", PackageResources._40_alert_lua),
    ]

    init(files: [[UInt8]]) {
        let joined = Array(files.joined())
        version = Self.fingerprint(joined)
        source = Self.replace(Array("@VERSION@".utf8), with: Array(version.utf8), in: joined)
    }

    package var libraryName: String { "oes_\(version)" }

    /// A function's name in FCALL.
    package func name(_ function: String) -> String { "oes_\(version)_\(function)" }

    static func fingerprint(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static func replace(
        _ placeholder: [UInt8], with text: [UInt8], in source: [UInt8]
    ) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var rest = source[...]
        while let first = rest.first {
            if rest.starts(with: placeholder) {
                result.append(contentsOf: text)
                rest = rest.dropFirst(placeholder.count)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
