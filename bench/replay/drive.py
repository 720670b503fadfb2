"""Sends the commands and keeps what the host said of each: the acknowledgements to be held to."""

import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from .pipeline import Pipeline
from .record import CANCEL, CHANGE, FILLED, MARKET, NEW, REFUSED

CLOSED = ("filled", "cancelled", "rejected", "expired")


@dataclass(slots=True)
class Told:
    """The last that the host said of an order."""

    order_id: str
    account: str
    quantity: Decimal
    status: str = "sent"
    filled: Decimal = Decimal(0)
    reason: str = ""


@dataclass
class Outcome:
    sent: Counter = field(default_factory=Counter)
    rejects: Counter = field(default_factory=Counter)  # (command, reason code)
    expected: Counter = field(default_factory=Counter)  # refusals that the record explains
    errors: list = field(default_factory=list)
    orders: dict = field(default_factory=dict)  # the record's id → Told
    answered: int = 0
    seconds: float = 0.0
    latencies: list = field(default_factory=list)


class Driver:
    def __init__(self, url, symbol, buyers, sellers, *, window, speed=None, refused_as="internal"):
        self.pipeline = Pipeline(url, window)
        self.symbol = symbol
        self.accounts = {True: buyers, False: sellers}
        self.speed = speed
        self.refused_as = refused_as
        self.outcome = Outcome()

    def run(self, commands, progress):
        """Everything in `commands`, in order; returns when all has been answered."""
        send = {
            NEW: self.send_new, CANCEL: self.send_cancel,
            CHANGE: self.send_change, FILLED: self.send_filled,
        }
        began = time.perf_counter()
        first = commands[0].row.millis if commands else 0
        for index, command in enumerate(commands):
            if self.speed:
                self.wait_for(began, (command.row.millis - first) / 1000 / self.speed)
            send[command.what](command)
            if index & 0xff == 0:
                progress.show(index)
        self.pipeline.drain()
        outcome = self.outcome
        outcome.seconds += time.perf_counter() - began
        outcome.latencies = self.pipeline.latencies
        outcome.answered = self.pipeline.answered
        return outcome

    def wait_for(self, began, due):
        """Until `due` seconds after the start; answers are taken meanwhile."""
        while True:
            left = began + due - time.perf_counter()
            if left <= 0:
                return
            self.pipeline.flush()
            self.pipeline.take_what_came()
            time.sleep(min(left, 0.002))

    # One function a kind of command.

    def send_new(self, command):
        row, outcome = command.row, self.outcome
        accounts = self.accounts[row.is_bid]
        account = accounts[len(outcome.orders) % len(accounts)]
        order = Told(f"{account}-{row.id}", account, row.volume)
        outcome.orders[row.id] = order
        outcome.sent["new"] += 1
        body = self.body_of(command)

        def answered(status, text):
            self.take_order(order, "new", status, text)

        self.pipeline.send(b"POST", f"/api/accounts/{account}/orders/direct", body, answered)

    def body_of(self, command):
        row = command.row
        fields = {
            "type": "buy" if row.is_bid else "sell", "symbol": self.symbol,
            "quantity": format(row.volume, "f"), "client_order_id": row.id,
        }
        if command.kind == MARKET:
            fields |= {"order_type": "market", "tif": "ioc"}
        else:
            fields |= {"order_type": "limit", "tif": "gtc", "price": format(row.price, "f")}
        if command.kind == REFUSED and self.refused_as == "internal":
            fields["internal"] = True
        return json.dumps(fields).encode()

    def send_cancel(self, command):
        order = self.outcome.orders[command.row.id]
        self.outcome.sent["cancel"] += 1

        def answered(status, text):
            if status == 200:
                order.status = "cancelled"
            elif order.status in CLOSED and status in (404, 409):
                # It ended before: traded here, or refused. The record can't know.
                self.outcome.expected[f"cancel of an order that is {order.status}"] += 1
            elif status == 409:
                self.outcome.expected["cancel of an order that traded here"] += 1
                order.status = "closed"
            else:
                self.refusal("cancel", order, status, text)

        self.pipeline.send(b"POST", f"/api/orders/{order.order_id}/cancel", None, answered)

    def send_change(self, command):
        """Amends where more is left here than there; less means that it has traded here."""
        order = self.outcome.orders[command.row.id]
        current = self.look(order)
        if current is None or current["status"] in CLOSED:
            return
        left = Decimal(current["remaining_quantity"])
        if left <= command.row.volume:
            return
        wanted = Decimal(current["filled_quantity"]) + command.row.volume
        self.outcome.sent["amend"] += 1

        def answered(status, text):
            if status == 200:
                order.quantity = wanted
                changed = json.loads(text, parse_float=Decimal, parse_int=Decimal)["order"]
                order.status, order.filled = changed["status"], Decimal(changed["filled_quantity"])
            else:
                self.refusal("amend", order, status, text)

        body = json.dumps({"quantity": format(wanted, "f")}).encode()
        self.pipeline.send(b"POST", f"/api/orders/{order.order_id}/edit", body, answered)
        self.pipeline.drain()

    def send_filled(self, command):
        """There the order is filled; where it isn't here, it leaves by a cancel."""
        order = self.outcome.orders[command.row.id]
        current = self.look(order)
        if current is not None and current["status"] not in CLOSED:
            self.send_cancel(command)

    def look(self, order):
        """The order as it stands, after everything sent so far."""
        status, text = self.pipeline.ask(b"GET", f"/api/orders/{order.order_id}")
        self.outcome.sent["look"] += 1
        if status != 200:
            if order.status != "refused":
                self.refusal("look", order, status, text)
            return None
        current = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        order.status, order.filled = current["status"], Decimal(current["filled_quantity"])
        return current

    # Answers.

    def take_order(self, order, command, status, text):
        if status not in (200, 201):
            self.refusal(command, order, status, text)
            return
        answer = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        if answer["order_id"] != order.order_id:
            self.error(f"{command}: {order.order_id} was answered as {answer['order_id']}")
        order.status, order.filled = answer["status"], Decimal(answer["filled_quantity"])

    def refusal(self, command, order, status, text):
        try:
            code = json.loads(text)["code"]
        except (ValueError, KeyError, TypeError):
            code = f"status {status} without a code"
        if status == 422:
            self.outcome.rejects[command, code] += 1
            if command == "new":
                order.status, order.reason = "rejected", code
        else:
            self.error(f"{command} {order.order_id}: {status} {code}")
            order.status = "refused"

    def error(self, text):
        self.outcome.errors.append(text)


class Progress:
    """A bar on a terminal, a line for each tenth elsewhere."""

    def __init__(self, total):
        self.total = max(total, 1)
        self.began = self.shown = time.monotonic()
        self.tenth = 0

    def show(self, done, last=False):
        now = time.monotonic()
        rate = done / max(now - self.began, 0.001)
        share = done / self.total
        if sys.stderr.isatty():
            if now - self.shown < 0.2 and not last:
                return
            self.shown = now
            bar = "#" * int(40 * share)
            left = (self.total - done) / max(rate, 1)
            print(f"\r[{bar:40}] {share:4.0%}  {rate:8,.0f}/s  {left:5.0f} s left ",
                  end="\n" if last else "", file=sys.stderr, flush=True)
        elif int(share * 10) > self.tenth or last:
            self.tenth = int(share * 10)
            print(f"{share:4.0%}  {done:,} commands, {rate:,.0f}/s", file=sys.stderr, flush=True)
