"""/ws: control messages, channels, and that each event comes once to each who asked for it."""

import random

import pytest

from live.client import Client
from live.socket import BookMirror, Socket

FOUR = ["oes:notifications", "oes:orderbook", "oes:trades", "oes:risk"]


def of(messages, channel):
    return [message for message in messages if message.get("channel") == channel]


def of_symbol(messages, symbol):
    return [
        message for message in messages
        if isinstance(message.get("data"), dict) and message["data"].get("symbol") == symbol]


@pytest.fixture
def socket(server):
    with Socket(server.url) as socket:
        yield socket


def trade_once(client, symbol, buyer, seller, quantity=5):
    client.order(seller, "sell", symbol, quantity, "100.00")
    return client.order(buyer, "buy", symbol, quantity, "100.00")


def test_ping_is_answered(socket):
    answer, _ = socket.ask({"type": "ping"}, "pong")
    assert answer["timestamp"]


@pytest.mark.parametrize("channel", [
    *FOUR, "oes:orderbook:AAPL", "oes:trades:AAPL", "oes:account:1", "oes:risk:1",
    "oes:ticker:AAPL", "oes:candles:AAPL:5m"])
def test_subscribe_and_unsubscribe(socket, channel):
    socket.subscribe(channel)
    socket.unsubscribe(channel)


@pytest.mark.parametrize("channel", [
    "nothing", "", "oes:", "oes:nothing", "oes:trades:", "oes:orderbook:NOSUCH",
    "oes:account:999999", "oes:account:", "oes:risk:999999", "oes:risk:", "oes:ticker:NOSUCH",
    "oes:ticker", "oes:candles:AAPL", "oes:candles:AAPL:2m", "oes:candles:NOSUCH:1m", 5, None, [], {}, "oes:trades:" + "A" * 10_000])
def test_an_unknown_channel_is_refused_and_the_socket_stays(socket, channel):
    answer, _ = socket.ask({"type": "subscribe", "channel": channel}, "error")
    assert answer["code"] and answer["message"]
    socket.ask({"type": "ping"}, "pong")


@pytest.mark.parametrize("message", [
    "", " ", "hello", "NaN", "[1]", "[]", "null", "5", '"text"', "{}", '{"type": null}',
    '{"type": 5}', '{"type": "nothing"}', '{"type": "subscribe"}', '{"channel": "oes:trades"}',
    '{"type": "ping"', '{"type": "ping"} {}', "[" * 5_000, '{"type": "\\ud800"}', b"bytes", b"",
    '{"type": "ping", "bogus": 1}x'], ids=str)
def test_a_bad_message_is_answered_and_the_socket_stays(socket, message):
    answer, _ = socket.ask(message, "error")
    assert answer["code"] and answer["message"]
    socket.ask({"type": "ping"}, "pong")


def test_a_trade_comes_once_on_each_channel(socket, client, symbol, buyer, seller):
    for channel in ("oes:trades", f"oes:trades:{symbol}"):
        socket.subscribe(channel)
    order = trade_once(client, symbol, buyer, seller)

    def both(messages):
        return len(of_symbol(messages, symbol)) >= 2

    messages = socket.collect(both) + socket.quiet()
    for channel in ("oes:trades", f"oes:trades:{symbol}"):
        (message,) = of_symbol(of(messages, channel), symbol)
        assert {"channel", "type", "seq", "prev_seq", "time", "data"} <= set(message)
        data = message["data"]
        assert (float(data["price"]), float(data["quantity"])) == (100, 5)
        assert data["aggressor"] == "buy"
        assert data["trade_id"]
    assert order["status"] == "filled"


def test_only_those_who_subscribed_hear_it(server, client, symbol, buyer, seller, numbers):
    other = client.instrument(f"OTH{next(numbers)}")
    with Socket(server.url) as mine, Socket(server.url) as others, Socket(server.url) as nobody:
        mine.subscribe(f"oes:trades:{symbol}")
        others.subscribe(f"oes:trades:{other}")
        trade_once(client, symbol, buyer, seller)
        mine.collect(lambda messages: of_symbol(messages, symbol))
        assert of_symbol(others.quiet(), symbol) == []
        assert nobody.quiet() == []


