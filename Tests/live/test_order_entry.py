"""Order entry over /ws: the same as over REST, answer for answer, and cancel on disconnect."""

import json
import time

import pytest

from live.keys import KeyedHost
from live.servers import RedisServer
from live.socket import Socket
from live.v1 import V1
from oes.host import wait_until

NOT_TEXT = [7, True, [], {}, None, ""]


@pytest.fixture
def socket(server):
    with Socket(server.url) as socket:
        yield socket


@pytest.fixture
def v1(server):
    with V1(server.url) as client:
        yield client


class Desk:
    """Requests over one socket, each with an id of its own."""

    def __init__(self, socket):
        self.socket, self.count = socket, 0

    def send(self, kind, **fields):
        self.count += 1
        self.socket.send({"type": kind, "request_id": f"r{self.count}", **fields})
        return f"r{self.count}"

    def ask(self, kind, **fields):
        name = self.send(kind, **fields)
        (answer,) = [message for message in self.socket.collect(
            lambda messages: messages and messages[-1].get("request_id") == name)
            if message.get("request_id") == name]
        assert set(answer) == {"type", "request_id", "status", "rate_limit", "body"}
        assert answer["type"] == "response"
        return answer

    def place(self, account, symbol, price="90.00", side="buy", quantity=1, more=None, **fields):
        return self.ask("place", order={
            "account_id": account, "symbol": symbol, "side": side, "quantity": quantity,
            "price": price, "time_in_force": "gtc", **fields}, **(more or {}))


@pytest.fixture
def desk(socket):
    return Desk(socket)


def without_times(body):
    return {name: value for name, value in body.items()
            if name not in ("received_at", "matched_at", "event_seq", "exec_id", "request_id",
                            "order_id", "client_order_id", "context", "micros")}


def test_an_orders_life(desk, v1, symbol, buyer):
    placed = desk.place(buyer, symbol, client_order_id="mine")
    assert placed["status"] == 200 and placed["body"]["exec_type"] == "new"
    order = placed["body"]["order_id"]
    assert order == f"{buyer}-mine"
    changed = desk.ask("amend", order_id=order, changes={"quantity": 3})
    assert changed["status"] == 200 and changed["body"]["priority_kept"] is False
    assert changed["body"]["quantity"] == "3"
    ended = desk.ask("cancel", order_id=order)
    assert ended["status"] == 200 and ended["body"]["order_status"] == "cancelled"
    assert desk.ask("cancel", order_id=order)["status"] == 409
    assert [step["exec_type"] for step in v1.history(order)] == ["new", "replaced", "cancelled"]
    for _ in range(3):
        desk.place(buyer, symbol)
    many = desk.ask("cancel_all", filter={"account_id": buyer})
    assert many["status"] == 200 and many["body"]["cancelled"] == 3


ORDERS = [
    {}, {"quantity": 0}, {"quantity": "1.5"}, {"price": "90.001"}, {"side": "hold"},
    {"symbol": "NOSUCH"}, {"account_id": "999999"}, {"bogus": 1}, {"order_type": "nosuch"},
    {"quantity": 100_001}, {"quantity": 99_999, "price": "1000.00"}, {"time_in_force": "ioc"},
    {"price": None, "order_type": "market"}, {"client_order_id": "a b"}, {"quantity": [1]},
    {"params": 5}, {"tag": "x" * 1_000}, {"quantity": 10**30}, {"account_id": None}]


@pytest.mark.parametrize("change", ORDERS, ids=str)
def test_an_order_is_answered_as_over_rest(desk, v1, symbol, buyer, change):
    order = {"account_id": buyer, "symbol": symbol, "side": "buy", "quantity": 1,
             "price": "90.00"} | change
    here = desk.ask("place", order=order)
    there = v1.call("POST", "/api/v1/orders", order)
    assert here["status"] == there.status_code
    theirs = json.loads(there.text)
    assert without_times(here["body"]) == without_times(theirs)
    assert set(here["body"]) == set(theirs)
    if here["status"] != 200:
        assert here["body"]["request_id"] == here["request_id"]


