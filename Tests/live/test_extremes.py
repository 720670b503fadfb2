"""Orders at the edges: as many as a call may do and more, nobody to trade with, the smallest book,
the largest numbers, and families whose parts happen all at once. What isn't loaded is skipped."""

from decimal import Decimal

import pytest

from live.client import assert_error, exact
from live.kinds import Offer
from live.v1 import V1, body_of
from oes.host import wait_until
from oes.redis import Redis
from oes.verify import Verifier

# Matching alone: the shipped rules would refuse most of this long before.
ORDER_TYPES = {"libraries": [{"path": "libOESOrderTypes.so"}]}
LARGEST = 2**53 - 1
CASH, SHARES = 100_000_000, 1_000_000
BATCH = 100


@pytest.fixture(scope="module")
def server(make_host):
    """At the end everything that these tests left must be sound."""
    host = make_host(plugins=ORDER_TYPES).start()
    first = host.workers()
    yield host
    assert host.workers() == first, f"a worker was restarted:\n{host.output()}"
    with Redis(host.redis_socket()) as redis:
        assert Verifier(redis).run() == []
    assert host.stop() == 0, host.output()


@pytest.fixture(scope="module")
def offer(server):
    with V1(server.url) as client:
        return Offer.of(client)


@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


def need(offer, *order_types):
    missing = set(order_types) - offer.order_types
    if missing:
        pytest.skip(f"order types {sorted(missing)} aren't there")


class Scene:
    """A symbol, some makers and a taker, all with cash and shares."""

    def __init__(self, client, numbers, makers=3, **changes):
        self.client = client
        self.symbol = client.instrument(f"EDGE{next(numbers)}", price_band_bps=5000, **changes)
        self.makers = [self.account() for _ in range(makers)]
        self.taker = self.account()

    def account(self):
        account = self.client.account("Edge", CASH)
        self.client.give_shares(account, self.symbol, SHARES)
        return account

    def place(self, account, side, quantity, price=None, **fields):
        return self.client.place(
            account, side, self.symbol, quantity, price, **{"time_in_force": "gtc"} | fields)

    def refused(self, account, side, quantity, price=None, **fields):
        return self.client.try_place(
            account, side, self.symbol, quantity, price, **{"time_in_force": "gtc"} | fields)

    def trade(self, price):
        """One unit at that price, so that it is the last."""
        self.place(self.makers[0], "sell", 1, price)
        report = self.place(self.makers[1], "buy", 1, price, time_in_force="ioc")
        assert report["cum_qty"] == "1"

    def fill_book(self, side, prices, **fields):
        """One unit at each price, by turns of the makers, in batches; their ids."""
        orders = [
            body_of(self.makers[number % len(self.makers)], side, self.symbol, 1, price,
                    **{"time_in_force": "gtc"} | fields)
            for number, price in enumerate(prices)]
        ids = []
        for at in range(0, len(orders), BATCH):
            for item in exact(self.client.batch(orders[at:at + BATCH]))["items"]:
                assert item["status"] == 200, item
                ids.append(item["execution"]["order_id"])
        return ids

    def orders(self, **query):
        return {order["order_id"]: order for order in self.client.pages(
            "/api/v1/orders", symbol=self.symbol, limit=1000, **query)}

    def waiting(self):
        """Orders that are on their way; none once all is done."""
        return [order for order in self.orders().values() if order["status"] == "triggered"]

    def executions(self, from_seq):
        """Every step from an event on, in order."""
        items, query = [], {"symbol": self.symbol, "from_seq": from_seq, "limit": 1000}
        while True:
            page = self.client.get(
                "/api/v1/executions?" + "&".join(f"{k}={v}" for k, v in query.items()))
            items += page["items"]
            if not page["has_more"]:
                return items
            query["from_seq"] = page["next_seq"]

    def held(self, account):
        position = self.client.position(account, self.symbol)
        return self.client.balance(account)[1], Decimal(position["held"])


@pytest.fixture
def scene(client, numbers):
    return Scene(client, numbers)


# As many as a call may do, and more.

def cents(start, count, levels):
    return [f"{(start + number % levels) / 100:.2f}" for number in range(count)]


