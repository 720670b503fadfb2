"""Accounts, instruments, market data and risk under /api/v1: decimal strings, pages of items."""

import pytest

from live.client import assert_error

TRADE = {"trade_id", "symbol", "price", "quantity", "aggressor", "timestamp", "internal", "busted"}


@pytest.fixture
def account(client):
    return client.post("/api/v1/accounts", {
        "name": "Fund", "initial_balance": "1000.5", "account_type": "prop", "risk_level": "low"})


def path(account, end=""):
    return f"/api/v1/accounts/{account['account_id']}{end}"


def test_an_account_as_it_was_made(client, account):
    assert account == {
        "account_id": account["account_id"], "name": "Fund", "balance": "1000.5",
        "held": "0", "available": "1000.5", "currency": "USD", "account_type": "prop",
        "risk_level": "low", "active": True, "state": "active", "short_limit": "0",
        "group": None, "self_trade_scope": "account", "maker_fee_bps": None,
        "taker_fee_bps": None, "buying_power_multiple": "1", "buying_power": "1000.5",
        "created_at": account["created_at"], "updated_at": account["created_at"],
        "event_seq": account["event_seq"]}
    assert client.get(path(account)) == account


def test_a_change_keeps_the_rest(client, account):
    changed = client.call("PATCH", path(account), {"name": "Fund II", "active": False}).json()
    assert (changed["name"], changed["active"]) == ("Fund II", False)
    assert (changed["account_type"], changed["balance"]) == ("prop", "1000.5")
    assert client.get(path(account)) == changed


def test_what_staff_sets_of_an_account(client, account):
    changed = client.call("PATCH", path(account), {
        "self_trade_scope": "group", "maker_fee_bps": 3, "taker_fee_bps": 0,
        "buying_power_multiple": "2.5"}).json()
    assert (changed["self_trade_scope"], changed["maker_fee_bps"], changed["taker_fee_bps"]) == (
        "group", 3, 0)
    assert changed["buying_power_multiple"] == "2.5"
    back = client.call("PATCH", path(account), {
        "maker_fee_bps": -1, "buying_power_multiple": 1, "group": "-"}).json()
    assert (back["maker_fee_bps"], back["taker_fee_bps"], back["group"]) == (None, 0, None)
    entry = client.get("/api/v1/admin/audit?limit=1")["items"][0]
    assert entry["action"] == "account_updated"


@pytest.mark.parametrize(("field", "value", "code"), [
    ("group", "Desk", "invalid_value"), ("group", "-desk", "invalid_value"),
    ("self_trade_scope", "firm", "invalid_value"),
    ("maker_fee_bps", 10_001, "out_of_range"), ("taker_fee_bps", -2, "out_of_range"),
    ("buying_power_multiple", "0.9999", "out_of_range"),
    ("buying_power_multiple", "10.0001", "out_of_range"),
    ("buying_power_multiple", "1.00001", "too_many_decimals"),
])
def test_what_staff_cant_set(client, account, field, value, code):
    response = client.call("PATCH", path(account), {field: value})
    assert_error(response, 400, code, field=field)
    assert client.get(path(account)) == account


def test_a_group_that_is_none(client, account):
    assert_error(client.call("PATCH", path(account), {"group": "nobody"}), 404, "unknown_group")


def test_the_ledger_filtered(client, buyer, seller, symbol):
    client.order(seller, "sell", symbol, 30, 10)
    client.order(buyer, "buy", symbol, 20, 10)
    client.post(f"/api/v1/accounts/{buyer}/ledger", {
        "transaction_type": "withdrawal", "amount": "1"})
    ledger = f"/api/v1/accounts/{buyer}/ledger"

    def kinds(query):
        return [line["type"] for line in client.get(ledger + query)["items"]]

    assert kinds("") == ["withdrawal", "trade_buy", "deposit"]
    assert kinds("?type=deposit,withdrawal") == ["withdrawal", "deposit"]
    assert kinds(f"?symbol={symbol}") == ["trade_buy"]
    assert kinds(f"?symbol={symbol}&type=deposit") == []
    trade = client.get(ledger + "?type=trade_buy")["items"][0]
    assert kinds(f"?until={trade['timestamp']}") == ["deposit"]
    assert_error(client.call("GET", ledger + "?type=gift"), 400, "invalid_value", field="type")


