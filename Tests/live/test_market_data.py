"""Candles against the trades they are made of, and books and queues of earlier events against what they
were then."""

import random
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import pytest

from live.client import Client, assert_error, decoded
from live.conftest import stop_cleanly
from live.v1 import V1
from oes.host import wait_until

SECONDS = {"1s": 1, "1m": 60, "5m": 300, "1h": 3_600, "1d": 86_400}


@pytest.fixture
def v1(server):
    with V1(server.url) as client:
        yield client


def busy(client, symbol, count, seed, seen=None):
    """Orders of two rich accounts around 100, some cancelled, some amended; `seen` notes books."""
    numbers = random.Random(seed)
    accounts = [client.account(f"Busy {n}", 10_000_000) for n in range(2)]
    for account in accounts:
        client.give_shares(account, symbol, 50_000)
    open_orders = []
    for _ in range(count):
        account, kind = numbers.choice(accounts), numbers.random()
        if kind < 0.2 and open_orders:
            client.cancel(open_orders.pop(numbers.randrange(len(open_orders))))
        elif kind < 0.35 and open_orders:
            client.edit(numbers.choice(open_orders), quantity=numbers.randint(1, 20))
        else:
            price = f"{100 + numbers.randint(-5, 5) / 10:.2f}"
            more = {"internal": True} if kind > 0.95 else {}
            if 0.9 < kind < 0.95:
                more = {"params": {"display_quantity": "2"}, "order_type": "iceberg"}
            answer = client.try_order(
                account, numbers.choice(["buy", "sell"]), symbol, numbers.randint(3, 20), price,
                **more)
            if answer.status_code == 200 and answer.json()["status"] in (
                    "open", "partially_filled"):
                open_orders.append(answer.json()["id"])
        if seen is not None:
            book = client.get(f"/api/v1/market/{symbol}/book?depth=1000")
            seen[book["seq"]] = book
    return open_orders


def micros(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1_000_000)


def from_trades(trades, seconds):
    """The candles that these trades make, newest first, as (start, open, …, trades)."""
    bars = defaultdict(list)
    for trade in reversed(trades):
        if not trade["internal"]:
            second = micros(trade["timestamp"]) // 1_000_000
            bars[second - second % seconds].append(trade)
    made = []
    for start, some in sorted(bars.items(), reverse=True):
        prices = [Decimal(one["price"]) for one in some]
        volume = sum(Decimal(one["quantity"]) for one in some)
        made.append(
            (start, prices[0], max(prices), min(prices), prices[-1], volume, len(some)))
    return made


