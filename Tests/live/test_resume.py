"""from_seq: what happened while a client was away is not lost to it."""

import sys
from decimal import Decimal

import pytest

from live.client import Client
from live.follower import Connection, CuttingProxy, Follower
from live.socket import Socket
from live.v1 import V1
from oes.host import ROOT
from oes.redis import Redis

sys.path.append(str(ROOT / "bench"))

from replay.drive import Driver, Progress  # noqa: E402
from replay.record import NEW, commands, load  # noqa: E402

CUTS = 200


def part():
    """A part of the record, so that it takes half a minute: every fourth order of the book that it
    begins with, and the first four thousand commands after that."""
    made, _ = commands(load(ROOT / ".build" / "replay", 12_000))
    chosen = [command for index, command in enumerate(made[:10_500])
              if index >= 6_500 or index % 4 == 0]
    sent = {command.row.id for command in chosen if command.what == NEW}
    return [command for command in chosen if command.row.id in sent]


@pytest.fixture
def socket(server):
    with Socket(server.url) as socket:
        yield socket


def subscribe(socket, channel, **position):
    """What comes between the confirmation and the message that ends the resume, and that one."""
    answer, _ = socket.ask({"type": "subscribe", "channel": channel, **position}, "subscription")
    assert answer["status"] == "success", answer
    messages = socket.collect(lambda messages: messages and messages[-1]["type"] in (
        "resumed", "snapshot"))
    return messages[:-1], messages[-1]


def heard(socket, channel):
    """Subscribes afresh; the snapshot's seq."""
    return subscribe(socket, channel)[1]["seq"]


def prepare(client, symbol, count=2):
    client.instrument(symbol, asset_type="crypto", quantity_scale=8, lot_size="0.00000001",
                      price_band_bps=1000)
    buyers = [client.account(f"Buyer {number}", 1_000_000_000) for number in range(count)]
    sellers = [client.account(f"Seller {number}") for number in range(count)]
    for seller in sellers:
        client.give_shares(seller, symbol, 10_000, 78_000)
    return buyers, sellers


def stable(told):
    """Without what depends on the moment of telling: a position is valued at today's price."""
    def of(data):
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items()
                if name not in ("unrealized_pnl", "last_price", "market_value")}
    return [(seq, index, kind, of(data)) for seq, index, kind, data in told]


@pytest.mark.faults
def test_cut_off_200_times_during_the_replay(make_host):
    """Ends with exactly the book, the trades and the executions of one that never was."""
    host = make_host(env={"OES_SAMPLES": "off"}).start()
    made = part()
    with Client(host.url) as client:
        buyers, sellers = prepare(client, "BTCUSD")
        channels = ["oes:orderbook:BTCUSD", "oes:trades:BTCUSD",
                    f"oes:account:{buyers[0]}", f"oes:account:{sellers[0]}"]
        proxy = CuttingProxy(int(host.url.rsplit(":", 1)[1]), CUTS, 40_000, seed=6)
        steady = Connection(Follower(channels), lambda: host.url.replace("http", "ws") + "/ws")
        cut = Connection(Follower(channels), lambda: proxy.url)
        steady.start()
        cut.start()
        driver = Driver(host.url, "BTCUSD", buyers, sellers, window=32, refused_as="limit")
        driver.run(made, Progress(len(made)))
        driver.pipeline.close()
        with Redis(host.redis_socket()) as redis:
            last = int(redis.call("GET", "oes:{0}:seq"))
        steady.result(last)
        cut.result(last)
        proxy.close()
        one, other = steady.follower, cut.follower
        print(f"{proxy.done} cuts, {other.resumes} resumes, {other.checksums} checksums, "
              + ", ".join(f"{len(told)} on {name}" for name, told in other.told.items()))
        assert proxy.done == CUTS and cut.connections > CUTS * 2 // 3
        assert steady.connections == 1 and one.checksums > 50 and other.checksums > 100
        for side, mine, theirs, real in zip(
                ("bids", "asks"), other.book(), one.book(),
                client.book("BTCUSD", depth=1000)):
            assert set(mine) ^ set(theirs) == set(), side
            assert mine == theirs == sorted_best(real), side
        for channel in channels:
            assert stable(other.told[channel]) == stable(one.told[channel]), channel
        trades = [data["trade_id"] for *_, data in other.told["oes:trades:BTCUSD"]]
        assert len(trades) == len(set(trades)) > 50
    with V1(host.url) as client:
        listed = client.pages("/api/v1/market/BTCUSD/trades", limit=1000)
        assert trades == [trade["trade_id"] for trade in reversed(listed)]


def sorted_best(levels):
    return [(price, quantity, int(orders)) for price, quantity, orders in levels]


def test_what_was_missed_is_told_and_then_it_goes_on(server, client, symbol, buyer, seller):
    channel = f"oes:trades:{symbol}"
    with Socket(server.url) as before:
        seq = heard(before, channel)
    for _ in range(3):
        client.order(seller, "sell", symbol, 1, "100.00")
        client.order(buyer, "buy", symbol, 1, "100.00")
    with Socket(server.url) as after:
        missed, end = subscribe(after, channel, from_seq=seq)
        assert [message["type"] for message in missed] == ["trade"] * 3
        assert missed[0]["prev_seq"] == seq
        assert end["type"] == "resumed" and end["data"]["messages"] == 3
        assert end["prev_seq"] == missed[-1]["seq"]
        client.order(seller, "sell", symbol, 1, "100.00")
        client.order(buyer, "buy", symbol, 1, "100.00")
        (live,) = after.collect(lambda messages: messages)
        assert live["prev_seq"] == end["seq"]


