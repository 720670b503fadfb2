"""Orders that come as several: bracket, oco, oto and twap. What their children are called, what one
does to another, and what becomes of them when the family is cancelled or its host dies."""

from decimal import Decimal

import pytest

from live.client import assert_error, exact
from live.floor import Floor
from live.servers import RedisServer
from oes.host import wait_until
from oes.verify import Verifier

EXITS = {"take_profit_price": "105.00", "stop_loss_price": "95.00"}


@pytest.fixture
def floor(server, numbers):
    with Floor(server.url, f"KIN{next(numbers)}") as floor:
        yield floor


@pytest.fixture
def mine(floor):
    return floor.account()


def status(floor, name):
    order = floor.one(name)
    return order["status"], order["filled_quantity"], (order["reason"] or "").split(":")[0]


def bracket(floor, account, quantity=10, **fields):
    name = floor.place(
        account, "buy", quantity, "100.00", order_type="bracket", params=EXITS, **fields)
    return [name["order_id"] + part for part in ("", ":take_profit", ":stop_loss")]


# What a family looks like.

def test_children_are_orders_of_their_own(floor, mine):
    entry, profit, loss = bracket(floor, mine, tag="plan")
    order = floor.one(entry)
    assert (order["children"], order["parent_order_id"]) == ([profit, loss], None)
    for name in (profit, loss):
        child = floor.one(name)
        assert (child["parent_order_id"], child["children"]) == (entry, [])
        assert (child["status"], child["side"], child["tag"]) == ("parked", "sell", "plan")
        assert child["link_action"] == "reduce"
        assert floor.kinds(name) == ["new"]
    listed = {found["order_id"]: found for found in floor.pages(
        "/api/v1/orders", symbol=floor.symbol, limit=1000)}
    for name in (entry, profit, loss):
        whole = floor.one(name)
        assert listed[name] == {key: whole[key] for key in listed[name]}


def test_a_familys_history_reads_as_it_went(floor, mine):
    entry, profit, loss = bracket(floor, mine)
    floor.place(floor.maker, "sell", 10, "100.00")
    floor.place(floor.maker, "buy", 4, "105.00")
    assert floor.kinds(entry) == ["new", "trade"]
    assert floor.kinds(profit) == ["new", "triggered", "trade"]
    assert floor.history(profit)[1]["reason"] == "main_filled"
    assert [(step["exec_type"], step["reason"]) for step in floor.history(loss)] == [
        ("new", None), ("restated", "granted"), ("restated", "linked")]
    assert floor.one(loss)["quantity"] == "6"
    floor.end(entry)
    assert status(floor, entry) == ("filled", "10", "")
    assert status(floor, profit) == ("cancelled", "4", "parent_cancelled")
    assert status(floor, loss) == ("cancelled", "0", "parent_cancelled")
    assert floor.held(mine) == 0


# One cancels, one triggers the other.

def pair(floor, account, quantity=10):
    name = floor.place(
        account, "sell", quantity, "105.00", order_type="oco", params={"stop_price": "95.00"})
    order = floor.one(name["order_id"])
    return [name["order_id"], *order["children"]]


def test_oco_the_limit_takes_from_the_stop(floor, mine):
    floor.trade("100.00")
    limit, stop = pair(floor, mine)
    assert floor.held(mine) == 10, "both hold the shares once"
    floor.place(floor.maker, "buy", 4, "105.00")
    assert (floor.one(stop)["status"], floor.one(stop)["quantity"]) == ("parked", "6")
    floor.place(floor.maker, "buy", 6, "105.00")
    assert status(floor, limit) == ("filled", "10", "")
    assert status(floor, stop) == ("cancelled", "0", "linked")
    assert floor.held(mine) == 0


def test_oco_the_stop_ends_the_limit(floor, mine):
    floor.trade("100.00")
    limit, stop = pair(floor, mine)
    floor.trade("95.00", leaving=("buy", "94.50", 10))
    assert status(floor, stop) == ("filled", "10", "")
    assert status(floor, limit) == ("cancelled", "0", "linked")
    assert (floor.held(mine), floor.book()) == (0, ([], []))


def test_oto_the_entrys_fills_set_off_the_exit(floor, mine):
    entry = floor.place(mine, "buy", 10, "100.00", order_type="oto",
                        params={"exit_price": "103.00"})["order_id"]
    (exit_,) = floor.one(entry)["children"]
    assert status(floor, exit_) == ("parked", "0", "")
    floor.place(floor.maker, "sell", 4, "100.00")
    assert floor.book()[1] == [(Decimal(103), 4, 1)]
    floor.place(floor.maker, "buy", 4, "103.00")
    assert status(floor, exit_) == ("partially_filled", "4", "")
    floor.place(floor.maker, "sell", 6, "100.00")
    floor.place(floor.maker, "buy", 6, "103.00")
    assert status(floor, exit_) == ("filled", "10", "")
    assert floor.shares(mine) == 1_000


# Cancels and amends.

def test_a_parked_child_is_amended_and_fires_there(floor, mine):
    _, profit, loss = bracket(floor, mine)
    floor.place(floor.maker, "sell", 10, "100.00")
    assert floor.change(loss, stop_price="98.00").status_code == 200
    floor.trade("98.00", leaving=("buy", "97.50", 10))
    assert status(floor, loss) == ("filled", "10", "")
    assert status(floor, profit) == ("cancelled", "0", "linked")


