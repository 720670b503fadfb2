"""How long after an order was due to be sent its answer and its messages arrive.

Open loop: orders leave at a constant rate whatever comes back, each on the next free of a few
connections, and every time is counted from the moment at which the order was meant to leave. So a
stall of the host counts for all orders that it delays. The messages are taken by a process of
their own through `websockets`; both processes read the same monotonic clock.
"""

import asyncio
import json
import multiprocessing
import re
import time

from websockets.asyncio.client import connect

CONNECTIONS = 16
ACCOUNT = 1
CHANNELS = ("oes:orderbook", f"oes:account:{ACCOUNT}")
CLIENT_ID = re.compile(rb'"client_order_id":"(l[0-9]+-[0-9]+)"')
SEQUENCE = re.compile(rb'"seq":([0-9]+)')


async def collect(url, channel, ready, stop, found):
    """Adds (nanoseconds, message) of each message until told to stop."""
    address = url.replace("http://", "ws://") + "/ws"
    async with connect(address, max_size=2 ** 24, ping_interval=None) as socket:
        await socket.send(json.dumps({"type": "subscribe", "channel": channel}))
        await socket.recv()
        await socket.recv()
        ready.release()
        while not stop.is_set():
            try:
                message = await asyncio.wait_for(socket.recv(decode=False), 0.2)
            except TimeoutError:
                continue
            found.append((time.monotonic_ns(), message))


def listener(url, ready, stop, answer):
    """Gives {client order id: (ns of its account message, ns of its book message)}."""
    async def both():
        books, accounts = [], []
        await asyncio.gather(
            collect(url, CHANNELS[0], ready, stop, books),
            collect(url, CHANNELS[1], ready, stop, accounts))
        return books, accounts

    books, accounts = asyncio.run(both())
    book_times = {int(SEQUENCE.search(text)[1]): at for at, text in books}
    times = {}
    for at, text in accounts:
        name = CLIENT_ID.search(text)
        if name and name[1].decode() not in times:
            times[name[1].decode()] = (at, book_times.get(int(SEQUENCE.search(text)[1])))
    answer.send(times)


async def exchange(reader, writer, request):
    """Sends a request and waits for the whole answer; gives its status."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: *([0-9]+)", head)[1])
    await reader.readexactly(length)
    return head[9:12]


def order(host, run, number):
    """Rests: a buy well below the sells, the prices in turn."""
    body = json.dumps({
        "type": "buy", "symbol": "AAPL", "price": f"{50 + number % 1000 * 0.01:.2f}",
        "quantity": 1, "tif": "gtc", "client_order_id": f"l{run}-{number}"}).encode()
    return (f"POST /api/accounts/{ACCOUNT}/orders HTTP/1.1\r\nHost: {host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode() + body


async def send(url, run, rate, seconds):
    """{client order id: (ns when due, ns when answered)}."""
    host = url.split("//")[1]
    name, port = host.split(":")
    free = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection(name, int(port)))
    times, tasks = {}, []

    async def one(number, due):
        connection = await free.get()
        status = await exchange(*connection, order(host, run, number))
        if status != b"200":
            raise SystemExit(f"an order was answered with {status}")
        times[f"l{run}-{number}"] = (due, time.monotonic_ns())
        free.put_nowait(connection)

    start = time.monotonic_ns() + 50_000_000
    for number in range(rate * seconds):
        due = start + number * 1_000_000_000 // rate
        wait = due - time.monotonic_ns()
        if wait > 0:
            await asyncio.sleep(wait / 1e9)
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    while not free.empty():
        free.get_nowait()[1].close()
    return times


def measure(url, run, rate, seconds):
    """Lists of milliseconds by what was waited for."""
    context = multiprocessing.get_context("spawn")
    ready, stop = context.Semaphore(0), context.Event()
    here, there = context.Pipe()
    process = context.Process(target=listener, args=(url, ready, stop, there), daemon=True)
    process.start()
    for _ in CHANNELS:
        if not ready.acquire(timeout=20):
            raise SystemExit("the listener could not subscribe")
    sent = asyncio.run(send(url, run, rate, seconds))
    time.sleep(0.5)
    stop.set()
    seen = here.recv()
    process.join(10)
    missing = [name for name in sent if None in seen.get(name, (None,))]
    if missing:
        raise SystemExit(f"{len(missing)} of {len(sent)} orders had no message: {missing[:3]}")
    waits = {"answer": [], "account": [], "book": [], "account after answer": []}
    for name, (due, answered) in sent.items():
        account, book = seen[name]
        for what, span in (("answer", answered - due), ("account", account - due),
                           ("book", book - due), ("account after answer", account - answered)):
            waits[what].append(span / 1e6)
    return waits


def percentile(values, share):
    """The smallest value that so many of the values don't pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
