"""The predecessor's routes, field by field, and the others that this host adds to them."""

from decimal import Decimal

import pytest

from live.client import assert_error, decoded

ORDER_FIELDS = {
    "id", "order_id", "client_order_id", "account_id", "symbol", "type", "order_type", "tif",
    "price", "quantity", "filled_quantity", "remaining_quantity", "avg_price", "status", "reason",
    "internal", "tag", "asset_type", "timestamp", "created_at", "closed_at",
}
ACCOUNT_FIELDS = {
    "account_id", "name", "balance", "held", "available", "currency", "account_type",
    "risk_level", "active", "state", "short_limit", "created_at", "updated_at",
}
POSITION_FIELDS = {
    "symbol", "quantity", "held", "available", "avg_price", "realized_pnl", "unrealized_pnl"}
LEDGER_FIELDS = {
    "id", "type", "amount", "balance_after", "symbol", "quantity", "description", "timestamp",
    "created_at",
}
TRADE_FIELDS = {"trade_id", "symbol", "price", "quantity", "aggressor", "timestamp", "internal", "busted"}
INSTRUMENT_FIELDS = {
    "symbol", "name", "asset_type", "currency", "price_scale", "quantity_scale", "tick_size",
    "lot_size", "price_band_bps", "min_notional", "maker_fee_bps", "taker_fee_bps", "calendar",
    "state",
}

README_ORDER = {
    "type": "buy", "symbol": "AAPL", "price": 150.00, "quantity": 10, "asset_type": "stocks",
    "tif": "day", "internal": True,
}


def has(fields, body):
    assert fields <= set(body), f"missing: {fields - set(body)}"


def is_number(value):
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def test_a_first_start_has_samples(client):
    accounts = client.get("/api/accounts/")
    samples = {account["name"]: account for account in accounts}
    balances = (1_000_000, 500_000, 250_000, 100_000, 50_000)
    for number, balance in enumerate(balances, 1):
        account = samples[f"Trading Account {number}"]
        assert account["balance"] == balance
        held = {
            position["symbol"]: position["quantity"]
            for position in client.get(f"/api/accounts/{account['account_id']}/positions")}
        assert {"AAPL", "MSFT", "GOOGL", "AMZN", "TSLA", "NVDA", "BTC-USD"} <= set(held)
        assert (held["AAPL"], held["BTC-USD"]) == (1_000, 10)


@pytest.mark.parametrize("end", ["direct", ""])
def test_the_readmes_order(client, end):
    account = client.get("/api/accounts/")[0]["account_id"]
    path = f"/api/accounts/{account}/orders" + (f"/{end}" if end else "")
    order = client.post(path, README_ORDER)
    has(ORDER_FIELDS, order)
    sent = {name: order[name] for name in README_ORDER}
    assert sent == {**README_ORDER, "price": 150, "quantity": 10}
    assert order["order_type"] == "limit"
    assert order["account_id"] == account
    assert order["status"] in ("open", "partially_filled", "filled")
    for name in ("price", "quantity", "filled_quantity", "remaining_quantity"):
        assert is_number(order[name]), f"{name} is {order[name]!r}"
    client.cancel(order["id"])


def test_strings_are_as_good_as_numbers(client, symbol, buyer):
    order = client.order(buyer, "buy", symbol, "10", "150.10")
    assert (order["price"], order["quantity"]) == (Decimal("150.1"), 10)


def test_lists_of_orders_are_bare_newest_first_and_paged(client, symbol, buyer, seller):
    made = [client.order(buyer, "buy", symbol, 1, "10.00")["id"] for _ in range(7)]
    path = f"/api/accounts/{buyer}/orders"
    listed = client.get(path)
    assert [order["id"] for order in listed] == made[::-1]
    has(ORDER_FIELDS, listed[0])
    page = client.call("GET", f"{path}?limit=3")
    names = [order["id"] for order in decoded(page)]
    while "next" in page.links:
        page = client.call("GET", page.links["next"]["url"].replace(client.url, ""))
        assert len(decoded(page)) <= 3
        names += [order["id"] for order in decoded(page)]
    assert names == made[::-1]
    assert client.get(f"/api/accounts/{seller}/orders") == []


