"""No notification is lost when the host, or the host and its Redis, are killed at any moment; and who drops
repeated ids sees each exactly once."""

import random
import threading
import time

import pytest

from live.client import Client
from live.conftest import stop_cleanly
from live.servers import Receiver
from live.test_delivery import hook
from live.test_notifiers import with_notifiers
from oes import records
from oes.host import wait_until
from oes.redis import Redis

TOLD = {"order", "trade", "instrument", "bust"}
PREFIX = "oes:{0}"


class Trader(threading.Thread):
    """Places orders that trade, whoever answers; only what was answered for certain is counted."""

    def __init__(self, url, seed):
        super().__init__()
        self.url, self.numbers = url, random.Random(seed)
        self.done = threading.Event()
        self.placed = []

    def run(self):
        count = 0
        while not self.done.is_set():
            count += 1
            try:
                with Client(self.url) as client:
                    while not self.done.is_set():
                        count += 1
                        self.place(client, count)
            except OSError:
                time.sleep(0.01)

    def place(self, client, count):
        side = self.numbers.choice(["buy", "sell"])
        price = f"{100 + self.numbers.randint(-2, 2)}.00"
        answer = client.try_order(
            self.numbers.choice("12"), side, "AAPL", self.numbers.randint(1, 5), price,
            client_order_id=f"kill-{count}")
        if answer.status_code == 200:
            self.placed.append(answer.json()["id"])


def expected(redis, after):
    """The ids of all notifications that the stream's events after a sequence make."""
    ids = []
    for name, (_, data) in redis.call("XRANGE", f"{PREFIX}:events", f"({after}-0", "+"):
        sequence = int(name.split(b"-")[0])
        sections = records.event(data)["sections"]
        ids += [f"{sequence}-{place}" for place, (kind, _) in enumerate(sections) if kind in TOLD]
    return ids


@pytest.mark.parametrize("with_redis,rounds,seed", [(False, 14, 1), (True, 6, 2)],
                         ids=["host", "host-and-redis"])
def test_each_notification_arrives(make_host, with_redis, rounds, seed):
    numbers = random.Random(seed)
    with Receiver() as receiver:
        host = make_host(plugins=with_notifiers(hook("office", receiver.url))).start()
        with Client(host.url) as client:
            began = client.get("/api/status")["seq"]
        trader = Trader(host.url, seed)
        trader.start()
        try:
            for _ in range(rounds):
                time.sleep(numbers.uniform(0.05, 1.0))
                host.kill_all() if with_redis else host.kill_host()
                host.start()
        finally:
            trader.done.set()
            trader.join()
        with Redis(host.redis_socket()) as redis:
            told = expected(redis, began)
            assert len(told) > 200, "too little happened"
            wait_until(
                lambda: set(told) <= {event["id"] for event in receiver.taken()}, 60,
                "every notification")
            assert redis.call("XLEN", f"{PREFIX}:letters:office") == 0
        stop_cleanly(host)
    came = [event["id"] for event in receiver.taken()]
    seen = list(dict.fromkeys(came))
    assert seen == told, "each once, in order, to who drops repeats"
    assert len(came) - len(seen) < len(seen), "repeats are the exception"
    orders = {event["order"]["order_id"] for event in receiver.taken() if "order" in event}
    assert set(trader.placed) <= orders, "an acknowledged order's notification is missing"
