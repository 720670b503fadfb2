"""The life of an order through the kept routes: matching, holds, amends, cancels, idempotency."""

import threading
from collections import Counter
from decimal import Decimal

import pytest

from live.client import Client, assert_error, decoded, exact
from oes.invariants import Ledger
from oes.rest import Api
from oes.verify import Verifier


@pytest.fixture(scope="module", autouse=True)
def sound_at_the_end(server):
    """Whatever the tests did, the ledger must hold afterwards."""
    yield
    from oes.redis import Redis
    api = Api(server.url)
    symbols = [listed["symbol"] for listed in instruments(api)]
    assert list(Ledger(api, symbols).problems()) == []
    api.close()
    with Redis(server.redis_socket()) as redis:
        assert Verifier(redis).run() == []


def instruments(api):
    listed = api.get("/api/v1/instruments?limit=1000")
    return listed["items"]


def test_an_order_rests_and_holds_what_it_needs(client, symbol, buyer):
    order = client.order(buyer, "buy", symbol, 10, "150.25")
    assert order["id"] == order["order_id"]
    assert order["status"] == "open"
    assert order["filled_quantity"] == 0
    assert order["remaining_quantity"] == 10
    assert order["price"] == Decimal("150.25")
    assert order["internal"] is False
    assert client.balance(buyer) == (1_000_000, Decimal("1502.5"), Decimal("998497.5"))
    assert client.book(symbol) == ([(Decimal("150.25"), 10, 1)], [])
    assert client.show(order["id"]) == order


def test_a_trade_has_the_resting_orders_price_and_settles_both_sides(
        client, symbol, buyer, seller):
    resting = client.order(seller, "sell", symbol, 10, "100.00")
    incoming = client.order(buyer, "buy", symbol, 4, "101.00")
    assert incoming["status"] == "filled"
    assert incoming["avg_price"] == 100
    assert client.balance(buyer) == (999_600, 0, 999_600)
    assert client.balance(seller)[0] == 1_000_400
    left = client.show(resting["id"])
    assert (left["status"], left["filled_quantity"], left["remaining_quantity"]) == (
        "partially_filled", 4, 6)
    assert client.position(buyer, symbol)["quantity"] == 4
    position = client.position(seller, symbol)
    assert (position["quantity"], position["held"], position["available"]) == (996, 6, 990)
    trade = next(
        trade for trade in client.get("/api/orders/trades/recent") if trade["symbol"] == symbol)
    assert (trade["price"], trade["quantity"], trade["aggressor"]) == (100, 4, "buy")
    assert trade["buy_order_id"] == incoming["id"]
    assert trade["sell_order_id"] == resting["id"]


def test_best_price_first_then_the_earlier_order(client, symbol, buyer, seller):
    orders = [
        client.order(seller, "sell", symbol, 5, price)["id"]
        for price in ("101.00", "100.00", "100.00", "99.00")]
    taken = client.order(buyer, "buy", symbol, 12, "101.00")
    assert taken["status"] == "filled"
    assert [client.show(order)["filled_quantity"] for order in orders] == [0, 5, 2, 5]
    # 5 at 99, then 7 at 100.
    assert client.balance(buyer)[0] == 1_000_000 - 5 * 99 - 7 * 100
    assert taken["avg_price"].quantize(Decimal("0.0001")) == Decimal("99.5833")


@pytest.mark.parametrize("side,limit,trades", [
    ("buy", "99.99", 0), ("buy", "100.00", 5), ("sell", "100.01", 0), ("sell", "100.00", 5)])
def test_an_order_never_trades_beyond_its_limit(
        client, symbol, buyer, seller, side, limit, trades):
    if side == "buy":
        client.order(seller, "sell", symbol, 5, "100.00")
        order = client.order(buyer, "buy", symbol, 5, limit)
    else:
        client.order(buyer, "buy", symbol, 5, "100.00")
        order = client.order(seller, "sell", symbol, 5, limit)
    assert order["filled_quantity"] == trades