def test_the_routes_that_list_orders(client, symbol, buyer):
    still = client.order(buyer, "buy", symbol, 1, "10.00")["id"]
    ended = client.order(buyer, "buy", symbol, 1, "11.00")["id"]
    client.cancel(ended)
    for path in ("/api/orders/open", "/api/orders/active"):
        names = [order["id"] for order in client.get(path)]
        assert still in names and ended not in names, path
    everyone = [order["id"] for order in client.get("/api/accounts/orders/all")]
    assert everyone.index(ended) < everyone.index(still)
    risk = [order["id"] for order in client.get("/api/risk/orders")]
    assert still in risk


def test_accounts_are_made_shown_and_changed(client):
    account = client.post("/api/accounts/", {
        "name": "Håkon & co", "initial_balance": 2_500.50, "account_type": "margin",
        "risk_level": "high", "active": True})
    has(ACCOUNT_FIELDS, account)
    assert account["balance"] == account["available"] == Decimal("2500.5")
    assert (account["held"], account["currency"], account["state"]) == (0, "USD", "active")
    path = f"/api/accounts/{account['account_id']}"
    assert client.get(path) == account
    changed = decoded(client.call("PUT", path, {"name": "Other", "risk_level": "low"}))
    assert (changed["name"], changed["risk_level"]) == ("Other", "low")
    assert (changed["account_type"], changed["balance"]) == ("margin", Decimal("2500.5"))
    listed = [other["account_id"] for other in client.get("/api/accounts/")]
    assert account["account_id"] in listed
    assert client.get(path + "/positions") == []


def test_an_inactive_account_may_not_order_but_cancel(client, symbol, buyer):
    order = client.order(buyer, "buy", symbol, 1, "10.00")["id"]
    decoded(client.call("PUT", f"/api/accounts/{buyer}", {"active": False}))
    assert_error(client.try_order(buyer, "buy", symbol, 1, "10.00"), 422, "account_inactive")
    assert decoded(client.cancel(order))["success"] is True


def test_the_ledger_adds_up(client):
    account = client.account("Ledger", 1_000)
    path = f"/api/accounts/{account}/transactions"
    client.post(path, {"transaction_type": "deposit", "amount": 500.25, "description": "in"})
    client.post(path, {"transaction_type": "withdrawal", "amount": "100", "description": "out"})
    client.post(path, {"transaction_type": "adjustment", "amount": -0.25})
    entries = client.get(path)
    has(LEDGER_FIELDS, entries[0])
    amounts = [entry["amount"] for entry in entries[::-1]]
    assert amounts == [1_000, Decimal("500.25"), -100, Decimal("-0.25")]
    assert [entry["balance_after"] for entry in entries] == [
        1_400, Decimal("1400.25"), Decimal("1500.25"), 1_000]
    assert entries[2]["description"] == "in"
    assert client.balance(account) == (1_400, 0, 1_400)
    for kind, amount, code in [
            ("withdrawal", 1_401, "insufficient_cash"),
            ("deposit", "900719925474", "amount_too_large")]:
        assert_error(client.call("POST", path, {"transaction_type": kind, "amount": amount}),
                     422, code, "amount")
    assert client.get(path) == entries


def test_trades_enter_the_ledger(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 5, "100.00")
    client.order(buyer, "buy", symbol, 5, "100.00")
    for account, amount in ((buyer, -500), (seller, 500)):
        entries = client.get(f"/api/accounts/{account}/transactions")
        assert entries[0]["amount"] == amount
        assert sum(entry["amount"] for entry in entries) == client.balance(account)[0]


def test_shares_are_adjusted_with_their_cost(client, symbol, buyer):
    client.give_shares(buyer, symbol, 10, price=50)
    client.give_shares(buyer, symbol, 30, price=70)
    position = client.position(buyer, symbol)
    has(POSITION_FIELDS, position)
    assert (position["quantity"], position["avg_price"]) == (40, 65)
    client.give_shares(buyer, symbol, -40)
    left = client.position(buyer, symbol)
    assert left is None or left["quantity"] == 0
    assert client.balance(buyer)[0] == 1_000_000


