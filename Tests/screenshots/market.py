"""A small market through the public API: makers around wandering prices, takers who cross them, and
one trader with an order of each kind, whose account the pictures show."""

import random
import time
from contextlib import closing

from oes.rest import Api

# Symbol → where its price begins; the sample instruments that a first start makes.
BEGINNINGS = {"AAPL": 189.50, "MSFT": 421.00, "NVDA": 131.00, "TSLA": 248.00, "GOOGL": 176.00,
              "AMZN": 202.00}
CHOSEN = "AAPL"
ORDERS_A_SECOND = 25
LEVELS = 18
# How far the price moves before makers quote anew.
REQUOTE = 0.05


class Market:
    def __init__(self, url, seed=11):
        self.api = Api(url)
        self.random = random.Random(seed)
        self.prices = dict(BEGINNINGS)
        self.quoted = dict(BEGINNINGS)
        self.paces = dict.fromkeys(BEGINNINGS, 0.0)
        self.makers = [self.account(f"Maker {name}", 50_000_000, 100_000) for name in ("A", "B")]
        self.takers = [self.account(f"Taker {name}", 50_000_000, 100_000) for name in ("A", "B")]
        self.trader = self.account("Alpha Fund", 1_500_000, 400)

    def account(self, name, cash, shares):
        account = self.api.post("/api/v1/accounts", {
            "name": name, "initial_balance": str(cash)})["account_id"]
        for symbol, price in BEGINNINGS.items():
            self.api.post(f"/api/v1/accounts/{account}/ledger", {
                "transaction_type": "adjustment", "symbol": symbol, "quantity": str(shares),
                "price": f"{price:.2f}"})
        return account

    def order(self, account, side, symbol, quantity, price=None, order_type="limit", **more):
        """A refusal is part of a market's life."""
        body = {"account_id": account, "side": side, "symbol": symbol, "order_type": order_type,
                "quantity": str(quantity), "time_in_force": "gtc", **more}
        if price is not None:
            body["price"] = f"{price:.2f}"
        return self.api.call("POST", "/api/v1/orders", body)

    def open(self):
        for symbol in self.prices:
            self.quote(symbol)

    def quote(self, symbol):
        """Both makers take back what they quoted and quote anew around the price."""
        self.quoted[symbol] = self.prices[symbol]
        for number, maker in enumerate(self.makers):
            self.api.post("/api/v1/orders/cancel-all", {"account_id": maker, "symbol": symbol})
            orders = [
                {"account_id": maker, "symbol": symbol, "side": side, "order_type": "limit",
                 "time_in_force": "gtc", "quantity": str(self.random.randint(15, 70) + 5 * step),
                 "price": f"{self.prices[symbol] + sign * (0.01 + 0.02 * step + 0.01 * number):.2f}"}
                for step in range(LEVELS) for side, sign in (("buy", -1), ("sell", 1))]
            self.api.post("/api/v1/orders/batch", {"orders": orders})

    def run(self, seconds):
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.step()
            time.sleep(1 / ORDERS_A_SECOND)

    def step(self):
        symbol = CHOSEN if self.random.random() < 0.7 else self.random.choice(list(BEGINNINGS))
        # A walk with a little memory looks like one.
        self.paces[symbol] = 0.85 * self.paces[symbol] + self.random.gauss(0.0006, 0.006)
        self.prices[symbol] += self.paces[symbol]
        price = self.prices[symbol]
        if abs(price - self.quoted[symbol]) > REQUOTE:
            self.quote(symbol)
        side = self.random.choice(["buy", "sell"])
        sign = 1 if side == "buy" else -1
        if self.random.random() < 0.5:
            away = self.random.randint(1, 8) * 0.01
            self.order(self.random.choice(self.makers), side, symbol,
                       self.random.randint(5, 60), price - sign * away)
        else:
            self.order(self.random.choice(self.takers), side, symbol,
                       self.random.randint(1, 45), price + sign * 0.05, time_in_force="ioc")

    def trade(self):
        """The trader's day: fills, working orders, a family, a stop, a refusal."""
        price = self.prices[CHOSEN]
        trader, order = self.trader, self.order
        for symbol, side, quantity in (("MSFT", "buy", 40), ("NVDA", "sell", 120),
                                       ("TSLA", "buy", 60), (CHOSEN, "buy", 250)):
            order(trader, side, symbol, quantity, order_type="market", time_in_force="ioc")
        order(trader, "sell", CHOSEN, 100, price + 0.22)
        order(trader, "buy", CHOSEN, 150, price - 0.12)
        order(trader, "buy", CHOSEN, 300, price - 0.20, order_type="iceberg",
              params={"display_quantity": "60"})
        order(trader, "buy", CHOSEN, 200, price - 0.06, order_type="bracket", params={
            "take_profit_price": f"{price + 0.30:.2f}", "stop_loss_price": f"{price - 0.30:.2f}"})
        order(trader, "sell", "MSFT", 40, order_type="stop",
              params={"stop_price": f"{self.prices['MSFT'] - 4:.2f}"})
        order(trader, "buy", "NVDA", 90, self.prices["NVDA"] + 1, order_type="twap",
              params={"duration": 900_000, "slices": 9})
        order(trader, "buy", CHOSEN, 200_000, price)

    def close(self):
        self.api.close()


def closing_market(url):
    return closing(Market(url))