def test_after_unsubscribing_it_is_quiet(socket, client, symbol, buyer, seller):
    channel = f"oes:trades:{symbol}"
    socket.subscribe(channel)
    trade_once(client, symbol, buyer, seller)
    socket.collect(lambda messages: of_symbol(messages, symbol))
    socket.unsubscribe(channel)
    trade_once(client, symbol, buyer, seller)
    assert socket.quiet() == []


def test_subscribing_twice_hears_once(socket, client, symbol, buyer, seller):
    channel = f"oes:trades:{symbol}"
    socket.subscribe(channel)
    socket.send({"type": "subscribe", "channel": channel})
    socket.quiet()
    trade_once(client, symbol, buyer, seller)
    messages = socket.collect(lambda messages: of_symbol(messages, symbol)) + socket.quiet()
    assert len(of_symbol(messages, symbol)) == 1


def test_every_subscriber_hears_every_trade_once(server, client, symbol, buyer, seller):
    sockets = [Socket(server.url) for _ in range(20)]
    try:
        for socket in sockets:
            socket.subscribe(f"oes:trades:{symbol}")
        for _ in range(25):
            trade_once(client, symbol, buyer, seller, quantity=1)
        for socket in sockets:
            messages = socket.collect(lambda messages: len(of_symbol(messages, symbol)) >= 25)
            names = [message["data"]["trade_id"] for message in of_symbol(messages, symbol)]
            assert len(names) == len(set(names)) == 25
            chain = of(messages, f"oes:trades:{symbol}")
            for earlier, later in zip(chain, chain[1:]):
                assert later["prev_seq"] == earlier["seq"]
            assert of_symbol(socket.quiet(0.05), symbol) == []
    finally:
        for socket in sockets:
            socket.connection.close()


def test_an_account_hears_its_own_orders_only(server, client, symbol, buyer, seller):
    with Socket(server.url) as mine:
        mine.subscribe(f"oes:account:{buyer}")
        client.order(seller, "sell", symbol, 5, "100.00")
        assert [message for message in mine.quiet() if message["type"] != "snapshot"] == []
        order = client.order(buyer, "buy", symbol, 2, "100.00")
        messages = mine.collect(lambda messages: order["id"] in str(messages))
        assert all(message["channel"] == f"oes:account:{buyer}" for message in messages)


def test_notifications_tell_of_orders_and_trades(socket, client, symbol, buyer, seller):
    socket.subscribe("oes:notifications")
    order = trade_once(client, symbol, buyer, seller)
    messages = socket.collect(lambda messages: order["id"] in str(messages))
    assert all(message["channel"] == "oes:notifications" for message in messages if "data" in message)


def test_a_refusal_by_a_rule_is_a_risk_alert(socket, client, symbol, buyer):
    socket.subscribe("oes:risk")
    response = client.try_order(buyer, "buy", symbol, 100_001, "1.00")
    assert response.status_code == 422
    messages = socket.collect(lambda messages: "max_order_quantity" in str(messages))
    assert buyer in str(messages)


