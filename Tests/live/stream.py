"""One stream of commands through several hosts on one Redis, and what its senders were told.

Each thread draws its commands from a seed and sends each to any host, or the same to all of them at
once. A host that doesn't answer is passed over: the same request goes to another one, as a careful
client would do, so that every command is answered in the end.
"""

import itertools
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal

import requests

from live.client import exact
from live.v1 import V1

PATIENCE = 30
CHANCES = (("place", 45), ("place at all", 15), ("amend", 15), ("cancel", 15), ("cancel at all", 10))


@dataclass
class Told:
    """What its sender knows of an order."""

    body: dict
    order: str | None = None
    """Its id, once an answer had it."""
    filled: Decimal = Decimal(0)
    is_cancelled: bool = False
    fires_once: bool = False


@dataclass
class Stream:
    urls: list
    accounts: list
    symbol: str
    kinds: list
    threads: int = 4
    told: list = field(default_factory=list)
    statuses: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)

    def __post_init__(self):
        self.numbers = itertools.count(1)
        self.done = 0
        self.lock = threading.Lock()

    def run(self, commands, seed=1, meanwhile=None):
        """So many commands of each thread; `meanwhile` is called when half of all are answered."""
        before, total = self.done, commands * self.threads
        senders = [
            Sender(self, random.Random(f"{seed}.{number}")) for number in range(self.threads)]
        with ThreadPoolExecutor(self.threads) as pool:
            running = [pool.submit(sender.work, commands) for sender in senders]
            if meanwhile:
                while self.done - before < total // 2 and not all(it.done() for it in running):
                    time.sleep(0.005)
                meanwhile()
            for one in running:
                one.result()

    def count(self, status):
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1

    def problem(self, text):
        with self.lock:
            self.problems.append(text)


class Sender:
    """One thread's connections and orders."""

    def __init__(self, stream, numbers):
        self.stream = stream
        self.numbers = numbers
        self.clients = [V1(url) for url in stream.urls]
        self.mine = []

    def work(self, commands):
        with ThreadPoolExecutor(len(self.clients)) as self.pool:
            for _ in range(commands):
                self.step()
                with self.stream.lock:
                    self.stream.done += 1
        for client in self.clients:
            client.session.close()

    def step(self):
        names, weights = zip(*CHANCES)
        chosen = self.numbers.choices(names, weights)[0]
        if chosen.startswith("place") or not self.mine:
            return self.place(at_all=chosen == "place at all")
        told = self.numbers.choice(self.mine)
        if chosen == "amend":
            return self.amend(told)
        self.mine.remove(told)
        self.cancel(told, at_all=chosen == "cancel at all")

    # Commands.

    def place(self, at_all):
        stream = self.stream
        kind = self.numbers.choice(stream.kinds)
        body = kind.body(self.numbers, self.numbers.choice(stream.accounts), stream.symbol)
        body["client_order_id"] = f"s{next(stream.numbers)}"
        told = Told(body, fires_once=kind.fires_once)
        stream.told.append(told)
        answers = self.send("POST", "/api/v1/orders", body, at_all)
        seen = {
            (answer.status_code, exact(answer).get("order_id") or exact(answer)["code"])
            for answer in answers}
        if len(seen) != 1:
            stream.problem(f"one request, {body}, was answered as {seen}")
        for answer in answers:
            self.learn(told, answer)
        if told.order:
            self.mine.append(told)

    def amend(self, told):
        changes = {"quantity": str(self.numbers.randint(1, 12))}
        if "price" in told.body and self.numbers.random() < 0.5:
            changes["price"] = told.body["price"]
        (answer,) = self.send("PATCH", f"/api/v1/orders/{told.order}", changes)
        self.learn(told, answer)

    def cancel(self, told, at_all):
        answers = self.send("DELETE", f"/api/v1/orders/{told.order}", None, at_all)
        done = [answer for answer in answers if answer.status_code == 200]
        if len(done) > 1:
            self.stream.problem(f"{told.order} was cancelled {len(done)} times at once")
        for answer in answers:
            self.learn(told, answer)
        # Where a main order had ended, its children are cancelled and it stays as it was.
        told.is_cancelled = told.is_cancelled or any(
            exact(answer)["order_status"] == "cancelled" for answer in done)

    def learn(self, told, answer):
        if answer.status_code not in (200, 201):
            return
        report = exact(answer)
        told.order = report["order_id"]
        told.filled = max(told.filled, Decimal(report["cum_qty"]))

    # Sending.

    def send(self, method, path, body, at_all=False):
        """The answers: one, or of all hosts that gave one when it is sent to all at once."""
        if at_all:
            asked = [self.pool.submit(self.ask, client, method, path, body)
                     for client in self.clients]
            answers = [answer for answer in (one.result() for one in asked) if answer is not None]
            if answers:
                return answers
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for client in self.numbers.sample(self.clients, len(self.clients)):
                answer = self.ask(client, method, path, body)
                if answer is not None:
                    return [answer]
            time.sleep(0.02)
        raise AssertionError(f"no host answered {method} {path} within {PATIENCE} s")

    def ask(self, client, method, path, body):
        """None where there was no answer, or one that leaves open what came of it."""
        try:
            answer = client.call(method, path, body)
        except requests.RequestException:
            return None
        if answer.status_code == 503:
            return None
        self.stream.count(answer.status_code)
        return answer
