"""Kill switches, groups' states and cancel-all-after: what is stopped, what is cancelled, and that it
goes on where a host dies."""

import threading
import time

import pytest

from live.client import assert_error, decoded
from live.servers import RedisServer
from live.v1 import V1
from oes.host import wait_until

SWITCH = "/api/v1/risk/kill-switch"
WAIT = 10



@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


def press(client, scope, id=None, reason="test"):
    body = {"scope": scope, "reason": reason}
    return client.call("POST", SWITCH, body | ({"id": id} if id else {}))


def lift(client, scope, id=None):
    query = {"scope": scope, "reason": "all clear"} | ({"id": id} if id else {})
    return client.call("DELETE", SWITCH, params=query)


def open_orders(client, account):
    return [order for order in client.pages("/api/v1/orders", account_id=account)
            if order["closed_at"] is None]


def place_all_sorts(client, account, symbol):
    """Resting, parked, linked, sliced and pegged orders; gives how many are open."""
    client.place(account, "buy", symbol, 5, "99.00", time_in_force="gtc")
    client.place(account, "buy", symbol, 5, order_type="stop", params={"stop_price": "130.00"})
    client.place(account, "buy", symbol, 5, order_type="bracket", params={
        "take_profit_price": "120.00", "stop_loss_price": "80.00"}, price="98.00")
    client.place(account, "buy", symbol, 40, "97.00", order_type="twap", time_in_force="gtc",
                 params={"duration": 600_000, "slices": 4})
    client.place(account, "buy", symbol, 5, "99.50", order_type="pegged", params={
        "reference": "bid", "offset": "-0.01"}, time_in_force="gtc")
    client.place(account, "buy", symbol, 5, "96.00", internal=True, time_in_force="gtc")
    return len(open_orders(client, account))


@pytest.fixture
def market(client, symbol, seller):
    """A last price and a standing bid of somebody else's."""
    other = client.account("Maker", 1_000_000)
    client.order(seller, "sell", symbol, 1, "100.00")
    client.order(other, "buy", symbol, 1, "100.00")
    client.place(other, "buy", symbol, 10, "99.20", time_in_force="gtc")
    return other


# Switches.

def test_a_kill_switch_ends_everything_of_an_account_and_stays(client, symbol, buyer, market):
    count = place_all_sorts(client, buyer, symbol)
    assert count >= 8
    answer = press(client, "account", buyer)
    report = decoded(answer)
    assert report["cancelled"] == count and report["failed"] == 0, report
    assert 0 < report["block_micros"] <= report["micros"]
    assert open_orders(client, buyer) == []
    for order in client.pages("/api/v1/orders", account_id=buyer):
        assert order["status"] == "cancelled"
        assert order["reason"].startswith(("kill_switch: scope=account:", "parent_cancelled"))
    refused = client.try_place(buyer, "buy", symbol, 1, "90.00")
    assert_error(refused, 422, "kill_switch")
    # Others trade on, and it stays until it is lifted.
    client.place(market, "buy", symbol, 1, "90.00")
    again = decoded(press(client, "account", buyer))
    assert again["cancelled"] == 0 and again["since"] == report["since"]
    assert decoded(lift(client, "account", buyer))["lifted"] is True
    assert_error(lift(client, "account", buyer), 409, "switch_not_on")
    client.place(buyer, "buy", symbol, 1, "90.00")


def test_a_group_and_the_firm(client, numbers, symbol, buyer, market):
    group = f"desk{next(numbers)}"
    made = client.call("POST", "/api/v1/groups", {"group": group, "name": "Desk"})
    assert made.status_code == 201, made.text
    decoded(client.call("PATCH", f"/api/v1/accounts/{buyer}", {"group": group}))
    assert decoded(client.call("GET", f"/api/v1/groups/{group}"))["accounts"] == [buyer]
    for scope, id in (("group", group), ("firm", None)):
        client.place(buyer, "buy", symbol, 1, "90.00", time_in_force="gtc")
        assert decoded(press(client, scope, id))["cancelled"] >= 1
        assert open_orders(client, buyer) == []
        assert_error(client.try_place(buyer, "buy", symbol, 1, "90.00"), 422, "kill_switch")
        decoded(lift(client, scope, id))
    for state, code in (("cancel_only", "cancel_only"), ("halted", "halted")):
        decoded(client.call("PATCH", f"/api/v1/groups/{group}", {"state": state}))
        answer = client.try_place(buyer, "buy", symbol, 1, "90.00")
        assert answer.status_code == 422 and code in answer.json()["code"], answer.text
    decoded(client.call("PATCH", f"/api/v1/groups/{group}", {"state": "active"}))
    assert_error(client.call("DELETE", f"/api/v1/groups/{group}"), 409, "group_in_use")
    decoded(client.call("PATCH", f"/api/v1/accounts/{buyer}", {"group": "-"}))
    decoded(client.call("DELETE", f"/api/v1/groups/{group}"))
    assert_error(client.call("GET", f"/api/v1/groups/{group}"), 404, "unknown_group")