def test_the_feeds_book_is_the_book(server, client, symbol, buyer, seller):
    """A snapshot and deltas without a gap, over a few hundred random commands."""
    random_numbers = random.Random(20)
    mirror = BookMirror()
    channel = f"oes:orderbook:{symbol}"
    client.order(buyer, "buy", symbol, 3, "95.00")
    with Socket(server.url) as socket:
        early = socket.subscribe(channel)
        orders = []
        for _ in range(300):
            if orders and random_numbers.random() < 0.3:
                client.cancel(orders.pop(random_numbers.randrange(len(orders))))
                continue
            side = random_numbers.choice(["buy", "sell"])
            price = random_numbers.randint(97, 103)
            order = client.order(buyer if side == "buy" else seller, side, symbol,
                                 random_numbers.randint(1, 5), f"{price}.00")
            orders.append(order["id"])
        expected = client.book(symbol)
        messages = of(early, channel)

        def mirrored(_):
            while messages:
                mirror.take(messages.pop(0))
            return mirror.sides is not None and mirror.book() == expected

        if not mirrored([]):
            def arrived(collected):
                if collected:
                    messages.extend(of(collected[-1:], channel))
                return mirrored(collected)

            socket.collect(arrived, timeout=10)
        assert mirror.seq == client.get(f"/api/orderbook/{symbol}")["seq"]


def test_candles_follow_the_trades(socket, client, symbol, buyer, seller):
    channel = f"oes:candles:{symbol}:1d"
    socket.subscribe(channel)
    (empty,) = socket.collect(lambda messages: messages)
    assert empty["data"] is None
    client.order(seller, "sell", symbol, 5, "101.00")
    client.order(seller, "sell", symbol, 5, "100.00")
    client.order(buyer, "buy", symbol, 8, "101.00")
    client.order(seller, "sell", symbol, 1, "99.00", internal=True)
    client.order(buyer, "buy", symbol, 1, "99.00", internal=True)
    client.order(buyer, "buy", symbol, 1, "100.50")
    client.order(seller, "sell", symbol, 1, "100.50")
    bars = [message["data"] for message in socket.collect(lambda messages: len(messages) == 2)]
    told = [(bar["open"], bar["high"], bar["low"], bar["close"], bar["volume"], bar["trades"])
            for bar in bars]
    assert told == [("100", "101", "100", "101", "8", 2), ("100", "101", "100", "100.5", "9", 3)]
    assert "T00:00:00" in bars[0]["start"]
    with Socket(socket.url) as late:
        late.subscribe(channel)
        assert late.collect(lambda messages: messages)[0]["data"] == bars[1]


def test_one_who_comes_late_gets_the_whole_book(server, client, symbol, buyer):
    for cents in range(20):
        client.order(buyer, "buy", symbol, 1, f"10.{cents:02}")
    mirror = BookMirror()
    with Socket(server.url) as socket:
        early = socket.subscribe(f"oes:orderbook:{symbol}")
        messages = early or socket.collect(lambda messages: messages)
        mirror.take(messages[0])
        assert mirror.book() == client.book(symbol)


def test_internal_orders_stay_unseen(server, client, symbol, buyer, seller):
    with Socket(server.url) as socket:
        socket.subscribe(f"oes:orderbook:{symbol}")
        socket.quiet(0.1)
        client.order(seller, "sell", symbol, 5, "100.00", internal=True)
        client.order(buyer, "buy", symbol, 1, "50.00")
        messages = socket.collect(
            lambda messages: any(message["data"].get("bids") for message in messages))
        assert all(not message["data"].get("asks") for message in messages)


def test_many_channels_but_not_without_end(server, client):
    """256 are allowed on a socket; more are refused, and the socket stays."""
    with Socket(server.url) as socket, Client(server.url) as client:
        refused = None
        for number in range(300):
            account = client.account(f"Channel {number}")
            socket.send({"type": "subscribe", "channel": f"oes:account:{account}"})
            answer = socket.collect(
                lambda messages: messages and messages[-1]["type"] in ("subscription", "error"))[-1]
            if answer["type"] == "error":
                refused = number
                break
        assert refused == 256
        socket.ask({"type": "ping"}, "pong")


def test_a_stopping_host_says_so(make_host):
    host = make_host().start()
    with Socket(host.url) as socket:
        socket.subscribe("oes:trades")
        host.process.terminate()
        try:
            while True:
                socket.receive(10)
        except Exception as ending:  # The library's own kind, by version.
            assert "1001" in str(ending), str(ending)
    assert host.process.wait(10) == 0
    host.process = None