def test_ioc_cancels_what_is_left(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 3, "100.00")
    order = client.order(buyer, "buy", symbol, 5, "100.00", tif="ioc")
    assert (order["status"], order["filled_quantity"]) == ("cancelled", 3)
    assert order["reason"].startswith("ioc_remainder")
    assert client.balance(buyer) == (999_700, 0, 999_700)
    assert client.book(symbol) == ([], [])


def test_fok_is_whole_or_nothing(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 3, "100.00")
    order = client.order(buyer, "buy", symbol, 5, "100.00", tif="fok")
    assert (order["status"], order["filled_quantity"]) == ("cancelled", 0)
    assert order["reason"].startswith("fok_unfillable")
    assert client.order(buyer, "buy", symbol, 3, "100.00", tif="fok")["status"] == "filled"


def test_a_market_order_trades_within_its_band(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 3, "100.00")
    client.order(seller, "sell", symbol, 3, "104.00")
    client.order(seller, "sell", symbol, 3, "120.00")
    order = client.order(buyer, "buy", symbol, 9, order_type="market")
    assert (order["status"], order["filled_quantity"]) == ("cancelled", 6)
    assert order["reason"].startswith("protection_price")
    assert client.book(symbol)[1] == [(120, 3, 1)]


def test_a_market_order_with_nothing_to_trade_against_is_refused(client, symbol, buyer):
    response = client.try_order(buyer, "buy", symbol, 1, order_type="market")
    assert_error(response, 422)
    assert client.balance(buyer) == (1_000_000, 0, 1_000_000)


def test_an_order_without_a_price_is_a_market_order(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 3, "100.00")
    order = client.order(buyer, "buy", symbol, 3)
    assert (order["order_type"], order["status"]) == ("market", "filled")


@pytest.mark.parametrize("side,quantity,price,code", [
    ("buy", 100_000, "10.01", "insufficient_cash"), ("sell", 1_001, "10.00", "insufficient_shares")])
def test_what_isnt_covered_is_refused_and_recorded(
        client, symbol, buyer, seller, side, quantity, price, code):
    account = buyer if side == "buy" else seller
    # Within the limit on an order's value, above what the account has.
    client.post(f"/api/accounts/{buyer}/transactions", {
        "transaction_type": "withdrawal", "amount": 500_000})
    before = client.balance(account)
    quantity = 60_000 if side == "buy" else quantity
    body = assert_error(client.try_order(account, side, symbol, quantity, price), 422, code)
    assert {"required", "available"} <= set(body["context"])
    assert client.balance(account) == before
    listed = client.get(f"/api/accounts/{account}/orders")
    assert listed[0]["status"] == "rejected"
    assert listed[0]["reason"].startswith(code)
    assert client.book(symbol) == ([], [])


def test_a_cancel_releases_and_a_second_is_refused(client, symbol, buyer):
    order = client.order(buyer, "buy", symbol, 10, "150.00")
    answer = decoded(client.cancel(order["id"]))
    assert answer["success"] is True
    assert answer["order_id"] == order["id"]
    assert client.show(order["id"])["status"] == "cancelled"
    assert client.balance(buyer) == (1_000_000, 0, 1_000_000)
    assert client.book(symbol) == ([], [])
    assert_error(client.cancel(order["id"]), 409, "order_closed")


def test_all_three_ways_to_cancel(client, symbol, buyer):
    for method, path in (
            ("POST", "/api/accounts/{account}/orders/{order}/cancel"),
            ("POST", "/api/orders/{order}/cancel"),
            ("DELETE", "/api/accounts/{account}/orders/{order}")):
        order = client.order(buyer, "buy", symbol, 1, "10.00")["id"]
        path = path.format(account=buyer, order=order)
        assert decoded(client.call(method, path))["success"] is True, path
        assert client.show(order)["status"] == "cancelled"


def test_another_accounts_order_is_unknown(client, symbol, buyer, seller):
    order = client.order(buyer, "buy", symbol, 1, "10.00")["id"]
    for method, end in (("POST", "/cancel"), ("DELETE", "")):
        assert_error(client.call(method, f"/api/accounts/{seller}/orders/{order}{end}"), 404)
    assert client.show(order)["status"] == "open"


