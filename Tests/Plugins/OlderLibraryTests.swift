// Libraries that were built against an earlier minor of the header, kept as it was: they load and
// work, though their structs end before fields that we know.

import Base
import COESPlugin
import Testing
import Trading

@testable import Plugins

@Suite struct OlderLibraryTests {
    private func desk(_ faults: [String] = [], minor: String = "minor-0") throws -> Desk {
        let scratch = try Scratch()
        let library = "\(scratch.path)/old.so"
        try compile(
            "\(Files.root)Tests/hostile-plugins/hostile.c", to: library, defines: faults,
            include: "\(Files.root)Tests/hostile-plugins/\(minor)")
        return try Desk([PluginConfiguration.Library(path: library)])
    }

    @Test(arguments: ["minor-0", "minor-1"]) func anOldLibraryWorks(minor: String) throws {
        let desk = try desk(minor: minor)
        let request = Sample.request(.sell, 300, type: "hostile", time: "hostile-time")
        let plan = try desk.plan(request).get()
        #expect(
            plan
                == Plan(
                    pricing: .limit, price: Price(15_000), quantity: Quantity(300),
                    policy: .rest, book: .lit, expireAt: 0))
        #expect(try desk.check(request).passes)
        let type = try #require(desk.registry.orderType("hostile"))
        #expect(!type.takesEvents)
        desk.registry.shutdown()
    }

    /// What a client asks beside the type is the host's to add: an old type needn't know of it.
    @Test func instructionsAreLaidOverAnOldTypesPlace() throws {
        var request = Sample.request(.sell, 300, type: "hostile", time: "hostile-time")
        request.instructions.postOnly = true
        request.instructions.displayQuantity = Quantity(100)
        let plan = try desk().plan(request).get()
        #expect(plan.flags == .postOnly)
        #expect(plan.extra?.display == Quantity(100))
    }

    @Test func anOldLibrarysLieIsStillFound() throws {
        let request = Sample.request(.sell, 300, type: "hostile", time: "hostile-time")
        for fault in ["PLAN_MORE", "PLAN_SMALL_STRUCT", "TERMS_PAST"] {
            #expect(try desk([fault]).plan(request).code == "plugin_error")
        }
    }
}

@Suite struct StructReadingTests {
    /// Every byte of it set, and then cut.
    private func read(size: UInt32) -> oes_place_t? {
        var full = oes_place_t()
        withUnsafeMutableBytes(of: &full) { for index in $0.indices { $0[index] = 0x11 } }
        full.struct_size = size
        return withUnsafePointer(to: full) { readStruct($0) }
    }

    @Test func aFieldThatIsNotCoveredIsZero() throws {
        let first = try #require(read(size: 40))
        #expect(first.expire_at != 0 && first.child_key.len == 0 && first.child_key.ptr == nil)
        #expect(first.trigger_source == 0 && first.link_action == 0)
        let more = try #require(read(size: 96))
        #expect(more.trigger_direction != 0 && more.trigger_price == 0)
        let torn = try #require(read(size: 47))
        #expect(torn.child_key.ptr == nil)
        let whole = try #require(read(size: UInt32(MemoryLayout<oes_place_t>.size)))
        #expect(whole.link_action != 0)
    }

    @Test(arguments: [0, 4, 39, 4_097, .max] as [UInt32])
    func aSizeBelowTheFirstOrBeyondReasonIsRefused(size: UInt32) {
        #expect(read(size: size) == nil)
    }

    @Test func aNewerPeersLongerStructIsReadAsOurs() throws {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 512, alignment: 8)
        defer { memory.deallocate() }
        memory.initializeMemory(as: UInt8.self, repeating: 0x22, count: 512)
        memory.storeBytes(of: 512, as: UInt32.self)
        let read = readStruct(
            UnsafePointer(memory.assumingMemoryBound(to: oes_terms_t.self)))
        #expect(read?.expire_at == 0x2222_2222_2222_2222)
    }
}