def test_a_statement(client, account):
    response = client.call("GET", path(account, "/statement?date=2020-02-29"))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = [row.split(",") for row in response.text.split("\r\n")]
    assert rows[0][:3] == ["record", "time", "type"]
    assert {"opening_balance", "closing_balance", "fees", "profit"} <= {row[0] for row in rows}
    today = account["created_at"][:10]
    for date, code in (("2020-02-30", "invalid_value"), (today, "out_of_range")):
        response = client.call("GET", path(account, f"/statement?date={date}"))
        assert_error(response, 400, code, field="date")
    assert_error(
        client.call("GET", path(account, "/statement")), 400, "missing_field", field="date")


def test_the_days_profit(client, buyer, seller, symbol):
    client.order(seller, "sell", symbol, 20, 10)
    client.order(buyer, "buy", symbol, 20, 10)
    assert client.get(f"/api/v1/accounts/{buyer}/risk")["day_profit"] == "0"
    client.order(seller, "sell", symbol, 1, 13)
    client.order(buyer, "buy", symbol, 1, 13)
    assert client.get(f"/api/v1/accounts/{buyer}/risk")["day_profit"] == "60"
    client.post(f"/api/v1/accounts/{buyer}/ledger", {
        "transaction_type": "deposit", "amount": "5"})
    assert client.get(f"/api/v1/accounts/{buyer}/risk")["day_profit"] == "60"


def test_pages_of_accounts_hold_each_once(client, account):
    seen, token = [], ""
    while token is not None:
        page = client.get(f"/api/v1/accounts?limit=2{token and '&page_token=' + token}")
        assert len(page["items"]) <= 2
        seen += [item["account_id"] for item in page["items"]]
        token = page["next_page_token"]
    assert len(seen) == len(set(seen)) >= 6
    assert seen[-1] == account["account_id"], "the oldest first"


def test_the_ledger(client, account):
    entry = client.post(path(account, "/ledger"), {
        "transaction_type": "withdrawal", "amount": "0.25", "description": "fees"})
    assert (entry["type"], entry["amount"], entry["balance_after"]) == (
        "withdrawal", "-0.25", "1000.25")
    first = client.get(path(account, "/ledger?limit=1"))
    assert first["items"] == [entry]
    rest = client.get(path(account, f"/ledger?page_token={first['next_page_token']}"))
    assert [item["type"] for item in rest["items"]] == ["deposit"]
    assert rest["next_page_token"] is None


def test_positions_risk_and_market_after_a_trade(client, buyer, seller, symbol):
    client.order(seller, "sell", symbol, 30, 10)
    client.order(buyer, "buy", symbol, 20, 11)
    position = client.get(f"/api/v1/accounts/{buyer}/positions")["items"][0]
    assert (position["symbol"], position["quantity"], position["cost"]) == (
        symbol, "20", "200")
    risk = client.get(f"/api/v1/accounts/{buyer}/risk")
    assert (risk["gross_exposure"], risk["net_exposure"], risk["equity"]) == (
        "200", "200", "1000000")
    assert (risk["unpriced"], risk["open_orders"]) == ([], 0)
    assert client.get(f"/api/v1/accounts/{seller}/risk")["open_orders"] == 1

    book = client.get(f"/api/v1/market/{symbol}/book?depth=1")
    assert book["asks"] == [{"price": "10", "quantity": "10", "orders": 1}]
    assert book["bids"] == []
    trades = client.get(f"/api/v1/market/{symbol}/trades")
    assert set(trades["items"][0]) == TRADE, "nobody's name"
    assert (trades["items"][0]["price"], trades["items"][0]["quantity"]) == ("10", "20")
    assert client.get(f"/api/v1/market/{symbol}/internal-book")["asks"] == []


