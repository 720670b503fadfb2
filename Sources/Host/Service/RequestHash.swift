// What makes two requests the same: every field that the client gave, hashed by FNV-1a (64 bits).

import Trading

extension OrderRequest {
    /// Equal for equal requests, whatever the order and spelling of their JSON.
    package var hash: Int64 {
        var hasher = FNV1a()
        hasher.combine(account)
        hasher.combine(symbol)
        hasher.combine(orderType)
        hasher.combine(timeInForce)
        hasher.combine(tag)
        hasher.combine(assetType)
        hasher.combine(byte: side.rawValue)
        hasher.combine(byte: book.rawValue)
        hasher.combine(quantity.raw)
        hasher.combine(price?.raw ?? -1)
        for byte in paramsJSON { hasher.combine(byte: byte) }
        hasher.combine(instructions)
        if let expireTime { hasher.combine(byte: 7, expireTime) }
        return Int64(bitPattern: hasher.state)
    }
}

extension Transaction {
    /// Equal for equal requests.
    package var hash: Int64 {
        var hasher = FNV1a()
        hasher.combine(account)
        hasher.combine(byte: kind.rawValue)
        hasher.combine(amount.raw)
        hasher.combine(symbol)
        hasher.combine(quantity.raw)
        hasher.combine(price?.raw ?? -1)
        hasher.combine(description)
        return Int64(bitPattern: hasher.state)
    }
}

private struct FNV1a {
    private(set) var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }

    /// A field that few requests have: without it the hash is what it was before there was one.
    mutating func combine(byte tag: UInt8, _ number: Int64) {
        combine(byte: tag)
        combine(number)
    }

    mutating func combine(_ asked: OrderInstructions) {
        if asked.postOnly { combine(byte: 1, 1) }
        if asked.reduceOnly { combine(byte: 2, 1) }
        if asked.allOrNone { combine(byte: 3, 1) }
        if let least = asked.minQuantity { combine(byte: 4, least.raw) }
        if let shown = asked.displayQuantity { combine(byte: 5, shown.raw) }
        if let mode = asked.selfTrade { combine(byte: 6, Int64(mode.rawValue)) }
    }

    mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(byte: byte) }
        // 0xff is in no UTF-8 text: it keeps "ab","c" apart from "a","bc".
        combine(byte: 0xff)
    }

    mutating func combine(_ number: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            combine(byte: UInt8(truncatingIfNeeded: number >> Int64(shift)))
        }
    }
}
