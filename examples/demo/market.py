"""One instrument's simulated market: a price that walks at random, makers that quote around it, and
takers that trade with whoever is there."""

import math
from decimal import ROUND_DOWN, Decimal

from demo.client import Refused

MAKERS = ["Demo maker 1 (simulated)", "Demo maker 2 (simulated)"]
TAKERS = ["Demo taker 1 (simulated)", "Demo taker 2 (simulated)"]
CASH = 100_000_000
# Where an instrument begins that has never traded.
FIRST_PRICES = {
    "AAPL": 190, "MSFT": 415, "GOOGL": 165, "AMZN": 180, "TSLA": 240, "NVDA": 125,
    "BTC-USD": 65_000}
LEVELS = 8
# What an order is worth, in the instrument's currency.
LEAST_VALUE, MOST_VALUE = 1_000, 20_000


def accounts_for(client, instruments):
    """The demo's accounts, made where they aren't there, with enough to sell."""
    known = {one["name"]: one["account_id"] for one in client.items("/api/v1/accounts")}
    accounts = []
    for name in MAKERS + TAKERS:
        if name not in known:
            made = client.post("/api/v1/accounts", {"name": name, "initial_balance": str(CASH)})
            known[name] = made["account_id"]
        accounts.append(known[name])
    for account in accounts:
        held = {one["symbol"]: Decimal(one["quantity"])
                for one in client.items(f"/api/v1/accounts/{account}/positions")}
        for instrument in instruments:
            wanted = Decimal(500_000) if instrument["quantity_scale"] == 0 else Decimal(1_000)
            missing = wanted - held.get(instrument["symbol"], 0)
            if missing > wanted / 2:
                client.post(f"/api/v1/accounts/{account}/ledger", {
                    "transaction_type": "adjustment", "symbol": instrument["symbol"],
                    "quantity": str(missing), "price": str(first_price(instrument)),
                    "description": "simulated shares of the demo"})
    return accounts


def first_price(instrument):
    return Decimal(FIRST_PRICES.get(instrument["symbol"], 100))


class Market:
    def __init__(self, client, instrument, accounts, numbers, seed):
        self.client, self.instrument, self.numbers = client, instrument, numbers
        self.symbol = instrument["symbol"]
        self.tick = Decimal(instrument["tick_size"])
        self.lot = Decimal(instrument["lot_size"])
        self.makers, self.takers = accounts[:2], accounts[2:]
        ticker = client.get(f"/api/v1/market/{self.symbol}/ticker")
        self.middle = float(ticker["last"] or first_price(instrument))
        self.anchor = self.middle
        # Order id → (side, price), as far as it is known to rest.
        self.quotes = {}

    def step(self):
        """Some requests; gives how many orders were placed."""
        self.walk()
        placed = self.retire()
        for side in ("buy", "sell"):
            standing = sum(1 for own, _ in self.quotes.values() if own == side)
            if standing < LEVELS or self.numbers.random() < 0.3:
                placed += self.quote(side)
        if self.numbers.random() < 0.45:
            placed += self.take()
        return placed

    def walk(self):
        """A step of the random walk, drawn back to where it began, so that it stays near for days."""
        pull = 0.01 * math.log(self.anchor / self.middle)
        self.middle *= math.exp(pull + self.numbers.gauss(0, 0.0008))

    def quote(self, side):
        away = self.middle * (0.0002 + self.numbers.expovariate(1 / 0.0012))
        price = self.middle - away if side == "buy" else self.middle + away
        answer = self.place(self.numbers.choice(self.makers), side, self.size(), price)
        if answer and Decimal(answer["leaves_qty"]) > 0:
            self.quotes[answer["order_id"]] = (side, float(answer["price"]))
        return 1 if answer else 0

    def take(self):
        """Trades with what is there, a little beyond the middle at the most."""
        side = self.numbers.choice(["buy", "sell"])
        reach = 1.004 if side == "buy" else 0.996
        answer = self.place(
            self.numbers.choice(self.takers), side, self.size(), self.middle * reach, "ioc")
        return 1 if answer else 0

    def retire(self):
        """Cancels quotes that the price has left behind, the farthest first, and one beyond the most."""
        def distance(name):
            return abs(self.quotes[name][1] - self.middle)
        far = [name for name in self.quotes if distance(name) > 0.01 * self.middle]
        if not far and len(self.quotes) > 3 * LEVELS:
            far = [max(self.quotes, key=distance)]
        for name in sorted(far, key=distance, reverse=True)[:2]:
            self.quotes.pop(name)
            try:
                self.client.call("DELETE", f"/api/v1/orders/{name}")
            except Refused as problem:
                if problem.code not in ("order_closed", "unknown_order"):
                    raise
        return 0

    def size(self):
        value = math.exp(self.numbers.uniform(math.log(LEAST_VALUE), math.log(MOST_VALUE)))
        step = max(self.lot, Decimal("0.001") if self.lot < Decimal("0.001") else self.lot)
        quantity = (Decimal(value / self.middle) / step).to_integral_value(ROUND_DOWN) * step
        return max(quantity, step)

    def place(self, account, side, quantity, price, time_in_force="gtc"):
        """The execution report; None where the market or a rule refused it, which happens."""
        ticks = (Decimal(price) / self.tick).to_integral_value()
        order = {
            "account_id": account, "side": side, "symbol": self.symbol, "order_type": "limit",
            "quantity": str(quantity), "price": str(max(ticks, 1) * self.tick),
            "time_in_force": time_in_force, "tag": "demo"}
        try:
            return self.client.post("/api/v1/orders", order)
        except Refused as problem:
            if problem.code in ("account_required", "role_not_allowed", "unauthenticated"):
                raise
            return None
