"""The invariants of the ledger, judged from Redis alone.

The event stream is folded from empty into the books, orders, balances and positions that it
describes, and what comes out is compared with what stands in Redis, byte for byte. On that the
sums are checked: cash, shares, holds, levels, fills. The same rules are written in Swift for the
model; these here are a second opinion that shares no line with the host.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from . import records
from .orders import (
    charges, is_resting, limit_of, parent_of, reduce_only_problems, visible, working)
from .parked import index_problems
from .totals import total_problems

DEPOSIT, WITHDRAWAL, ADJUSTMENT = 1, 2, 3
MOST_PROBLEMS = 50


@dataclass
class Picture:
    """What the events say: the newest record of each thing, still packed, and all trades."""

    entries: int = 0
    orders: dict = field(default_factory=dict)
    accounts: dict = field(default_factory=dict)
    positions: dict = field(default_factory=dict)
    instruments: dict = field(default_factory=dict)
    markets: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)
    throttles: dict = field(default_factory=dict)
    levels: dict = field(default_factory=dict)  # (symbol, side) → {price: (quantity, count)}
    trades: list = field(default_factory=list)  # (sequence, fields)
    paid_in: int = 0
    balances: Counter = field(default_factory=Counter)
    shares: Counter = field(default_factory=Counter)


class Verifier:
    def __init__(self, redis, prefix="oes:{0}"):
        self.redis = redis
        self.prefix = prefix
        self.problems = []

    def key(self, *parts):
        return ":".join((self.prefix, *parts))

    def problem(self, text):
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(text)

    def expect(self, holds, text):
        if not holds:
            self.problem(text)

    def run(self):
        """Nothing may be written meanwhile. Gives the list of problems, empty when all is well."""
        self.picture = self.fold()
        self.compare_records()
        self.orders = {name: records.order(data) for name, data in self.picture.orders.items()}
        self.accounts = {
            name: records.account(data) for name, data in self.picture.accounts.items()}
        self.positions = {
            name: records.position(data) for name, data in self.picture.positions.items()}
        self.instruments = {
            name: records.instrument(data) for name, data in self.picture.instruments.items()}
        self.check_trades()
        self.check_orders()
        self.check_holds()
        self.check_books()
        for problems in (
                reduce_only_problems(self.orders, self.positions),
                total_problems(
                    self.orders, self.accounts, self.positions, self.instruments,
                    self.redis.hash(self.key("scopes"))),
                index_problems(self.redis, self.key, self.orders, self.instruments)):
            for text in problems:
                self.problem(text)
        self.check_sums()
        return self.problems

    # The stream.

    def fold(self):
        picture, expected = Picture(), 1
        for name, fields in self.redis.stream(self.key("events")):
            self.expect(name == b"%d-0" % expected, f"event {name} stands where {expected} should")
            expected = int(name.split(b"-")[0]) + 1
            picture.entries += 1
            self.apply(picture, expected - 1, records.event(fields[b"e"]))
        sequence = int(self.redis.call("GET", self.key("seq")) or 0)
        self.expect(sequence == expected - 1, f"seq is {sequence}, the last event {expected - 1}")
        return picture

    def apply(self, picture, sequence, entry):
        kept = {
            "order": picture.orders, "account": picture.accounts, "position": picture.positions,
            "instrument": picture.instruments, "market": picture.markets,
            "throttle": picture.throttles,
        }
        for name, fields in entry["sections"]:
            if name in kept:
                kept[name][fields["id"]] = fields["record"]
            elif name == "trade":
                picture.trades.append((sequence, fields))
            elif name == "level" and fields["book"] == records.LIT:
                side = picture.levels.setdefault((entry["symbol"], fields["side"]), {})
                side[fields["price"]] = (fields["quantity"], fields["count"])
                if fields["quantity"] == 0:
                    del side[fields["price"]]
            elif name == "ledger":
                self.apply_ledger(picture, sequence, fields)
            elif name == "key":
                self.apply_key(picture, fields)

    def apply_key(self, picture, fields):
        picture.keys[fields["id"]] = fields["record"]
        key = records.key(fields["record"])
        if key["kind"] == records.SESSION and key["revoked_at"]:
            del picture.keys[fields["id"]]

    def apply_ledger(self, picture, sequence, entry):
        account = entry["account"]
        picture.balances[account] += entry["amount"]
        self.expect(
            picture.balances[account] == entry["balance_after"],
            f"event {sequence}: account {account}'s ledger sums to {picture.balances[account]}, "
            f"but says {entry['balance_after']}")
        if entry["type"] in (DEPOSIT, WITHDRAWAL, ADJUSTMENT):
            picture.paid_in += entry["amount"]
            picture.shares[entry["symbol"]] += entry["quantity"]

    def compare_records(self):
        for name in (
                "orders", "accounts", "positions", "instruments", "market", "keys", "throttles"):
            folded = getattr(self.picture, "markets" if name == "market" else name)
            stored = {
                key.decode(): value for key, value in self.redis.hash(self.key(name)).items()}
            for key in folded.keys() | stored.keys():
                self.expect(
                    folded.get(key) == stored.get(key),
                    f"{name}: {key} differs between the events and the record")

    # The sums.

    def check_trades(self):
        filled, amounts, fees = Counter(), Counter(), Counter()
        last = (0, -1)
        for sequence, trade in self.picture.trades:
            here = (sequence, trade["index"])
            self.expect(last < here, f"trade {here} stands after {last}")
            last = here
            for side in ("buy", "sell"):
                name = trade[f"{side}_order_id"]
                record = self.orders.get(name)
                self.check_price(here, side, trade, record)
                # A container's fills are its children's.
                rolls_up = record and record["flags"] & records.ROLLS_UP
                for owner in (name, parent_of(name)) if rolls_up else (name,):
                    filled[owner] += trade["quantity"]
                    amounts[owner] += trade["amount"]
                    fees[owner] += trade[f"{side}_fee"]
        for name, record in self.orders.items():
            for label, counted in (("filled", filled), ("amount", amounts), ("fee", fees)):
                self.expect(
                    record[label] == counted[name],
                    f"order {name}: {label} is {record[label]}, its trades sum to {counted[name]}")

    def check_price(self, here, side, trade, record):
        if record is None:
            self.problem(f"trade {here} names an unknown order")
            return
        self.expect(record["symbol"] == trade["symbol"], f"trade {here} mixes symbols")
        # An amended limit is the newest one only; a market order's is its protection price.
        if record["status"] in records.OPEN_STATUSES:
            limit = limit_of(record)
            worse = trade["price"] > limit if side == "buy" else trade["price"] < limit
            changed = record["last_seq"] > here[0]
            self.expect(changed or not worse, f"trade {here} is worse than its {side} limit")

    def check_orders(self):
        for name, record in self.orders.items():
            is_open = record["status"] in records.OPEN_STATUSES
            self.expect(
                0 <= record["filled"] <= record["quantity"],
                f"order {name}: filled {record['filled']} of {record['quantity']}")
            # Editing the quantity down to what is filled ends an order, whichever word that has.
            is_whole = record["filled"] == record["quantity"]
            self.expect(
                not is_open if is_whole else record["status"] != records.FILLED,
                f"order {name}: status {record['status']}, filled {record['filled']} of "
                f"{record['quantity']}")
            self.expect(
                is_open == (record["closed_at"] == 0), f"order {name}: closed_at contradicts status")

    def check_holds(self):
        cash, shares, buying = Counter(), Counter(), Counter()
        for name, record in self.orders.items():
            need = self.needed(name, record, working(record))
            self.expect(
                record["hold"] == need, f"order {name} holds {record['hold']}, needs {need}")
        for (account, symbol), charged in charges(self.orders):
            cash[account] += charged.cash
            shares[f"{account}:{symbol}"] += charged.shares
            buying[f"{account}:{symbol}"] += charged.buying
        for name, record in self.accounts.items():
            self.expect(
                record["held"] == cash[name],
                f"account {name} holds {record['held']}, its orders {cash[name]}")
        for name, record in self.positions.items():
            self.expect(
                record["held"] == shares[name] and record["open_buy"] == buying[name],
                f"position {name}: held {record['held']}, open_buy {record['open_buy']}, its "
                f"orders {shares[name]}, {buying[name]}")

    def needed(self, name, record, leaves):
        """What an order that works with so much must hold; orders with fees are judged by the
        model, which knows them."""
        if record["side"] == records.SELL or leaves == 0:
            return leaves
        listed = self.instruments[record["symbol"]]
        account = self.accounts[name.split("-", 1)[0]]
        fees = [
            listed[side] if account[side] < 0 else account[side]
            for side in ("maker_bps", "taker_bps")]
        if any(fees):
            return record["hold"]
        exponent = listed["price_scale"] + listed["quantity_scale"] - listed["money_scale"]
        product = limit_of(record) * leaves
        return -(-product // 10**exponent) if exponent >= 0 else product * 10**-exponent

    def check_books(self):
        expected, totals = defaultdict(dict), defaultdict(dict)
        for name, record in self.orders.items():
            if not is_resting(record):
                continue
            place = (record["book"], record["symbol"], record["side"])
            member = b"%016d%s" % (record["book_seq"], name.encode())
            sign = -1 if record["side"] == records.BUY else 1
            expected[place][member] = sign * record["price"]
            quantity, count = totals[place].get(record["price"], (0, 0))
            totals[place][record["price"]] = (quantity + visible(record), count + 1)
        for symbol in self.instruments:
            for book in (records.LIT, records.INTERNAL):
                for side in (records.BUY, records.SELL):
                    place = (book, symbol, side)
                    self.check_side(place, expected[place], totals[place])
            bids, asks = (totals[records.LIT, symbol, side] for side in (1, 2))
            crossed = bids and asks and max(bids) >= min(asks)
            self.expect(not crossed, f"{symbol}'s book is crossed")

    def check_side(self, place, members, totals):
        book, symbol, side = place
        letter = "b" if side == records.BUY else "s"
        name = "book" if book == records.LIT else "dark"
        flat = self.redis.call("ZRANGE", self.key(name, symbol, letter), 0, -1, "WITHSCORES")
        stored = {member: int(score) for member, score in zip(flat[::2], flat[1::2])}
        self.expect(stored == members, f"{symbol} {name} {letter}: not the open orders")
        if book != records.LIT:
            return
        levels = self.redis.hash(self.key("levels", symbol, letter))
        kept = {int(price): records.level(packed) for price, packed in levels.items()}
        self.expect(
            kept == totals, f"{symbol} {letter}: the level totals are not the sum of the orders")
        told = self.picture.levels.get((symbol, side), {})
        self.expect(told == totals, f"{symbol} {letter}: the levels told are not the orders' sums")

    def check_sums(self):
        for name, record in self.accounts.items():
            self.expect(
                record["balance"] == self.picture.balances[name],
                f"account {name}: balance {record['balance']}, its ledger sums to "
                f"{self.picture.balances[name]}")
            lends = record["multiple"] > records.CASH_ONLY
            self.expect(
                0 <= record["held"] and (lends or record["held"] <= record["balance"]),
                f"account {name} holds more than it has")
        fees = sum(int(value) for value in self.redis.hash(self.key("fees")).values())
        cash = sum(record["balance"] for record in self.accounts.values())
        self.expect(
            cash + fees == self.picture.paid_in,
            f"all cash is {cash} and fees {fees}, but {self.picture.paid_in} was paid in")
        owned = Counter()
        for name, record in self.positions.items():
            owned[name.split(":", 1)[1]] += record["quantity"]
        for symbol in owned.keys() | self.picture.shares.keys() - {""}:
            self.expect(
                owned[symbol] == self.picture.shares[symbol],
                f"{symbol}: positions sum to {owned[symbol]}, {self.picture.shares[symbol]} "
                "were put in")
