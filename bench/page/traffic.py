"""What the page is to stand: ten thousand orders of one account, and a book that changes many times
a second, all through the public API."""

import random
import threading
import time
from contextlib import closing

from oes.rest import Api

BATCH = 100
SYMBOL = "PAGE"
LEVELS = 40


def prepare(url, orders):
    """An instrument, a trader with so many ended and some working orders, and a market maker."""
    with closing(Api(url)) as api:
        api.post("/api/v1/instruments", {
            "symbol": SYMBOL, "name": "Page", "asset_type": "stocks", "currency": "USD",
            "price_scale": 2, "quantity_scale": 0, "tick_size": "0.01", "lot_size": "1",
            "price_band_bps": 500})
        trader, maker = (
            api.post("/api/v1/accounts", {"name": name, "initial_balance": "100000000"})[
                "account_id"] for name in ("Trader", "Maker"))
        for account in (trader, maker):
            api.post(f"/api/v1/accounts/{account}/ledger", {
                "transaction_type": "adjustment", "symbol": SYMBOL, "quantity": "900000",
                "price": "100"})
        ended = {"account_id": trader, "symbol": SYMBOL, "side": "buy", "order_type": "limit",
                 "time_in_force": "ioc", "quantity": "1", "price": "50.00"}
        for _ in range(orders // BATCH):
            api.post("/api/v1/orders/batch", {"orders": [ended] * BATCH})
        working = [{**ended, "time_in_force": "gtc", "price": f"{90 - step / 100:.2f}"}
                   for step in range(50)]
        api.post("/api/v1/orders/batch", {"orders": working})
    return trader, maker


class Market(threading.Thread):
    """Changes the book so many times a second until it is told to end; one of ten trades."""

    def __init__(self, url, trader, maker, rate):
        super().__init__(daemon=True)
        self.url, self.trader, self.maker, self.rate = url, trader, maker, rate
        self.sent = 0
        self.ends = threading.Event()
        self.random = random.Random(7)

    def run(self):
        with closing(Api(self.url)) as api:
            began = time.monotonic()
            while not self.ends.is_set():
                self.step(api)
                self.sent += 1
                ahead = began + self.sent / self.rate - time.monotonic()
                if ahead > 0:
                    time.sleep(ahead)

    def step(self, api):
        side = self.random.choice(["buy", "sell"])
        away = self.random.randint(1, LEVELS)
        trades = self.sent % 10 == 9
        cents = -away if (side == "buy") != trades else away
        api.call("POST", "/api/v1/orders", {
            "account_id": self.trader if trades else self.maker, "symbol": SYMBOL, "side": side,
            "order_type": "limit", "time_in_force": "ioc" if trades else "gtc",
            "quantity": str(self.random.randint(1, 50)), "price": f"{100 + cents / 100:.2f}"})

    def end(self):
        self.ends.set()
        self.join(timeout=10)
