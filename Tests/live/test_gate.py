"""What a key may not do to others: by many calls, with a right that has ended, or by looking."""

import time

import pytest
import requests
import websockets

from live.client import Client, assert_error
from live.keys import KeyedHost
from live.socket import Socket
from live.test_http import dial, read_answers

BATCH = "/api/v1/orders/batch"


@pytest.fixture(scope="module")
def keyed(server):
    return KeyedHost(server)


def until_closed(socket):
    """All that comes, and the code that the socket is closed with."""
    messages, end = [], time.monotonic() + 5
    while time.monotonic() < end:
        try:
            messages.append(socket.receive(5))
        except websockets.exceptions.ConnectionClosed as closed:
            return messages, closed.rcvd.code
    raise AssertionError(f"the socket stays open: {messages}")


def subscribe_too_late(socket):
    """A subscription that comes when the socket's right has ended: what is told, and the code."""
    try:
        socket.send({"type": "subscribe", "channel": "oes:trades"})
    except websockets.exceptions.ConnectionClosed:
        pass  # The host was faster.
    messages, code = until_closed(socket)
    assert not [item for item in messages if item.get("channel") == "oes:trades"], messages
    return [item["code"] for item in messages if item["type"] == "error"], code


def test_no_subscription_after_the_keys_end_was_answered(keyed):
    for number in range(20):
        keyed.add(keyed.admin, f"brief-{number}", "viewer")
        with keyed.socket(f"brief-{number}") as socket:
            socket.subscribe("oes:orderbook:KEYED")
            ended = keyed.admin.call(
                "DELETE", f"/api/v1/admin/keys/{keyed.ids[f'brief-{number}']}")
            assert ended.status_code == 200
            assert subscribe_too_late(socket) == (["revoked_key"], 1008)


def test_no_subscription_without_a_key_once_there_is_one(make_host):
    host = make_host().start()
    with Client(host.url) as client, Socket(host.url) as socket:
        socket.subscribe("oes:orderbook:AAPL")
        client.post("/api/v1/admin/keys", {"name": "first", "role": "admin"})
        assert subscribe_too_late(socket) == (["unauthenticated"], 1008)
    assert host.stop() == 0


def test_a_key_of_some_accounts_sees_no_others_in_the_keys_of_an_account(keyed):
    both = [keyed.account, keyed.other_account]
    keyed.add(keyed.admin, "desk", "risk", accounts=[keyed.account])
    keyed.add(keyed.admin, "both", "trader", accounts=both)
    path = f"/api/v1/accounts/{keyed.account}/keys?limit=1000"

    def seen(who):
        items = keyed.call(who, "GET", path).json()["items"]
        return {item["name"]: item["accounts"] for item in items}

    mine = [keyed.account]
    assert seen("desk") == {"mine": mine, "desk": mine, "both": mine}
    everything = seen("risk")
    assert {"admin", "risk", "viewer", "mine", "desk", "both"} <= set(everything)
    assert everything["admin"] is None and everything["both"] == both
    # Filtered before it is cut into pages.
    first = keyed.call("desk", "GET", path.replace("1000", "2")).json()
    token = first["next_page_token"]
    second = keyed.call("desk", "GET", path.replace("1000", f"2&page_token={token}")).json()
    names = [item["name"] for page in (first, second) for item in page["items"]]
    assert names == ["both", "desk", "mine"] and second["next_page_token"] is None


def test_where_the_plugins_lie_is_shown_to_those_who_oversee(keyed):
    for path in ("/api/plugins", "/api/v1/plugins"):
        for who in ("viewer", "trader", "risk", "admin"):
            paths = [item["path"] for item in keyed.call(who, "GET", path).json()["libraries"]]
            assert paths and all(item.endswith(".so") for item in paths)
            shows = who in ("risk", "admin")
            assert all(item.startswith("/") == shows == ("/" in item) for item in paths), who


@pytest.mark.parametrize("who, line, status", [
    ("viewer", "GET /api/v1/admin/keys", 403), ("viewer", "DELETE /api/v1/orders/1-x", 403),
    ("stranger", "DELETE /api/v1/orders/{order}", 404), ("viewer", "GET /nothing", 404),
    ("viewer", "PUT /api/status", 405), ("viewer", "GET /api/orders/%ff", 400),
    ("viewer", "GET /api/status?%ff", 400), ("viewer", "POST /", 405),
])
def test_what_is_refused_is_counted_too(keyed, who, line, status):
    """A hundred on one connection take more from the bucket than comes back meanwhile."""
    key = f"Host: 127.0.0.1\r\nX-API-Key: {keyed.secrets[who]}\r\n\r\n"
    line = line.format(order=keyed.order)
    raw = f"{line} HTTP/1.1\r\n{key}" * 100 + f"GET /api/status HTTP/1.1\r\n{key}"
    left = []
    while len(left) < 10 and min(left, default=2_000) >= 1_990:
        time.sleep(1)  # Until the bucket is full, whatever came before.
        with dial(keyed.host) as connection:
            connection.sendall(raw.encode())
            *refused, last = read_answers(connection, 101)
        assert {answer[0] for answer in refused} == {status} and last[0] == 200
        left.append(int(last[1]["ratelimit-remaining"]))
    assert min(left) < 1_990, left


