"""The limit that Redis sets: redis-benchmark calls the matching function itself, without a host.

The redis-server is one of our own with the settings of a host's (copied from it), and like it on a
unix socket. redis-benchmark can vary nothing but 12 random digits, so four of them run side by
side, one a kind of order: resting buys and sells, and buys and sells that cross. Each keeps its
share of the depth in flight, which makes of them the mix of bench/orders/post.lua.

What differs from the load over HTTP: each kind has one price, not 25; the host part is text of the
same length; nobody reads the stream or keeps the lists of ended orders.
"""

import itertools
import pathlib
import struct
import subprocess
import time

from oes.host import wait_until
from oes.redis import Redis
from orders.load import cpu

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources/Host/Store/Lua"
PREFIX = "oes:{0}"
SYMBOL = "AAPL"
COPIED = ["appendonly", "appendfsync", "no-appendfsync-on-rewrite", "save", "maxmemory-policy",
          "auto-aof-rewrite-percentage", "hash-max-listpack-entries", "activerehashing",
          "stream-node-max-bytes", "stream-node-max-entries"]
# Account, side, price, share of 32: as post.lua has them.
KINDS = [(1, 1, 9999, 13), (2, 2, 10101, 13), (1, 1, 10149, 3), (2, 2, 9951, 3)]
HOST_PART = "limit-gtc--stocks---{}"
RUNS = itertools.count(1_000)


class PlainRedis:
    """A redis-server with a host's settings, the library and a market, and no host."""

    def __init__(self, folder, like):
        """`like`: the socket of the redis-server whose settings it gets."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = self.folder / "redis.sock"
        settings = []
        with Redis(like) as other:
            for name in COPIED:
                settings += [f"--{name}", other.call("CONFIG", "GET", name)[1].decode()]
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--dir", str(folder),
             *settings],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.socket.exists, what="the socket of redis-server")
        with Redis(self.socket) as redis:
            self.seed(redis)

    def seed(self, redis):
        source = "".join(path.read_text() for path in sorted(SOURCES.glob("*.lua")))
        redis.call("FUNCTION", "LOAD", source.replace("@VERSION@", "bench"))
        instrument = struct.pack(
            "<5B8qB3s", 1, 1, 2, 0, 4, 1, 1, 1000, 0, 0, 0, 1, 0, 3, b"USD"
        ) + b"\x05Apple\x06stocks\0"
        arguments = [1, SYMBOL, instrument, 2]
        for _ in range(2):
            arguments += [10 ** 15, "USD", b"\0\0\0"]
        arguments += [1, 2, SYMBOL, 9 * 10 ** 8, 0]
        redis.call("FCALL", "oes_bench_seed", 1, PREFIX, *arguments)

    def sequence(self):
        with Redis(self.socket) as redis:
            return int(redis.call("GET", f"{PREFIX}:seq"))

    def stop(self):
        self.process.kill()
        self.process.wait()


def command(kind):
    """Redis refuses nothing of it: the arguments are those that a host sends."""
    account, side, price, _ = kind
    # Never twice: redis-benchmark draws the same digits each time it is started.
    return ["FCALL", "oes_bench_submit", "1", PREFIX, f"{account}-{next(RUNS)}__rand_int__",
            str(account), SYMBOL, str(side), "1", str(price), "1", "1", "0", "0", "bench-id", "1",
            "", "", HOST_PART, "0", "1", "", "", "0"]


def measure(redis, orders, depth):
    """[orders/s, Redis user, Redis system in µs an order] of about so many orders."""
    before, first = cpu(redis.process.pid), redis.sequence()
    start = time.monotonic()
    running = []
    for kind in KINDS:
        pipeline = round(depth * kind[3] / 32)
        # Whole pipelines: redis-benchmark stumbles over a last one that isn't.
        pipelines = round(orders * kind[3] / 32 / pipeline)
        running.append(subprocess.Popen(
            ["redis-benchmark", "-s", str(redis.socket), "-c", "1",
             "-P", str(pipeline), "-n", str(pipelines * pipeline),
             "-r", str(2 ** 31 - 1), "-q", *command(kind)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
    for one in running:
        output, _ = one.communicate(timeout=120)
        if one.returncode:
            raise SystemExit(f"redis-benchmark failed:\n{output}")
    elapsed = time.monotonic() - start
    after = cpu(redis.process.pid)
    # Those that changed nothing, for a repeated random id, were answered but are not counted.
    made = redis.sequence() - first
    if made < 0.99 * orders:
        raise SystemExit(f"only {made} of {orders} orders were taken:\n{output}")
    return [made / elapsed, *((after[kind] - before[kind]) / made * 1e6 for kind in (0, 1))]