def test_what_never_traded_is_said_to_have_no_price(client, seller, symbol):
    risk = client.get(f"/api/v1/accounts/{seller}/risk")
    assert (risk["unpriced"], risk["gross_exposure"]) == ([symbol], "0")


def test_the_rules_and_their_limits(client, account):
    rules = client.get("/api/v1/risk/rules")["items"]
    assert [rule["rule"] for rule in rules] == [
        "max-order", "price-collar", "position-limit", "buying-power", "restricted-list",
        "fat-finger", "duplicate-order", "exposure", "open-orders", "order-rate",
        "execution-throttle", "daily-loss"]
    assert rules[0]["limits"] == {"quantity": "100000", "value": "1000000"}
    assert {rule["mode"] for rule in rules} == {"enforce"}
    held = client.get(path(account, "/limits"))["items"]
    assert [{**rule, "sources": {}} for rule in rules] == [{**rule, "sources": {}} for rule in held]
    assert {source for rule in held for source in rule["sources"].values()} == {"file"}
    limits = client.get("/api/v1/risk/limits")["items"]
    assert ("max-order", "value", "1000000", "firm", "file") in [
        tuple(line[name] for name in ("rule", "limit", "value", "scope", "source"))
        for line in limits]
    assert len(limits) == sum(len(rule["limits"]) for rule in rules)


def test_an_alert_names_the_rule(client, buyer, symbol):
    answer = client.call("POST", f"/api/accounts/{buyer}/orders", {
        "type": "buy", "symbol": symbol, "price": 1, "quantity": 100_001})
    assert answer.status_code == 422
    alert = client.get("/api/v1/risk/alerts?limit=1")["items"][0]
    assert (alert["rule"], alert["account_id"]) == ("max_order_quantity", buyer)
    assert "100001" in alert["text"]


@pytest.mark.parametrize("method, end", [
    ("GET", ""), ("PATCH", ""), ("GET", "/positions"), ("GET", "/ledger"), ("POST", "/ledger"),
    ("GET", "/risk"), ("GET", "/limits")])
def test_an_account_that_is_not_there(client, method, end):
    bodies = {"PATCH": {"name": "x"}, "POST": {"transaction_type": "deposit", "amount": 1}}
    answer = client.call(method, f"/api/v1/accounts/999999{end}", bodies.get(method))
    assert_error(answer, 404, "unknown_account")


@pytest.mark.parametrize("end", ["ticker", "book", "trades", "internal-book"])
def test_a_market_that_is_not_there(client, end):
    assert_error(client.call("GET", f"/api/v1/market/NONE/{end}"), 404, "unknown_symbol")


def test_a_repeated_deposit_counts_once(client, account):
    deposit = {"transaction_type": "deposit", "amount": 5, "client_transaction_id": "d-1"}
    first = client.post(path(account, "/ledger"), deposit)
    client.post(path(account, "/ledger"), {"transaction_type": "deposit", "amount": 1})
    assert client.post(path(account, "/ledger"), deposit) == first
    assert client.get(path(account))["balance"] == "1006.5"
    other = client.call("POST", path(account, "/ledger"), {**deposit, "amount": 6})
    assert_error(other, 409, "duplicate_client_transaction_id", "client_transaction_id")


def test_what_an_account_may_do(client, buyer, symbol):
    state = f"/api/v1/accounts/{buyer}/state"
    assert client.call("PUT", state, {"state": "halted"}).json()["state"] == "halted"
    order = {"side": "buy", "symbol": symbol, "price": 1, "quantity": 1, "account_id": buyer}
    assert_error(client.call("POST", "/api/v1/orders", order), 422, "account_halted")
    changed = client.call(
        "PATCH", f"/api/v1/accounts/{buyer}", {"state": "active", "short_limit": 5}).json()
    assert (changed["state"], changed["short_limit"]) == ("active", "5")
    assert client.call("POST", "/api/v1/orders", order).status_code == 200
    assert_error(client.call("PUT", state, {"state": "asleep"}), 400, "invalid_value", "state")
    assert_error(client.call("PUT", state, {}), 400, "missing_field", "state")


