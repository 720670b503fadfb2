"""One order through /api/v1: placed, read, changed and cancelled, each answer field by field."""

import re

import pytest

from live.client import assert_error, decoded
from live.v1 import REPORT, V1, body_of, report, short

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


def same_step(answer, step):
    """An answer is the step that the history shows, but for when its request came."""
    assert TIME.fullmatch(answer["received_at"])
    assert answer | {"received_at": None} == step | {"received_at": None}
    assert step["received_at"] is None


def test_a_report_of_an_order_that_rests_field_by_field(client, symbol, buyer, numbers):
    name = f"first-{next(numbers)}"
    answer = client.place(
        buyer, "buy", symbol, "10", "150.25", client_order_id=name, tag="alpha",
        time_in_force="gtc")
    assert TIME.fullmatch(answer["matched_at"]) and TIME.fullmatch(answer["received_at"])
    assert answer | {"matched_at": 0, "received_at": 0} == {
        "order_id": f"{buyer}-{name}", "client_order_id": name, "account_id": buyer,
        "symbol": symbol, "side": "buy", "order_type": "limit", "time_in_force": "gtc",
        "price": "150.25", "quantity": "10", "exec_id": f"{answer['event_seq']}-1",
        "exec_type": "new", "order_status": "new", "last_qty": "0", "last_px": None,
        "cum_qty": "0", "leaves_qty": "10", "avg_px": None, "liquidity": None, "trade_id": None,
        "reason": None, "tag": "alpha", "event_seq": answer["event_seq"], "matched_at": 0,
        "received_at": 0}
    assert isinstance(answer["event_seq"], int)
    steps = client.history(answer["order_id"])
    assert len(steps) == 1
    same_step(answer, steps[0])


def test_an_order_field_by_field(client, symbol, buyer, numbers):
    name = f"one-{next(numbers)}"
    answer = client.place(
        buyer, "buy", symbol, 10, "150.25", client_order_id=name, tag="t", asset_type="stocks")
    order = client.one(answer["order_id"])
    times = {field: order[field] for field in ("timestamp", "created_at", "updated_at")}
    assert set(times.values()) == {answer["matched_at"]}
    assert TIME.fullmatch(order["expire_time"])
    assert {name: value for name, value in order.items() if name not in times} == {
        "order_id": answer["order_id"], "client_order_id": name, "account_id": buyer,
        "symbol": symbol, "side": "buy", "order_type": "limit", "time_in_force": "day",
        "asset_type": "stocks", "params": None, "price": "150.25", "quantity": "10",
        "filled_quantity": "0", "remaining_quantity": "10", "avg_price": None, "fee": "0",
        "status": "new", "reason": None, "internal": False, "tag": "t", "closed_at": None,
        "expire_time": order["expire_time"], "event_seq": answer["event_seq"],
        "history": order["history"], "history_is_cut": False, "post_only": False,
        "reduce_only": False, "stp_mode": "cancel_newest", "display_quantity": None,
        "min_quantity": None, "stop_price": None, "trigger": None, "trigger_direction": None,
        "trail_amount": None, "trail_bps": None, "limit_offset": None, "peg": None,
        "peg_offset": None, "peg_limit": None, "parent_order_id": None, "link_group": None,
        "link_action": None, "children": []}
    assert client.get(f"/api/v1/orders/by-client-id/{buyer}/{name}") == order


def test_three_fills_and_a_cancel_read_as_steps(client, symbol, buyer, seller):
    for quantity, price in ((3, "99.00"), (2, "99.50"), (1, "100.00")):
        client.place(seller, "sell", symbol, quantity, price)
    answer = client.place(buyer, "buy", symbol, 10, "100.00")
    order = answer["order_id"]
    ended = report(decoded(client.end(order)))
    steps = client.history(order)
    assert [short(step) for step in steps] == [
        ("new", "new", "0", None, "0", "10", None, None),
        ("trade", "partially_filled", "3", "99", "3", "7", "taker", None),
        ("trade", "partially_filled", "2", "99.5", "5", "5", "taker", None),
        ("trade", "partially_filled", "1", "100", "6", "4", "taker", None),
        ("cancelled", "cancelled", "0", None, "6", "0", None, "client_request")]
    same_step(answer, steps[3])
    same_step(ended, steps[4])
    assert [step["avg_px"] for step in steps[1:4]] == ["99", "99.2", "99.33333"]
    assert len({step["exec_id"] for step in steps}) == 5
    order = client.one(order)
    assert (order["status"], order["filled_quantity"], order["remaining_quantity"]) == (
        "cancelled", "6", "0")


