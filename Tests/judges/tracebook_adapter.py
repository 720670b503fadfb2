"""Our side of tracebook's protocol: its order events become calls of /api/v1, one host for all.

    cd Tests && python -m judges.tracebook_adapter http://127.0.0.1:PORT [--round]

It speaks JSON lines on standard input and output, so tracebook's own command can run it too. Every
run has instruments of its own, which no other run's orders touch.

What the two call differently, and how it is said here:
- An *owner* is an account where self-trade prevention is on. Where it is off, own orders trade with
  each other, which ours never do: then each order belongs to an account of its own, and its owner
  stands in its tag.
- *replace* always costs the place. An amend that would keep it becomes a cancel and a new order.
- *reduce* is an amend to a lower total; what takes all that is left is a cancel.
- An order id may come again once its order has ended; a client_order_id may not, so that a number is
  added to it.
- A market order that meets nobody is refused here (422) and taken there; nothing comes of either.
- `--round` puts prices on the instrument's grid, which the API refuses to do for its clients.
"""

import itertools
import sys
import uuid
from decimal import ROUND_HALF_EVEN, Decimal

from oes.rest import Api
from tracebook.conformance import (
    BookSnapshot, BookState, EngineMetadata, Observation, Outcome, RestingOrder, TradeFill,
    canonical_decimal, serve_stdio)
from tracebook.core.order import OrderSide, OrderType, SelfTradePolicy

SCALE = 9  # The most that an instrument may have; tracebook halves quantities again and again.
OPEN = "new,partially_filled"
MODES = {SelfTradePolicy.CANCEL_RESTING: "cancel_oldest"}  # cancel_newest is what holds unasked.
NOBODY_THERE = {"no_liquidity", "no_reference_price"}
REASONS = {
    "unknown_order": "ORDER_NOT_ACTIVE", "order_closed": "ORDER_NOT_ACTIVE",
    "not_found": "ORDER_NOT_ACTIVE", "duplicate_client_order_id": "DUPLICATE_ORDER_ID",
}


class Refused(Exception):
    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason


class Accounts:
    """Accounts rich enough that cash and shares never decide; made when they are needed, and found
    again by the next run."""

    NAME = "tracebook"

    def __init__(self, api):
        self.api = api
        self.pool = [
            account["account_id"] for account in everything(api, "/api/v1/accounts?limit=1000")
            if account["name"] == self.NAME]
        self.owners = {}

    def of_owner(self, owner):
        if owner not in self.owners:
            self.owners[owner] = self.unlike(self.owners.values())
        return self.owners[owner]

    def unlike(self, taken):
        """An account that isn't one of these."""
        taken = set(taken)
        for account in self.pool:
            if account not in taken:
                return account
        made = self.api.post("/api/v1/accounts", {
            "name": self.NAME, "initial_balance": "1000000000"})["account_id"]
        self.api.expect("PATCH", f"/api/v1/accounts/{made}", {"short_limit": str(10**15)})
        self.pool.append(made)
        return made


