"""Batches, and the cancel of many orders."""

import threading

import pytest

from live.client import assert_error, decoded
from live.v1 import V1, body_of, report, short


@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


def items(response):
    found = decoded(response)
    assert set(found) == {"items"}
    for item in found["items"]:
        assert set(item) == {"status", "execution", "error"}
        assert (item["execution"] is None) != (item["error"] is None)
        assert (item["status"] == 200) == (item["error"] is None)
        if item["execution"]:
            report(item["execution"])
    return found["items"]


def test_a_batch_of_100_in_its_order(client, symbol, buyer):
    orders = [
        body_of(buyer, "buy", symbol, index + 1, "10.00", client_order_id=f"b{index}")
        for index in range(100)]
    answers = items(client.batch(orders))
    steps = [item["execution"] for item in answers]
    assert [step["client_order_id"] for step in steps] == [f"b{index}" for index in range(100)]
    assert [step["quantity"] for step in steps] == [str(index + 1) for index in range(100)]
    assert [step["event_seq"] for step in steps] == sorted(step["event_seq"] for step in steps)
    assert client.book(symbol)[0] == [(10, 5050, 100)]


def test_each_is_answered_by_itself(client, symbol, buyer, seller, redis):
    good = body_of(buyer, "buy", symbol, 1, "10.00")
    answers = items(client.batch([
        body_of(seller, "sell", symbol, 2, "10.00"), good, {**good, "price": -1},
        {**good, "bogus": 1}, 7, {**good, "account_id": "999999"}, {**good, "quantity": 500_000},
        {**good, "symbol": "NOSUCH"}, {**good, "account_id": None}, good]))
    assert [item["status"] for item in answers] == [
        200, 200, 400, 400, 400, 404, 422, 422, 400, 200]
    assert [item["execution"]["order_status"] for item in answers if item["execution"]] == [
        "new", "filled", "filled"]
    errors = {index: item["error"] for index, item in enumerate(answers) if item["error"]}
    assert {index: error["field"] for index, error in errors.items()} == {
        2: "orders[2].price", 3: "orders[3].bogus", 4: "orders[4]", 5: "orders[5]",
        6: "orders[6].quantity", 7: "orders[7].symbol", 8: "orders[8].account_id"}
    assert errors[6]["code"] == "max_order_quantity"
    assert errors[6]["context"]["order_id"].startswith(buyer)
    assert len({error["request_id"] for error in errors.values()}) == 1


def test_the_same_id_twice_in_a_batch(client, symbol, buyer):
    order = body_of(buyer, "buy", symbol, 1, "10.00", client_order_id="twice")
    answers = items(client.batch([order, order, {**order, "quantity": 2}]))
    assert [item["status"] for item in answers] == [200, 200, 409]
    assert answers[0]["execution"]["exec_id"] and answers[1]["execution"]["exec_id"] is None
    assert answers[2]["error"]["code"] == "duplicate_client_order_id"
    assert client.book(symbol)[0] == [(10, 1, 1)]


@pytest.mark.parametrize("orders,code", [
    ([], "out_of_range"), ([{}] * 101, "out_of_range"), ("x", "invalid_type"),
    ({}, "invalid_type"), (None, "missing_field")])
def test_a_batch_that_is_none(client, redis, orders, code):
    before = redis.call("GET", "oes:{0}:seq")
    assert_error(client.batch(orders), 400, code, "orders")
    assert redis.call("GET", "oes:{0}:seq") == before


def test_a_batch_of_what_was_just_made(client, numbers):
    symbol = client.instrument(f"BAT{next(numbers)}")
    account = client.account("New", 1_000)
    (item,) = items(client.batch([body_of(account, "buy", symbol, 1, "1.00")]))
    assert item["status"] == 200


# Cancel all.

def world(client, symbol, *accounts):
    """Two bids and a far offer for each account, tagged by side."""
    for account in accounts:
        client.give_shares(account, symbol, 10)
        for side, price in (("buy", "10.00"), ("buy", "11.00"), ("sell", "90.00")):
            client.place(account, side, symbol, 1, price, tag=f"{side}s")


def cancelled(response):
    found = decoded(response)
    assert set(found) == {"cancelled", "already_ended", "failed", "micros"}
    assert found["micros"] >= 0 and (found["already_ended"], found["failed"]) == (0, 0)
    return found["cancelled"]


def test_filters_say_which(client, numbers):
    first, second = (client.instrument(f"CA{next(numbers)}") for _ in range(2))
    one, two = client.account("One", 10_000), client.account("Two", 10_000)
    for symbol in (first, second):
        world(client, symbol, one, two)
    assert cancelled(client.cancel_all(account_id=one, symbol=first, side="buy")) == 2
    assert cancelled(client.cancel_all(account_id=one, symbol=first, side="buy")) == 0
    assert cancelled(client.cancel_all(symbol=second, tag="sells")) == 2
    assert cancelled(client.cancel_all(account_id=two)) == 5
    left = client.pages("/api/v1/orders", account_id=one, status="new")
    assert [(order["symbol"], order["side"]) for order in left] == [
        (second, "buy"), (second, "buy"), (first, "sell")]
    step = client.history(client.pages(
        "/api/v1/orders", account_id=two, status="cancelled")[0]["order_id"])[-1]
    assert short(step)[0] == "cancelled" and step["reason"] == "client_request"


@pytest.mark.parametrize("body,status,code", [
    ({}, 400, "missing_field"), ({"all": False}, 400, "missing_field"),
    ({"all": None}, 400, "missing_field"), ({"account": "1"}, 400, "unknown_field"),
    ({"account_id": "999999"}, 404, "unknown_account"),
    ({"symbol": "NOSUCH"}, 422, "unknown_symbol"), ({"side": "up"}, 400, "invalid_value"),
    ({"all": 1}, 400, "invalid_type"), ({"tag": "a b"}, 400, "invalid_value")])
def test_a_mistake_cancels_nothing(client, symbol, buyer, redis, body, status, code):
    client.place(buyer, "buy", symbol, 1, "10.00")
    before = redis.call("GET", "oes:{0}:seq")
    assert_error(client.call("POST", "/api/v1/orders/cancel-all", body), status, code)
    assert_error(client.call("POST", "/api/v1/orders/cancel-all"), 400, "body_required")
    assert redis.call("GET", "oes:{0}:seq") == before


def test_all_while_orders_come_in(server, client, symbol, buyer):
    """What was acknowledged before is gone, and nothing is left out or cancelled twice."""
    stop = threading.Event()
    placed = []

    def place():
        with V1(server.url) as own:
            while not stop.is_set():
                placed.append(own.place(buyer, "buy", symbol, 1, "10.00")["order_id"])

    threads = [threading.Thread(target=place) for _ in range(3)]
    for thread in threads:
        thread.start()
    total = 0
    for _ in range(10):
        known = list(placed)
        found = decoded(client.cancel_all(all=True))
        assert found["failed"] == 0
        total += found["cancelled"]
        working = {
            order["order_id"]
            for order in client.pages("/api/v1/orders", account_id=buyer, status="new")}
        assert not working & set(known)
    stop.set()
    for thread in threads:
        thread.join()
    total += decoded(client.cancel_all(symbol=symbol))["cancelled"]
    mine = client.pages("/api/v1/orders", account_id=buyer)
    assert {order["order_id"] for order in mine} == set(placed)
    assert {order["status"] for order in mine} == {"cancelled"}
    assert total >= len(placed) > 0
    assert client.book(symbol) == ([], [])
