// What plugins may ask of the host: found by id, and exact.

import Base
import COESPlugin
import Testing

@testable import Plugins

@Suite struct HostServicesTests {
    @Test(arguments: [
        (Int64(7), Int64(3), Int64(2), OES_ROUND_DOWN, Int64(10)), (7, 3, 2, OES_ROUND_UP, 11),
        (-7, 3, 2, OES_ROUND_DOWN, -10), (-7, 3, 2, OES_ROUND_UP, -11),
        (7, -3, -2, OES_ROUND_UP, 11), (0, 5, -3, OES_ROUND_UP, 0),
        (.max, .max, .max, OES_ROUND_DOWN, .max), (.min, .max, .max, OES_ROUND_UP, .min),
        (.min, 1, 1, OES_ROUND_DOWN, .min),
        (.max, 10_000, 10_001, OES_ROUND_DOWN, 9_222_449_791_875_588_248),
    ])
    func productsAreExact(
        value: Int64, factor: Int64, divisor: Int64, rounding: oes_rounding, expected: Int64
    ) {
        var result: Int64 = 42
        #expect(hostMulDiv(value, factor, divisor, rounding, &result) == OES_OK)
        #expect(result == expected)
    }

    @Test(arguments: [
        (Int64(1), Int64(1), Int64(0), OES_ROUND_DOWN, OES_INVALID), (1, 1, 1, 0, OES_INVALID),
        (1, 1, 1, 3, OES_INVALID), (.max, 2, 1, OES_ROUND_DOWN, OES_FAILED),
        (.min, -1, 1, OES_ROUND_DOWN, OES_FAILED), (.max, .max, 1, OES_ROUND_UP, OES_FAILED),
    ])
    func whatHasNoAnswerLeavesTheResult(
        value: Int64, factor: Int64, divisor: Int64, rounding: oes_rounding, status: oes_status
    ) {
        var result: Int64 = 42
        #expect(hostMulDiv(value, factor, divisor, rounding, &result) == status)
        #expect(result == 42)
        #expect(hostMulDiv(1, 1, 1, OES_ROUND_DOWN, nil) == OES_INVALID)
    }

    @Test func extensionsAreFoundByTheirIds() {
        let host = HostServices(log: quiet)
        func find(_ id: String) -> UnsafeRawPointer? {
            withTemporary(id) { host.pointer.pointee.get_extension(host.pointer, $0) }
        }
        for id in [OES_EXT_LOG, OES_EXT_CLOCK, OES_EXT_MUL_DIV, OES_EXT_THREAD_CHECK] {
            #expect(find(id) != nil, "\(id)")
            #expect(find("\(id)0") == nil)
        }
        #expect(find("") == nil)
        #expect(find(String(repeating: "x", count: 10_000)) == nil)
    }

    @Test func aThreadIsTaggedForTheLengthOfACall() {
        let host = HostServices(log: quiet)
        let pointer = withTemporary(OES_EXT_THREAD_CHECK) {
            host.pointer.pointee.get_extension(host.pointer, $0)
        }
        let check = pointer?.assumingMemoryBound(to: oes_host_thread_check_t.self)
        #expect(check?.pointee.current(host.pointer) == OES_THREAD_OTHER)
        PluginThread.control {
            #expect(check?.pointee.current(host.pointer) == OES_THREAD_CONTROL)
            let before = PluginThread.enter(OES_THREAD_ORDER)
            #expect(check?.pointee.current(host.pointer) == OES_THREAD_ORDER)
            PluginThread.leave(to: before)
            #expect(check?.pointee.current(host.pointer) == OES_THREAD_CONTROL)
        }
        #expect(check?.pointee.current(host.pointer) == OES_THREAD_OTHER)
    }
}
