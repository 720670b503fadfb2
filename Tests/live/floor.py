"""A symbol of its own with accounts that can afford everything: where one order type after the other
is tried."""

from decimal import Decimal

from live.v1 import V1

CASH, SHARES = 1_000_000, 1_000


class Floor(V1):
    def __init__(self, url, symbol):
        super().__init__(url)
        self.symbol = self.instrument(symbol)
        self.maker, self.taker, self.dealer = (self.account() for _ in range(3))

    @classmethod
    def at(cls, url, other):
        """The same floor, seen from another host."""
        floor = cls.__new__(cls)
        V1.__init__(floor, url)
        floor.symbol = other.symbol
        floor.maker, floor.taker, floor.dealer = other.maker, other.taker, other.dealer
        return floor

    def account(self, name="Floor", balance=CASH, shares=SHARES):
        made = super().account(name, balance)
        self.give_shares(made, self.symbol, shares)
        return made

    def place(self, account, side, quantity, price=None, **fields):
        return super().place(
            account, side, self.symbol, quantity, price, **{"time_in_force": "gtc"} | fields)

    def refused(self, account, side, quantity, price=None, **fields):
        return self.try_place(
            account, side, self.symbol, quantity, price, **{"time_in_force": "gtc"} | fields)

    def trade(self, price, leaving=None):
        """One unit at that price between two that do nothing else, so that it is the last price.
        `leaving`: (side, price, quantity) that stands in the book before it."""
        if leaving:
            self.place(self.maker, leaving[0], leaving[2], leaving[1])
        first, second = ("buy", "sell") if leaving and leaving[0] == "buy" else ("sell", "buy")
        self.place(self.dealer, first, 1, price)
        self.place(self.taker, second, 1, price, time_in_force="ioc")

    def book(self):
        return super().book(self.symbol)

    def kinds(self, order):
        return [step["exec_type"] for step in self.history(order)]

    def held(self, account):
        return Decimal(self.position(account, self.symbol)["held"])

    def held_cash(self, account):
        return self.balance(account)[1]

    def shares(self, account):
        return Decimal(self.position(account, self.symbol)["quantity"])

    def cancel_all(self, **filters):
        answer = super().cancel_all(**{"symbol": self.symbol} | filters)
        assert answer.status_code == 200, answer.text
        return answer.json()
