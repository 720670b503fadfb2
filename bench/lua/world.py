"""A private Redis with the library in it, a market that makes calls, and what the calls cost.

What bench/lua and bench/book share. The server runs alone on a unix socket, under callgrind where
instructions are to be counted: those are repeatable to a percent, processor time isn't.
"""

import heapq
import os
import pathlib
import random
import socket
import struct
import subprocess
import time

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources/Host/Store/Lua"
PREFIX = "oes:{0}"
ACCOUNTS = 20
SYMBOL = "AAPL"
MIDDLE = 15000
LEVELS = 100
# What a submit carries and the function never reads: order type, time in force, tag, asset type
# (a byte of length each), parameters.
HOST_PART = b"\x05limit\x03day\x00\x06stocks{}"
EMPTY = """#!lua name=empty
redis.register_function('empty', function(keys, args) return 'ok' end)
"""


class Redis:
    """A server of our own and one pipelined connection to it."""

    def __init__(self, folder, in_callgrind):
        self.folder = folder
        path = os.path.join(folder, "redis.sock")
        # Counting starts and stops around what is measured: all else runs faster without.
        wrapper = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
                   f"--callgrind-out-file={folder}/out"]
        command = (wrapper if in_callgrind else []) + [
            "redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no",
            "--hash-max-listpack-entries", "16", "--dir", folder]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(600):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.05)
        self.file = self.socket.makefile("rb")

    def stop(self):
        self.socket.close()
        self.process.kill()
        self.process.wait()

    def reply(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest

    def call(self, *words):
        self.socket.sendall(packed(words))
        return self.reply()

    def run(self, commands, depth=64):
        replies = []
        for at in range(0, len(commands), depth):
            chunk = commands[at:at + depth]
            self.socket.sendall(b"".join(chunk))
            replies += [self.reply() for _ in chunk]
        return replies


def packed(words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


def fcall(name, *arguments):
    return packed(("FCALL", name, 1, PREFIX) + arguments)


class Market:
    """Makes the calls and knows what they do: the best order of each side, who owns it."""

    def __init__(self):
        self.random = random.Random(1)
        self.books = {1: [], 2: []}
        self.open = []
        self.gone = set()
        self.count = 0

    def submit(self, account, side, price, quantity=100):
        self.count += 1
        order = f"{account}-order-{self.count:08d}"
        return order, fcall(
            "oes_bench_submit", order, account, SYMBOL, side, 1, price, quantity, 1, 0, 0,
            struct.pack("<Q", self.count), 1, "", "", HOST_PART, 0, 1, "", "", 0, "0", "")

    def rest(self):
        side = self.count % 2 + 1
        away = self.random.randint(1, LEVELS)
        price = MIDDLE - away if side == 1 else MIDDLE + away
        order, call = self.submit(self.random.randint(1, ACCOUNTS), side, price)
        heapq.heappush(self.books[side], (away, self.count, order))
        self.open.append(order)
        return call

    def cross(self, count=1):
        """Fills the `count` best orders of a side, as someone who owns none of them."""
        side = self.count % 2 + 1
        owners, book = set(), self.books[3 - side]
        for _ in range(count):
            while book[0][2] in self.gone:
                heapq.heappop(book)
            away, _, order = heapq.heappop(book)
            self.gone.add(order)
            owners.add(order.split("-")[0])
        account = next(a for a in range(1, ACCOUNTS + 2) if str(a) not in owners)
        price = MIDDLE + away if side == 1 else MIDDLE - away
        return self.submit(account, side, price, 100 * count)[1]

    def cancel(self):
        while True:
            at = self.random.randrange(len(self.open))
            self.open[at], self.open[-1] = self.open[-1], self.open[at]
            order = self.open.pop()
            if order not in self.gone:
                self.gone.add(order)
                return fcall("oes_bench_cancel", order, "cancelled by its owner")

    def mixed(self):
        dice = self.random.random()
        return self.rest() if dice < 0.6 else self.cancel() if dice < 0.9 else self.cross()


def seed(redis):
    source = "".join(path.read_text() for path in sorted(SOURCES.glob("*.lua")))
    redis.call("FUNCTION", "LOAD", source.replace("@VERSION@", "bench"))
    redis.call("FUNCTION", "LOAD", EMPTY)
    instrument = struct.pack(
        "<5B8qB3s", 1, 1, 2, 0, 4, 1, 1, 1000, 0, 0, 0, 1, 0, 3, b"USD") + b"\x05Apple\x06stocks\0"
    arguments = [1, SYMBOL, instrument, ACCOUNTS + 1]
    for _ in range(ACCOUNTS + 1):
        arguments += [10 ** 14, "USD", b"\0\0\0"]
    arguments.append(ACCOUNTS + 1)
    for account in range(1, ACCOUNTS + 2):
        arguments += [account, SYMBOL, 10 ** 7, MIDDLE]
    redis.call("FCALL", "oes_bench_seed", 1, PREFIX, *arguments)


def run(redis, commands, fills):
    """Each call must be done, and an order's reply end in its number of fills (None: any)."""
    for reply in redis.run(commands):
        if reply == b"ok":
            continue
        if reply[0] != b"ok" or (fills is not None and reply[3] != fills):
            raise RuntimeError(f"{reply}")


def processor_seconds(redis):
    """Of the thread that runs commands, in user and system mode."""
    lines = redis.call("INFO", "cpu").decode().splitlines()
    values = dict(line.split(":") for line in lines if ":" in line)
    return sum(float(values[f"used_cpu_{mode}_main_thread"]) for mode in ("user", "sys"))


def microseconds(redis, commands, fills):
    before = processor_seconds(redis)
    run(redis, commands, fills)
    return (processor_seconds(redis) - before) * 1e6 / len(commands)


def control(*words):
    subprocess.run(["callgrind_control", *words], check=True, capture_output=True)


def instructions(redis, commands, fills):
    """With all that lies around a call: reading the command, finding the function, replying."""
    pid = str(redis.process.pid)
    control("-i", "on", pid)
    control("-z", pid)
    run(redis, commands, fills)
    folder = pathlib.Path(redis.folder)
    before = set(folder.glob("out.*"))
    control("-d", pid)
    control("-i", "off", pid)
    text = (set(folder.glob("out.*")) - before).pop().read_text()
    total = next(line for line in text.splitlines() if line.startswith(("totals:", "summary:")))
    return int(total.split()[1]) / len(commands)