class Adapter:
    metadata = EngineMetadata("oes", "1", "Swift")

    def __init__(self, config, url, rounds_prices):
        if config.matching_algorithm != "fifo":
            raise ValueError("there is one allocation here: price, then time")
        self.api = Api(url)
        self.accounts = Accounts(self.api)
        self.policy = SelfTradePolicy(config.self_trade_policy)
        self.tick = Decimal(canonical_decimal(config.tick_size))
        self.rounds_prices = rounds_prices
        self.run = uuid.uuid4().hex[:8].upper()
        self.symbols = {}  # theirs → ours
        self.orders = {}  # (their symbol, their id) → our newest order under that name
        self.places = {}  # our order id → a number that grows in the order of the queue
        self.numbers = itertools.count(1)

    # One event.

    def apply(self, event, index):
        trades = []
        try:
            trades = getattr(self, event.op)(event) or []
            outcome = Outcome("applied")
        except Refused as refusal:
            outcome = Outcome("rejected", refusal.reason, str(refusal))
        state = self.snapshot()
        return Observation(index, outcome, tuple(trades), state.digest(), state.order_count)

    def new(self, event):
        self.list_symbol(event.symbol)
        active = self.resting(event.symbol)
        name = (event.symbol, event.order_id)
        if self.orders.get(name) in active:
            self.repeat(active[self.orders[name]], event)
        taken = {order["account_id"] for order in active.values()}
        account = (
            self.accounts.unlike(taken) if self.policy == SelfTradePolicy.NONE
            else self.accounts.of_owner(event.owner))
        return self.place(event, account, event.owner)

    def place(self, event, account, owner):
        client_id = f"{self.run}.{event.order_id}.{next(self.numbers)}"
        order_type = OrderType(event.order_type)
        body = {
            "account_id": account, "side": "buy" if event.side == OrderSide.BUY else "sell",
            "symbol": self.symbols[event.symbol], "quantity": canonical_decimal(event.quantity),
            "order_type": "market" if order_type == OrderType.MARKET else "limit",
            "client_order_id": client_id, "tag": str(owner)}
        if order_type == OrderType.MARKET:
            body["time_in_force"] = "ioc"
        else:
            body["price"] = self.price(event.price)
            body["time_in_force"] = {
                OrderType.IOC: "ioc", OrderType.FOK: "fok"}.get(order_type, "gtc")
        if self.policy in MODES:
            body["stp_mode"] = MODES[self.policy]
        answer = self.api.call("POST", "/api/v1/orders", body)
        if answer.status == 422 and order_type == OrderType.MARKET:
            if answer.body["code"] in NOBODY_THERE:
                return []
        report = accepted(answer)
        self.orders[event.symbol, event.order_id] = report["order_id"]
        self.places[report["order_id"]] = next(self.numbers)
        return self.trades(event.symbol, report)

    def repeat(self, order, event):
        """Their id of an open order: the same client_order_id again, which must place nothing."""
        answer = self.api.call("POST", "/api/v1/orders", {
            "account_id": order["account_id"], "client_order_id": order["client_order_id"],
            "side": "buy" if event.side == OrderSide.BUY else "sell", "order_type": "limit",
            "symbol": order["symbol"], "price": self.price(event.price),
            "quantity": canonical_decimal(event.quantity), "time_in_force": "gtc",
            "tag": order["tag"]})
        if answer.status == 200 and answer.body["exec_id"] is None:
            raise Refused("DUPLICATE_ORDER_ID", "the same request, answered with its order")
        accepted(answer)
        raise AssertionError(f"a client_order_id was taken twice: {answer.text}")

    def cancel(self, event):
        accepted(self.api.call("DELETE", self.path(event)))

    def reduce(self, event):
        order = accepted(self.api.call("GET", self.path(event)))
        less = Decimal(canonical_decimal(event.quantity))
        if less == Decimal(order["remaining_quantity"]):
            return self.cancel(event)
        report = accepted(self.api.call("PATCH", self.path(event), {
            "quantity": plain(Decimal(order["quantity"]) - less)}))
        assert report["priority_kept"], f"a smaller quantity costs the place: {report}"
        return []

    def replace(self, event):
        order = accepted(self.api.call("GET", self.path(event)))
        old_price, left = Decimal(order["price"]), Decimal(order["remaining_quantity"])
        price = old_price if event.price is None else Decimal(self.price(event.price))
        quantity = (
            left if event.quantity is None else Decimal(canonical_decimal(event.quantity)))
        if left and price == old_price and quantity <= left:
            return self.replace_by_two(event, order, price, quantity)
        report = accepted(self.api.call("PATCH", self.path(event), {
            "price": plain(price),
            "quantity": plain(Decimal(order["filled_quantity"]) + quantity)}))
        assert not report["priority_kept"], f"the place should be lost: {report}"
        self.places[report["order_id"]] = next(self.numbers)
        return self.trades(event.symbol, report)

    def replace_by_two(self, event, order, price, quantity):
        self.cancel(event)
        again = type(event)(
            op="new", symbol=event.symbol, order_id=event.order_id, price=float(price),
            side=OrderSide.BUY if order["side"] == "buy" else OrderSide.SELL,
            quantity=float(quantity), owner=int(order["tag"]))
        return self.place(again, order["account_id"], order["tag"])

    def clear(self, event):
        self.list_symbol(event.symbol)
        answer = self.api.post(
            "/api/v1/orders/cancel-all", {"symbol": self.symbols[event.symbol]})
        assert answer["failed"] == 0, answer

    # What it needs.

    def list_symbol(self, symbol):
        if symbol in self.symbols:
            return
        name = f"T{self.run}.{len(self.symbols)}"
        self.api.post("/api/v1/instruments", {
            "symbol": name, "name": symbol, "asset_type": "stocks", "currency": "USD",
            "price_scale": max(0, -self.tick.as_tuple().exponent), "quantity_scale": SCALE,
            "tick_size": plain(self.tick), "lot_size": plain(Decimal(1).scaleb(-SCALE)),
            "price_band_bps": 5000})
        self.symbols[symbol] = name

    def price(self, value):
        price = Decimal(canonical_decimal(value))
        if self.rounds_prices:
            price = (price / self.tick).to_integral_value(ROUND_HALF_EVEN) * self.tick
        return plain(price)

    def path(self, event):
        """Of an order that may never have been: then of one that nobody has placed."""
        known = self.orders.get((event.symbol, event.order_id))
        return f"/api/v1/orders/{known or f'1-{self.run}.{event.order_id}.0'}"

    def trades(self, symbol, report):
        """What the call that this report answers has traded, in its order."""
        if Decimal(report["cum_qty"]) == 0:
            return []
        page = self.api.get(
            f"/api/v1/executions?symbol={self.symbols[symbol]}&from_seq={report['event_seq']}"
            "&limit=1000")
        assert not page["has_more"], "one event's executions fill a page"
        parties = {}  # trade id → side → its step, in the order of the trades
        for step in page["items"]:
            if step["exec_type"] == "trade" and step["event_seq"] == report["event_seq"]:
                parties.setdefault(step["trade_id"], {})[step["side"]] = step
        return [fill(symbol, sides["buy"], sides["sell"]) for sides in parties.values()]

    def resting(self, symbol):
        path = f"/api/v1/orders?symbol={self.symbols[symbol]}&status={OPEN}&limit=1000"
        return {order["order_id"]: order for order in everything(self.api, path)}

    def snapshot(self):
        return BookState(tuple(self.book(symbol) for symbol in sorted(self.symbols)))

    def book(self, symbol):
        sides = {"buy": [], "sell": []}
        for name, order in self.resting(symbol).items():
            price = Decimal(order["price"])
            key = (-price if order["side"] == "buy" else price, self.places[name])
            sides[order["side"]].append((key, RestingOrder(
                theirs(name), canonical_decimal(price),
                canonical_decimal(order["remaining_quantity"]), int(order["tag"]))))
        bids, asks = (
            tuple(order for _, order in sorted(side, key=lambda entry: entry[0]))
            for side in sides.values())
        return BookSnapshot(symbol, bids, asks)

    def close(self):
        for name in self.symbols.values():
            self.api.post("/api/v1/orders/cancel-all", {"symbol": name})
        self.api.close()