@pytest.mark.parametrize("changes", [
    {}, {"price": "x"}, {"quantity": -1}, {"bogus": 1}, {"stop_price": "1.00"}], ids=str)
def test_an_amend_is_answered_as_over_rest(desk, v1, symbol, buyer, changes):
    order = v1.place(buyer, "buy", symbol, 2, "90.00", time_in_force="gtc")["order_id"]
    for name in (order, f"{buyer}-nosuch", "nonsense"):
        here = desk.ask("amend", order_id=name, changes=changes)
        there = v1.change(name, **changes)
        assert here["status"] == there.status_code
        assert without_times(here["body"]) == without_times(json.loads(there.text))


@pytest.mark.parametrize("filters", [
    {}, {"account_id": "999999"}, {"side": "x"}, {"bogus": True}, {"all": "yes"}], ids=str)
def test_a_wrong_cancel_all_is_answered_as_over_rest(desk, v1, filters):
    here = desk.ask("cancel_all", filter=filters)
    there = v1.cancel_all(**filters)
    assert here["status"] == there.status_code >= 400
    assert without_times(here["body"]) == without_times(json.loads(there.text))


def test_the_same_order_twice_is_one_order_and_another_a_conflict(desk, v1, symbol, buyer):
    one = desk.place(buyer, symbol, client_order_id="twice")
    other = desk.place(buyer, symbol, client_order_id="twice")
    assert one["status"] == other["status"] == 200 and other["body"]["exec_id"] is None
    assert v1.place(buyer, "buy", symbol, 1, "90.00", time_in_force="gtc",
                    client_order_id="twice")["order_id"] == one["body"]["order_id"]
    conflict = desk.place(buyer, symbol, client_order_id="twice", quantity=2)
    assert conflict["status"] == 409
    assert conflict["body"]["code"] == "duplicate_client_order_id"


def test_requests_that_dont_wait_are_worked_on_in_their_order(desk, socket, symbol, buyer):
    """Each pair: a new order and its cancel, sent together."""
    names = []
    for number in range(40):
        names.append(desk.send("place", order={
            "account_id": buyer, "symbol": symbol, "side": "buy", "quantity": 1,
            "price": "90.00", "client_order_id": f"pair{number}"}))
        names.append(desk.send("cancel", order_id=f"{buyer}-pair{number}"))
    names.append(desk.send("cancel_all", filter={"account_id": buyer}))
    answers = {message["request_id"]: message for message in socket.collect(
        lambda messages: len(messages) == len(names))}
    assert [answers[name]["status"] for name in names] == [200] * len(names)
    assert answers[names[-1]]["body"]["cancelled"] == 0


def test_orders_dont_count_as_messages_and_messages_do(desk, socket, symbol, buyer):
    for _ in range(350):
        socket.send({"type": "ping"})
    answer = desk.place(buyer, symbol)
    assert answer["status"] == 200
    codes = {message.get("code") for message in socket.quiet()}
    assert codes <= {None, "rate_limited"}


@pytest.mark.parametrize("name", [*NOT_TEXT, "a b", "ü", "x" * 65, "a\0"], ids=str)
@pytest.mark.parametrize("kind", ["place", "amend", "cancel", "cancel_all"])
def test_a_wrong_request_id_is_an_error_without_one(socket, kind, name):
    message = {"type": kind, "request_id": name}
    answer, _ = socket.ask(message, "error")
    assert answer["field"] == "request_id" and "request_id" not in answer
    socket.ask({"type": "ping"}, "pong")


