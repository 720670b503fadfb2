"""Wrong input of each kind to each field of each route: the right error, and nothing changed.

The table says what each field of each route is; from that every wrong value follows. That nothing
changed is seen from Redis's sequence number, which every change raises.
"""

import json

import pytest

from live.client import assert_error

MEGABYTE = 1_000_000
NOT_TEXT = {"number": 7, "array": [], "object": {}, "boolean": True}
HUGE_TEXT = {"1 MB text": "A" * MEGABYTE}

WRONG = {
    "decimal": {
        "boolean": True, "array": [1], "object": {"a": 1}, "empty": "", "word": "ten",
        "NaN text": "NaN", "Infinity text": "Infinity", "negative": -1, "negative text": "-1",
        "zero": 0, "huge": 10**30, "huge text": "9" * 40, "huge exponent": "1e400",
        "too many decimals": "1.12345678901", "full-width digits": "１２", "space": " 1",
        "plus": "+1", "hex": "0x10", "comma": "1,5", "two points": "1.2.3", **HUGE_TEXT},
    "choice": {
        **NOT_TEXT, "empty": "", "unknown": "nonsense", "unicode": "köp", "NUL": "buy\0",
        "space": " buy", **HUGE_TEXT},
    "symbol": {
        **NOT_TEXT, "empty": "", "unknown": "NOSUCH", "long": "A" * 21, "space": "A B",
        "path": "../x", "unicode": "☃", "NUL": "A\0", "colon": "A:b", "brace": "{0}", **HUGE_TEXT},
    "name": {**NOT_TEXT, "empty": "", "long": "n" * 101, "control": "a\u0001b", **HUGE_TEXT},
    "text": {**NOT_TEXT, "long": "d" * 201, "control": "a\u0001b", **HUGE_TEXT},
    "boolean": {"number": 2, "word": "maybe", "array": [], "object": {}, "empty": ""},
    "client_order_id": {
        **NOT_TEXT, "empty": "", "long": "i" * 37, "space": "a b", "slash": "a/b",
        "unicode": "é", "NUL": "a\0", **HUGE_TEXT},
    "scale": {
        "boolean": True, "text": "two", "array": [], "object": {}, "negative": -1, "huge": 10,
        "fraction": 1.5},
    "whole": {
        "boolean": True, "text": "two", "array": [], "object": {}, "negative": -1,
        "huge": 10**18, "fraction": 1.5},
}
# Where 0 or a negative number is meant.
SIGNED = {
    name: value for name, value in WRONG["decimal"].items() if not name.startswith("negative")}
ZERO_TOO = {name: value for name, value in WRONG["decimal"].items() if name != "zero"}

ORDER = {"type": "buy", "symbol": "AAPL", "price": "10.00", "quantity": 1}
ORDER_FIELDS = {
    "type": ("choice", True), "symbol": ("symbol", True), "price": ("decimal", False),
    "quantity": ("decimal", True), "asset_type": ("choice", False), "tif": ("choice", False),
    "internal": ("boolean", False), "order_type": ("choice", False),
    "client_order_id": ("client_order_id", False),
}
ACCOUNT_FIELDS = {
    "name": ("name", True), "initial_balance": (ZERO_TOO, False),
    "account_type": ("name", False), "risk_level": ("name", False), "active": ("boolean", False),
}
CHANGE_FIELDS = {
    name: (kind, False) for name, (kind, _) in ACCOUNT_FIELDS.items() if name != "initial_balance"}
CASH = {"transaction_type": "deposit", "amount": 5, "description": "why"}
SHARES = {"transaction_type": "adjustment", "symbol": "AAPL", "quantity": 5, "price": 10}
INSTRUMENT = {
    "symbol": "NEW", "name": "New", "asset_type": "stocks", "currency": "USD", "price_scale": 2,
    "quantity_scale": 0, "tick_size": "0.01", "lot_size": "1",
}

V1_ORDER = {
    "account_id": "1", "side": "buy", "symbol": "AAPL", "price": "10.00", "quantity": 1}
V1_FIELDS = {
    "side": ("choice", True), "symbol": ("symbol", True), "price": ("decimal", False),
    "quantity": ("decimal", True), "asset_type": ("choice", False),
    "time_in_force": ("choice", False), "internal": ("boolean", False),
    "order_type": ("choice", False), "client_order_id": ("client_order_id", False),
    "tag": ("client_order_id", False), "account_id": ("client_order_id", True),
}