def test_halt_and_resume(client, buyer, symbol):
    order = client.order(buyer, "buy", symbol, 1, 1)
    halted = client.post("/api/v1/admin/halt", {"symbol": symbol})
    assert (halted["symbol"], halted["state"]) == (symbol, "halted")
    answer = client.try_order(buyer, "buy", symbol, 1, 1)
    assert_error(answer, 422, "instrument_halted")
    assert client.cancel(order["order_id"]), "cancels always pass"
    assert client.post("/api/v1/admin/resume", {"symbol": symbol})["state"] == "open"
    client.order(buyer, "buy", symbol, 1, 1)
    assert_error(client.call("POST", "/api/v1/admin/halt", {"symbol": "NONE"}), 422)


def test_an_instruments_change_keeps_the_rest(client, buyer, symbol):
    where = f"/api/v1/instruments/{symbol}"
    before = client.get(where)
    changed = client.call("PATCH", where, {"name": "Renamed", "taker_fee_bps": 5}).json()
    assert changed == {**before, "name": "Renamed", "taker_fee_bps": 5}
    client.order(buyer, "buy", symbol, 1, 1)
    assert_error(client.call("PATCH", where, {"tick_size": "0.05"}), 422, "open_orders")
    assert_error(client.call("PATCH", where, {"tick_size": "0.001"}), 400, "too_many_decimals")
    assert_error(client.call("PATCH", where, {"price_scale": 3}), 400, "unknown_field")
    assert client.get(where) == changed


@pytest.mark.parametrize("symbol", [".", "..", "-", "_X", ".A"])
def test_a_symbol_that_no_path_can_name(client, symbol):
    answer = client.call("POST", "/api/v1/instruments", {
        "symbol": symbol, "name": "x", "price_scale": 2, "quantity_scale": 0,
        "tick_size": "0.01", "lot_size": 1})
    assert_error(answer, 400, "invalid_value", "symbol")


def test_nothing_but_nulls_is_no_change(client, account):
    for where in (path(account), "/api/v1/instruments/AAPL"):
        answer = client.call("PATCH", where, {"name": None})
        assert_error(answer, 400, "missing_field")


def test_a_span_of_the_ledger_and_of_executions(client, buyer, seller, symbol):
    client.order(seller, "sell", symbol, 2, 10)
    client.order(buyer, "buy", symbol, 1, 10)
    client.order(buyer, "buy", symbol, 1, 10)
    everything = client.get(f"/api/v1/accounts/{buyer}/ledger")["items"]
    newest = everything[0]["timestamp"]
    for where, name in [
        (f"/api/v1/accounts/{buyer}/ledger?", "timestamp"),
        (f"/api/v1/executions?account_id={buyer}&", "matched_at"),
        (f"/api/v1/market/{symbol}/trades?", "timestamp"),
    ]:
        whole = client.get(where)["items"]
        late = client.get(f"{where}since={newest}")["items"]
        early = client.get(f"{where}until={newest}")["items"]
        assert late + early == whole and late and early
        assert all(item[name] >= newest for item in late)


def test_an_accounts_executions(client, buyer, seller, symbol):
    client.order(seller, "sell", symbol, 2, 10)
    client.order(buyer, "buy", symbol, 2, 10)
    for account in (buyer, seller):
        own = client.get(f"/api/v1/accounts/{account}/executions")
        assert own == client.get(f"/api/v1/executions?account_id={account}")
        assert {item["account_id"] for item in own["items"]} == {account}
    answer = client.call("GET", "/api/v1/accounts/999999/executions")
    assert_error(answer, 404, "unknown_account")
    answer = client.call("GET", f"/api/v1/accounts/{buyer}/executions?account_id={seller}")
    assert_error(answer, 400, "unknown_field", "account_id")


def test_the_status_under_both_names(client):
    first, second = client.get("/api/status"), client.get("/api/v1/status")
    assert first.keys() == second.keys()
    assert first["started_at"] == second["started_at"] and second["status"] == "ok"