def as_made(candle):
    numbers = [Decimal(candle[name]) for name in ("open", "high", "low", "close", "volume")]
    return (micros(candle["start"]) // 1_000_000, *numbers, candle["trades"])


def test_candles_are_what_the_trades_make(v1, symbol):
    busy(v1, symbol, 150, seed=3)
    trades = v1.pages(f"/api/v1/market/{symbol}/trades", limit=1000)
    assert any(trade["internal"] for trade in trades) and len(trades) > 30
    for interval, seconds in SECONDS.items():
        candles = v1.pages(f"/api/v1/market/{symbol}/candles", interval=interval, limit=3)
        assert [as_made(candle) for candle in candles] == from_trades(trades, seconds), interval
        for candle in candles:
            assert micros(candle["end"]) - micros(candle["start"]) == seconds * 1_000_000
    day = candles[0]
    assert day["closed"] is False
    ticker = v1.get(f"/api/v1/market/{symbol}/ticker")
    assert Decimal(ticker["change"]) == Decimal(ticker["last"]) - Decimal(ticker["open"])
    assert (ticker["open"], ticker["high"], ticker["low"]) == (
        day["open"], day["high"], day["low"])
    default = v1.get(f"/api/v1/market/{symbol}/candles")["items"]
    assert [as_made(one) for one in default] == from_trades(trades, 60)
    start = candles[0]["start"]
    path = f"/api/v1/market/{symbol}/candles?interval=1d"
    assert v1.get(f"{path}&until={start}")["items"] == []
    assert v1.get(f"{path}&since={start}")["items"] == [day]
    assert_error(
        v1.call("GET", f"/api/v1/market/{symbol}/candles?interval=2m"), 400, "invalid_value",
        "interval")


def test_a_busted_trade_stays_in_its_candle(v1, symbol, buyer, seller):
    v1.order(seller, "sell", symbol, 5, "100.00")
    v1.order(buyer, "buy", symbol, 5, "100.00")
    path = f"/api/v1/market/{symbol}/candles?interval=1d"
    before = v1.get(path)["items"]
    trade = v1.get(f"/api/v1/market/{symbol}/trades")["items"][0]["trade_id"]
    decoded(v1.call("POST", f"/api/v1/admin/trades/{trade}/bust", {"reason": "error"}))
    assert v1.get(path)["items"] == before and before[0]["trades"] == 1


def test_an_earlier_book_is_what_it_was(v1, symbol):
    seen = {}
    open_orders = busy(v1, symbol, 120, seed=4, seen=seen)
    assert len(seen) > 60
    for sequence, book in seen.items():
        again = v1.get(f"/api/v1/market/{symbol}/book?depth=1000&at_seq={sequence}")
        assert again == book, sequence
    latest = v1.get("/api/status")["seq"]
    now = v1.get(f"/api/v1/market/{symbol}/book?depth=1000")
    assert v1.get(f"/api/v1/market/{symbol}/book?depth=1000&at_seq={latest}") == now
    assert_error(
        v1.call("GET", f"/api/v1/market/{symbol}/book?at_seq={latest + 1_000_000}"), 400,
        "out_of_range", "at_seq")
    assert open_orders


def test_an_orders_place_in_its_queue(v1, symbol, buyer, seller):
    first = v1.order(buyer, "buy", symbol, 10, "90.00")
    second = v1.order(seller, "buy", symbol, 6, "90.00")
    own = v1.order(buyer, "buy", symbol, 4, "90.00")
    v1.order(seller, "buy", symbol, 9, "90.00")
    path = f"/api/v1/orders/{own['id']}/queue"

    def ahead(sequence=None):
        place = v1.get(path + (f"?at_seq={sequence}" if sequence else ""))
        assert sequence is None or place["seq"] == sequence
        if not place["in_book"]:
            assert place["orders_ahead"] is None and place["price"] is None
            return None
        assert Decimal(place["price"]) == 90
        return place["orders_ahead"], Decimal(place["quantity_ahead"])

    placed = v1.get(f"/api/orders/{own['id']}")["event_seq"]
    assert ahead() == (2, 16) and ahead(placed) == (2, 16)
    assert ahead(placed - 1) is None
    trade = v1.order(seller, "sell", symbol, 7, "90.00")["event_seq"]
    assert ahead() == (2, 9)
    v1.cancel(second["id"])
    gone = v1.get(f"/api/orders/{second['id']}")["event_seq"]
    assert ahead() == (1, 3)
    v1.edit(first["id"], quantity=30)
    assert ahead() == (0, 0)
    assert (ahead(placed), ahead(trade), ahead(gone)) == ((2, 16), (2, 9), (1, 3))
    v1.cancel(own["id"])
    assert ahead() is None and ahead(gone) == (1, 3)
    assert_error(v1.call("GET", f"/api/v1/orders/{buyer}-none/queue"), 404, "unknown_order")


def test_they_are_told_over_restarts_too(make_host):
    """Killed in between, with checkpoints at each start; an old mark's books serve as well."""
    host = make_host().start()
    seen = {}
    for turn in range(3):
        with Client(host.url) as client:
            if turn == 0:
                client.instrument("OLD")
            busy(client, "OLD", 25, seed=turn, seen=seen)
        host.kill_host()
        host.start()
    with Client(host.url) as client:
        for sequence, book in seen.items():
            told = client.get(f"/api/v1/market/OLD/book?depth=1000&at_seq={sequence}")
            # A host that has just begun says its start as the time of a book.
            assert {**told, "timestamp": None} == {**book, "timestamp": None}
        assert wait_until(lambda: client.get("/api/v1/market/OLD/candles?interval=1d")["items"])
    stop_cleanly(host)