# (method, path, a body that is right, {field: (kind, must it be given)})
ROUTES = [
    ("POST", "/api/accounts/{account}/orders/direct", ORDER, ORDER_FIELDS),
    ("POST", "/api/accounts/{account}/orders", ORDER, ORDER_FIELDS),
    ("POST", "/api/v1/orders", V1_ORDER, V1_FIELDS),
    ("PATCH", "/api/v1/orders/{order}", {"price": "11.00", "quantity": 2},
     {"price": ("decimal", False), "quantity": ("decimal", False)}),
    ("POST", "/api/orders/{order}/edit", {"price": "11.00", "quantity": 2},
     {"price": ("decimal", False), "quantity": ("decimal", False)}),
    ("POST", "/api/accounts/", {"name": "Fresh"}, ACCOUNT_FIELDS),
    ("PUT", "/api/accounts/{account}", {"name": "Renamed"}, CHANGE_FIELDS),
    ("POST", "/api/accounts/{account}/transactions", CASH,
     {"transaction_type": ("choice", True), "amount": ("decimal", True),
      "description": ("text", False)}),
    ("POST", "/api/accounts/{account}/transactions", SHARES,
     {"symbol": ("symbol", False), "quantity": (SIGNED, True), "price": (ZERO_TOO, False)}),
    ("POST", "/api/v1/instruments", INSTRUMENT,
     {"symbol": ("symbol", True), "name": ("name", True), "price_scale": ("scale", True),
      "quantity_scale": ("scale", True), "tick_size": ("decimal", True),
      "lot_size": ("decimal", True), "price_band_bps": ("whole", False),
      "min_notional": (ZERO_TOO, False), "maker_fee_bps": ("whole", False),
      "taker_fee_bps": ("whole", False)}),
]
GET_ROUTES = [
    "/api/accounts/", "/api/accounts/{account}", "/api/accounts/{account}/orders",
    "/api/accounts/{account}/positions", "/api/accounts/{account}/transactions",
    "/api/accounts/orders/all", "/api/orders/open", "/api/orders/active", "/api/orders/{order}",
    "/api/orders/trades/recent", "/api/orderbook/AAPL", "/api/orderbook/AAPL/internal",
    "/api/risk/orders", "/api/risk/alerts", "/api/status", "/api/v1/instruments", "/health/live",
    "/health/ready", "/api/v1/orders", "/api/v1/orders/{order}",
]
DELETES = {"/api/v1/orders/{order}"}
LISTS = [
    "/api/accounts/", "/api/accounts/{account}/orders", "/api/accounts/{account}/transactions",
    "/api/accounts/orders/all", "/api/orders/open", "/api/orders/trades/recent",
    "/api/v1/instruments",
]


def wrong_values(field, kind):
    values = dict(WRONG[kind] if isinstance(kind, str) else kind)
    if field == "tick_size" or field == "lot_size":
        values.pop("too many decimals", None)
    if field == "symbol":
        return values
    return values


def cases():
    for method, path, right, fields in ROUTES:
        for field, (kind, required) in fields.items():
            values = wrong_values(field, kind)
            if path == "/api/v1/instruments" and field == "symbol":
                values = {name: value for name, value in values.items() if name != "unknown"}
            for name, value in values.items():
                label = f"{method} {path} {field} {name}"
                yield pytest.param(method, path, {**right, field: value}, id=label)
            if required:
                without = {name: value for name, value in right.items() if name != field}
                yield pytest.param(method, path, without, id=f"{method} {path} {field} missing")
                yield pytest.param(
                    method, path, {**right, field: None}, id=f"{method} {path} {field} null")
        yield pytest.param(method, path, {**right, "bogus": 1}, id=f"{method} {path} extra field")
        if right is ORDER:
            yield pytest.param(
                method, path, {**right, "status": "filled"}, id=f"{method} {path} a status")


@pytest.fixture(scope="module")
def world(server):
    """An account with an open order, and everything to see whether something changed."""
    from live.client import Client
    from oes.redis import Redis
    with Client(server.url) as client, Redis(server.redis_socket()) as redis:
        account = client.account("Victim", 100_000)
        order = client.order(account, "buy", "AAPL", 1, "9.00")["id"]
        yield World(client, redis, {"account": account, "order": order})


class World:
    def __init__(self, client, redis, names):
        self.client = client
        self.redis = redis
        self.names = names

    def path(self, path):
        for name, value in self.names.items():
            path = path.replace("{" + name + "}", value)
        return path

    def call(self, method, path, body=None, **options):
        return self.client.call(method, self.path(path), body, **options)

    def sequence(self):
        return int(self.redis.call("GET", "oes:{0}:seq") or 0)

    def picture(self):
        """Everything that the lists show."""
        shown = {}
        for path in GET_ROUTES:
            if path not in ("/api/status", "/health/live", "/health/ready"):
                body = self.call("GET", path).json()
                if isinstance(body, dict):
                    body.pop("timestamp", None)
                shown[path] = body
        return shown


