"""The example clients keep a correct book, however often they are cut off."""

import json
import os
import random
import subprocess
import sys
import threading
import time
import zlib
from decimal import Decimal

from playwright.sync_api import sync_playwright

from live.follower import CuttingProxy
from oes.host import ROOT, wait_until

CUTS = 8


class Reader(threading.Thread):
    """The lines that a client prints, as they come."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.lines = stream, []
        self.start()

    def run(self):
        for line in self.stream:
            if line.startswith("{"):
                self.lines.append(json.loads(line))


def test_python_client(server, client, symbol, buyer, seller):
    proxy = CuttingProxy(int(server.url.rsplit(":", 1)[1]), CUTS, 6_000, seed=1)
    environment = os.environ | {"OES_URL": proxy.url.removesuffix("/ws").replace("ws", "http")}
    process = subprocess.Popen(
        [sys.executable, ROOT / "examples" / "book_client.py", symbol], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        follow(proxy, Reader(process.stdout).lines, client, symbol, buyer, seller)
    finally:
        process.kill()
        process.wait()
        proxy.close()


def test_javascript_client(server, client, symbol, buyer, seller):
    """In Chromium, since Node's WebSocket is in its newer versions only."""
    proxy = CuttingProxy(int(server.url.rsplit(":", 1)[1]), 0, 6_000, seed=2)
    program = (ROOT / "examples" / "book_client.js").read_text()
    lines = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page()
        page.on("console", lambda message: lines.append(json.loads(message.text))
                if message.text.startswith("{") else None)
        # A page of the host's own, as it comes through the proxy.
        page.goto(proxy.url.removesuffix("/ws").replace("ws", "http") + "/health/live")
        proxy.left = CUTS
        page.evaluate(f"globalThis.oesSymbol = {json.dumps(symbol)}; {{ {program} }}")
        follow(proxy, lines, client, symbol, buyer, seller, lambda: page.wait_for_timeout(20))
        browser.close()
    proxy.close()


def follow(proxy, lines, client, symbol, buyer, seller, turn=lambda: time.sleep(0.02)):
    """Orders for as long as there are cuts; then the client's last book is ours."""
    numbers = random.Random(3)
    orders, end = [], time.monotonic() + 60
    while proxy.done < CUTS:
        assert time.monotonic() < end, f"{proxy.done} cuts, {len(lines)} lines"
        if len(orders) > 15:
            client.cancel(orders.pop(0))
        side = numbers.choice(["buy", "sell"])
        orders.append(client.order(
            buyer if side == "buy" else seller, side, symbol, numbers.randint(1, 5),
            f"{numbers.randint(97, 103)}.00")["id"])
        turn()
    client.order(buyer, "buy", symbol, 7, "96.50")

    def arrived():
        turn()
        return lines and top(lines[-1]) == top(client.get(f"/api/orderbook/{symbol}"))

    wait_until(arrived, 20, "the client's book")
    assert any(line["type"] == "resumed" for line in lines)
    assert [line["seq"] for line in lines] == sorted(line["seq"] for line in lines)


def top(book):
    return {side: [(Decimal(str(level["price"])), Decimal(str(level["quantity"])),
                    int(level["orders"])) for level in book[side][:3]]
            for side in ("bids", "asks")}


def test_they_are_short():
    for name in ("book_client.py", "book_client.js"):
        assert len((ROOT / "examples" / name).read_text().splitlines()) < 80, name


def test_the_checksum_of_the_protocols_page():
    text = (ROOT / "docs" / "PROTOCOL.md").read_text()
    assert str(zlib.crc32(b"99.5:3:1|99:10:2/101:2:1")) in text
    assert str(zlib.crc32(b"/")) in text and str(zlib.crc32(b"123456789")) in text