WRONG = [
    ("place", {}, "order"), ("amend", {"order_id": "1-a"}, "changes"),
    ("amend", {"changes": {"price": 1}}, "order_id"), ("cancel", {}, "order_id"),
    ("cancel_all", {}, "filter"), ("cancel", {"order_id": "1-a", "order": {}}, "order"),
    ("place", {"order": {}, "bogus": 1}, "bogus"),
    ("cancel", {"order_id": "x" * 1_000}, "order_id"),
    ("cancel", {"order_id": "a\0"}, "order_id"),
    ("cancel", {"order_id": "1-a", "cancel_on_disconnect": True}, "cancel_on_disconnect"),
] + [("place", {"order": value}, "order") for value in (5, "x", [], True, None, "", [{}])] + [
    ("amend", {"order_id": "1-a", "changes": value}, "changes") for value in (5, "x", [])] + [
    ("cancel", {"order_id": value}, "order_id") for value in NOT_TEXT] + [
    ("cancel_all", {"filter": value}, "filter") for value in (5, "x", [])] + [
    ("place", {"order": {}, "cancel_on_disconnect": value}, "cancel_on_disconnect")
    for value in (1, "yes", [], {})]


@pytest.mark.parametrize("kind, fields, field", WRONG, ids=str)
def test_a_wrong_message_is_answered_400_and_changes_nothing(desk, redis, kind, fields, field):
    before = redis.call("GET", "oes:{0}:seq")
    answer = desk.ask(kind, **fields)
    assert answer["status"] == 400, answer
    assert answer["body"]["field"] == field and answer["body"]["message"]
    assert redis.call("GET", "oes:{0}:seq") == before


def test_a_request_id_is_used_once_at_a_time(desk, socket, symbol, buyer):
    order = {"account_id": buyer, "symbol": symbol, "side": "buy", "quantity": 1, "price": "90"}
    message = {"type": "place", "request_id": "same", "order": order}
    for _ in range(20):
        socket.send(message)
    answers = socket.collect(lambda messages: len(messages) == 20)
    statuses = [answer["status"] for answer in answers]
    assert set(statuses) <= {200, 409} and statuses.count(200) >= 1
    for answer in answers:
        if answer["status"] == 409:
            assert answer["body"]["code"] == "duplicate_request_id"
    socket.send(message)
    assert socket.receive()["status"] == 200


def test_too_many_unanswered_are_refused_and_not_queued(server, symbol, buyer):
    """The host takes what one read brings before any answer of Redis can come."""
    order = {"account_id": buyer, "symbol": symbol, "side": "buy", "quantity": 1, "price": "90"}
    with Socket(server.url) as socket:
        burst = b""
        for number in range(400):
            text = json.dumps({
                "type": "cancel", "request_id": f"q{number}", "order_id": "1-x"}).encode()
            burst += bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text
        socket.connection.socket.sendall(burst)
        answers = socket.collect(lambda messages: len(messages) == 400, timeout=20)
        refused = [answer for answer in answers if answer["status"] == 429]
        assert {answer["body"]["code"] for answer in refused} <= {"too_many_unanswered"}
        assert len(refused) <= 400 - 256
        desk = Desk(socket)
        assert desk.ask("place", order=order)["status"] == 200


def test_keys_roles_accounts_and_limits_are_those_of_rest(server, make_host):
    host = make_host().start()
    keyed = KeyedHost(host)
    for who, may_place, may_cancel in (
            ("viewer", 403, 403), ("risk", 403, 404), ("mine", 200, 404), ("stranger", 404, 404)):
        with keyed.socket(who) as socket:
            desk = Desk(socket)
            placed = desk.place(keyed.account, "KEYED", price="40.00")
            assert placed["status"] == may_place, who
            assert desk.ask("cancel", order_id=f"{keyed.account}-no")["status"] == may_cancel
            assert bool(placed["rate_limit"]) == (who in ("mine", "stranger")), placed


# Cancel on disconnect.


def open_orders(client, symbol):
    return {order["order_id"] for order in client.pages(
        "/api/v1/orders", symbol=symbol, status="new,partially_filled,parked", limit=1000)}