def test_the_resting_side_reads_its_fills_as_maker(client, symbol, buyer, seller):
    resting = client.place(seller, "sell", symbol, 10, "100.00")["order_id"]
    taken = [client.place(buyer, "buy", symbol, quantity, "101.00") for quantity in (4, 6)]
    steps = client.history(resting)
    assert [short(step)[:7] for step in steps] == [
        ("new", "new", "0", None, "0", "10", None),
        ("trade", "partially_filled", "4", "100", "4", "6", "maker"),
        ("trade", "filled", "6", "100", "10", "0", "maker")]
    assert [step["trade_id"] for step in steps[1:]] == [step["trade_id"] for step in taken]
    assert [step["exec_type"] for step in taken] == ["trade", "trade"]
    for answer in taken:
        same_step(answer, client.history(answer["order_id"])[-1])


def test_what_an_ioc_leaves_is_the_answer(client, symbol, buyer, seller):
    client.place(seller, "sell", symbol, 3, "100.00")
    answer = client.place(buyer, "buy", symbol, 5, "100.00", time_in_force="ioc")
    assert short(answer) == (
        "cancelled", "cancelled", "0", None, "3", "0", None, "ioc_remainder")
    steps = client.history(answer["order_id"])
    assert [step["exec_type"] for step in steps] == ["new", "trade", "cancelled"]
    same_step(answer, steps[-1])


def test_a_killed_fok_and_a_market_order(client, symbol, buyer, seller):
    client.place(seller, "sell", symbol, 3, "100.00")
    killed = client.place(buyer, "buy", symbol, 5, "100.00", time_in_force="fok")
    assert short(killed) == ("cancelled", "cancelled", "0", None, "0", "0", None, "fok_unfillable")
    same_step(killed, client.history(killed["order_id"])[-1])
    market = client.place(buyer, "buy", symbol, 2)
    assert (market["order_type"], market["price"], market["last_px"]) == ("market", None, "100")
    same_step(market, client.history(market["order_id"])[-1])


def test_an_amend_that_trades(client, symbol, buyer, seller):
    client.place(seller, "sell", symbol, 4, "101.00")
    order = client.place(buyer, "buy", symbol, 10, "100.00")["order_id"]
    names = REPORT | {"priority_kept"}
    less = report(decoded(client.change(order, quantity=8)), names)
    assert (less.pop("priority_kept"), *short(less)[:2], less["quantity"]) == (
        True, "replaced", "new", "8")
    traded = report(decoded(client.change(order, price="101.00", quantity="9")), names)
    assert (traded.pop("priority_kept"), *short(traded)[:7]) == (
        False, "trade", "partially_filled", "4", "101", "4", "5", "taker")
    again = report(decoded(client.change(order, price="101.00")), names)
    assert (again["priority_kept"], again["exec_id"], again["event_seq"]) == (
        True, None, traded["event_seq"])
    done = report(decoded(client.change(order, quantity=4)), names)
    assert (done.pop("priority_kept"), *short(done)[:2]) == (True, "replaced", "filled")
    steps = client.history(order)
    assert [step["exec_type"] for step in steps] == [
        "new", "replaced", "replaced", "trade", "replaced"]
    same_step(less, steps[1])
    same_step(traded, steps[3])
    same_step(done, steps[4])


def test_the_same_request_answers_the_order_as_it_stands(client, symbol, buyer, seller, numbers):
    name = f"again-{next(numbers)}"
    body = body_of(buyer, "buy", symbol, 10, "100.00", client_order_id=name)
    first = decoded(client.call("POST", "/api/v1/orders", body))
    client.place(seller, "sell", symbol, 4, "100.00")
    again = report(decoded(client.call("POST", "/api/v1/orders", {**body, "quantity": "10.0"})))
    assert (again["order_id"], again["exec_id"]) == (first["order_id"], None)
    assert short(again)[:6] == ("trade", "partially_filled", "0", None, "4", "6")
    other = client.call("POST", "/api/v1/orders", {**body, "quantity": 11})
    assert_error(other, 409, "duplicate_client_order_id", "client_order_id")
    # The kept route and the new one are one way in: it is the same request.
    kept = client.try_order(buyer, "buy", symbol, 10, "100.00", client_order_id=name)
    assert decoded(kept)["order_id"] == first["order_id"]


