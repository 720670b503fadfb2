"""A subscriber on /ws by `websockets`, a client that we didn't write."""

import json
import time
from decimal import Decimal

from websockets.sync.client import connect


class Socket:
    def __init__(self, url, **options):
        self.url = url
        self.connection = connect(
            url.replace("http://", "ws://") + "/ws", open_timeout=10, max_size=2**24, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def send(self, message):
        """A value as JSON; text and bytes as they are."""
        raw = message if isinstance(message, (str, bytes)) else json.dumps(message)
        self.connection.send(raw)

    def receive(self, timeout=5):
        return json.loads(self.connection.recv(timeout), parse_float=Decimal)

    def ask(self, message, wanted, timeout=5):
        """Sends and waits for the answer of that type; what comes between is given too."""
        self.send(message)
        between = []
        while True:
            answer = self.receive(timeout)
            if answer.get("type") == wanted and "data" not in answer:
                return answer, between
            between.append(answer)

    def subscribe(self, channel):
        answer, between = self.ask({"type": "subscribe", "channel": channel}, "subscription")
        assert answer["status"] == "success" and answer["channel"] == channel, answer
        return between

    def unsubscribe(self, channel):
        answer, between = self.ask({"type": "unsubscribe", "channel": channel}, "subscription")
        assert answer["status"] == "unsubscribed" and answer["channel"] == channel, answer
        return between

    def collect(self, enough, timeout=5):
        """Messages until enough(messages) holds."""
        messages, end = [], time.monotonic() + timeout
        while not enough(messages):
            left = end - time.monotonic()
            assert left > 0, f"not enough came: {messages}"
            try:
                messages.append(self.receive(left))
            except TimeoutError:
                raise AssertionError(f"not enough came: {messages}") from None
        return messages

    def quiet(self, seconds=0.3):
        """What comes within a short while: a pong's answer marks that nothing is under way."""
        messages, end = [], time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                messages.append(self.receive(max(end - time.monotonic(), 0.01)))
            except TimeoutError:
                break
        return messages


class BookMirror:
    """A book kept from a snapshot and deltas, with the chain of sequence numbers checked."""

    def __init__(self):
        self.sides = None
        self.seq = None

    def take(self, message):
        data = message["data"]
        if message["type"] == "snapshot":
            self.sides = {"bids": {}, "asks": {}}
        else:
            assert self.sides is not None, "a delta came before the snapshot"
            assert message["prev_seq"] == self.seq, (
                f"prev_seq {message['prev_seq']} after {self.seq}")
        self.seq = message["seq"]
        for side, levels in self.sides.items():
            for level in data.get(side, []):
                price, quantity = Decimal(level["price"]), Decimal(level["quantity"])
                levels.pop(price, None)
                if quantity:
                    levels[price] = (quantity, int(level["orders"]))

    def book(self):
        """As Client.book gives it."""
        return tuple(
            [(price, *self.sides[side][price])
             for price in sorted(self.sides[side], reverse=side == "bids")]
            for side in ("bids", "asks"))
