"""Each order type from POST /api/v1/orders to its end: what others see of it, when it acts, what it
leaves. Families (bracket, oco, oto, twap) are in test_families.py."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from live.client import assert_error, exact
from live.floor import Floor
from oes.host import wait_until


@pytest.fixture
def floor(server, numbers):
    with Floor(server.url, f"FLOOR{next(numbers)}") as floor:
        yield floor


# Stops.

@pytest.mark.parametrize("order_type, side, stop, price, fires_at", [
    ("stop", "sell", "99.00", None, "98.90"),
    ("stop", "buy", "101.00", None, "101.00"),
    ("stop_limit", "sell", "99.00", "98.00", "99.00"),
    ("stop_limit", "buy", "101.00", "102.00", "101.10"),
    ("market_if_touched", "sell", "101.00", None, "101.00"),
    ("market_if_touched", "buy", "99.00", None, "98.90"),
    ("limit_if_touched", "sell", "101.00", "97.00", "101.10"),
    ("limit_if_touched", "buy", "99.00", "103.00", "99.00"),
])
def test_it_waits_unseen_and_fires_once(floor, order_type, side, stop, price, fires_at):
    mine = floor.account()
    name = floor.place(
        mine, side, 4, price, order_type=order_type, params={"stop_price": stop})["order_id"]
    floor.trade("100.00")
    waiting = floor.one(name)
    assert (waiting["status"], Decimal(waiting["stop_price"])) == ("parked", Decimal(stop))
    assert floor.book() == ([], [])
    other = "buy" if side == "sell" else "sell"
    floor.trade(fires_at, leaving=(other, fires_at, 10))
    done = floor.one(name)
    assert (done["status"], done["avg_price"]) == ("filled", plain(fires_at))
    assert floor.kinds(name) == ["new", "triggered", "trade"]
    floor.trade("100.00")
    floor.trade(fires_at)
    assert floor.kinds(name) == ["new", "triggered", "trade"]


@pytest.mark.parametrize("trigger, side, stop", [
    ("bid", "sell", "99.00"), ("ask", "buy", "101.00")])
def test_a_stop_watches_the_side_that_it_is_told_to(floor, trigger, side, stop):
    other = "sell" if side == "buy" else "buy"
    floor.trade("100.00")
    best = floor.place(floor.maker, other, 10, "100.00")["order_id"]
    floor.place(floor.maker, other, 10, stop)
    name = floor.place(floor.account(), side, 4, order_type="stop",
                       params={"stop_price": stop, "trigger": trigger})["order_id"]
    assert floor.one(name)["status"] == "parked"
    # No trade sets it off: the best price goes away.
    floor.end(best)
    done = floor.one(name)
    assert (done["status"], done["avg_price"]) == ("filled", plain(stop))
    assert [step["reason"] for step in floor.history(name)[1:2]] == [trigger]


def test_a_stop_that_is_true_already_fires_at_once(floor):
    floor.trade("100.00", leaving=("buy", "99.50", 10))
    report = floor.place(
        floor.account(), "sell", 4, order_type="stop", params={"stop_price": "100.00"})
    assert floor.one(report["order_id"])["status"] == "filled"


def test_a_stops_price_can_be_changed(floor):
    floor.trade("100.00", leaving=("buy", "98.00", 10))
    mine = floor.account()
    name = floor.place(
        mine, "sell", 4, order_type="stop", params={"stop_price": "90.00"})["order_id"]
    report = exact(floor.change(name, stop_price="99.00"))
    assert report["order_status"] == "parked"
    assert floor.one(name)["stop_price"] == "99"
    # The old price is forgotten, the new one holds.
    floor.trade("99.00")
    assert (floor.one(name)["status"], floor.one(name)["avg_price"]) == ("filled", "98")


def test_a_stop_that_a_new_price_makes_true_fires(floor):
    floor.trade("100.00", leaving=("buy", "99.00", 10))
    name = floor.place(floor.account(), "sell", 4, order_type="stop",
                       params={"stop_price": "90.00"})["order_id"]
    assert floor.change(name, stop_price="100.50").status_code == 200
    assert floor.one(name)["status"] == "filled"


@pytest.mark.parametrize("order_type, price, params", [
    ("limit", "90.00", None), ("trailing_stop", None, {"trail_amount": "5.00"})])
def test_only_a_stop_has_a_stop_price_to_change(floor, order_type, price, params):
    floor.trade("100.00")
    more = {"params": params} if params else {}
    name = floor.place(floor.account(), "buy", 1, price, order_type=order_type, **more)["order_id"]
    assert_error(floor.change(name, stop_price="99.00"), 422, "amend_unsupported")


# Trails.

@pytest.mark.parametrize("side, prices, stops", [
    ("sell", ["102.00", "101.00", "104.00", "103.00"], ["100", "100", "102", "102"]),
    ("buy", ["98.00", "99.00", "96.00", "97.00"], ["100", "100", "98", "98"]),
])
def test_a_trail_follows_and_never_goes_back(floor, side, prices, stops):
    floor.trade("100.00")
    name = floor.place(floor.account(), side, 4, order_type="trailing_stop",
                       params={"trail_amount": "2.00"})["order_id"]
    assert floor.one(name)["stop_price"] == ("98" if side == "sell" else "102")
    for price, stop in zip(prices, stops):
        floor.trade(price)
        assert (floor.one(name)["status"], floor.one(name)["stop_price"]) == ("parked", stop)
    floor.trade(stops[-1], leaving=("buy" if side == "sell" else "sell", stops[-1], 4))
    assert floor.one(name)["status"] == "filled"
    moved = [step for step in floor.history(name) if (step["reason"] or "") == "trailed"]
    assert [step["exec_type"] for step in moved] == ["restated"] * 2


def test_a_trailing_limit_takes_its_limit_along(floor):
    floor.trade("100.00")
    name = floor.place(
        floor.account(), "sell", 4, order_type="trailing_stop_limit",
        params={"trail_bps": 200, "limit_offset": "-0.50"})["order_id"]
    assert [floor.one(name)[key] for key in ("stop_price", "price", "trail_bps")] == [
        "98", "97.5", 200]
    floor.trade("110.00")
    assert [floor.one(name)[key] for key in ("stop_price", "price")] == ["107.8", "107.3"]
    floor.trade("107.80")
    # Nobody bids: it is a limit order now, and rests.
    assert floor.one(name)["status"] == "new"
    assert floor.book() == ([], [(Decimal("107.3"), 4, 1)])


# What the book shows.

def test_an_iceberg_shows_only_its_display(floor):
    mine, other = floor.account(), floor.account()
    name = floor.place(mine, "sell", 10, "100.00", order_type="iceberg",
                       params={"display_quantity": "3"})["order_id"]
    assert floor.book() == ([], [(Decimal(100), 3, 1)])
    behind = floor.place(other, "sell", 2, "100.00")["order_id"]
    floor.place(floor.maker, "buy", 4, "100.00")
    # Three of the iceberg, then it went behind the other, of which one was taken.
    assert [floor.one(order)["filled_quantity"] for order in (name, behind)] == ["3", "1"]
    assert floor.book() == ([], [(Decimal(100), 4, 2)])
    floor.place(floor.maker, "buy", 8, "100.00")
    assert floor.one(name)["status"] == "filled"
    assert floor.book() == ([], [])


def test_a_pegged_order_follows_the_best_bid(floor):
    bid = floor.place(floor.maker, "buy", 5, "99.00")["order_id"]
    name = floor.place(floor.account(), "buy", 3, "100.00", order_type="pegged",
                       params={"reference": "bid", "offset": "-0.10"})["order_id"]
    assert (floor.one(name)["price"], floor.one(name)["peg_limit"]) == ("98.9", "100")
    higher = floor.place(floor.taker, "buy", 5, "99.50")["order_id"]
    assert floor.one(name)["price"] == "99.4"
    floor.place(floor.taker, "buy", 1, "105.00")
    assert floor.one(name)["price"] == "100", "beyond its limit"
    assert floor.cancel_all(account_id=floor.taker)["cancelled"] == 2
    assert floor.one(higher)["status"] == "cancelled"
    assert floor.one(name)["price"] == "98.9"
    floor.end(bid)
    assert floor.one(name)["price"] == "98.9", "with nothing to follow it stays"
    assert {step["reason"] for step in floor.history(name)[1:]} == {"pegged"}


# Instructions.

def test_post_only_never_trades_at_once(floor):
    floor.place(floor.maker, "sell", 5, "100.00")
    for fields in ({"post_only": True}, {"order_type": "post_only"}):
        refused = floor.refused(floor.taker, "buy", 1, "100.00", **fields)
        assert_error(refused, 422, "post_only")
        report = floor.place(floor.taker, "buy", 1, "99.99", **fields)
        assert (report["order_status"], report["cum_qty"]) == ("new", "0")


def test_reduce_only_is_cut_with_its_position(floor):
    mine = floor.account(shares=10)
    assert_error(floor.refused(mine, "buy", 1, "90.00", reduce_only=True), 422, "reduce_only")
    assert_error(floor.refused(mine, "sell", 11, "110.00", reduce_only=True), 422)
    name = floor.place(mine, "sell", 8, "105.00", reduce_only=True)["order_id"]
    floor.place(mine, "sell", 2, "100.00")
    floor.place(floor.maker, "buy", 2, "100.00")
    assert floor.one(name)["quantity"] == "8"
    floor.place(floor.maker, "buy", 8, "105.00")
    assert (floor.one(name)["status"], floor.shares(mine)) == ("filled", 0)


@pytest.mark.parametrize("fields, status, filled, reason", [
    ({"all_or_none": True}, "cancelled", "0", "fok_unfillable"),
    ({"min_quantity": "6"}, "cancelled", "0", "min_quantity"),
    ({"min_quantity": "5"}, "partially_filled", "5", None),
])
def test_what_must_trade_at_once(floor, fields, status, filled, reason):
    floor.place(floor.maker, "sell", 5, "100.00")
    report = floor.place(floor.taker, "buy", 9, "100.00", **fields)
    assert (report["order_status"], report["cum_qty"]) == (status, filled)
    assert (report["reason"] or "").split(":")[0] == (reason or "")


@pytest.mark.parametrize("mode, resting, incoming", [
    ("cancel_newest", ("new", "5"), ("cancelled", "3")),
    ("cancel_oldest", ("cancelled", "5"), ("new", "3")),
    ("cancel_both", ("cancelled", "5"), ("cancelled", "3")),
    ("decrement", ("new", "2"), ("cancelled", "3")),
])
def test_which_of_its_own_orders_gives_way(floor, mode, resting, incoming):
    mine = floor.account()
    first = floor.place(mine, "sell", 5, "100.00")["order_id"]
    second = floor.place(mine, "buy", 3, "100.00", stp_mode=mode)["order_id"]
    for name, (status, quantity) in ((first, resting), (second, incoming)):
        order = floor.one(name)
        assert (order["status"], order["quantity"]) == (status, quantity)
        assert order["filled_quantity"] == "0"
        if status == "cancelled":
            assert order["reason"].split(":")[0] == "self_trade"


def test_a_gtd_order_expires(floor):
    soon = datetime.now(timezone.utc) + timedelta(seconds=2)
    name = floor.place(floor.taker, "buy", 1, "90.00", time_in_force="gtd",
                       expire_time=soon.isoformat().replace("+00:00", "Z"))["order_id"]
    assert floor.one(name)["status"] == "new"
    wait_until(lambda: floor.one(name)["status"] == "expired", 10, "the end of a gtd order")
    assert floor.one(name)["reason"].split(":")[0] == "expired"
    assert datetime.now(timezone.utc) >= soon
    assert floor.book() == ([], [])


def test_a_parked_gtd_order_expires_too(floor):
    floor.trade("100.00")
    soon = datetime.now(timezone.utc) + timedelta(seconds=2)
    name = floor.place(floor.taker, "sell", 7, order_type="stop", time_in_force="gtd",
                       params={"stop_price": "95.00"},
                       expire_time=soon.isoformat().replace("+00:00", "Z"))["order_id"]
    assert floor.held(floor.taker) == 7
    wait_until(lambda: floor.one(name)["status"] == "expired", 10, "the end of a parked order")
    assert floor.held(floor.taker) == 0


def plain(number):
    return format(Decimal(number).normalize(), "f")


def test_a_number_of_params_may_be_spelled_otherwise_in_a_repeat(floor):
    floor.trade("100.00")
    mine, name = floor.account(), "spelled"
    first = floor.place(mine, "sell", 4, order_type="stop", client_order_id=name,
                        params={"stop_price": 90, "trigger": "last"})
    for params in ({"trigger": "last", "stop_price": "90.00"},
                   {"stop_price": 90.0, "trigger": "last"}):
        again = floor.place(
            mine, "sell", 4, order_type="stop", client_order_id=name, params=params)
        assert again["order_id"] == first["order_id"]
    other = floor.refused(mine, "sell", 4, order_type="stop", client_order_id=name,
                          params={"stop_price": "90.01", "trigger": "last"})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate_client_order_id")
