// What waits to be sent to one client. Answers and small frames are copied into one buffer; large
// frames, which many subscribers may share, are kept as they are. One gathered write sends both.

import Base
import Loop

struct Outbox {
    /// Frames up to this size are copied: that costs less than a buffer of their own in the write.
    private static let copiedBytes = 512
    /// The open buffer is sealed at this size, so that it needn't be moved when it grows.
    private static let sealBytes = 65_536
    /// Buffers of one write.
    private static let gatheredBuffers = 16
    /// Capacity that an idle connection keeps.
    private static let keptBytes = 8_192

    /// Sealed buffers, oldest first. Every border is the end of an answer or a frame.
    private var sealed: ArraySlice<[UInt8]> = []
    private var open: [UInt8] = []
    /// How much of the oldest buffer is sent.
    private var sentBytes = 0
    /// Bytes waiting.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Lets `body` append to the end.
    @inline(__always)
    mutating func write(_ body: (inout [UInt8]) -> Void) {
        let before = open.count
        body(&open)
        count += open.count - before
        if open.count >= Self.sealBytes { seal() }
    }

    mutating func append(_ frame: [UInt8]) {
        if frame.count <= Self.copiedBytes {
            write { $0.append(contentsOf: frame) }
        } else {
            seal()
            sealed.append(frame)
            count += frame.count
        }
    }

    /// Forgets everything but the rest of a buffer that is partly sent, whose frame the client is
    /// in the middle of.
    mutating func dropUnsent() {
        seal()
        sealed = sentBytes > 0 ? sealed.prefix(1) : []
        count = (sealed.first?.count ?? 0) - sentBytes
    }

    mutating func removeAll() {
        sealed = []
        open = []
        sentBytes = 0
        count = 0
    }

    /// Sends what the socket takes, with one call. The count of bytes sent; 0 where it would block.
    mutating func flush(to descriptor: Int32) throws(SystemError) -> Int {
        guard !isEmpty else { return 0 }
        let sent: Transfer
        if sealed.isEmpty {
            let offset = sentBytes
            sent = try open.withUnsafeBufferPointer { (bytes) throws(SystemError) in
                let unsent = UnsafeBufferPointer(rebasing: bytes[offset...])
                return try Syscall.send(descriptor, UnsafeRawBufferPointer(unsent))
            }
        } else {
            seal()
            sent = try Syscall.send(
                descriptor, gathering: sealed.prefix(Self.gatheredBuffers), skipping: sentBytes)
        }
        switch sent {
        case .wouldBlock: return 0
        case .bytes(let bytes):
            drop(bytes)
            return bytes
        }
    }

    private mutating func drop(_ bytes: Int) {
        count -= bytes
        sentBytes += bytes
        while let first = sealed.first, sentBytes >= first.count {
            sentBytes -= first.count
            sealed.removeFirst()
        }
        if sealed.isEmpty, sentBytes == open.count {
            sentBytes = 0
            open.removeAll(keepingCapacity: open.capacity <= Self.keptBytes)
        }
    }

    private mutating func seal() {
        guard !open.isEmpty else { return }
        sealed.append(open)
        open = []
    }
}
