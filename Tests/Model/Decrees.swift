// What other functions than those under test write: put into Redis as docs/REDIS.md says.

import TestSupport
import Trading

extension Functions {
    func put(_ decree: Decree) {
        var record = Bytes()
        switch decree {
        case .group(let id, let state):
            record.add([1, state, 0, 0])
            for _ in 0..<3 { record.add(0) }
            record.add([1, 65])
            redis.set(key("groups"), id, record.bytes)
        case .control(let name, 0):
            _ = redis.call("HDEL", key("switches"), name)
        case .control(let name, let kind):
            record.add([1, kind])
            record.add(ModelControl.switchedSince)
            record.add(0)
            record.add([1, 65, 1, 66])
            redis.set(key("switches"), name, record.bytes)
        case .policy(let version):
            redis.set(key("scopes"), "policy", Array(String(version).utf8))
        }
    }
}

extension RedisClient {
    fileprivate func set(_ key: String, _ field: String, _ value: [UInt8]) {
        _ = call([Array("HSET".utf8), Array(key.utf8), Array(field.utf8), value])
    }
}

private struct Bytes {
    var bytes: [UInt8] = []
    mutating func add(_ more: [UInt8]) { bytes += more }
    mutating func add(_ number: Int64) {
        bytes += withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
