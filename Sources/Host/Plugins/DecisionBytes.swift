// An order's decisions as its event keeps them (docs/REDIS.md, DECISION): each rule that was asked,
// its version and mode, how it decided, and the measure that was nearest to its limit. Some 25 bytes
// for a rule that passes. Guards stand in the event by themselves.
//
//     B 1 · varint policy version · rules …
//     rule: s1 name · B mode | outcome << 2 | has measure << 5 | at least << 6 | has reason << 7
//           · BBB version (255 255 255: s1 text follows)
//           · [B limit's place in the schema (255: s1 name follows) · B unit · varint value
//              · varint limit] · [I2 length, reason]
// A varint is a zigzag LEB128.

import Base
import Trading

struct DecisionWriter {
    private(set) var bytes: [UInt8] = []

    init(policyVersion: Int64, ruleCount: Int) {
        bytes.reserveCapacity(16 + 32 * ruleCount)
        bytes.append(1)
        append(varint: policyVersion)
    }

    mutating func append(
        _ rule: RiskRuleEntry, mode: RuleMode, outcome: RiskRecord.Outcome,
        measure: EmittedMeasure?, reason: String
    ) {
        guard bytes.count < Limits.decisionBytes - 128 else { return }
        bytes.append(contentsOf: rule.decisionName)
        var flags = mode.rawValue | outcome.rawValue << 2
        if let measure { flags |= 1 << 5 | (measure.isAtLeast ? 1 << 6 : 0) }
        if !reason.isEmpty { flags |= 1 << 7 }
        bytes.append(flags)
        bytes.append(contentsOf: rule.decisionVersion)
        if let measure { append(measure) }
        if !reason.isEmpty { append(reason: reason) }
    }

    private mutating func append(_ measure: EmittedMeasure) {
        if let index = measure.limitIndex, index < 255 {
            bytes.append(UInt8(index))
        } else {
            bytes.append(255)
            bytes.append(UInt8(measure.name.utf8.count))
            bytes.append(contentsOf: measure.name.utf8)
        }
        bytes.append(measure.unit.rawValue)
        append(varint: measure.value)
        append(varint: measure.limit)
    }

    /// Cut where the whole would be too long.
    private mutating func append(reason: String) {
        let room = max(0, min(Limits.decisionBytes - bytes.count - 2, 400))
        let cut = Array(reason.utf8.prefix(room))
        bytes.append(UInt8(truncatingIfNeeded: cut.count))
        bytes.append(UInt8(cut.count >> 8))
        bytes.append(contentsOf: cut)
    }

    private mutating func append(varint value: Int64) {
        var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A rule's name with its length.
    static func name(_ name: String) -> [UInt8] {
        let utf8 = Array(name.utf8.prefix(255))
        return [UInt8(utf8.count)] + utf8
    }

    /// Three numbers in three bytes; another text with its length.
    static func version(_ version: String) -> [UInt8] {
        let parts = version.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { UInt8($0) }
        let isPlain = parts.count == 3 && numbers.map(String.init).joined(separator: ".") == version
        return isPlain && numbers != [255, 255, 255]
            ? numbers : [255, 255, 255] + name(version)
    }
}

/// What was recorded of an order's decisions.
package struct RecordedDecisions: Hashable, Sendable {
    package struct Rule: Hashable, Sendable {
        package let rule: String
        package let version: String
        package let mode: RuleMode
        package let outcome: RiskRecord.Outcome
        /// The one with the least room; its name is empty where the rule of that name isn't loaded
        /// any more, or has other limits.
        package let measure: RiskMeasure?
        package let reason: String
    }

    package let policyVersion: Int64
    package let rules: [Rule]

    /// `limitName` gives the name of a rule's limit by its place in the schema.
    package init(
        _ bytes: [UInt8], limitName: (_ rule: String, _ place: Int) -> String?
    ) throws(RecordError) {
        var reader = ByteReader(bytes[...])
        guard try reader.byte() == 1 else {
            throw RecordError(what: "decisions of another version")
        }
        policyVersion = try reader.varint()
        var rules: [Rule] = []
        while !reader.isAtEnd { rules.append(try Rule(from: &reader, limitName)) }
        self.rules = rules
    }
}

extension RecordedDecisions.Rule {
    init(
        from reader: inout ByteReader, _ limitName: (String, Int) -> String?
    ) throws(RecordError) {
        rule = try reader.string()
        let flags = try reader.byte()
        guard let mode = RuleMode(rawValue: flags & 3),
            let outcome = RiskRecord.Outcome(rawValue: flags >> 2 & 7)
        else { throw RecordError(what: "unknown decision") }
        self.mode = mode
        self.outcome = outcome
        let numbers = [try reader.byte(), try reader.byte(), try reader.byte()]
        version =
            numbers == [255, 255, 255]
            ? try reader.string() : numbers.map(String.init).joined(separator: ".")
        if flags & 1 << 5 != 0 {
            let place = try reader.byte()
            let name =
                place == 255 ? try reader.string() : limitName(rule, Int(place)) ?? ""
            guard let unit = RiskMeasure.Unit(rawValue: try reader.byte()) else {
                throw RecordError(what: "unknown unit")
            }
            measure = RiskMeasure(
                name: name, value: try reader.varint(), limit: try reader.varint(), unit: unit,
                isAtLeast: flags & 1 << 6 != 0)
        } else {
            measure = nil
        }
        guard flags & 1 << 7 != 0 else {
            reason = ""
            return
        }
        let length = Int(try reader.byte()) | Int(try reader.byte()) << 8
        reason = String(decoding: try reader.take(length), as: UTF8.self)
    }
}

extension ByteReader {
    fileprivate mutating func varint() throws(RecordError) -> Int64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }
        }
        throw RecordError(what: "number without an end")
    }
}