def test_profit_is_realised_at_average_cost(client, symbol, buyer, seller):
    client.give_shares(buyer, symbol, 10, price=50)
    client.order(seller, "buy", symbol, 4, "60.00")
    client.order(buyer, "sell", symbol, 4, "60.00")
    position = client.position(buyer, symbol)
    assert (position["quantity"], position["avg_price"], position["realized_pnl"]) == (6, 50, 40)
    assert position["unrealized_pnl"] == 60


def test_the_book_is_cut_to_its_depth(client, symbol, buyer):
    for cents in range(1, 8):
        client.order(buyer, "buy", symbol, 1, f"10.0{cents}")
    book = client.get(f"/api/orderbook/{symbol}?depth=3")
    has({"symbol", "bids", "asks", "timestamp", "seq"}, book)
    assert [level["price"] for level in book["bids"]] == [
        Decimal("10.07"), Decimal("10.06"), Decimal("10.05")]
    assert book["bids"][0] == {"price": Decimal("10.07"), "quantity": 1, "orders": 1}


def test_trades_name_their_sides(client, symbol, buyer, seller):
    client.order(buyer, "buy", symbol, 5, "100.00")
    client.order(seller, "sell", symbol, 5, "100.00")
    trade = client.get(f"/api/orders/trades/recent?symbol={symbol}")[0]
    has(TRADE_FIELDS | {
        "buy_order_id", "sell_order_id", "buy_account_id", "sell_account_id"}, trade)
    assert (trade["aggressor"], trade["internal"]) == ("sell", False)
    assert (trade["buy_account_id"], trade["sell_account_id"]) == (buyer, seller)


def test_instruments_are_listed_and_made(client, symbol):
    listed = client.get("/api/v1/instruments?limit=1000")
    made = next(item for item in listed["items"] if item["symbol"] == symbol)
    has(INSTRUMENT_FIELDS, made)
    assert isinstance(made["tick_size"], str) and Decimal(made["tick_size"]) == Decimal("0.01")
    assert made["state"] == "open"
    assert "next_page_token" in listed
    again = client.call("POST", "/api/v1/instruments", {
        "symbol": symbol, "name": "Again", "asset_type": "stocks", "currency": "USD",
        "price_scale": 2, "quantity_scale": 0, "tick_size": "0.01", "lot_size": "1"})
    assert_error(again, 409)


def test_health_and_status(client):
    for path in ("/health/live", "/health/ready", "/api/status"):
        assert client.call("GET", path).status_code == 200, path
    assert isinstance(client.get("/api/status"), dict)


def test_risk_alerts_are_real(client, symbol, buyer):
    """The predecessor made them up; here a refusal by a rule is one, and else there is none."""
    before = client.get("/api/risk/alerts")
    assert isinstance(before, list)
    assert_error(client.try_order(buyer, "buy", symbol, 100_001, "1.00"), 422)
    after = client.get("/api/risk/alerts")
    assert len(after) == len(before) + 1
    assert buyer in str(after[0])


@pytest.mark.parametrize("quantity,price,code", [
    (100_001, "1.00", "max_order_quantity"), (50_000, "20.01", "max_order_value")])
def test_the_shipped_limits_on_an_order(client, symbol, buyer, quantity, price, code):
    rich = client.account("Rich", 5_000_000)
    body = assert_error(client.try_order(rich, "buy", symbol, quantity, price), 422, code)
    assert "limit" in body["context"]
    assert "limit=" in body["reason"]


def test_the_collar_holds_aggressive_orders_only(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 1, "100.00")
    client.order(buyer, "buy", symbol, 1, "100.00")
    assert_error(client.try_order(buyer, "buy", symbol, 1, "111.00"), 422, "price_collar")
    assert_error(client.try_order(seller, "sell", symbol, 1, "89.00"), 422, "price_collar")
    assert client.order(buyer, "buy", symbol, 1, "1.00")["status"] == "open"
    assert client.order(seller, "sell", symbol, 1, "900.00")["status"] == "open"


@pytest.mark.parametrize("page", ["/", "/stocks", "/accounts", "/risk-manager"])
def test_the_pages_are_served(client, page):
    response = client.call("GET", page)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    assert "</html>" in response.text