def test_a_sweep_goes_on_over_several_calls(scene, offer):
    need(offer, "stop")
    ids = scene.fill_book("sell", cents(10_000, 10_000, 100))
    report = scene.place(scene.taker, "buy", 10_000, "110.00")
    assert (report["order_status"], report["cum_qty"]) == ("filled", "10000")
    sold = [step["order_id"] for step in scene.executions(report["event_seq"] - 50)
            if step["exec_type"] == "trade" and step["liquidity"] == "maker"
            and step["order_id"] in set(ids)]
    by_price_then_time = [ids[at] for at in sorted(range(10_000), key=lambda at: (at % 100, at))]
    assert sold == by_price_then_time
    assert scene.client.book(scene.symbol) == ([], [])
    assert scene.held(scene.taker) == (0, 0)


def test_what_must_be_filled_whole_knows_its_limit(scene):
    scene.fill_book("sell", ["100.00"] * 1_001)
    whole = scene.place(scene.taker, "buy", 1_001, "100.00", time_in_force="fok")
    assert (whole["order_status"], whole["cum_qty"]) == ("cancelled", "0")
    assert whole["reason"].split(":")[0] in ("fill_limit", "fok_unfillable")
    assert scene.place(
        scene.taker, "buy", 1_000, "100.00", time_in_force="fok")["order_status"] == "filled"


def test_thousands_of_stops_at_one_price(scene, offer):
    need(offer, "stop")
    scene.trade("100.00")
    stops = scene.fill_book(
        "sell", [None] * 2_000, order_type="stop", params={"stop_price": "99.00"})
    assert {scene.client.one(name)["status"] for name in stops[::500]} == {"parked"}
    scene.place(scene.taker, "buy", 2_000, "98.50")
    scene.place(scene.taker, "buy", 1, "99.00")
    first = scene.place(scene.account(), "sell", 1, "99.00")["event_seq"]
    wait_until(lambda: not scene.waiting(), 20, "the end of the stops")
    steps = scene.executions(first)
    for kind in ("triggered", "trade"):
        came = [step["order_id"] for step in steps
                if step["exec_type"] == kind and step["order_id"] in set(stops)]
        assert came == stops, f"{kind}: not each once, in the order of acceptance"
    assert {step["last_px"] for step in steps if step["order_id"] in set(stops)
            and step["exec_type"] == "trade"} == {"98.5"}


def test_each_stop_sets_off_the_next(scene, offer):
    """A chain longer than a call may follow: each trade is at the next one's price."""
    need(offer, "stop")
    scene.trade("100.00")
    levels = [f"{9_900 - number}" for number in range(250)]
    prices = [f"{int(level) / 100:.2f}" for level in levels]
    seller = scene.account()
    stops = [
        scene.place(seller, "sell", 1, order_type="stop",
                    params={"stop_price": price})["order_id"]
        for price in prices]
    scene.fill_book("buy", ["99.00", *prices[1:], "90.00"])
    scene.place(scene.taker, "sell", 1, "99.00")
    wait_until(lambda: not scene.waiting(), 20, "the end of the chain")
    found = scene.orders()
    assert {found[name]["status"] for name in stops} == {"filled"}


# Nobody to trade with.

def test_a_stop_that_meets_nobody_ends_and_holds_nothing(scene, offer):
    need(offer, "stop")
    scene.trade("100.00")
    stop = scene.place(
        scene.taker, "sell", 5, order_type="stop", params={"stop_price": "99.00"})["order_id"]
    assert scene.held(scene.taker) == (0, 5)
    scene.trade("99.00")
    order = scene.client.one(stop)
    assert order["status"] == "rejected"
    assert order["reason"].split(":")[0] == "no_liquidity"
    assert scene.held(scene.taker) == (0, 0)


@pytest.mark.parametrize("order_type, price, params", [
    ("market", None, {}),
    ("trailing_stop", None, {"trail_amount": "1.00"}),
    ("trailing_stop_limit", None, {"trail_bps": 100, "limit_offset": "-0.10"}),
    ("pegged", "100.00", {"reference": "midpoint"}),
])
def test_without_a_price_in_the_market(scene, offer, order_type, price, params):
    need(offer, order_type)
    answer = scene.refused(
        scene.taker, "sell", 1, price, order_type=order_type,
        **({"params": params} if params else {}))
    assert_error(answer, 422, "no_reference_price")
    assert scene.held(scene.taker) == (0, 0)


# The smallest book.

@pytest.fixture
def narrow(client, numbers):
    """The lowest price is bid, the next one is offered."""
    scene = Scene(client, numbers, price_scale=0, tick_size="1")
    scene.place(scene.makers[0], "buy", 10, "1")
    scene.place(scene.makers[1], "sell", 10, "2")
    return scene


