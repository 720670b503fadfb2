"""What must hold after a replay, and how its trades agree with the venue's."""

from collections import Counter
from decimal import Decimal

from oes.invariants import Ledger, number
from oes.redis import Redis
from oes.verify import Verifier

from .drive import CLOSED
from .record import REFUSED


class Judge:
    """Collects what was checked and what was wrong with it."""

    def __init__(self, api, symbol, accounts):
        self.api = api
        self.symbol = symbol
        self.accounts = accounts
        self.checks = []  # (what, problems)

    @property
    def sound(self):
        return not any(problems for _, problems in self.checks)

    def check(self, what, problems):
        self.checks.append((what, list(problems)))

    def ledger(self, when):
        """Holds, levels and the book, and the sums of cash and shares, as the API shows them."""
        ledger = Ledger(self.api, [self.symbol], only=self.accounts)
        orders = len(ledger.open)
        self.check(
            f"{when}: holds, level totals and book of {orders:,} open orders", ledger.problems())
        return ledger

    def conserved(self, before, after):
        self.check("cash of all accounts is what was paid in", differing(
            "cash", before.cash(), after.cash()))
        self.check("shares of all accounts are what was put in", differing(
            "shares", before.shares(), after.shares()))

    def kept(self, outcome):
        """Every command was answered, and every acknowledged order is there as acknowledged."""
        asked = sum(outcome.sent.values())
        self.check(f"every one of {asked:,} requests was answered", differing(
            "answers", asked, outcome.answered))
        stored = {}
        for account in self.accounts:
            for order in self.api.every(f"/api/accounts/{account}/orders?limit=1000"):
                stored[order["order_id"]] = order
        self.stored = stored
        problems = [
            problem for told in outcome.orders.values()
            for problem in kept_problems(told, stored.get(told.order_id))]
        self.check(f"all of {len(outcome.orders):,} orders are there as acknowledged", problems)
        known = {told.order_id for told in outcome.orders.values()}
        self.check("no order is there that wasn't sent", [
            f"order {name}" for name in stored if name not in known])

    def trades(self):
        """All trades of the symbol, oldest first; each order's fills must be their sum."""
        trades = [
            trade for trade in self.api.every(
                f"/api/orders/trades/recent?symbol={self.symbol}&limit=1000")
            if trade["symbol"] == self.symbol]
        filled = Counter()
        for trade in trades:
            for side in ("buy", "sell"):
                filled[trade[f"{side}_order_id"]] += number(trade["quantity"])
        self.check(f"each order's fills are the sum of its trades ({len(trades):,})", [
            f"order {name}: filled {order['filled_quantity']}, its trades {filled[name]}"
            for name, order in self.stored.items()
            if number(order["filled_quantity"]) != filled[name]])
        return trades[::-1]

    def redis(self, address):
        """The whole ledger, record by record, from the event stream."""
        with Redis(address, timeout=120) as redis:
            verifier = Verifier(redis)
            problems = verifier.run()
        entries = verifier.picture.entries
        self.check(f"Redis: {entries:,} events without a gap fold into what is stored", problems)


def differing(what, expected, found):
    return [] if expected == found else [f"{what}: {expected} expected, {found} found"]


def kept_problems(told, order):
    """How an order differs from the last that the host said of it."""
    if order is None:
        if told.status not in ("rejected", "refused"):
            yield f"order {told.order_id}, acknowledged as {told.status}, is gone"
        return
    if number(order["quantity"]) != told.quantity:
        yield f"order {told.order_id} is of {order['quantity']}, acknowledged were {told.quantity}"
    if number(order["filled_quantity"]) < told.filled:
        yield f"order {told.order_id} lost fills: {told.filled} were acknowledged"
    status = order["status"]
    if told.status in CLOSED and status != told.status:
        yield f"order {told.order_id} is {status}, acknowledged was {told.status}"
    if told.status == "closed" and status not in CLOSED:
        yield f"order {told.order_id} is {status}, but a cancel said that it was closed"


class Comparison:
    """The venue's trades against ours, pair by pair."""

    def __init__(self, record, commands, outcome, trades):
        names = {told.order_id: name for name, told in outcome.orders.items()}
        self.theirs = Counter(
            (trade.buy, trade.sell, trade.price, trade.quantity) for trade in record.trades)
        self.ours = Counter(
            (names.get(trade["buy_order_id"]), names.get(trade["sell_order_id"]),
             number(trade["price"]), number(trade["quantity"])) for trade in trades)
        self.agreeing = (self.theirs & self.ours).total()
        self.pairs = (pairs_of(self.theirs) & pairs_of(self.ours)).total()
        self.outcome = outcome
        self.refused = {
            command.row.id for command in commands if command.kind == REFUSED}

    def reasons(self):
        """Why trades of one side have no equal on the other: reason → count."""
        found = Counter()
        for trade, count in (self.theirs - self.ours).items():
            found["theirs only: " + self.reason_theirs(trade)] += count
        for trade, count in (self.ours - self.theirs).items():
            found["ours only: " + self.reason_ours(trade)] += count
        return found

    def reason_theirs(self, trade):
        for name in trade[:2]:
            told = self.outcome.orders.get(name)
            if told is None:
                return "an order of it was not in the feed"
            if told.status == "rejected":
                return f"an order of it was refused here ({told.reason})"
        others = [pair for pair in self.ours if set(pair[:2]) & set(trade[:2])]
        if any(pair[:2] == trade[:2] for pair in others):
            return "the same pair, in another amount or price"
        if others:
            return "an order of it traded with another one here"
        return "its orders didn't meet here"

    def reason_ours(self, trade):
        if set(trade[:2]) & self.refused:
            return "with an order that the venue refused (post-only or fill-or-kill)"
        if any(pair[:2] == trade[:2] for pair in self.theirs):
            return "the same pair, in another amount or price"
        if any(set(pair[:2]) & set(trade[:2]) for pair in self.theirs):
            return "an order of it traded with another one there"
        return "its orders crossed in the feed, but the venue shows no trade"


def pairs_of(trades):
    pairs = Counter()
    for trade, count in trades.items():
        pairs[trade[:2]] += count
    return pairs
