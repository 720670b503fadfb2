"""A client of the feed that keeps its place on each channel, comes back after every cut and checks
all that the protocol promises: no gap, no repeat, checksums."""

import json
import random
import socket
import struct
import threading
import zlib
from decimal import Decimal

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


def checksum(sides):
    """docs/PROTOCOL.md, Checksum; `sides` has text as the messages had it."""
    def text(name):
        best = sorted(sides[name].items(), key=lambda level: Decimal(level[0]),
                      reverse=name == "bids")[:10]
        return "|".join(f"{price}:{quantity}:{orders}" for price, (quantity, orders) in best)
    return zlib.crc32(f"{text('bids')}/{text('asks')}".encode())


class Follower:
    """What one client knows of some channels of one symbol."""

    def __init__(self, channels):
        self.places = {channel: None for channel in channels}
        self.as_of = {channel: 0 for channel in channels}
        self.sides = {"bids": {}, "asks": {}}
        self.told = {channel: [] for channel in channels}
        """By channel (seq, index, type, data) of everything but snapshots and deltas."""
        self.snapshots = self.resumes = self.checksums = 0

    def requests(self):
        """What to send on a new connection."""
        for channel, place in self.places.items():
            request = {"type": "subscribe", "channel": channel}
            if place and place[0] >= self.as_of[channel]:
                request |= {"from_seq": place[0], "from_index": place[1]}
            elif place:
                request |= {"from_seq": self.as_of[channel]}
                self.places[channel] = self.as_of[channel], None
            yield request

    def take(self, message):
        kind, channel = message["type"], message.get("channel")
        if kind == "error" and message["code"] == "store_unavailable":
            raise OSError("the host is too busy: come back later")
        if kind == "pong":
            for name in self.as_of if message["as_of"] else ():
                self.as_of[name] = message["as_of"]
            return
        assert kind not in ("error", "gap"), message
        if kind == "subscription":
            return
        if kind == "snapshot":
            assert self.places[channel] is None, f"a snapshot instead of what was missed: {message}"
            self.snapshots += 1
            self.take_book(message["data"])
            self.places[channel] = message["seq"], None
            self.as_of[channel] = message["as_of"]
            return
        seq, index = self.places[channel]
        if message.get("index"):
            assert (message["seq"], message["index"]) == (seq, index + 1), (seq, index, message)
        else:
            assert message["prev_seq"] == seq, (seq, index, message)
        if kind == "resumed":
            self.resumes += 1
            self.check(message["data"])
            # Nothing of a later event has come, so what is known of the last one stays known.
            index = index if message["seq"] == seq else None
            self.places[channel] = message["seq"], index
            self.as_of[channel] = message["as_of"]
            return
        self.places[channel] = message["seq"], message["index"]
        if kind == "delta":
            self.take_book(message["data"])
        else:
            self.told[channel].append((message["seq"], message["index"], kind, message["data"]))

    def take_book(self, data):
        for side, levels in self.sides.items():
            for level in data.get(side, []):
                levels.pop(level["price"], None)
                if level["quantity"] != "0":
                    levels[level["price"]] = level["quantity"], level["orders"]
        self.check(data)

    def check(self, data):
        if "checksum" in data:
            self.checksums += 1
            assert checksum(self.sides) == data["checksum"], self.sides

    def book(self):
        """As Client.book gives it."""
        return tuple(
            sorted(((Decimal(price), Decimal(quantity), orders)
                    for price, (quantity, orders) in self.sides[side].items()),
                   reverse=side == "bids")
            for side in ("bids", "asks"))


class Connection(threading.Thread):
    """Keeps a follower connected, again and again, until it has heard all up to `last`."""

    def __init__(self, follower, address):
        super().__init__(daemon=True)
        self.follower, self.address = follower, address
        self.last = None
        self.failure = None
        self.connections = 0

    def run(self):
        try:
            while not self.follow():
                pass
        except BaseException as failure:
            self.failure = failure

    def follow(self):
        """One connection; true when it is done."""
        try:
            with connect(self.address(), open_timeout=10, max_size=2**26, max_queue=None,
                         ping_interval=None) as link:
                self.connections += 1
                for request in self.follower.requests():
                    link.send(json.dumps(request))
                while True:
                    try:
                        self.follower.take(json.loads(link.recv(0.5)))
                    except TimeoutError:
                        if self.last and min(self.follower.as_of.values()) >= self.last:
                            return True
                        link.send('{"type": "ping"}')
        except (WebSocketException, OSError, EOFError):
            return False

    def result(self, last):
        self.last = last
        self.join(90)
        if self.failure:
            raise self.failure
        assert not self.is_alive(), "it never came to the end"


class CuttingProxy:
    """Passes a connection on, and breaks it off after a random number of the server's bytes, the
    handshake's included, as many times as asked for; then it cuts no more."""

    def __init__(self, port, cuts, most_bytes, seed):
        self.port, self.left, self.most = port, cuts, most_bytes
        self.random = random.Random(seed)
        self.done = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.listener.getsockname()[1]}/ws"

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        server = socket.create_connection(("127.0.0.1", self.port))
        threading.Thread(target=self.pump, args=(client, server), daemon=True).start()
        budget = None
        if self.left:
            self.left -= 1
            budget = self.random.randrange(self.most) if self.random.random() < 0.9 \
                else self.random.randrange(1_000)
        while budget is None or budget > 0:
            try:
                data = server.recv(65_536 if budget is None else min(budget, 65_536))
                if not data:
                    break
                client.sendall(data)
            except OSError:
                break
            if budget is not None:
                budget -= len(data)
        if budget is not None:
            self.done += 1
        for end in (client, server):
            # A reset: nobody gets to say goodbye.
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    @staticmethod
    def pump(source, sink):
        try:
            while data := source.recv(65_536):
                sink.sendall(data)
        except OSError:
            pass

    def close(self):
        self.listener.close()
