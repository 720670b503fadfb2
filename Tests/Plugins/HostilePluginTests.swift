// Plugins that break the rules, built by a C compiler: each is refused at load with what was expected
// and found, or its order is refused as plugin_error; none harms the host.

import Base
import Testing
import Trading

@testable import Plugins

@Suite struct HostileLoadTests {
    @Test(arguments: [
        ("WRONG_MAGIC", "magic: expected 0x47554c5053454f, found 0x2a"),
        ("WRONG_MAJOR", "abi_major: expected 1, found 2 (plugin 2.3, host 1.2)"),
        ("NEWER_HOST", "min_host_minor: expected at most 2, found 7"),
        ("SIZE_SMALL", "module: struct_size: expected 56 to 4096, found 24"),
        ("SIZE_HUGE", "module: struct_size: expected 56 to 4096, found 4000000000"),
        ("NO_DESCRIPTOR", "module: descriptor: expected one, found NULL"),
        ("NO_INIT", "module: expected init, shutdown and get_factory, found NULL"),
        ("NO_ENTRY", "symbol oes_plugin_entry: expected a function, found none"),
        (
            "ENTRY_NULL",
            "oes_plugin_entry: expected a module, found NULL: this host is not good enough"
        ),
        ("INIT_FAILS", "init: expected status 1, found 2: the licence server is away"),
        ("INIT_NO_STATUS", "init: expected status 1, found 0"),
        ("NO_FACTORIES", "expected at least one entry, found none"),
        ("COUNT_HUGE", "count: expected at most 256, found 4000000000"),
        ("DESCRIPTOR_NULL", "descriptor(0): expected a descriptor, found NULL"),
        ("CREATE_REFUSES", "create: expected an instance, found NULL: config.speed: too fast"),
        ("INSTANCE_SIZE", "instance: struct_size: expected 32 to 4096, found 1000000"),
        ("INSTANCE_NULL", "instance: expected all functions, found NULL"),
        ("MODULE_ID=\"no id!\"", "module descriptor: id: expected a reverse domain name"),
        ("ORDER_TYPE_NAME=\"Bad Name\"", "name: expected a-z, 0-9, - and _ to 32 bytes"),
        ("SCHEMA=\"{\"", "params_schema_json: expected JSON, found"),
        ("SCHEMA=\"[]\"", "params_schema_json: expected a JSON object, found an array"),
    ])
    func isRefusedByNameAndReason(fault: String, text: String) throws {
        let scratch = try Scratch()
        let library = try compileHostile(scratch, [fault])
        let found = refusal([PluginConfiguration.Library(path: library)])
        #expect(found.hasPrefix("plugin \(library)"), "\(found)")
        #expect(found.contains(text), "\(found)")
    }

    @Test func aGoodOneLoadsAndANewerMinorToo() throws {
        let scratch = try Scratch()
        for faults in [[], ["NEWER_MINOR"]] {
            let library = try compileHostile(scratch, faults)
            let desk = try Desk([PluginConfiguration.Library(path: library)])
            let request = Sample.request(type: "hostile", time: "hostile-time")
            #expect(try desk.check(request).passes)
            desk.registry.shutdown()
        }
    }

    @Test func namesAndIdsAreUnique() throws {
        let scratch = try Scratch()
        let first = PluginConfiguration.Library(path: try compileHostile(scratch, []))
        let sameID = try compileHostile(scratch, ["SAME_ID"])
        #expect(
            refusal([first, PluginConfiguration.Library(path: sameID)])
                .contains("id: expected a unique one, found test.hostile-library"))
        let sameName = try compileHostile(scratch, ["MODULE_ID=\"test.other\""])
        #expect(
            refusal([first, PluginConfiguration.Library(path: sameName)])
                .contains("order type hostile: name: expected a unique one"))
        #expect(refusal([first, first]).contains("id: expected a unique one"))
    }

    @Test func anOptionalLibraryThatFailsIsLeftOut() throws {
        let scratch = try Scratch()
        let broken = PluginConfiguration.Library(
            path: try compileHostile(scratch, ["INIT_FAILS"]), isOptional: true)
        let registry = try load([orderTypes, broken])
        #expect(registry.libraries.map(\.id) == ["org.oes.order-types"])
    }

    @Test func withoutOrderTypesTheHostDoesNotStart() {
        #expect(refusal([]).contains("no order type is loaded: the host has none of its own"))
        #expect(refusal([riskRules]).contains("no order type is loaded"))
        let only = PluginConfiguration.Library(
            path: "libOESOrderTypes.so", entries: [PluginConfiguration.Entry(name: "limit")])
        #expect(refusal([only]).contains("no time in force is loaded"))
        let missing = refusal([PluginConfiguration.Library(path: "libGone.so")])
        #expect(missing.contains("plugin libGone.so: library not found: expected it at /nowhere/"))
    }
}

