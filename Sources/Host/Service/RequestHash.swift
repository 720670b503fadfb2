// What makes two requests the same: every field that the client gave, hashed by FNV-1a (64 bits).

import Trading

extension OrderRequest {
    /// Equal for equal requests, whatever the order and spelling of their JSON: parameters count
    /// by their values, so that 140 and "140.0" are one. Those of a type that isn't loaded are
    /// none; such a request never comes so far that its hash is kept.
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
        for param in givenParams { hasher.combine(param) }
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

    mutating func combine(_ param: OrderParam) {
        combine(param.name)
        switch param.value {
        case .integer(let number): combine(byte: 1, number)
        case .boolean(let flag): combine(byte: 2, flag ? 1 : 0)
        case .text(let text):
            combine(byte: 3)
            combine(text)
        }
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