def leave(socket, how):
    if how == "close":
        socket.connection.close()
    else:
        socket.connection.socket.close()


@pytest.mark.parametrize("how", ["close", "cut"])
def test_a_sockets_orders_are_cancelled_when_it_is_gone(server, v1, symbol, buyer, how):
    kept = v1.place(buyer, "buy", symbol, 1, "80.00", time_in_force="gtc")["order_id"]
    socket = Socket(server.url)
    desk = Desk(socket)
    mine = [desk.place(buyer, symbol, more={"cancel_on_disconnect": True})["body"]["order_id"]
            for _ in range(3)]
    stays = desk.place(buyer, symbol, more={"cancel_on_disconnect": False})["body"]["order_id"]
    assert open_orders(v1, symbol) == {kept, stays, *mine}
    leave(socket, how)
    wait_until(lambda: open_orders(v1, symbol) == {kept, stays}, what="the cancels")
    for order in mine:
        assert v1.one(order)["reason"] == "client_disconnected"


def test_leases_leave_nothing_behind(server, v1, redis, symbol, buyer):
    with Socket(server.url) as socket:
        desk = Desk(socket)
        for _ in range(3):
            desk.place(buyer, symbol, more={"cancel_on_disconnect": True})
    wait_until(lambda: not open_orders(v1, symbol), what="the cancels")
    wait_until(lambda: not redis.call("KEYS", "oes:{0}:lease[sd]*"), what="the end of the lease")


def test_ended_orders_are_forgotten_while_the_socket_lives(server, v1, redis, symbol, buyer):
    with Socket(server.url) as socket:
        desk = Desk(socket)
        orders = [desk.place(buyer, symbol, more={"cancel_on_disconnect": True})["body"]["order_id"]
                  for _ in range(4)]
        for order in orders[1:]:
            desk.ask("cancel", order_id=order)

        def members():
            (key,) = redis.call("KEYS", "oes:{0}:leased:*")
            return redis.call("SMEMBERS", key)

        wait_until(lambda: members() == [orders[0].encode()], what="the ended ones' leaving")
        # Longer than a lease without renewals.
        time.sleep(7)
        assert open_orders(v1, symbol) == {orders[0]}


@pytest.mark.faults
@pytest.mark.parametrize("who", ["another host", "the same host"])
def test_a_killed_hosts_orders_are_cancelled(make_host, tmp_path, who):
    with RedisServer(tmp_path) as redis:
        first = make_host(env=redis.settings()).start()
        second = make_host(env=redis.settings())
        if who == "another host":
            second.start()
        with V1(first.url) as client:
            symbol = client.instrument("LEASE")
            buyer = client.account("Buyer", 1_000_000)
        desk = Desk(Socket(first.url))
        mine = desk.place(buyer, symbol, more={"cancel_on_disconnect": True})["body"]["order_id"]
        stays = desk.place(buyer, symbol)["body"]["order_id"]
        first.kill_host()
        if who == "the same host":
            second = first.start()
        with V1(second.url) as client:
            assert stays in open_orders(client, symbol)
            wait_until(lambda: open_orders(client, symbol) == {stays}, 30, "the cancel")
            assert client.one(mine)["reason"] == "client_disconnected"


def test_a_stopping_host_cancels_first(make_host):
    host = make_host().start()
    with V1(host.url) as client:
        symbol = client.instrument("STOP")
        buyer = client.account("Buyer", 1_000_000)
    desk = Desk(Socket(host.url))
    mine = desk.place(buyer, symbol, more={"cancel_on_disconnect": True})["body"]["order_id"]
    assert host.stop() == 0
    host.start()
    with V1(host.url) as client:
        wait_until(lambda: not open_orders(client, symbol), 10, "the cancel")
        assert client.one(mine)["reason"] == "client_disconnected"