def test_a_child_that_waits_for_its_entry_can_be_cancelled(floor, mine):
    entry, profit, loss = bracket(floor, mine)
    assert exact(floor.end(profit))["order_status"] == "cancelled"
    assert_error(floor.end(profit), 409)
    floor.place(floor.maker, "sell", 10, "100.00")
    assert [status(floor, name)[0] for name in (entry, profit, loss)] == [
        "filled", "cancelled", "parked"]
    assert floor.book() == ([], [])


@pytest.mark.parametrize("by", ["account_id", "symbol", "side", "tag"])
def test_cancel_all_reaches_parked_orders(floor, mine, by):
    floor.trade("100.00")
    other = floor.account()
    stop = {"order_type": "stop", "params": {"stop_price": "95.00"}}
    hit = floor.place(mine, "sell", 3, tag="mine", **stop)["order_id"]
    entry, profit, loss = bracket(floor, mine, tag="mine")
    spared = floor.place(other, "buy", 1, tag="other", order_type="stop",
                         params={"stop_price": "104.00"})["order_id"]
    value = {"account_id": mine, "symbol": floor.symbol, "side": "sell", "tag": "mine"}[by]
    assert floor.cancel_all(**{by: value})["failed"] == 0
    ended = {name for name in (hit, entry, profit, loss, spared)
             if floor.one(name)["status"] == "cancelled"}
    assert ended == {hit, profit, loss} | {
        "account_id": {entry}, "symbol": {entry, spared}, "side": set(), "tag": {entry}}[by]
    assert floor.held(mine) == 0


# A container goes on by the clock.

def twap(floor, account, quantity=8, duration=2_000, slices=4, price="101.00"):
    return floor.place(account, "buy", quantity, price, order_type="twap",
                       params={"duration": duration, "slices": slices})["order_id"]


def test_twap_slices_by_the_clock_and_is_filled(floor, mine):
    floor.place(floor.maker, "sell", 100, "101.00")
    name = twap(floor, mine)
    assert floor.one(name)["filled_quantity"] == "2"
    wait_until(lambda: floor.one(name)["closed_at"], 15, "the end of a twap order")
    order = floor.one(name)
    assert (order["status"], order["filled_quantity"], order["avg_price"]) == (
        "filled", "8", "101")
    assert len(order["children"]) == 4
    children = [floor.one(child) for child in order["children"]]
    assert [child["filled_quantity"] for child in children] == ["2"] * 4
    times = [child["created_at"] for child in children]
    assert times == sorted(set(times)), "all at once"
    assert floor.shares(mine) == 1_008


def test_twap_ends_with_what_nobody_sold(floor, mine):
    floor.place(floor.maker, "sell", 3, "101.00")
    name = twap(floor, mine, duration=1_000, slices=2)
    wait_until(lambda: floor.one(name)["closed_at"], 15, "the end of a twap order")
    assert status(floor, name) == ("cancelled", "3", "done")
    for child in floor.one(name)["children"]:
        assert floor.one(child)["closed_at"]
    assert floor.held_cash(mine) == 0
    assert floor.book() == ([], [])


def test_a_cancel_of_a_twap_takes_its_slice_along(floor, mine):
    name = twap(floor, mine, duration=60_000)
    (child,) = floor.one(name)["children"]
    assert floor.book()[0] == [(Decimal(101), 2, 1)]
    assert exact(floor.end(name))["order_status"] == "cancelled"
    assert status(floor, child) == ("cancelled", "0", "parent_cancelled")
    assert floor.book() == ([], [])


@pytest.mark.faults
def test_a_second_host_takes_containers_over(make_host, tmp_path, numbers):
    """The first is killed between two slices: nothing is lost, nothing comes twice."""
    with RedisServer(tmp_path) as redis:
        first, second = (make_host(env=redis.settings()).start() for _ in range(2))
        with Floor(first.url, f"KIN{next(numbers)}") as floor:
            mine = floor.account()
            floor.trade("100.00")
            floor.place(floor.maker, "sell", 200, "101.00")
            names = [twap(floor, mine, quantity=12, duration=6_000, slices=6) for _ in range(5)]
            stop = floor.place(mine, "sell", 4, order_type="stop", tag="stop",
                               params={"stop_price": "95.00"})["order_id"]
        first.kill_host()
        with Floor.at(second.url, floor) as floor:
            wait_until(
                lambda: all(floor.one(name)["closed_at"] for name in names), 30,
                "the end of the containers")
            for name in names:
                order = floor.one(name)
                assert (order["status"], order["filled_quantity"]) == ("filled", "12")
                assert [floor.one(child)["filled_quantity"] for child in order["children"]] == [
                    "2"] * 6
            assert floor.shares(mine) == 1_000 + 5 * 12
            floor.cancel_all(account_id=floor.maker)
            floor.trade("95.00", leaving=("buy", "94.50", 10))
            assert status(floor, stop) == ("filled", "4", "")
            assert floor.kinds(stop).count("triggered") == 1
        assert second.stop() == 0, second.output()
        with redis.connect() as connection:
            assert Verifier(connection).run() == []