def test_a_batch_counts_before_it_is_read_and_its_orders_after(keyed):
    keyed.add(keyed.admin, "batches", "trader", orders_per_second=5)
    for body in ({}, {"orders": []}, {"orders": 5}, {"not_a_field": 1}):
        answer = keyed.call("batches", "POST", BATCH, body)
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["RateLimit-Limit"] == "2000"
    order = {
        "side": "buy", "symbol": keyed.symbol, "quantity": 1, "price": 10,
        "account_id": keyed.account}
    before = keyed.state()
    assert_error(keyed.call("batches", "POST", BATCH, {"orders": [order] * 6}), 429, "rate_limited")
    assert keyed.state() == before
    answer = keyed.call("batches", "POST", BATCH, {"orders": [order] * 5})
    assert answer.status_code == 200 and answer.headers["RateLimit-Limit"] == "5"
    answer = keyed.call("batches", "POST", BATCH, {"orders": [order] * 5})
    assert_error(answer, 429, "rate_limited")
    assert answer.headers["Retry-After"] == "1"
    keyed.restore()


@pytest.mark.parametrize("who", ["viewer", "admin"])
def test_a_sockets_messages_are_limited_and_it_stays_open(keyed, who):
    ask = {"type": "subscribe", "channel": "oes:trades:KEYED"}
    with keyed.socket(who) as socket:
        for _ in range(1_000):
            socket.send(ask)
        messages = socket.collect(
            lambda seen: sum(item["type"] in ("error", "subscription") for item in seen) == 1_000,
            timeout=30)
        errors = [item for item in messages if item["type"] == "error"]
        done = [item for item in messages if item["type"] == "subscription"]
        assert {item["code"] for item in errors} == {"rate_limited"}
        assert 300 <= len(done) < 1_000 and len(done) + len(errors) == 1_000
        # What was refused was not acted on.
        assert sum(item["type"] == "snapshot" for item in messages) <= len(done)
        for _ in range(1_000):
            socket.send(b"binary")
        told = socket.collect(lambda seen: len(seen) == 1_000, timeout=30)
        assert {"rate_limited"} <= {item["code"] for item in told}
        time.sleep(0.2)
        socket.ask({"type": "ping"}, "pong")
        # Another socket of the same key has its own.
        with keyed.socket(who) as other:
            other.ask({"type": "ping"}, "pong")


def test_a_request_without_a_host_is_refused_also_as_the_first(make_host):
    host = make_host().start()
    for _ in range(2):
        with dial(host) as connection:
            connection.sendall(b"GET /api/status HTTP/1.0\r\n\r\n")
            ((status, _, body),) = read_answers(connection)
        assert status == 403 and b"host_not_allowed" in body
    assert requests.get(host.url + "/api/status", timeout=10).status_code == 200
    assert host.stop() == 0


def test_the_operators_names_are_good_once_there_are_keys(make_host):
    host = make_host(env={"OES_HOST_NAMES": "desk.example,OTHER.example"}).start()
    port = host.url.rsplit(":", 1)[1]
    names = ["desk.example", f"DESK.example:{port}", "other.example"]

    def call(name, **headers):
        return requests.get(
            host.url + "/api/status", headers={"Host": name, **headers}, timeout=10)

    for name in names:
        assert_error(call(name), 403, "host_not_allowed")
    with Client(host.url) as client:
        made = client.post("/api/v1/admin/keys", {"name": "first", "role": "admin"})
    key = {"X-API-Key": made["secret"]}
    for name in names:
        assert call(name, **key).status_code == 200
        assert call(name, **key, Origin=f"https://{name}").status_code == 200
        assert_error(call(name), 401, "unauthenticated")
        assert_error(
            call(name, **key, Origin="https://evil.example"), 403, "origin_not_allowed")
    for name in ["evil.example", "desk.example.evil.example", "xdesk.example"]:
        assert_error(call(name, **key), 403, "host_not_allowed")
    assert host.stop() == 0


def test_the_audit_log_over_several_pages(keyed):
    for number in range(7):
        keyed.admin.call("PUT", f"/api/accounts/{keyed.other_account}", {"name": f"N{number}"})
    path = f"/api/v1/admin/audit?action=account_updated&target={keyed.other_account}"
    whole = keyed.admin.get(path)["items"]
    assert [item["new"]["name"] for item in whole[:7]] == [f"N{n}" for n in reversed(range(7))]
    paged, token = [], ""
    while token is not None:
        page = keyed.admin.get(f"{path}&limit=3{token and f'&page_token={token}'}")
        assert len(page["items"]) <= 3
        paged, token = paged + page["items"], page["next_page_token"]
    assert paged == whole