def test_under_load_nothing_is_left_and_nothing_comes_after(client, server, symbol, buyer):
    stop = threading.Event()

    def fire():
        with V1(server.url) as mine:
            while not stop.is_set():
                mine.try_place(buyer, "buy", symbol, 1, "1.00", time_in_force="gtc")

    threads = [threading.Thread(target=fire) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    report = decoded(press(client, "account", buyer))
    left = open_orders(client, buyer)
    stop.set()
    for thread in threads:
        thread.join()
    assert report["cancelled"] > 20 and report["failed"] == 0, report
    assert left == [] and open_orders(client, buyer) == []
    decoded(lift(client, "account", buyer))


@pytest.mark.parametrize("body, code, field", [
    ({}, "missing_field", "scope"), ({"scope": "desk", "reason": "x"}, "invalid_value", "scope"),
    ({"scope": "account", "reason": "x"}, "missing_field", "id"),
    ({"scope": "firm", "id": "1", "reason": "x"}, "invalid_value", "id"),
    ({"scope": "firm"}, "missing_field", "reason"),
    ({"scope": "firm", "reason": ""}, "invalid_value", "reason"),
    ({"scope": "firm", "reason": 7}, "invalid_type", "reason"),
    ({"scope": "firm", "reason": "r" * 201}, "invalid_value", "reason"),
    ({"scope": "firm", "reason": "x", "all": True}, "unknown_field", "all"),
    ({"scope": "account", "id": "999999", "reason": "x"}, "unknown_account", None),
    ({"scope": "group", "id": "nobody", "reason": "x"}, "unknown_group", None),
])
def test_a_wrong_press_changes_nothing(client, redis, body, code, field):
    before = redis.call("GET", "oes:{0}:seq")
    answer = client.call("POST", SWITCH, body)
    assert_error(answer, (400, 404), code)
    assert field is None or answer.json()["field"] == field
    assert redis.call("GET", "oes:{0}:seq") == before


# Cancel-all-after.

def arm(client, account, seconds):
    return client.call(
        "POST", f"/api/v1/accounts/{account}/cancel-all-after", {"seconds": seconds})


def test_a_timer_that_is_not_fed_cancels(client, symbol, buyer, market):
    count = place_all_sorts(client, buyer, symbol)
    assert decoded(arm(client, buyer, 2))["due_at"]
    time.sleep(1)
    decoded(arm(client, buyer, 2))
    time.sleep(1.3)
    assert len(open_orders(client, buyer)) == count, "it was fed"
    wait_until(lambda: open_orders(client, buyer) == [], WAIT, "the end of all orders")
    reasons = {order["reason"] for order in client.pages("/api/v1/orders", account_id=buyer)}
    assert reasons <= {"cancel_all_after", "parent_cancelled"}
    # It is over then: what comes later stays.
    placed = client.place(buyer, "buy", symbol, 1, "90.00", time_in_force="gtc")
    time.sleep(1)
    assert client.one(placed["order_id"])["closed_at"] is None
    decoded(arm(client, buyer, 1))
    assert decoded(arm(client, buyer, 0))["due_at"] is None
    time.sleep(1.5)
    assert client.one(placed["order_id"])["closed_at"] is None


@pytest.mark.parametrize("seconds, code", [
    (None, "missing_field"), (-1, "out_of_range"), (3601, "out_of_range"),
    ("soon", "invalid_value"), (1.5, "too_many_decimals"), ([], "invalid_type")])
def test_a_wrong_timer_is_refused(client, buyer, seconds, code):
    assert_error(arm(client, buyer, seconds), 400, code, "seconds")


# Hosts that die.

@pytest.fixture
def pair(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        hosts = [make_host(env=redis.settings()).start() for _ in range(2)]
        yield redis, hosts
        for host in hosts:
            if host.process:
                assert host.stop() == 0, host.output()


def fill(client, symbol, account, count):
    for start in range(0, count, 100):
        client.batch([
            {"account_id": account, "side": "buy", "symbol": symbol, "quantity": 1,
             "price": "1.00", "time_in_force": "gtc"} for _ in range(start, start + 100)])


@pytest.mark.faults
def test_another_host_goes_on_with_the_cancels_of_a_dead_one(pair):
    redis, (doomed, other) = pair
    with V1(other.url) as client:
        symbol, account = client.instrument("DEAD"), client.account("Dead", 1_000_000)
        fill(client, symbol, account, 3_000)
        thread = threading.Thread(target=try_press, args=(doomed.url, account))
        thread.start()
        wait_until(
            lambda: client.pages(SWITCH) != [], WAIT, "the block to stand")
        doomed.kill_host()
        thread.join()
        assert_error(client.try_place(account, "buy", symbol, 1, "1.00"), 422, "kill_switch")
        wait_until(lambda: open_orders(client, account) == [], 30, "the end of all orders")


def try_press(url, account):
    try:
        with V1(url) as client:
            press(client, "account", account)
    except Exception:  # Its host dies.
        pass


@pytest.mark.faults
def test_the_only_host_goes_on_when_it_is_back(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        host = make_host(env=redis.settings()).start()
        with V1(host.url) as client:
            symbol, account = client.instrument("BACK"), client.account("Back", 1_000_000)
            fill(client, symbol, account, 500)
        host.kill_host()
        # Pressed by one that died before its first cancel.
        with redis.connect() as connection:
            name = b"oes_" + version(connection)
            connection.call(
                "FCALL", name + b"_switch", "1", "oes:{0}", "1", f"account:{account}", "1", "k",
                "why", "")
        host.start()
        with V1(host.url) as client:
            wait_until(lambda: open_orders(client, account) == [], 30, "the end of all orders")
            assert_error(client.try_place(account, "buy", symbol, 1, "1.00"), 422, "kill_switch")
        assert host.stop() == 0, host.output()


def version(redis):
    (library,) = redis.call("FUNCTION", "LIST", "LIBRARYNAME", "oes_*")
    return library[1][len(b"oes_"):]


@pytest.mark.faults
def test_a_timer_outlives_the_host_that_armed_it(pair):
    redis, (doomed, other) = pair
    with V1(doomed.url) as client:
        symbol, account = client.instrument("TIMER"), client.account("Timer", 1_000_000)
        fill(client, symbol, account, 100)
        decoded(arm(client, account, 1))
    doomed.kill_host()
    with V1(other.url) as client:
        wait_until(lambda: open_orders(client, account) == [], WAIT, "the end of all orders")