@pytest.mark.parametrize("side, reference, offset, price", [
    ("buy", "midpoint", "0", "1"), ("sell", "midpoint", "0", "2"),
    ("buy", "bid", "5", "1"), ("sell", "ask", "-1", "2"), ("buy", "ask", "0", "1"),
    ("sell", "bid", "0", "2"), ("sell", "bid", "4", "5"),
])
def test_a_pegged_order_never_crosses(narrow, offer, side, reference, offset, price):
    need(offer, "pegged")
    limit = "9" if side == "buy" else "1"
    report = narrow.place(
        narrow.taker, side, 3, limit, order_type="pegged",
        params={"reference": reference, "offset": offset})
    assert (report["order_status"], report["cum_qty"]) == ("new", "0")
    level = narrow.client.book(narrow.symbol)[0 if side == "buy" else 1]
    assert [found for found in level if found[0] == Decimal(price)][0][1] in (3, 13)


def test_a_pegged_order_that_would_cost_nothing(narrow, offer):
    need(offer, "pegged")
    answer = narrow.refused(
        narrow.taker, "buy", 1, "9", order_type="pegged",
        params={"reference": "bid", "offset": "-1"})
    assert_error(answer, 422, "no_reference_price")


def test_a_trail_never_falls_below_a_tick(narrow, offer):
    need(offer, "trailing_stop")
    narrow.place(narrow.makers[2], "buy", 1, "2", time_in_force="ioc")
    trail = narrow.place(
        narrow.taker, "sell", 3, order_type="trailing_stop", params={"trail_amount": "50"})
    assert narrow.client.one(trail["order_id"])["status"] == "parked"
    # The bid at one tick is met: that is where it waited.
    narrow.place(narrow.makers[2], "sell", 1, "1", time_in_force="ioc")
    assert narrow.client.one(trail["order_id"])["status"] == "filled"


# The largest numbers.

def test_beyond_the_largest_numbers(client, numbers):
    scene = Scene(client, numbers, price_scale=0, tick_size="1")
    for side, quantity, price in (
            ("buy", LARGEST, LARGEST), ("buy", LARGEST, "1"), ("buy", "1", LARGEST),
            ("sell", LARGEST, LARGEST), ("sell", LARGEST, "1")):
        answer = scene.refused(scene.taker, side, str(quantity), str(price))
        assert_error(answer, 422)
        assert answer.json()["code"] in (
            "amount_too_large", "insufficient_cash", "insufficient_shares")
    for quantity, price in ((LARGEST + 1, "1"), ("1", LARGEST + 1), ("1e30", "1"), ("1", "1e30")):
        assert_error(scene.refused(scene.taker, "buy", str(quantity), str(price)), 400)
    assert scene.held(scene.taker) == (0, 0)


