"""A load of orders and cancels from several threads, and the ledger of what they were told."""

import itertools
import random
import threading
from dataclasses import dataclass, field
from decimal import Decimal

import requests

from live.client import Client, exact

ENDED = ("filled", "cancelled", "rejected", "expired")


@dataclass
class Told:
    """The last acknowledgement of one order; `unsure` where a request had no answer since."""

    account: str
    body: dict
    order: dict | None = None
    is_cancelled: bool = False
    unsure: list = field(default_factory=list)


class Load:
    """Threads that place and cancel until stopped; a lost connection is part of the game."""

    def __init__(self, url, accounts, symbol, threads=4):
        self.url = url
        self.accounts = accounts
        self.symbol = symbol
        self.told = {}
        self.statuses = {}
        self.stopping = threading.Event()
        self.numbers = itertools.count(1)
        self.threads = [
            threading.Thread(target=self.work, args=(number,)) for number in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a client's thread hangs"

    def acknowledged(self):
        return sum(told.order is not None for told in list(self.told.values()))

    def work(self, seed):
        numbers, mine = random.Random(seed), []
        with Client(self.url) as client:
            while not self.stopping.is_set():
                try:
                    self.step(client, numbers, mine)
                except requests.RequestException:
                    # The host is away: a client would wait, and ask again by the same ids.
                    self.stopping.wait(0.02)

    def step(self, client, numbers, mine):
        if mine and numbers.random() < 0.35:
            self.cancel(client, mine.pop(numbers.randrange(len(mine))))
            return
        name = f"load{next(self.numbers)}"
        side = numbers.choice(["buy", "sell"])
        account = self.accounts[side][numbers.randrange(len(self.accounts[side]))]
        body = {
            "type": side, "symbol": self.symbol, "client_order_id": name,
            "quantity": numbers.randint(1, 9), "price": f"{numbers.randint(98, 102)}.00"}
        self.told[name] = told = Told(account, body)
        told.unsure.append("place")
        response = client.call("POST", f"/api/accounts/{account}/orders/direct", body)
        self.count(response)
        if response.status_code in (200, 201):
            told.order = exact(response)
            told.unsure.remove("place")
            mine.append(name)

    def cancel(self, client, name):
        told = self.told[name]
        told.unsure.append("cancel")
        response = client.cancel(told.order["id"])
        self.count(response)
        if response.status_code in (200, 409):
            told.unsure.remove("cancel")
            told.is_cancelled = response.status_code == 200

    def count(self, response):
        code = response.status_code
        self.statuses[code] = self.statuses.get(code, 0) + 1

    # The judgement.

    def problems(self, client):
        """What isn't there as it was acknowledged."""
        stored = {}
        for side in self.accounts.values():
            for account in side:
                stored |= every_order(client, account)
        for told in self.told.values():
            yield from self.order_problems(told, stored)

    def order_problems(self, told, stored):
        name = f"{told.account}-{told.body['client_order_id']}"
        order = stored.get(name)
        if order is None:
            if told.order is not None:
                yield f"{name} was acknowledged and is gone"
            return
        for field_name in ("quantity", "price"):
            if Decimal(order[field_name]) != Decimal(told.body[field_name]):
                yield f"{name}: {field_name} is {order[field_name]}"
        if told.order is not None and order["filled_quantity"] < told.order["filled_quantity"]:
            yield f"{name}: fills that were acknowledged are gone"
        if told.is_cancelled and order["status"] != "cancelled":
            yield f"{name} is {order['status']}, its cancel was acknowledged"
        if order["status"] == "cancelled" and not told.is_cancelled and not told.unsure:
            yield f"{name} is cancelled, and nobody asked"
        if told.order is not None and told.order["status"] in ENDED:
            if order["status"] != told.order["status"]:
                yield f"{name} is {order['status']}, acknowledged was {told.order['status']}"


def every_order(client, account):
    found, path = {}, f"/api/accounts/{account}/orders?limit=1000"
    while path:
        page = client.call("GET", path)
        assert page.status_code == 200, page.text
        found |= {order["id"]: order for order in exact(page)}
        following = page.links.get("next", {}).get("url")
        path = following.replace(client.url, "") if following else None
    return found
