"""WebSocket: the `websockets` library, which fails on any fault of ours, through a proxy that cuts
the bytes of both ways into drops at random places."""

import asyncio
import json
import random
from urllib.parse import urlsplit

import pytest
import websockets

PIECES = [1, 2, 3, 7, 125, 1_400]
SIZES = [0, 1, 124, 125, 126, 127, 1_000, 65_535, 65_536, 70_000]


class Proxy:
    """Hands bytes on, a few at a time, each as a packet of its own."""

    def __init__(self, url, seed):
        parts = urlsplit(url)
        self.target = (parts.hostname, parts.port)
        self.chance = random.Random(seed)

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.address = "ws://127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def serve(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        await asyncio.gather(self.pump(reader, far_writer), self.pump(far_reader, writer))

    async def pump(self, reader, writer):
        try:
            while data := await reader.read(65_536):
                while data:
                    count = self.chance.choice(PIECES)
                    writer.write(data[:count])
                    await writer.drain()
                    # Others run, and the kernel sends what it has.
                    await asyncio.sleep(0)
                    data = data[count:]
            writer.close()
        except ConnectionError:
            writer.close()


def run(server, seed, path, talk):
    async def connect():
        async with Proxy(server.url, seed) as proxy:
            async with websockets.connect(
                    proxy.address + path, compression=None, max_size=None) as client:
                await talk(client, random.Random(seed))
            # The goodbye was said by both.
            assert client.close_code == 1000

    asyncio.run(asyncio.wait_for(connect(), 60))


def message(chance, size):
    if chance.random() < 0.5:
        return chance.randbytes(size)
    return "".join(chance.choice("aé€😀") for _ in range(size // 3))


def fragments(chance, whole):
    """The message in up to five frames."""
    cuts = sorted(chance.randint(0, len(whole)) for _ in range(4))
    return [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)])]


@pytest.mark.parametrize("seed", range(4))
def test_messages_come_back_as_they_were(server, seed):
    async def talk(client, chance):
        for size in SIZES:
            whole = message(chance, size)
            await client.send(fragments(chance, whole) if chance.random() < 0.5 else whole)
            pong = await client.ping()
            assert await client.recv() == whole
            await pong

    run(server, seed, "/test/echo", talk)


def test_the_feed_comes_whole(server):
    async def talk(client, _):
        for channel in ("oes:orderbook", "oes:trades", "oes:notifications"):
            await client.send(json.dumps({"type": "subscribe", "channel": channel}))
            assert json.loads(await client.recv())["status"] == "success"
            assert json.loads(await client.recv())["channel"] == channel

    run(server, 5, "/ws", talk)