def test_an_order_of_the_largest_price_that_is_possible(client, numbers):
    """Money has four decimals, so that this is the largest price of one unit."""
    scene = Scene(client, numbers, price_scale=0, tick_size="1")
    price = str(LARGEST // 10**4)
    name = scene.place(scene.taker, "sell", 1, price)["order_id"]
    assert scene.client.one(name)["price"] == price
    assert_error(scene.refused(scene.makers[0], "buy", 1, price), 422, "insufficient_cash")
    assert scene.client.end(name).status_code == 200


# Amends.

def test_an_amend_to_what_is_filled_and_below(scene):
    name = scene.place(scene.makers[0], "sell", 10, "100.00")["order_id"]
    scene.place(scene.taker, "buy", 4, "100.00")
    assert_error(scene.client.change(name, quantity="3"), 422, "below_filled")
    assert scene.client.one(name)["remaining_quantity"] == "6"
    ended = exact(scene.client.change(name, quantity="4"))
    assert (ended["cum_qty"], ended["leaves_qty"]) == ("4", "0")
    assert scene.held(scene.makers[0]) == (0, 0)


# Families. A bracket's exits wait for what its entry fills.

def bracket(scene, offer, quantity=10, price="100.00", profit="105.00", loss="95.00"):
    need(offer, "bracket")
    name = scene.place(
        scene.taker, "buy", quantity, price, order_type="bracket",
        params={"take_profit_price": profit, "stop_loss_price": loss})["order_id"]
    return name, f"{name}:take_profit", f"{name}:stop_loss"


def working(scene, name):
    order = scene.client.one(name)
    return order["status"], order["filled_quantity"]


def test_exits_work_with_what_has_been_filled(scene, offer):
    entry, profit, loss = bracket(scene, offer)
    assert [working(scene, name)[0] for name in (entry, profit, loss)] == [
        "new", "parked", "parked"]
    scene.place(scene.makers[0], "sell", 4, "100.00")
    asks = scene.client.book(scene.symbol)[1]
    assert asks == [(Decimal("105"), 4, 1)]
    # Both exits together hold the four shares once.
    assert scene.held(scene.taker)[1] == 4
    scene.place(scene.makers[1], "buy", 3, "105.00")
    assert scene.held(scene.taker)[1] == 1
    scene.place(scene.makers[0], "sell", 6, "100.00")
    assert working(scene, entry) == ("filled", "10")
    assert scene.client.book(scene.symbol)[1] == [(Decimal("105"), 7, 1)]
    # The stop's part fell with what the profit target sold.
    scene.place(scene.makers[2], "buy", 20, "94.00")
    scene.place(scene.makers[2], "buy", 1, "95.00")
    scene.place(scene.makers[1], "sell", 1, "95.00", time_in_force="ioc")
    assert working(scene, loss) == ("filled", "7")
    assert working(scene, profit) == ("cancelled", "3")
    assert scene.client.one(profit)["reason"].split(":")[0] == "linked"
    assert scene.held(scene.taker) == (0, 0)
    assert Decimal(scene.client.position(scene.taker, scene.symbol)["quantity"]) == SHARES


def test_a_parked_child_alone_can_be_cancelled(scene, offer):
    entry, profit, loss = bracket(scene, offer)
    scene.place(scene.makers[0], "sell", 10, "100.00")
    assert scene.client.end(loss).status_code == 200
    assert scene.client.end(loss).status_code == 409
    assert working(scene, profit)[0] in ("new", "triggered")
    assert working(scene, entry) == ("filled", "10")
    scene.place(scene.makers[1], "buy", 10, "105.00")
    assert working(scene, profit) == ("filled", "10")
    assert scene.held(scene.taker) == (0, 0)


def test_a_cancel_of_the_entry_takes_its_exits_along(scene, offer):
    entry, profit, loss = bracket(scene, offer)
    scene.place(scene.makers[0], "sell", 4, "100.00")
    assert scene.client.end(entry).status_code == 200
    assert working(scene, entry) == ("cancelled", "4")
    for name in (profit, loss):
        assert working(scene, name)[0] == "cancelled"
        assert scene.client.one(name)["reason"].split(":")[0] == "parent_cancelled"
    assert scene.held(scene.taker) == (0, 0)


def test_a_childs_quantity_is_its_entrys(scene, offer):
    entry, profit, loss = bracket(scene, offer)
    scene.place(scene.makers[0], "sell", 4, "100.00")
    assert_error(scene.client.change(profit, quantity="2"), 422, "amend_unsupported")
    assert_error(scene.client.change(entry, quantity="3"), 422, "below_filled")
    assert scene.client.change(entry, quantity="4").status_code == 200
    for name in (profit, loss):
        assert scene.client.one(name)["quantity"] == "4"
    assert scene.client.book(scene.symbol)[1] == [(Decimal("105"), 4, 1)]


def test_a_stop_that_fires_in_the_call_that_fills_its_entry(scene, offer):
    """The entry trades at a better price than its own, which is past the stop already."""
    scene.place(scene.makers[0], "sell", 10, "94.00")
    scene.place(scene.makers[1], "buy", 10, "90.00")
    entry, profit, loss = bracket(scene, offer)
    found = scene.orders()
    seq = found[entry]["event_seq"]
    assert [found[name]["status"] for name in (entry, loss)] == ["filled", "filled"]
    assert found[profit]["status"] == "cancelled"
    mine = [
        (step["order_id"], step["exec_type"], step["last_px"])
        for step in scene.executions(seq)
        if step["event_seq"] == seq and step["account_id"] == scene.taker]
    assert (entry, "trade", "94") in mine and (loss, "trade", "90") in mine
    assert mine.index((entry, "trade", "94")) < mine.index((loss, "trade", "90"))
    assert scene.held(scene.taker) == (0, 0)
    assert Decimal(scene.client.position(scene.taker, scene.symbol)["quantity"]) == SHARES
