// Accounts, positions, the ledger and instruments as JSON.

import Base
import Trading
import Wire

package enum AccountJSON {
    package static func write(_ account: Account, style: NumberStyle, into json: inout JSONWriter) {
        json.beginObject()
        // The predecessor's name of it.
        if style == .numbers { json.field("id", account.id) }
        json.field("account_id", account.id)
        json.field("name", account.profile.name)
        json.field("balance", money: account.balance, style)
        json.field("held", money: account.held, style)
        json.field("available", money: account.available, style)
        json.field("currency", account.currency)
        json.field("account_type", account.profile.accountType)
        json.field("risk_level", account.profile.riskLevel)
        json.field("active", account.isActive)
        json.field("state", account.state.name)
        json.field("short_limit", account.shortLimit.raw, scale: 0, style)
        json.optionalField("group", account.group ?? "")
        json.field("self_trade_scope", account.selfTradeScope.name)
        json.optionalField("maker_fee_bps", count: account.makerFeeBps)
        json.optionalField("taker_fee_bps", count: account.takerFeeBps)
        json.field("buying_power_multiple", account.multiple, scale: 4, style)
        json.field("buying_power", money: account.available, style)
        json.field("created_at", time: account.createdAt)
        json.field("updated_at", time: account.updatedAt)
        json.field("event_seq", count: account.lastSequence)
        json.endObject()
    }
}

package enum PositionJSON {
    /// Further decimals of an average price, beyond the instrument's own.
    package static let averageDecimals = OrderJSON.averageDecimals

    package static func write(
        _ position: Position, instrument: Instrument, last: Price?, style: NumberStyle,
        into json: inout JSONWriter
    ) {
        let scale = instrument.quantityScale
        json.beginObject()
        json.field("account_id", position.account)
        json.field("symbol", position.symbol)
        json.field("quantity", position.quantity.raw, scale: scale, style)
        json.field("held", position.held.raw, scale: scale, style)
        json.field("available", position.available.raw, scale: scale, style)
        json.optionalField(
            "avg_price", averagePrice(position, instrument),
            scale: instrument.priceScale + averageDecimals, style)
        json.field("cost", money: position.cost, style)
        json.field("realized_pnl", money: position.realized, style)
        let value = last.flatMap { position.marketValue(instrument, at: $0) }
        json.optionalField("market_value", value?.raw, scale: Money.scale, style)
        let unrealized = value.map { $0 - position.cost }
        json.optionalField("unrealized_pnl", unrealized?.raw, scale: Money.scale, style)
        json.endObject()
    }

    /// cost ÷ quantity in the price scale and `averageDecimals` more.
    private static func averagePrice(_ position: Position, _ instrument: Instrument) -> Int64? {
        guard position.quantity.raw != 0 else { return nil }
        let shift = instrument.priceScale + averageDecimals + instrument.quantityScale - Money.scale
        let size = multiplyDivide(
            abs(position.cost.raw), Scaled.powersOfTen[max(0, shift)], abs(position.quantity.raw),
            rounding: .down)
        return size.map { $0 / Scaled.powersOfTen[max(0, -shift)] }
    }
}

package enum InstrumentJSON {
    /// As it stands at a time: UTC microseconds.
    package static func write(
        _ instrument: Instrument, at time: Int64, style: NumberStyle, into json: inout JSONWriter
    ) {
        json.beginObject()
        json.field("symbol", instrument.symbol)
        json.field("name", instrument.name)
        json.field("asset_type", instrument.assetType)
        json.field("currency", instrument.currency)
        json.field("price_scale", count: Int64(instrument.priceScale))
        json.field("quantity_scale", count: Int64(instrument.quantityScale))
        json.field("tick_size", instrument.tickSize, scale: instrument.priceScale, style)
        json.field("lot_size", instrument.lotSize, scale: instrument.quantityScale, style)
        json.field("price_band_bps", count: instrument.bandBps)
        json.field("min_notional", money: instrument.minNotional, style)
        json.field("maker_fee_bps", count: instrument.makerFeeBps)
        json.field("taker_fee_bps", count: instrument.takerFeeBps)
        json.optionalField("calendar", instrument.calendar)
        json.field("state", instrument.state(at: time).name)
        json.optionalField("override", instrument.state == .open ? "" : instrument.state.name)
        json.key("session")
        if instrument.calendar.isEmpty {
            json.null()
        } else {
            writeSession(instrument.schedule, at: time, into: &json)
        }
        json.endObject()
    }

    /// What the calendar says.
    private static func writeSession(
        _ schedule: SessionSchedule, at time: Int64, into json: inout JSONWriter
    ) {
        let next = schedule.next(after: time)
        json.beginObject()
        json.field("state", schedule.state(at: time).name)
        json.field("next_change_at", time: next?.time ?? 0)
        json.optionalField("next_state", next?.state.name ?? "")
        json.endObject()
    }
}
