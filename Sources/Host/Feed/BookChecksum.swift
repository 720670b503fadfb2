// A book's checksum, by which a client finds out that its own book isn't ours any more.
//
// CRC-32 of a text (docs/PROTOCOL.md): the best 10 bids, a slash, the best 10 asks, best first, joined
// by bars, each `price:quantity:orders` in the very spelling of the messages. So a client compares what
// it was told and needs no arithmetic.
//
// Making one costs about as much as the delta that carries it. So not every delta does: the first, each
// 16th, and one that comes a second or more after the last that did. A wrong book is found within 16
// changes, or by the first change after a quiet second.

import Base
import Service
import Trading
import Views
import Wire

package enum BookChecksum {
    /// Levels of a side.
    package static let levels = 10

    package static func of(_ book: BookPicture, _ scales: DisplayScales) -> UInt32 {
        CRC32.of(text(book, scales))
    }

    static func text(_ book: BookPicture, _ scales: DisplayScales) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(640)
        append(book.bids, scales, to: &text)
        text.append(UInt8(ascii: "/"))
        append(book.asks, scales, to: &text)
        return text
    }

    private static func append(
        _ side: BookSide, _ scales: DisplayScales, to text: inout [UInt8]
    ) {
        var isFirst = true
        for level in side.top(levels) {
            if !isFirst { text.append(UInt8(ascii: "|")) }
            isFirst = false
            Scaled.append(level.price.raw, scale: scales.price, to: &text)
            text.append(UInt8(ascii: ":"))
            Scaled.append(level.quantity.raw, scale: scales.quantity, to: &text)
            text.append(UInt8(ascii: ":"))
            Scaled.append(level.orderCount, scale: 0, to: &text)
        }
    }
}

/// Which of a book's deltas carry a checksum.
struct ChecksumPace {
    private static let every = 16
    private static let quietMicros: Int64 = 1_000_000
    private var sinceLast = ChecksumPace.every
    private var lastTime: Int64 = 0

    /// `time`: of the delta's event.
    mutating func isDue(at time: Int64) -> Bool {
        sinceLast += 1
        let isDue =
            sinceLast >= ChecksumPace.every || time - lastTime >= ChecksumPace.quietMicros
        if isDue {
            sinceLast = 0
            lastTime = time
        }
        return isDue
    }
}