def test_an_edit_down_keeps_its_place(client, symbol, buyer, seller):
    first = client.order(buyer, "buy", symbol, 10, "100.00")["id"]
    second = client.order(buyer, "buy", symbol, 10, "100.00")["id"]
    answer = decoded(client.edit(first, quantity=4))
    assert (answer["success"], answer["priority_kept"]) == (True, True)
    assert answer["order"]["quantity"] == 4
    assert client.balance(buyer)[1] == 1_400
    client.order(seller, "sell", symbol, 5, "100.00")
    assert client.show(first)["filled_quantity"] == 4
    assert client.show(second)["filled_quantity"] == 1


def test_an_edit_up_or_of_the_price_goes_to_the_back(client, symbol, buyer, seller):
    first = client.order(buyer, "buy", symbol, 5, "100.00")["id"]
    second = client.order(buyer, "buy", symbol, 5, "100.00")["id"]
    assert decoded(client.edit(first, quantity=6))["priority_kept"] is False
    client.order(seller, "sell", symbol, 5, "100.00")
    assert client.show(second)["status"] == "filled"
    assert decoded(client.edit(first, price="99.00"))["priority_kept"] is False
    assert client.book(symbol) == ([(99, 6, 1)], [])


def test_an_edit_may_trade_at_once(client, symbol, buyer, seller):
    client.order(seller, "sell", symbol, 5, "101.00")
    order = client.order(buyer, "buy", symbol, 8, "100.00")["id"]
    answer = exact(client.edit(order, price="101.00"))
    assert answer["order"]["status"] == "partially_filled"
    assert answer["order"]["filled_quantity"] == 5
    assert client.balance(buyer) == (1_000_000 - 505, 303, 1_000_000 - 505 - 303)


def test_an_edit_to_what_is_filled_ends_the_order_and_below_is_refused(
        client, symbol, buyer, seller):
    order = client.order(buyer, "buy", symbol, 8, "100.00")["id"]
    client.order(seller, "sell", symbol, 5, "100.00")
    assert_error(client.edit(order, quantity=4), 422, "below_filled")
    ended = decoded(client.edit(order, quantity=5))["order"]
    assert ended["remaining_quantity"] == 0
    assert client.balance(buyer) == (999_500, 0, 999_500)
    assert client.book(symbol) == ([], [])
    assert_error(client.edit(order, quantity=9), 409, "order_closed")


def test_an_edit_that_isnt_covered_changes_nothing(client, symbol, buyer):
    order = client.order(buyer, "buy", symbol, 5_000, "100.00")
    assert_error(client.edit(order["id"], quantity=9_000, price="112.00"), 422)
    assert client.show(order["id"]) == order


def test_an_account_never_trades_with_itself(client, symbol, seller):
    resting = client.order(seller, "sell", symbol, 5, "100.00")["id"]
    order = client.order(seller, "buy", symbol, 5, "100.00")
    assert (order["status"], order["filled_quantity"]) == ("cancelled", 0)
    assert order["reason"].startswith("self_trade")
    assert client.show(resting)["status"] == "open"


def test_internal_orders_rest_unseen_and_cross_only_each_other(client, symbol, buyer, seller):
    hidden = client.order(seller, "sell", symbol, 5, "100.00", internal=True)
    assert hidden["internal"] is True
    assert client.book(symbol) == ([], [])
    assert client.book(symbol, internal=True)[1] == [(100, 5, 1)]
    lit = client.order(buyer, "buy", symbol, 5, "100.00")
    assert lit["status"] == "open"
    path = f"/api/orderbook/{symbol}/internal"
    before = client.get(path)["seq"]
    crossing = client.order(buyer, "buy", symbol, 5, "100.00", internal=True)
    assert crossing["status"] == "filled"
    trade = next(
        trade for trade in client.get("/api/orders/trades/recent") if trade["symbol"] == symbol)
    assert trade["internal"] is True
    assert client.get(path)["seq"] > before
    assert client.show(lit["id"])["status"] == "open"


# Idempotency and concurrency.


