"""Keeps a correct book of one symbol through disconnects: docs/PROTOCOL.md in 60 lines.

    pip install websockets
    OES_URL=http://127.0.0.1:8001 OES_KEY=… python3 examples/book_client.py AAPL
"""

import json
import os
import sys
import time
import zlib
from decimal import Decimal

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

URL = os.environ.get("OES_URL", "http://127.0.0.1:8001").replace("http", "ws", 1) + "/ws"
KEY = os.environ.get("OES_KEY", "")
CHANNEL = "oes:orderbook:" + (sys.argv[1] if len(sys.argv) > 1 else "AAPL")

book = {"bids": {}, "asks": {}}
place = {}  # from_seq and from_index: how far we have heard the channel.


def best(side):
    return sorted(book[side].values(), key=lambda level: Decimal(level["price"]),
                  reverse=side == "bids")


def checksum():
    sides = ("|".join(f"{level['price']}:{level['quantity']}:{level['orders']}"
                      for level in best(side)[:10]) for side in ("bids", "asks"))
    return zlib.crc32("/".join(sides).encode())


def take(message):
    """False where the book can't be trusted any more."""
    data, is_snapshot = message["data"], message["type"] == "snapshot"
    if message["type"] == "gap" or not (place or is_snapshot):
        return True  # A snapshot follows.
    if is_snapshot:
        book["bids"].clear(), book["asks"].clear()
    elif not message.get("index") and message["prev_seq"] != place["from_seq"]:
        return False
    place.update(from_seq=message["seq"], from_index=message.get("index"))
    for side, levels in book.items():
        for level in data.get(side, ()):
            levels[level["price"]] = level
            if level["quantity"] == "0":
                del levels[level["price"]]
    return "checksum" not in data or data["checksum"] == checksum()


while True:
    try:
        with connect(URL, max_size=2**26,
                     additional_headers={"X-API-Key": KEY} if KEY else {}) as socket:
            socket.send(json.dumps({"type": "subscribe", "channel": CHANNEL, **place}))
            for text in socket:
                message = json.loads(text)
                if message["type"] == "error":
                    raise SystemExit(f"{message['code']}: {message['message']}")
                if "seq" in message and not take(message):
                    place.clear()  # Begin again, from a snapshot.
                    socket.send(json.dumps({"type": "subscribe", "channel": CHANNEL}))
                if "seq" in message:
                    print(json.dumps({"seq": message["seq"], "type": message["type"], **{
                        side: best(side)[:3] for side in book}}), flush=True)
    except (OSError, WebSocketException) as problem:
        print(f"cut off, back in a second: {problem}", file=sys.stderr)
        time.sleep(1)