def accepted(answer):
    """The body of a success; what the API refused is refused in their words."""
    if 200 <= answer.status < 300:
        return answer.body
    if answer.status >= 500:
        raise AssertionError(f"{answer.status}: {answer.text}")
    code = answer.body["code"]
    raise Refused(REASONS.get(code, "INVALID_ORDER"), f"{code}: {answer.body['message']}")


def fill(symbol, bought, sold):
    """One trade, of which both sides must say the same."""
    price, quantity = (canonical_decimal(bought[name]) for name in ("last_px", "last_qty"))
    assert (price, quantity) == tuple(
        canonical_decimal(sold[name]) for name in ("last_px", "last_qty"))
    return TradeFill(
        symbol, theirs(bought["order_id"]), theirs(sold["order_id"]), price, quantity)


def everything(api, path):
    token = ""
    while token is not None:
        page = api.get(path + (f"&page_token={token}" if token else ""))
        yield from page["items"]
        token = page["next_page_token"]


def plain(number):
    return format(number.normalize(), "f")


def theirs(order_id):
    """Their number of an order, from our id: ACCOUNT-RUN.NUMBER.COUNT."""
    return int(order_id.split(".")[1])


def main():
    url, *options = sys.argv[1:]
    return serve_stdio(lambda config: Adapter(config, url, "--round" in options))


if __name__ == "__main__":
    sys.exit(main())
