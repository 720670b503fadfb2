"""The invariants as a client can judge them, through the public API alone."""

from collections import Counter, defaultdict
from decimal import ROUND_CEILING, Decimal

from .rest import Api

MONEY = Decimal("0.0001")


def number(value):
    """A decimal as the API writes it: a number on the kept routes, a string on the newer ones."""
    return value if isinstance(value, Decimal) else Decimal(value)


def remaining(order):
    return number(order["quantity"]) - number(order["filled_quantity"])


class Ledger:
    """What the API shows of accounts, open orders and books at one moment.

    `only` names the accounts to look at, where others trade in other symbols meanwhile.
    """

    def __init__(self, api: Api, symbols, only=None):
        self.accounts = {
            account["account_id"]: account for account in api.every("/api/accounts/")
            if only is None or account["account_id"] in only}
        self.positions = {
            name: api.get(f"/api/accounts/{name}/positions") for name in self.accounts}
        self.open = [
            order for order in api.every("/api/orders/open?limit=1000")
            if only is None or order["account_id"] in only]
        self.books = {
            symbol: api.get(f"/api/orderbook/{symbol}?depth=1000") for symbol in symbols}

    def cash(self):
        return sum(number(account["balance"]) for account in self.accounts.values())

    def shares(self):
        owned = Counter()
        for positions in self.positions.values():
            for position in positions:
                owned[position["symbol"]] += number(position["quantity"])
        return {symbol: quantity for symbol, quantity in owned.items() if quantity}

    def problems(self):
        """What contradicts itself; without fees, which the shipped instruments have none of."""
        return [*self.order_problems(), *self.hold_problems(), *self.book_problems()]

    def order_problems(self):
        names = Counter(order["order_id"] for order in self.open)
        for name, count in names.items():
            if count > 1:
                yield f"order {name} is listed {count} times"
        for order in self.open:
            left = number(order["remaining_quantity"])
            if left != remaining(order) or left <= 0:
                yield f"order {order['order_id']}: remaining_quantity {left} is wrong"

    def hold_problems(self):
        cash, shares = Counter(), Counter()
        for order in self.open:
            account = order["account_id"]
            if side(order) == "buy":
                need = number(order["price"]) * remaining(order)
                cash[account] += need.quantize(MONEY, ROUND_CEILING)
            else:
                shares[account, order["symbol"]] += remaining(order)
        for name, account in self.accounts.items():
            if number(account["held"]) != cash[name]:
                yield f"account {name} holds {account['held']}, its orders need {cash[name]}"
            if number(account["available"]) != number(account["balance"]) - cash[name]:
                yield f"account {name}: available isn't balance less held"
        for name, positions in self.positions.items():
            for position in positions:
                need = shares.pop((name, position["symbol"]), Decimal(0))
                if number(position["held"]) != need:
                    yield f"position {name} {position['symbol']} holds {position['held']}, not {need}"
        for (name, symbol), need in shares.items():
            yield f"account {name} sells {need} {symbol} without a position"

    def book_problems(self):
        levels = defaultdict(lambda: (Decimal(0), 0))
        for order in self.open:
            if not order["internal"]:
                key = (order["symbol"], side(order), number(order["price"]))
                quantity, count = levels[key]
                levels[key] = (quantity + remaining(order), count + 1)
        for symbol, book in self.books.items():
            bids, asks = shown(book["bids"]), shown(book["asks"])
            for name, told in (("buy", bids), ("sell", asks)):
                sums = sorted(
                    ((price, *total) for (of, on, price), total in levels.items()
                     if of == symbol and on == name),
                    reverse=name == "buy")
                if told != sums[:1_000]:
                    yield f"{symbol}: the {name} levels are not the sums of the open orders"
            if bids and asks and bids[0][0] >= asks[0][0]:
                yield f"{symbol}'s book is crossed: {bids[0][0]} against {asks[0][0]}"


def side(order):
    return order.get("side") or order["type"]


def shown(levels):
    return [
        (number(level["price"]), number(level["quantity"]), int(level["orders"]))
        for level in levels]
