"""The dry run against what really happens: the same fills, the same end, the same refusal."""

from decimal import Decimal

import pytest

from live.client import assert_error
from live.v1 import V1, body_of

FIELDS = {
    "would_be", "rejection", "order_status", "reason", "price", "fills", "filled_quantity",
    "avg_price", "estimated_amount", "estimated_fee", "required_cash", "required_units", "rules",
    "as_of_seq"}
RULE = {"rule", "version", "mode", "outcome", "reason", "value", "limit", "headroom", "measures"}
MEASURE = {
    "name", "scope", "unit", "value", "limit", "headroom", "bound", "window_ms", "holds"}
SHIPPED = {
    "max-order", "price-collar", "position-limit", "buying-power", "restricted-list", "fat-finger",
    "duplicate-order", "exposure", "open-orders", "order-rate", "execution-throttle", "daily-loss"}


@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


@pytest.fixture
def book(client, symbol, seller, buyer):
    """Offers of 3 at 99.00, 2 and 4 at 100.00 and 5 at 120.00; bids of 2 at 95.00."""
    for quantity, price in ((2, "100.00"), (3, "99.00"), (4, "100.00"), (5, "120.00")):
        client.place(seller, "sell", symbol, quantity, price)
    client.place(buyer, "buy", symbol, 2, "95.00")


def compare(client, redis, *order, **fields):
    """Runs it dry, then for real; gives both."""
    before = redis.call("GET", "oes:{0}:seq")
    dry = client.test(*order, **fields)
    assert redis.call("GET", "oes:{0}:seq") == before, "a dry run changed something"
    assert set(dry) == FIELDS
    for rule in dry["rules"]:
        assert set(rule) == RULE
        for measure in rule["measures"]:
            assert set(measure) == MEASURE
    response = client.try_place(*order, **fields)
    if response.status_code != 200:
        assert dry["would_be"] == "rejected"
        told, real = dry["rejection"], response.json()
        for name in ("code", "reason", "message", "field"):
            assert told[name] == real[name]
        assert (dry["order_status"], dry["fills"]) == (None, [])
        return dry, real
    real = response.json()
    assert (dry["would_be"], dry["rejection"]) == ("accepted", None)
    assert dry["order_status"] == real["order_status"]
    assert dry["filled_quantity"] == real["cum_qty"]
    assert dry["avg_price"] == real["avg_px"]
    steps = [step for step in client.history(real["order_id"]) if step["exec_type"] == "trade"]
    assert [(fill["price"], fill["quantity"]) for fill in dry["fills"]] == [
        (step["last_px"], step["last_qty"]) for step in steps]
    assert dry["reason"] == real["reason"]
    return dry, real


@pytest.mark.parametrize("quantity,price,fields,fills", [
    (2, "98.99", {}, 0), (2, "99.00", {}, 1), (4, "100.00", {}, 2), (9, "100.00", {}, 3),
    (12, "100.00", {}, 3), (12, "100.00", {"time_in_force": "ioc"}, 3),
    (12, "100.00", {"time_in_force": "fok"}, 0), (9, "100.00", {"time_in_force": "fok"}, 3),
    (4, None, {}, 2), (20, None, {}, 3), (1, "98.00", {"internal": True}, 0)])
def test_a_buy_gets_what_it_was_told(
        client, redis, book, symbol, buyer, quantity, price, fields, fills):
    dry, _ = compare(client, redis, buyer, "buy", symbol, quantity, price, **fields)
    assert len(dry["fills"]) == fills
    assert dry["required_units"] is None and Decimal(dry["required_cash"]) > 0


@pytest.mark.parametrize("quantity,price", [(1, "95.00"), (5, "95.00"), (5, "96.00"), (2, None)])
def test_a_sale_gets_what_it_was_told(client, redis, book, symbol, quantity, price):
    account = client.account("Other seller", 10)
    client.give_shares(account, symbol, 10)
    dry, _ = compare(client, redis, account, "sell", symbol, quantity, price)
    assert (dry["required_cash"], dry["required_units"]) == (None, str(quantity))


def test_it_stops_at_its_own_orders(client, redis, book, symbol, seller):
    other = client.account("Other", 100_000)
    client.give_shares(other, symbol, 10)
    client.place(other, "sell", symbol, 1, "98.00")
    dry, real = compare(client, redis, seller, "buy", symbol, 5, "99.00")
    assert (dry["reason"], len(dry["fills"])) == ("self_trade", 1)