@pytest.fixture(scope="module", autouse=True)
def unchanged(world):
    """What all the wrong input together changed: nothing."""
    before, sequence = world.picture(), world.sequence()
    yield
    assert world.sequence() == sequence
    assert world.picture() == before


@pytest.mark.parametrize("method,path,body", list(cases()))
def test_a_wrong_field(world, method, path, body):
    before = world.sequence()
    body = dict(body)
    response = world.call(method, path, body)
    error = assert_error(response, (400, 404, 413, 422))
    assert world.sequence() == before, error
    if response.status_code == 400 and error["field"] is not None:
        assert error["field"] in (*body, *ORDER_FIELDS, *V1_FIELDS, *INSTRUMENT, *ACCOUNT_FIELDS, *CASH)


MALFORMED = {
    "nothing": b"", "a word": b"hello", "cut short": b'{"type": "buy", "symbol"',
    "NaN": b'{"type": "buy", "symbol": "AAPL", "quantity": 1, "price": NaN}',
    "Infinity": b'{"type": "buy", "symbol": "AAPL", "quantity": Infinity}',
    "array": b'[{"type": "buy"}]', "text": b'"buy"', "number": b"5", "null": b"null",
    "two values": b'{"type": "buy"} {"type": "sell"}', "trailing comma": b'{"type": "buy",}',
    "single quotes": b"{'type': 'buy'}", "bad UTF-8": b'{"type": "b\xff\xfey"}',
    "lone surrogate": b'{"name": "\\ud800", "type": "\\ud800"}', "NUL": b"{}\0",
    "deep": b"[" * 10_000, "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "a field twice": b'{"type": "buy", "type": "sell", "symbol": "AAPL", "quantity": 1, '
                     b'"price": 1, "name": "a", "name": "b", "transaction_type": "deposit", '
                     b'"transaction_type": "deposit", "amount": 1}',
    "byte order mark": b'\xef\xbb\xbf{"type": "buy"}', "leading zero": b'{"quantity": 01}',
    "escaped wrongly": b'{"type": "\\x62uy"}', "raw newline": b'{"type": "b\nuy"}',
}


@pytest.mark.parametrize("kind", MALFORMED)
@pytest.mark.parametrize("method,path", list(dict.fromkeys(route[:2] for route in ROUTES)))
def test_malformed_json(world, method, path, kind):
    before = world.sequence()
    response = world.call(
        method, path, data=MALFORMED[kind], headers={"Content-Type": "application/json"})
    assert_error(response, 400)
    assert world.sequence() == before


@pytest.mark.parametrize("content", [
    "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data",
    "application/jsonx", ""])
def test_a_wrong_content_type(world, content):
    """A page of another site can send these without being asked; JSON it can't."""
    body = json.dumps(ORDER).encode()
    response = world.call(
        "POST", "/api/accounts/{account}/orders/direct", data=body,
        headers={"Content-Type": content})
    assert_error(response, (400, 415))


def test_a_body_that_is_too_large(world):
    response = world.call(
        "POST", "/api/accounts/{account}/orders/direct", data=b" " * 1_100_000,
        headers={"Content-Type": "application/json"})
    assert_error(response, 413)


@pytest.mark.parametrize("path", [*GET_ROUTES, *dict.fromkeys(route[1] for route in ROUTES)])
@pytest.mark.parametrize("method", ["PATCH", "DELETE", "PUT", "POST", "GET", "TRACE", "BREW"])
def test_a_wrong_method(world, method, path):
    allowed = {
        name for name, route, *_ in ROUTES if route == path} | ({"GET"} if path in GET_ROUTES else set())
    allowed |= {"DELETE"} if path in DELETES else set()
    # These end an order, and are tested elsewhere.
    if method in allowed:
        pytest.skip("it is allowed here")
    response = world.call(method, path)
    assert_error(response, (405, 501))
    if response.status_code == 405:
        named = {name.strip() for name in response.headers["Allow"].split(",")}
        assert allowed <= named
        assert method not in named