@Suite struct HostileOrderTests {
    /// What an order gets from a plugin with a fault.
    private func plan(_ fault: String) throws -> Result<Plan, Rejection> {
        let scratch = try Scratch()
        let desk = try Desk([
            PluginConfiguration.Library(path: try compileHostile(scratch, [fault]))
        ])
        return desk.plan(
            Sample.request(
                .buy, 2_000, at: 15_025, type: "hostile", time: "hostile-time",
                symbol: "BTC-USD"),
            instrument: Sample.coin)
    }

    @Test(arguments: [
        "PLAN_MORE", "PLAN_ZERO", "PLAN_NEGATIVE", "PLAN_PRICE_ZERO", "PLAN_PRICE_HUGE",
        "PLAN_OFF_TICK", "PLAN_MARKET_WITH_PRICE", "PLAN_UNKNOWN_PRICING",
        "PLAN_UNKNOWN_REMAINDER", "PLAN_UNKNOWN_BOOK", "PLAN_EXPIRED", "PLAN_SMALL_STRUCT",
        "PLAN_NOTHING", "PLAN_NO_STATUS", "PLAN_TWICE", "PLAN_IGNORES_STATUS",
        "PLAN_WRONG_KIND", "PLAN_UNKNOWN_KIND", "PLAN_NULL_BODY", "REJECT_BAD_CODE",
        "REJECT_NULL_TEXT", "REJECT_HUGE_TEXT", "REJECT_NOT_UTF8", "TERMS_UNKNOWN",
        "TERMS_PAST", "TERMS_NOTHING",
    ])
    func aLieRefusesTheOrder(fault: String) throws {
        let result = try plan(fault)
        #expect(result.code == "plugin_error")
        #expect(result.rejection?.refusal == .refused)
    }

    @Test func aRefusalWithWildEmptyTextsIsTaken() throws {
        let result = try plan("PLAN_REJECT")
        #expect(result.code == "hostile")
        #expect(result.rejection?.field == nil)
        #expect(result.rejection?.values == "")
    }

    private func check(_ fault: String, mode: RuleMode) throws -> RiskDecision {
        let scratch = try Scratch()
        let entry = PluginConfiguration.Entry(name: "hostile-rule", mode: mode)
        let desk = try Desk([
            orderTypes,
            PluginConfiguration.Library(
                path: try compileHostile(scratch, [fault]), entries: [entry]),
        ])
        return try desk.check(Sample.request())
    }

    @Test(arguments: [
        "CHECK_FAILS", "CHECK_GUARD_NEGATIVE", "CHECK_GUARD_METRIC", "CHECK_GUARD_CODE",
        "CHECK_GUARDS_MANY",
    ])
    func aRuleThatFailsIsClosed(fault: String) throws {
        let enforced = try check(fault, mode: .enforce)
        #expect(enforced.rejection?.code == "plugin_error")
        #expect(enforced.guards.isEmpty)
        #expect(enforced.records.map(\.outcome) == [.failed])
        let shadow = try check(fault, mode: .shadow)
        #expect(shadow.passes)
        #expect(shadow.shadowRejections.map(\.code) == ["plugin_error"])
        #expect(try check(fault, mode: .off).passes)
    }

    @Test func aRuleOfAStrangerRefuses() throws {
        #expect(try check("CHECK_REJECTS", mode: .enforce).rejection?.code == "hostile")
    }
}
