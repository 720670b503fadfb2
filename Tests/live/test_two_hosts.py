"""Two hosts on one Redis take one stream of commands, of every kind of order that is loaded; one of
them may be killed in the middle. What was acknowledged is there, once; all sums hold."""

import random
from decimal import Decimal

import pytest

from live.kinds import KINDS, Offer
from live.servers import RedisServer
from live.stream import Stream
from live.v1 import V1
from oes.host import wait_until
from oes.verify import Verifier

CASH, SHARES = 1_000_000, 5_000
QUIET = 10


class Pair:
    """A Redis and two hosts on it."""

    def __init__(self, make_host, redis):
        self.redis = redis
        self.hosts = [make_host(env=redis.settings()).start() for _ in range(2)]
        with V1(self.hosts[0].url) as client:
            self.offer = Offer.of(client)

    def unfinished(self):
        """Keys of work that a call has left to the next."""
        with self.redis.connect() as redis:
            return [key for kind in ("work", "points")
                    for key in redis.call("KEYS", f"oes:{{0}}:{kind}:*")]

    def verify(self):
        """The invariants on everything in Redis, at a moment when nobody writes."""
        with self.redis.connect() as redis:
            while True:
                before = redis.call("GET", "oes:{0}:seq")
                problems = Verifier(redis).run()
                if redis.call("GET", "oes:{0}:seq") == before:
                    return problems


class Scene:
    """A symbol of its own on a pair of hosts, with four accounts that may do everything."""

    def __init__(self, pair, symbol):
        self.pair, self.symbol = pair, symbol
        with V1(pair.hosts[0].url) as client:
            client.instrument(symbol)
            self.accounts = [client.account(f"Two {number}", CASH) for number in range(4)]
            for account in self.accounts:
                client.give_shares(account, symbol, SHARES)
            self.make_market(client)
        self.sums = self.count()

    def make_market(self, client):
        """A last price and something on both sides, in accounts that the stream doesn't use."""
        self.makers = [client.account(f"Market {side}", CASH) for side in ("sell", "buy")]
        client.give_shares(self.makers[0], self.symbol, SHARES)
        for prices, quantity in ((("100.00", "100.00"), 1), (("101.00", "99.00"), 1_000)):
            for account, side, price in zip(self.makers, ("sell", "buy"), prices):
                client.place(
                    account, side, self.symbol, quantity, price, time_in_force="gtc")

    def stream(self, kinds):
        return Stream([host.url for host in self.pair.hosts], self.accounts, self.symbol, kinds)

    def count(self):
        """All cash of the accounts, and all shares of the symbol."""
        with V1(self.pair.hosts[0].url) as client:
            cash = shares = Decimal(0)
            for account in self.accounts + self.makers:
                cash += client.balance(account)[0]
                position = client.position(account, self.symbol)
                shares += Decimal(position["quantity"]) if position else 0
        return cash, shares

    def view(self, host):
        """What a host shows of everything that the stream touches."""
        with V1(host.url) as client:
            return [
                [client.balance(account) for account in self.accounts + self.makers],
                [client.position(account, self.symbol) for account in self.accounts + self.makers],
                {order["order_id"]: order
                 for order in client.pages("/api/v1/orders", symbol=self.symbol, limit=1000)},
                client.book(self.symbol), client.book(self.symbol, internal=True),
                client.pages(f"/api/v1/market/{self.symbol}/trades", limit=1000)]

    def judge(self, stream):
        """Both hosts show the same, all that was told, and the sums and records hold."""
        assert stream.problems == []
        assert set(stream.statuses) <= {200, 409, 422}, stream.statuses
        wait_until(lambda: not self.pair.unfinished(), QUIET, "the end of unfinished work")
        self.calm()
        wait_until(
            lambda: self.view(self.pair.hosts[0]) == self.view(self.pair.hosts[1]), QUIET,
            "two hosts that show the same")
        assert list(self.losses(stream)) == []
        assert self.count() == self.sums
        assert self.pair.verify() == []

    def calm(self):
        """Orders that go on by themselves are ended, so that nothing moves while it is compared."""
        with V1(self.pair.hosts[0].url) as client:
            for order in client.pages("/api/v1/orders", symbol=self.symbol, limit=1000):
                if order["order_type"] == "twap" and order["closed_at"] is None:
                    client.end(order["order_id"])

    def losses(self, stream):
        """What isn't there as it was told, or happened twice."""
        with V1(self.pair.hosts[0].url) as client:
            stored = {
                order["order_id"]: order
                for order in client.pages("/api/v1/orders", symbol=self.symbol, limit=1000)}
            for told in stream.told:
                if told.order is None:
                    continue
                order = stored.get(told.order)
                if order is None:
                    yield f"{told.order} was acknowledged and is gone"
                    continue
                if Decimal(order["filled_quantity"]) < told.filled:
                    yield f"{told.order}: fills that were acknowledged are gone"
                if told.is_cancelled and order["status"] != "cancelled":
                    yield f"{told.order} is {order['status']}, its cancel was acknowledged"
                if told.fires_once:
                    fired = sum(step["exec_type"] == "triggered"
                                for step in client.get(f"/api/v1/orders/{told.order}")["history"])
                    if fired > 1:
                        yield f"{told.order} was triggered {fired} times"


@pytest.fixture(scope="module")
def pair(make_host, tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as redis:
        pair = Pair(make_host, redis)
        yield pair
        for host in pair.hosts:
            assert host.stop() == 0, host.output()
        assert pair.verify() == []


@pytest.fixture
def scene(pair, numbers):
    return Scene(pair, f"TWO{next(numbers)}")


@pytest.mark.parametrize("name", KINDS)
def test_each_kind(pair, numbers, name):
    lacks = pair.offer.lacks(KINDS[name])
    if lacks:
        pytest.skip(f"{lacks} isn't there")
    scene = Scene(pair, f"TWO{next(numbers)}")
    # Limit orders beside it, so that there is something to trade with.
    stream = scene.stream([KINDS[name], KINDS["limit"]])
    stream.run(50)
    assert stream.statuses.get(200, 0) > 80, stream.statuses
    scene.judge(stream)


def test_all_kinds_together(scene):
    stream = scene.stream(scene.pair.offer.kinds())
    stream.run(250)
    scene.judge(stream)


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(3))
def test_a_host_that_is_killed_takes_nothing_with_it(scene, seed):
    doomed = random.Random(seed).choice(scene.pair.hosts)
    stream = scene.stream(scene.pair.offer.kinds())
    stream.run(150, seed, meanwhile=doomed.kill_host)
    # The other one finishes what the dead one began, without its help.
    wait_until(lambda: not scene.pair.unfinished(), QUIET, "the end of unfinished work")
    doomed.start()
    stream.run(50, f"{seed} again")
    scene.judge(stream)


def test_every_loaded_type_is_in_the_table(pair):
    assert pair.offer.order_types <= {kind.order_type for kind in KINDS.values()}
    assert pair.offer.times_in_force <= {kind.time_in_force for kind in KINDS.values()}
