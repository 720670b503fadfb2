"""Trades that an administrator takes back."""

from decimal import Decimal

import pytest

from live.client import assert_error
from live.keys import KeyedHost
from live.socket import Socket
from oes.verify import Verifier


def path(trade):
    return f"/api/v1/admin/trades/{trade}/bust"


@pytest.fixture
def trade(client, buyer, seller, symbol):
    """The buyer takes 5 of 10 that the seller offers at 20: the trade's id."""
    client.order(seller, "sell", symbol, 10, "20.00", client_order_id="s")
    client.order(buyer, "buy", symbol, 5, "20.00", client_order_id="b")
    return client.get(f"/api/orders/trades/recent?symbol={symbol}")[0]["trade_id"]


def ledger(client, account):
    return client.get(f"/api/v1/accounts/{account}/ledger?limit=1000")["items"]


def test_a_bust_is_told_everywhere(server, client, buyer, seller, symbol, trade):
    before = client.get(f"/api/v1/market/{symbol}/ticker")
    with Socket(server.url) as socket:
        for channel in (f"oes:trades:{symbol}", f"oes:account:{buyer}", "oes:notifications"):
            socket.subscribe(channel)
        done = client.post(path(trade), {"reason": "typed 20 for 200"})
        assert done["trade"]["trade_id"] == trade and done["trade"]["busted"] is True
        assert done["trade"]["buy_account_id"] == buyer

        def told(messages):
            return {
                (message["channel"].split(":")[1], message["type"])
                for message in messages if message.get("seq") == done["event_seq"]}

        wanted = {("trades", "bust"), ("account", "order"), ("account", "account"),
                  ("account", "position"), ("notifications", "notification")}
        messages = socket.collect(lambda messages: wanted <= told(messages))
    for message in messages:
        if message["type"] == "bust":
            assert (message["data"]["trade_id"], message["data"]["busted"]) == (trade, True)
        if message["type"] == "notification" and message["data"].get("order"):
            assert message["data"]["event"] == "order_trade_cancelled"
            assert "typed 20 for 200" in message["data"]["text"]
    for account in (buyer, seller):
        entries = [entry for entry in ledger(client, account) if entry["type"] == "bust"]
        assert len(entries) == 1 and "typed 20 for 200" in entries[0]["description"]
        assert abs(Decimal(entries[0]["amount"])) == 100
        total = sum(Decimal(entry["amount"]) for entry in ledger(client, account))
        assert total == client.balance(account)[0] == 1_000_000
    assert client.position(buyer, symbol) is None
    assert client.position(seller, symbol)["quantity"] == 1_000
    for listed in (client.get(f"/api/v1/market/{symbol}/trades")["items"],
                   client.get(f"/api/orders/trades/recent?symbol={symbol}")):
        assert [(item["trade_id"], item["busted"]) for item in listed] == [(trade, True)]
    with Socket(server.url) as late:
        shown = late.subscribe(f"oes:trades:{symbol}") + [late.receive()]
        snapshot = next(message for message in shown if message["type"] == "snapshot")
        assert [item["busted"] for item in snapshot["data"]["trades"]] == [True]
    assert client.get(f"/api/v1/market/{symbol}/ticker") == before, "volume and last stay"


def test_histories_keep_the_trade_and_show_its_end(client, buyer, seller, symbol, trade):
    client.post(path(trade), {"reason": "error"})
    bought = client.get(f"/api/v1/orders/{buyer}-b")
    sold = client.get(f"/api/v1/orders/{seller}-s")
    assert (bought["status"], bought["filled_quantity"]) == ("filled", "5")
    assert (sold["status"], sold["filled_quantity"]) == ("partially_filled", "5")
    for order in (bought, sold):
        steps = order["history"]
        assert [step["exec_type"] for step in steps] == ["new", "trade", "trade_cancelled"]
        made, gone = steps[1:]
        assert made["trade_id"] == gone["trade_id"] == trade
        assert (gone["last_qty"], gone["last_px"]) == ("5", "20")
        assert gone["reason"] == f"trade_busted: trade_id={trade}"
        assert gone["order_status"] == order["status"]
    assert client.book(symbol)[1] == [(20, 5, 1)], "what rests goes on"
    entry = client.get("/api/v1/admin/audit?action=trade_busted")["items"][0]
    assert entry["target"] == {"type": "trade", "id": trade}
    assert entry["old"]["buy_order_id"] == f"{buyer}-b"
    assert entry["new"] == {"busted": True, "reason": "error"}


