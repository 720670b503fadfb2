// The guide's part about the WebSocket.

enum GuideFeed {
    static func write(into html: inout HTML) {
        html.heading(2, "The live feed", id: "feed")
        html.paragraph(
            "Open a WebSocket at `/ws` (with the key in the handshake's headers) and send JSON "
                + "text. `ping` answers `pong`; a message that isn't understood is answered with "
                + "`{type: error, code, message, field}`, and the socket stays open.")
        html.code(
            """
            {"type": "subscribe", "channel": "oes:orderbook:AAPL"}
            {"type": "unsubscribe", "channel": "oes:orderbook:AAPL"}
            {"type": "ping"}
            """, label: "What a client sends", kind: "messages")
        html.table("Channels", ["Channel", "Messages", "Data"], channels)
        html.paragraph(
            "A subscribe is answered by `{type: subscription, status: success, channel}`, then by "
                + "a snapshot, then come the changes. Each message:")
        html.code(
            """
            {"channel": "oes:trades:AAPL", "type": "trade", "seq": 1042, "prev_seq": 1037,
             "time": "2026-01-05T14:30:00.000123Z",
             "data": {"trade_id": "1042-0", "symbol": "AAPL", "price": "150", "quantity": "10",
                      "aggressor": "buy", "timestamp": "2026-01-05T14:30:00.000123Z",
                      "internal": false}}
            """, label: "A message", kind: "messages")
        html.paragraph(
            "`prev_seq` is the `seq` of the message before it on the same channel: where it isn't "
                + "the one that you saw last, something was missed, so subscribe once more and "
                + "start from the fresh snapshot. All numbers are decimal strings. A client that "
                + "reads too slowly is cut off; after a reconnect subscribe again.")
    }

    private static let channels = [
        [
            "`oes:orderbook:SYMBOL`, `oes:orderbook` (all)", "snapshot, delta",
            "`{symbol, bids, asks}`, each level `{price, quantity, orders}`; quantity 0: the level "
                + "is gone. The snapshot of all is `{books: […]}`.",
        ],
        [
            "`oes:trades:SYMBOL`, `oes:trades` (all)", "snapshot, trade",
            "A trade, or `{trades: […]}`, newest first.",
        ],
        [
            "`oes:account:ID`", "snapshot, order, account, position",
            "An execution with the order as it stands, `exec_type` and `fills`; the account; a "
                + "position. The snapshot has `account`, `positions` and open `orders`.",
        ],
        [
            "`oes:notifications`", "snapshot (empty), notification",
            "`{event, account_id, symbol, text, order}`: everything that happens to orders.",
        ],
        ["`oes:risk`", "snapshot (empty), alert", "An order that was refused, and why."],
    ]
}
