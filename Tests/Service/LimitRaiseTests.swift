// What counts as a raise that needs a second person.

import Testing

@testable import Service

@Suite struct LimitRaiseTests {
    @Test(arguments: [
        (10, "100", "110", false), (10, "100", "110.000001", true), (0, "100", "100.01", true),
        (0, "100", "100", false), (10, "100", "5", false), (10, "0", "0.01", true),
        (10, "-100", "-95", false), (10, "-100", "-80", true), (10, "1.5", "1.65", false),
        (10, "1.5", "1.66", true), (10_000, "1", "101", false), (10, "100", "x", true),
    ])
    func aRaiseIsAboveTheShare(_ percent: Int, _ old: String, _ new: String, _ isAbove: Bool) {
        #expect(LimitRaise.isAbove(percent, from: old, to: new) == isAbove)
    }

    @Test func noLimitIsAboveAllAndSettingOneIsNone() {
        #expect(LimitRaise.isAbove(10_000, from: "1", to: nil))
        #expect(!LimitRaise.isAbove(0, from: nil, to: "1"))
        #expect(!LimitRaise.isAbove(0, from: nil, to: nil))
    }
}