def test_a_rejected_order_is_named_and_remembered(client, symbol, buyer, numbers):
    name = f"no-{next(numbers)}"
    body = body_of(buyer, "sell", symbol, 10, "100.00", client_order_id=name)
    refused = [
        assert_error(client.call("POST", "/api/v1/orders", body), 422, "insufficient_shares")
        for _ in range(2)]
    for error in refused:
        assert error["context"]["order_id"] == f"{buyer}-{name}"
        assert error["context"]["client_order_id"] == name
    order = client.one(f"{buyer}-{name}")
    assert order["status"] == "rejected"
    assert order["reason"].startswith("insufficient_shares")
    assert [short(step)[:2] for step in order["history"]] == [("rejected", "rejected")]
    assert order["history"][0]["reason"] == order["reason"]


def test_what_has_ended_is_neither_changed_nor_cancelled(client, symbol, buyer):
    order = client.place(buyer, "buy", symbol, 1, "10.00")["order_id"]
    decoded(client.end(order))
    assert_error(client.end(order), 409, "order_closed")
    assert_error(client.change(order, quantity=2), 409, "order_closed")


@pytest.mark.parametrize("name", ["1-nosuch", "999999-a", "nosuch", "1-", "-"])
def test_an_unknown_order_is_told_of_in_the_same_words(client, server, name):
    told = [
        assert_error(client.call("GET", f"/api/v1/orders/{name}"), 404, "unknown_order"),
        assert_error(client.change(name, quantity=1), 404, "unknown_order"),
        assert_error(client.end(name), 404, "unknown_order")]
    assert len({error["message"] for error in told}) == 1


def test_an_unknown_account_is_told_of(client, symbol):
    refused = client.try_place("999999", "buy", symbol, 1, "10.00")
    assert_error(refused, 404, "unknown_account")
    assert_error(client.call("GET", "/api/v1/orders/by-client-id/999999/a"), 404)
    assert_error(client.call("GET", "/api/v1/orders/by-client-id/1/nosuch"), 404, "unknown_order")


def test_without_an_account_it_says_which_field(client, symbol):
    body = body_of(None, "buy", symbol, 1, "10.00")
    assert_error(client.call("POST", "/api/v1/orders", body), 400, "missing_field", "account_id")


@pytest.mark.parametrize("fields,code", [
    ({"type": "buy"}, "unknown_field"), ({"tif": "day"}, "unknown_field"),
    ({"status": "filled"}, "unknown_field"), ({"id": "x"}, "unknown_field"),
    ({"side": None}, "missing_field"), ({"account_id": 1}, "invalid_type")])
def test_the_predecessors_names_are_not_taken_here(client, symbol, buyer, fields, code):
    body = {**body_of(buyer, "buy", symbol, 1, "10.00"), **fields}
    assert_error(client.call("POST", "/api/v1/orders", body), 400, code, next(iter(fields)))


@pytest.mark.parametrize("body,code", [
    ({}, "missing_field"), ({"quantity": 0}, "out_of_range"), ({"side": "sell"}, "unknown_field"),
    ({"price": "1.001"}, "too_many_decimals"), ({"quantity": "x"}, "invalid_value")])
def test_a_change_that_makes_no_sense(client, symbol, buyer, body, code):
    order = client.place(buyer, "buy", symbol, 1, "10.00")
    assert_error(client.call("PATCH", f"/api/v1/orders/{order['order_id']}", body), 400, code)
    assert client.one(order["order_id"])["event_seq"] == order["event_seq"]


def test_an_order_of_a_symbol_that_was_just_made(client, numbers):
    """The picture may be behind; it waits for what the client was told."""
    symbol = client.instrument(f"NEW{next(numbers)}")
    account = client.account("New", 1_000)
    assert client.place(account, "buy", symbol, 1, "1.00")["order_status"] == "new"


def test_an_ended_order_is_said_to_have_ended_before_any_rule_speaks(client, buyer, symbol):
    order = client.place(buyer, "buy", symbol, 1, "9.00")["order_id"]
    client.call("DELETE", f"/api/v1/orders/{order}")
    answer = client.call("PATCH", f"/api/v1/orders/{order}", {"quantity": 100_000_000})
    assert_error(answer, 409, "order_closed")
