"""The kept routes by `requests`, a client that we didn't write, with numbers exact."""

from decimal import Decimal

import requests

ERROR_FIELDS = {"code", "reason", "message", "field", "context", "request_id", "detail"}


class Client:
    def __init__(self, url):
        self.url = url
        self.session = requests.Session()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()

    def call(self, method, path, body=None, **options):
        """The response, whatever its status."""
        if body is not None:
            options["json"] = body
        return self.session.request(method, self.url + path, timeout=30, **options)

    def get(self, path):
        return decoded(self.call("GET", path))

    def post(self, path, body=None):
        return decoded(self.call("POST", path, body))

    # What tests need at every turn.

    def instrument(self, symbol, **changes):
        self.post("/api/v1/instruments", {
            "symbol": symbol, "name": f"Test {symbol}", "asset_type": "stocks", "currency": "USD",
            "price_scale": 2, "quantity_scale": 0, "tick_size": "0.01", "lot_size": "1",
            "price_band_bps": 500, **changes})
        return symbol

    def account(self, name, balance=0):
        return self.post("/api/accounts/", {"name": name, "initial_balance": balance})["account_id"]

    def give_shares(self, account, symbol, quantity, price=100):
        return self.post(f"/api/accounts/{account}/transactions", {
            "transaction_type": "adjustment", "symbol": symbol, "quantity": quantity,
            "price": price})

    def try_order(self, account, side, symbol, quantity, price=None, **fields):
        body = {"type": side, "symbol": symbol, "quantity": quantity, **fields}
        if price is not None:
            body["price"] = price
        return self.call("POST", f"/api/accounts/{account}/orders/direct", body)

    def order(self, account, side, symbol, quantity, price=None, **fields):
        return decoded(self.try_order(account, side, symbol, quantity, price, **fields))

    def show(self, order_id):
        return self.get(f"/api/orders/{order_id}")

    def cancel(self, order_id):
        return self.call("POST", f"/api/orders/{order_id}/cancel")

    def edit(self, order_id, **changes):
        return self.call("POST", f"/api/orders/{order_id}/edit", changes)

    def balance(self, account):
        """(balance, held, available)."""
        found = self.get(f"/api/accounts/{account}")
        return tuple(Decimal(found[name]) for name in ("balance", "held", "available"))

    def position(self, account, symbol):
        for position in self.get(f"/api/accounts/{account}/positions"):
            if position["symbol"] == symbol:
                return position
        return None

    def book(self, symbol, internal=False, depth=50):
        """(bids, asks), each a list of (price, quantity, orders)."""
        book = self.get(
            f"/api/orderbook/{symbol}" + ("/internal" if internal else "") + f"?depth={depth}")
        return tuple(
            [(Decimal(level["price"]), Decimal(level["quantity"]), int(level["orders"]))
             for level in book[side]]
            for side in ("bids", "asks"))


def exact(response):
    """A response's JSON with decimals as they were written."""
    return response.json(parse_float=Decimal)


def decoded(response):
    assert response.status_code in (200, 201), (
        f"{response.request.method} {response.request.url}: "
        f"{response.status_code} {response.text[:1000]}")
    return exact(response)


def assert_error(response, status, code=None, field=None):
    """An error as api.md has it; gives its body."""
    statuses = status if isinstance(status, tuple) else (status,)
    assert response.status_code in statuses, (
        f"{response.status_code} instead of {statuses}: {response.text[:1000]}")
    assert response.headers["Content-Type"].startswith("application/json")
    body = response.json()
    assert set(body) == ERROR_FIELDS, f"the fields of an error are {ERROR_FIELDS}: {set(body)}"
    assert body["code"] and body["code"] == body["code"].lower()
    assert body["reason"].split(":")[0] == body["code"]
    assert body["message"] and body["detail"] == body["message"]
    assert body["request_id"]
    assert isinstance(body["context"], dict)
    if code is not None:
        assert body["code"] == code, body
    if field is not None:
        assert body["field"] == field, body
    return body