def test_the_internal_book_within_the_lit_one(client, redis, book, symbol, seller, buyer):
    client.place(seller, "sell", symbol, 2, "97.00", internal=True)
    client.place(seller, "sell", symbol, 2, "99.50", internal=True)
    dry, _ = compare(client, redis, buyer, "buy", symbol, 3, "99.90", internal=True)
    assert [fill["price"] for fill in dry["fills"]] == ["97"]


def test_an_amended_order_has_lost_its_place(client, redis, book, symbol, seller, buyer):
    first = client.place(seller, "sell", symbol, 1, "98.00")["order_id"]
    client.place(seller, "sell", symbol, 2, "98.00")
    assert client.change(first, quantity=5).status_code == 200
    dry, _ = compare(client, redis, buyer, "buy", symbol, 3, "98.00")
    assert [fill["quantity"] for fill in dry["fills"]] == ["2", "1"]


@pytest.mark.parametrize("side,quantity,price,code", [
    ("buy", 10_000, "99.00", "insufficient_cash"), ("sell", 1, "99.00", "insufficient_shares"),
    ("buy", 100_001, "0.01", "max_order_quantity"), ("buy", 20_000, "90.00", "max_order_value"),
    ("buy", 1, "150.00", "price_collar"), ("buy", 1, "99.005", None)])
def test_it_is_refused_as_it_really_is(
        client, redis, book, symbol, side, quantity, price, code):
    account = client.account("Poor", 1_000)
    if code is None:
        body = body_of(account, side, symbol, quantity, price)
        assert_error(client.call("POST", "/api/v1/orders/test", body), 400, "too_many_decimals")
        return
    _, real = compare(client, redis, account, side, symbol, quantity, price)
    assert real["code"] == code


def test_refusals_before_any_rule(client, redis, numbers):
    symbol = client.instrument(
        f"STEP{next(numbers)}", tick_size="0.05", lot_size="10", min_notional="500")
    account = client.account("Fine", 100_000)
    for order in (
            (symbol, 10, "1.01"), (symbol, 11, "1.00"), (symbol, 10, "1.00"), (symbol, 1_000, None),
            ("NOSUCH", 1, "1.00")):
        dry, _ = compare(client, redis, account, "buy", *order)
        assert dry["would_be"] == "rejected"
    for field, name in (("order_type", "nosuch"), ("time_in_force", "nosuch")):
        compare(client, redis, account, "buy", symbol, 500, "1.00", **{field: name})


def test_fees_and_cover(client, redis, numbers):
    symbol = client.instrument(f"FEE{next(numbers)}", maker_fee_bps=7, taker_fee_bps=13)
    seller, buyer = client.account("Seller", 0), client.account("Buyer", 5_000)
    client.give_shares(seller, symbol, 100)
    client.place(seller, "sell", symbol, 7, "33.33")
    client.place(seller, "sell", symbol, 5, "33.34")
    dry, real = compare(client, redis, buyer, "buy", symbol, 20, "33.34")
    assert Decimal(dry["estimated_amount"]) == 7 * Decimal("33.33") + 5 * Decimal("33.34")
    assert dry["estimated_fee"] == client.one(real["order_id"])["fee"]
    _, held, _ = client.balance(buyer)
    assert Decimal(dry["required_cash"]) > held > 0


def test_every_rule_says_its_decision(client, symbol, buyer):
    dry = client.test(buyer, "buy", symbol, 300, "100.00")
    rules = {rule["rule"]: rule for rule in dry["rules"]}
    assert set(rules) == SHIPPED
    assert {(rule["mode"], rule["outcome"]) for rule in rules.values()} == {("enforce", "passed")}
    limit = rules["position-limit"]
    assert (limit["value"], limit["limit"], limit["headroom"]) == ("300", "1000000", "999700")
    dry = client.test(buyer, "buy", symbol, 200_000, "100.00")
    rules = {rule["rule"]: rule for rule in dry["rules"]}
    assert rules["max-order"]["outcome"] == rules["buying-power"]["outcome"] == "rejected"
    assert rules["max-order"]["reason"] == dry["rejection"]["reason"]


def test_the_position_limit_with_its_numbers(client, redis, numbers):
    symbol = client.instrument(f"POS{next(numbers)}")
    account = client.account("Large", 1_000_000)
    client.give_shares(account, symbol, 999_990)
    dry, real = compare(client, redis, account, "buy", symbol, 11, "1.00")
    assert real["code"] == "position_limit"
    rule = next(rule for rule in dry["rules"] if rule["rule"] == "position-limit")
    assert (rule["outcome"], rule["headroom"]) == ("rejected", "-1")