@pytest.mark.parametrize("path", [
    "/nothing", "/api", "/api/", "/api/accounts/1/nothing", "/api/orders", "/api/v1",
    "/api/v1/nothing", "/api/orderbook", "/api/orderbook/AAPL/x", "/index.php", "/.env",
    "/%2e%2e/%2e%2e/etc/passwd", "//api/accounts/", "/api/accounts//orders", "/static/../x"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_path(world, method, path):
    assert_error(world.call(method, path, {} if method == "POST" else None), (400, 404, 405))


UNKNOWN_IDS = ["999999", "0", "-1", "abc", "1-nosuch", "%20", "%00", "9" * 400, "%C3%A9", "1e3"]


@pytest.mark.parametrize("name", UNKNOWN_IDS)
@pytest.mark.parametrize("method,path,body", [
    ("GET", "/api/accounts/{id}", None), ("GET", "/api/accounts/{id}/orders", None),
    ("GET", "/api/accounts/{id}/positions", None),
    ("GET", "/api/accounts/{id}/transactions", None),
    ("PUT", "/api/accounts/{id}", {"name": "x"}),
    ("POST", "/api/accounts/{id}/orders/direct", ORDER), ("POST", "/api/accounts/{id}/orders", ORDER),
    ("POST", "/api/accounts/{id}/transactions", CASH),
    ("GET", "/api/orders/{id}", None), ("POST", "/api/orders/{id}/edit", {"quantity": 1}),
    ("POST", "/api/orders/{id}/cancel", None),
    ("POST", "/api/accounts/{account}/orders/{id}/cancel", None),
    ("DELETE", "/api/accounts/{account}/orders/{id}", None)])
def test_an_unknown_id(world, method, path, body, name):
    before = world.sequence()
    response = world.call(method, path.replace("{id}", name), body)
    assert_error(response, (400, 404))
    assert world.sequence() == before


@pytest.mark.parametrize("path", ["/api/orderbook/{id}", "/api/orderbook/{id}/internal"])
@pytest.mark.parametrize("symbol", ["NOSUCH", "%20", "A" * 100, "%00"])
def test_the_book_of_an_unknown_symbol(world, path, symbol):
    assert_error(world.call("GET", path.replace("{id}", symbol)), (400, 404, 422))


@pytest.mark.parametrize("query", [
    "limit=0", "limit=-1", "limit=1001", "limit=abc", "limit=", "limit=1.5", "limit=1e3",
    "limit=99999999999999999999", "limit=1&limit=2", "page_token=nonsense", "page_token=",
    "page_token=%00", "bogus=1"])
@pytest.mark.parametrize("path", LISTS)
def test_a_wrong_query(world, path, query):
    assert_error(world.call("GET", f"{path}?{query}"), 400)


@pytest.mark.parametrize("query", ["depth=0", "depth=-1", "depth=1001", "depth=abc", "depth="])
@pytest.mark.parametrize("path", ["/api/orderbook/AAPL", "/api/orderbook/AAPL/internal"])
def test_a_wrong_depth(world, path, query):
    assert_error(world.call("GET", f"{path}?{query}"), 400)


@pytest.mark.parametrize("symbol", ["", "%20", "A" * 21, "%00", "A/B"])
@pytest.mark.parametrize("path", ["/api/orders/open", "/api/orders/active"])
def test_a_filter_that_no_symbol_fits(world, path, symbol):
    assert_error(world.call("GET", f"{path}?symbol={symbol}"), 400)


@pytest.mark.parametrize("body,status", [
    ({}, 400), ({"quantity": 0}, 400), ({"price": None, "quantity": None}, 400),
    ({"price": "9.001"}, (400, 422)), ({"quantity": "1.5"}, (400, 422)),
    ({"price": "9.00", "symbol": "MSFT"}, 400), ({"type": "sell"}, 400)])
def test_an_edit_that_makes_no_sense(world, body, status):
    assert_error(world.call("POST", "/api/orders/{order}/edit", body), status)


@pytest.mark.parametrize("body", [
    {"transaction_type": "deposit", "amount": 5, "symbol": "AAPL", "quantity": 1},
    {"transaction_type": "adjustment", "symbol": "AAPL"},
    {"transaction_type": "adjustment", "quantity": 1},
    {"transaction_type": "adjustment"},
    {"transaction_type": "adjustment", "amount": 0},
    {"transaction_type": "adjustment", "symbol": "AAPL", "quantity": 1, "amount": 1},
    {"transaction_type": "deposit", "amount": -5}, {"transaction_type": "withdrawal", "amount": -5},
    {"transaction_type": "trade_buy", "amount": 5}])
def test_a_transaction_that_makes_no_sense(world, body):
    assert_error(world.call("POST", "/api/accounts/{account}/transactions", body), (400, 422))


@pytest.mark.parametrize("headers", [
    {"Host": "evil.example"}, {"Host": "evil.example:8001"}, {"Origin": "http://evil.example"},
    {"Origin": "null"}])
def test_a_page_from_elsewhere_cant_reach_it(world, headers):
    """A name that points here, or a page of another origin: both are refused."""
    response = world.call("POST", "/api/accounts/{account}/orders/direct", ORDER, headers=headers)
    assert_error(response, (400, 403, 421))