def test_an_event_that_was_heard_in_part_goes_on_where_it_stopped(
        server, client, symbol, buyer, seller):
    """A sweep of three orders is one event with three trades, and an account hears it as order,
    position and account."""
    channels = [f"oes:trades:{symbol}", f"oes:account:{buyer}"]
    with Socket(server.url) as live:
        for channel in channels:
            heard(live, channel)
        for _ in range(3):
            client.order(seller, "sell", symbol, 1, "100.00")
        client.order(buyer, "buy", symbol, 3, "100.00")
        messages = live.collect(lambda messages: len(messages) == 6)
    for channel in channels:
        whole = [message for message in messages if message["channel"] == channel]
        assert [message["index"] for message in whole] == [0, 1, 2]
        for known in range(3):
            with Socket(server.url) as back:
                missed, end = subscribe(
                    back, channel, from_seq=whole[0]["seq"], from_index=known)
                assert stable_messages(missed) == stable_messages(whole[known + 1:])
                assert end["type"] == "resumed" and end["seq"] == whole[0]["seq"]


def stable_messages(messages):
    return stable([
        (message["seq"], message["index"], message["prev_seq"], message["data"])
        for message in messages])


@pytest.mark.parametrize("channel", [
    "oes:notifications", "oes:risk", "oes:risk:{buyer}", "oes:orderbook", "oes:trades"])
def test_every_channel_but_the_ticker_resumes(server, client, symbol, buyer, seller, channel):
    channel = channel.format(buyer=buyer)
    with Socket(server.url) as live:
        seq = heard(live, channel)
        client.order(seller, "sell", symbol, 1, "100.00")
        client.order(buyer, "buy", symbol, 1, "100.00")
        client.try_order(buyer, "buy", symbol, 1_000_000, "100.00")
        messages = live.collect(lambda messages: messages) + live.quiet()
    with Socket(server.url) as back:
        missed, end = subscribe(back, channel, from_seq=seq)
        assert end["type"] == "resumed"
        for message in messages:
            message["data"].pop("checksum", None)
        assert missed == messages


def test_a_tickers_gap_is_its_snapshot(socket, client, symbol, buyer, seller):
    channel = f"oes:ticker:{symbol}"
    missed, end = subscribe(socket, channel, from_seq=1)
    assert [message["type"] for message in missed] == ["gap"]
    assert missed[0]["data"]["reason"] == "not_kept" and end["type"] == "snapshot"
    assert end["data"]["symbol"] == symbol and end["data"]["last"] is None
    client.order(seller, "sell", symbol, 5, "100.00")
    client.order(buyer, "buy", symbol, 2, "100.00")
    messages = socket.collect(lambda messages: len(messages) == 2)
    assert [message["data"]["ask"] for message in messages] == ["100", "100"]
    assert [message["data"]["volume"] for message in messages] == ["0", "2"]
    # Deeper in the book nothing changes for a ticker.
    client.order(seller, "sell", symbol, 5, "101.00")
    assert socket.quiet() == []


def test_what_isnt_there_yet_is_a_gap(socket, symbol):
    missed, end = subscribe(socket, f"oes:orderbook:{symbol}", from_seq=2**50)
    assert [message["type"] for message in missed] == ["gap"]
    assert missed[0]["data"]["reason"] == "ahead" and end["type"] == "snapshot"
    assert end["seq"] < 2**50


def test_what_was_trimmed_is_a_gap(make_host):
    host = make_host().start()
    with Client(host.url) as client, Redis(host.redis_socket()) as redis:
        symbol = client.instrument("TRIM")
        buyer = client.account("Buyer", 1_000_000)
        for cents in range(10):
            client.order(buyer, "buy", symbol, 1, f"10.{cents:02}")
        redis.call("XTRIM", "oes:{0}:events", "MAXLEN", 5)
        last = int(redis.call("GET", "oes:{0}:seq"))
        with Socket(host.url) as socket:
            channel = f"oes:orderbook:{symbol}"
            missed, end = subscribe(socket, channel, from_seq=1)
            assert [message["type"] for message in missed] == ["gap"]
            assert missed[0]["data"]["reason"] == "trimmed" and missed[0]["prev_seq"] == 1
            assert end["type"] == "snapshot" and len(end["data"]["bids"]) == 10
            missed, end = subscribe(socket, channel, from_seq=last - 5)
            assert [message["type"] for message in missed] == ["delta"] * 5
            assert end["type"] == "resumed"


@pytest.mark.parametrize("position", [
    {"from_seq": value} for value in
    (-1, 1.5, "one", "", True, [], {}, 10**30, "NaN", "1e400", "-1")] + [
    {"from_seq": 1, "from_index": value} for value in (-1, 0.5, "x", False, [0])] + [
    {"from_index": 1}], ids=str)
def test_a_wrong_position_is_refused(socket, symbol, position):
    message = {"type": "subscribe", "channel": f"oes:trades:{symbol}", **position}
    answer, _ = socket.ask(message, "error")
    assert answer["code"] and answer["field"] in ("from_seq", "from_index"), answer
    # It isn't subscribed, and the socket stays.
    socket.ask({"type": "ping"}, "pong")


def test_a_wrong_position_text_is_a_number_too(socket, symbol):
    """Numbers may come as text everywhere."""
    _, end = subscribe(socket, f"oes:trades:{symbol}", from_seq="1", from_index="0")
    assert end["type"] == "resumed" and Decimal(end["seq"]) >= 1