def test_the_same_request_twice_is_one_order(client, symbol, buyer):
    first = client.order(buyer, "buy", symbol, 10, "20.00", client_order_id="once")
    again = client.order(buyer, "buy", symbol, 10, "20.00", client_order_id="once")
    assert again == first
    assert client.balance(buyer)[1] == 200
    # The amended order is still the one that was asked for.
    decoded(client.edit(first["id"], quantity=5))
    later = client.order(buyer, "buy", symbol, 10, "20.00", client_order_id="once")
    assert (later["id"], later["quantity"]) == (first["id"], 5)


def test_the_same_id_with_another_request_is_a_conflict(client, symbol, buyer, seller):
    client.order(buyer, "buy", symbol, 10, "20.00", client_order_id="mine")
    for changes in ({"price": "20.01"}, {"quantity": 11}, {"tif": "ioc"}, {"internal": True}):
        body = {"quantity": 10, "price": "20.00", **changes}
        response = client.try_order(buyer, "buy", symbol, client_order_id="mine", **body)
        assert_error(response, 409)
    assert len(client.get(f"/api/accounts/{buyer}/orders")) == 1
    # The id is the account's own.
    assert client.order(seller, "buy", symbol, 10, "20.00", client_order_id="mine")["id"]


def test_a_refusal_is_remembered_too(client, symbol, buyer):
    for _ in range(2):
        response = client.try_order(buyer, "sell", symbol, 1, "20.00", client_order_id="no")
        assert_error(response, 422, "insufficient_shares")
    # Shares that come later don't change what was answered.
    client.give_shares(buyer, symbol, 5)
    response = client.try_order(buyer, "sell", symbol, 1, "20.00", client_order_id="no")
    assert_error(response, 422, "insufficient_shares")
    assert len(client.get(f"/api/accounts/{buyer}/orders")) == 1


def in_threads(count, work):
    """Runs work(number, client) in threads at once; what each gave, in order."""
    results = [None] * count
    gate = threading.Barrier(count)

    def run(number):
        with Client(base) as client:
            gate.wait()
            results[number] = work(number, client)

    base = work.url
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert None not in results
    return results


def test_one_id_from_many_threads_is_one_order(server, client, symbol, buyer):
    def work(_, own):
        return own.order(buyer, "buy", symbol, 10, "20.00", client_order_id="rush")

    work.url = server.url
    answers = in_threads(16, work)
    assert len({answer["id"] for answer in answers}) == 1
    assert len(client.get(f"/api/accounts/{buyer}/orders")) == 1
    assert client.balance(buyer)[1] == 200


def test_one_cancel_of_many_wins(server, client, symbol, buyer):
    order = client.order(buyer, "buy", symbol, 10, "20.00")["id"]

    def work(_, own):
        return own.cancel(order).status_code

    work.url = server.url
    assert Counter(in_threads(16, work)) == {200: 1, 409: 15}
    assert client.balance(buyer) == (1_000_000, 0, 1_000_000)


def test_cash_is_never_spent_twice(server, client, symbol):
    """Forty orders of 100 at once on an account with 1,000: ten may pass."""
    poor = client.account("Poor", 1_000)

    def work(number, own):
        return own.try_order(poor, "buy", symbol, 10, "10.00").status_code

    work.url = server.url
    answers = Counter(in_threads(40, work))
    assert answers[422] == 30
    assert client.balance(poor) == (1_000, 1_000, 0)


def test_threads_that_trade_keep_every_sum(server, client, symbol):
    accounts = [client.account(f"Trader {number}", 100_000) for number in range(8)]
    for account in accounts:
        client.give_shares(account, symbol, 500)

    def work(number, own):
        mine = accounts[number]
        for step in range(40):
            side = "buy" if (step + number) % 2 else "sell"
            price = 100 + (step * 7 + number * 3) % 5 - 2
            order = own.order(mine, side, symbol, 1 + step % 4, f"{price}.00")
            if step % 3 == 0 and order["status"] in ("open", "partially_filled"):
                assert own.cancel(order["id"]).status_code in (200, 409)
        return True

    work.url = server.url
    in_threads(8, work)
    assert sum(client.balance(account)[0] for account in accounts) == 800_000
    owned = [client.position(account, symbol)["quantity"] for account in accounts]
    assert sum(owned) == 4_000
