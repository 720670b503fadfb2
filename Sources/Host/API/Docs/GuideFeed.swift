// The guide's part about the WebSocket.

import Base
import Feed

enum GuideFeed {
    static func write(into html: inout HTML) {
        html.heading(2, "The live feed", id: "feed")
        html.paragraph(
            "Open a WebSocket at `/ws` (with the key in the handshake's headers) and send JSON "
                + "text. `ping` answers `pong`. A message that isn't understood or not allowed is "
                + "answered with `{type: error, code, message, field}`, and the socket stays open: "
                + "the codes are those of the table of errors, and "
                + ErrorText.onSocket.map { "`\($0)`" }.joined(separator: ", ")
                + ". A socket whose key or session ends is told so and closed with 1008. "
                + "A socket takes \(Limits.socketMessagesPerSecond) messages a second, "
                + "\(Limits.socketMessagesAtOnce) at once; one above is answered `rate_limited` and "
                + "not acted on.")
        html.code(
            """
            {"type": "subscribe", "channel": "oes:orderbook:AAPL"}
            {"type": "subscribe", "channel": "oes:trades:AAPL", "from_seq": 1042, "from_index": 0}
            {"type": "unsubscribe", "channel": "oes:orderbook:AAPL"}
            {"type": "ping"}
            """, label: "What a client sends", kind: "messages")
        html.table("Channels", ["Channel", "Messages", "Data", "For"], channels)
        html.paragraph(
            "A subscribe is answered by `{type: subscription, status: success, channel}`, then by "
                + "a snapshot, then come the changes. Each message:")
        html.code(
            """
            {"channel": "oes:trades:AAPL", "type": "trade", "seq": 1042, "prev_seq": 1037,
             "index": 0, "time": "2026-01-05T14:30:00.000123Z",
             "data": {"trade_id": "1042-0", "symbol": "AAPL", "price": "150", "quantity": "10",
                      "aggressor": "buy", "timestamp": "2026-01-05T14:30:00.000123Z",
                      "internal": false}}
            """, label: "A message", kind: "messages")
        html.paragraph(
            "`seq` is the number of the event that a message tells of, and `prev_seq` is the `seq` "
                + "of the message before it on the same channel. An event that concerns a channel "
                + "several times gives several messages with the same `seq`: an order that "
                + "trades is told on its account's channel as an order, an account and a position. "
                + "From the second of them on `prev_seq` is that `seq` itself. So the rule is one: "
                + "`prev_seq` must be the `seq` that you saw last on the channel, beginning with "
                + "the snapshot's. Where it isn't, something was missed: subscribe once more and "
                + "start from the fresh snapshot.")
        html.paragraph(
            "A client that reads too slowly is cut off. After a reconnect subscribe with `from_seq` "
                + "and `from_index`, the `seq` and `index` that you saw last: the messages that you "
                + "missed come first, then `resumed`, or `gap` and a snapshot where that can't be. "
                + "What happened to your orders is also at `/api/v1/executions?from_seq=`. A book's "
                + "snapshot and some of its deltas carry a `checksum`. Prices, quantities and money "
                + "are decimal strings. This one needs `pip install websockets`:"
        )
        html.code(program, label: "A subscriber in Python", kind: "socket")
        html.heading(3, "Orders over it", id: "entry")
        html.paragraph(
            "The same socket takes orders, each request with a `request_id` of yours. The answer is "
                + "`{type: response, request_id, status, rate_limit, body}`, status and body those of "
                + "the REST call. `\(Limits.socketRequests)` may be without an answer. An order with "
                + "`cancel_on_disconnect` is cancelled when the socket, or its host, is gone. Every "
                + "field of the protocol is in docs/PROTOCOL.md.")
        html.code(entry, label: "Order entry", kind: "messages")
    }

    private static let entry = """
        {"type": "place", "request_id": "1", "cancel_on_disconnect": true,
         "order": {"account_id": "1", "symbol": "AAPL", "side": "buy", "quantity": 10,
                   "price": "150.00", "client_order_id": "a1"}}
        {"type": "amend", "request_id": "2", "order_id": "1-a1", "changes": {"quantity": 5}}
        {"type": "cancel", "request_id": "3", "order_id": "1-a1"}
        {"type": "cancel_all", "request_id": "4", "filter": {"account_id": "1"}}
        """

    static let program = """
        import json, os
        from websockets.sync.client import connect

        URL = os.environ.get("OES_URL", "http://127.0.0.1:8001").replace("http", "ws", 1)
        KEY = os.environ.get("OES_KEY", "")
        SUBSCRIBE = json.dumps({"type": "subscribe", "channel": "oes:account:1"})

        with connect(URL + "/ws", additional_headers={"X-API-Key": KEY} if KEY else {}) as socket:
            socket.send(SUBSCRIBE)
            last = None
            for text in socket:
                message = json.loads(text)
                if message["type"] == "error":
                    raise SystemExit(f"{message['code']}: {message['message']}")
                if "seq" not in message:
                    continue  # The answer to subscribe.
                if message["type"] != "snapshot" and message["prev_seq"] != last:
                    socket.send(SUBSCRIBE)  # Something was missed.
                    continue
                last = message["seq"]
                print(message["type"], last, json.dumps(message["data"])[:70], flush=True)
        """

    private static let channels = [
        [
            "`oes:orderbook:SYMBOL`, `oes:orderbook` (all)", "snapshot, delta, instrument",
            "`{symbol, bids, asks}`, each level `{price, quantity, orders}`; quantity 0: the level "
                + "is gone. The snapshot of all is `{books: […]}`. `instrument`: it is new or "
                + "changed, or its session begins or ends.", who(.orderBook),
        ],
        [
            "`oes:trades:SYMBOL`, `oes:trades` (all)", "snapshot, trade, bust",
            "A trade, or `{trades: […]}`, newest first. `bust`: it was taken back.", who(.trades),
        ],
        [
            "`oes:account:ID`", "snapshot, order, account, position",
            "An execution with the order as it stands, `exec_type` and `fills`; the account; a "
                + "position. The snapshot has `account`, `positions` and open `orders`.",
            who(.account("")),
        ],
        [
            "`oes:notifications`", "snapshot (empty), notification",
            "`{event, account_id, symbol, text, order}`: everything that happens to orders; "
                + "`{event, symbol, text, instrument}`: an instrument, its sessions too.",
            who(.notifications),
        ],
        [
            "`oes:risk`", "snapshot (empty), alert", "An order that was refused, and why.",
            who(.risk),
        ],
        [
            "`oes:risk:ID`", "snapshot (empty), alert", "The same of one account.",
            who(.riskOf("")),
        ],
        [
            "`oes:ticker:SYMBOL`", "snapshot, ticker",
            "Last, bid, ask and the day's figures, when one of them changes.", who(.ticker("")),
        ],
        [
            "`oes:candles:SYMBOL:INTERVAL` (1s, 1m, 5m, 1h, 1d)", "snapshot, candle",
            "The bar that the symbol is in, after each trade.", who(.candles("", .minute)),
        ],
    ]

    private static func who(_ channel: Channel) -> String { RouteFacts.text(of: channel.access) }
}
