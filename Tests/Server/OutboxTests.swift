import Glibc
import Testing

@testable import Server

@Suite struct OutboxTests {
    /// Small and large pieces through a socket that takes only parts of them.
    @Test func everythingArrivesInOrder() throws {
        let (near, far) = makeSockets()
        defer {
            close(near)
            close(far)
        }
        var outbox = Outbox()
        var expected: [UInt8] = []
        for number in 0..<200 {
            let size = [1, 100, 512, 513, 5_000, 70_000][number % 6]
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
            expected += piece
            if number % 2 == 0 { outbox.append(piece) } else { outbox.write { $0 += piece } }
        }
        #expect(outbox.count == expected.count)
        var arrived: [UInt8] = []
        while arrived.count < expected.count {
            let before = outbox.count
            let sent = try outbox.flush(to: near)
            #expect(sent == before - outbox.count)
            arrived += readAll(far)
        }
        #expect(outbox.isEmpty)
        #expect(arrived == expected)
        let sent = try outbox.flush(to: near)
        #expect(sent == 0)
    }

    @Test func droppingKeepsTheRestOfWhatIsPartlySent() throws {
        let (near, far) = makeSockets()
        defer {
            close(near)
            close(far)
        }
        var outbox = Outbox()
        let first = [UInt8](repeating: 1, count: 2_000_000)
        outbox.append(first)
        outbox.append([UInt8](repeating: 2, count: 2_000_000))
        outbox.append([3])
        let sent = try outbox.flush(to: near)
        try #require(sent > 0 && sent < first.count)
        outbox.dropUnsent()
        #expect(outbox.count == first.count - sent)
        outbox.append([4])
        var arrived = readAll(far)
        while !outbox.isEmpty {
            _ = try outbox.flush(to: near)
            arrived += readAll(far)
        }
        #expect(arrived == first + [4])
        // With nothing in the middle, nothing stays.
        outbox.append([5])
        outbox.dropUnsent()
        #expect(outbox.isEmpty)
    }

    private func makeSockets() -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        precondition(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        return (ends[0], ends[1])
    }

    private func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }
}