def test_what_is_refused(client, buyer, seller, symbol, trade):
    for body, code in (({}, "missing_field"), ({"reason": ""}, "invalid_value"),
                       ({"reason": "x" * 121}, "invalid_value"),
                       ({"reason": "x", "other": 1}, "unknown_field")):
        assert_error(client.call("POST", path(trade), body), 400, code)
    sequence = trade.split("-")[0]
    for unknown in (f"{sequence}-2", f"0{trade}", f"{trade}0", "999999-1", "x", "1-1", "-1-1"):
        answer = client.call("POST", path(unknown), {"reason": "x"})
        assert_error(answer, 404, "unknown_trade")
    client.order(buyer, "sell", symbol, 5, "30.00", client_order_id="held")
    refused = assert_error(
        client.call("POST", path(trade), {"reason": "x"}), 422, "insufficient_shares")
    assert refused["context"] == {"account": buyer, "required": "5", "available": "0"}
    client.cancel(f"{buyer}-held")
    client.post(f"/api/accounts/{seller}/transactions", {
        "transaction_type": "withdrawal", "amount": 1_000_100})
    refused = assert_error(
        client.call("POST", path(trade), {"reason": "x"}), 422, "insufficient_cash")
    assert refused["context"] == {"account": seller, "required": "100", "available": "0"}
    client.post(f"/api/accounts/{seller}/transactions", {
        "transaction_type": "deposit", "amount": 100})
    client.post(path(trade), {"reason": "x"})
    again = assert_error(client.call("POST", path(trade), {"reason": "x"}), 409, "already_busted")
    assert again["context"]["trade_id"] == trade


def test_fees_go_back_and_the_stream_tells_it(server, client, numbers):
    symbol = client.instrument(f"BFEE{next(numbers)}", maker_fee_bps=7, taker_fee_bps=13)
    buyer, seller = client.account("Buyer", 10_000), client.account("Seller", 10_000)
    client.give_shares(seller, symbol, 10)
    client.order(seller, "sell", symbol, 10, "33.33")
    client.order(buyer, "buy", symbol, 7, "33.33")
    trade = client.get(f"/api/orders/trades/recent?symbol={symbol}")[0]["trade_id"]
    assert client.balance(buyer)[0] < 10_000 - 7 * Decimal("33.33")
    client.post(path(trade), {"reason": "fees too"})
    for account in (buyer, seller):
        assert client.balance(account)[0] == 10_000
        assert sum(Decimal(entry["amount"]) for entry in ledger(client, account)) == 10_000


def test_internal_trades_stay_dark(server, client, buyer, seller, symbol):
    client.order(seller, "sell", symbol, 5, "20.00", internal=True)
    client.order(buyer, "buy", symbol, 5, "20.00", internal=True)
    trade = client.get(f"/api/orders/trades/recent?symbol={symbol}")[0]["trade_id"]
    with Socket(server.url) as socket:
        socket.subscribe(f"oes:trades:{symbol}")
        socket.subscribe(f"oes:account:{buyer}")
        done = client.post(path(trade), {"reason": "x"})
        messages = socket.collect(lambda messages: any(
            message["type"] == "position" and message["seq"] == done["event_seq"]
            for message in messages))
    assert not [message for message in messages if message["type"] == "bust"]


def test_the_whole_state_still_fits(redis):
    """After all of the above, but for what the last test does on a host of its own."""
    assert Verifier(redis).run() == []
    assert len(redis.hash("oes:{0}:busted")) >= 5


def test_who_may(make_host):
    host = make_host().start()
    keyed = KeyedHost(host)
    with keyed.client("admin") as admin:
        other = admin.account("Sells", 1_000)
        admin.give_shares(other, keyed.symbol, 10)
        admin.order(other, "sell", keyed.symbol, 5, "50.00")
        trade = admin.get(f"/api/orders/trades/recent?symbol={keyed.symbol}")[0]["trade_id"]
        keyed.add(admin, "some", "admin", accounts=[keyed.account, other])
    for who, status in (("viewer", 403), ("trader", 403), ("mine", 403), ("risk", 403),
                        ("some", 403), (None, 401), ("admin", 200)):
        answer = keyed.call(who, "POST", path(trade), {"reason": "x"})
        assert answer.status_code == status, (who, answer.text)
    assert host.stop() == 0
