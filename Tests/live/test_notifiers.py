"""log-file and webhook, as a firm would configure them, for real orders and trades."""

import json
import time

import pytest

from live.client import Client
from live.conftest import stop_cleanly
from live.servers import Receiver, free_port
from oes.host import ROOT, wait_until


def with_notifiers(*notifiers):
    """The shipped configuration with these notifiers active."""
    plugins = json.loads((ROOT / "plugins.json").read_text())
    for library in plugins["libraries"]:
        if library["path"] == "libOESNotifiers.so":
            library["entries"] = list(notifiers)
    return plugins


def webhook(url):
    return {"name": "webhook", "config": {"url": url}}


def trade_once(client):
    """A trade in a sample instrument between two sample accounts: its two order ids."""
    first, second = (account["account_id"] for account in client.get("/api/accounts/")[:2])
    sell = client.order(first, "sell", "AAPL", 3, "100.00")
    buy = client.order(second, "buy", "AAPL", 3, "100.00")
    assert buy["status"] == "filled"
    return buy["id"], sell["id"]


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("kind", ["log-file", "webhook", "both"])
def test_orders_and_trades_arrive(make_host, tmp_path, kind):
    path = tmp_path / "events.jsonl"
    with Receiver() as receiver:
        log_file = {"name": "log-file", "config": {"path": str(path)}}
        chosen = {"log-file": [log_file], "webhook": [webhook(receiver.url)],
                  "both": [log_file, webhook(receiver.url)]}[kind]
        host = make_host(plugins=with_notifiers(*chosen)).start()
        with Client(host.url) as client:
            buy, sell = trade_once(client)
        sources = []
        if kind != "webhook":
            sources.append(lambda: lines_of(path))
        if kind != "log-file":
            sources.append(receiver.taken)
        for events in sources:
            wait_until(lambda events=events: tells_of(events(), buy, sell), what="the events")
        stop_cleanly(host)
        for events in sources:
            names = [event["id"] for event in events()]
            assert len(names) == len(set(names)), "an event came twice"


def tells_of(events, *names):
    """Each order, and a trade between them."""
    text = [json.dumps(event) for event in events]
    trade = any(all(name in line for name in names) for line in text)
    return trade and all(any(name in line for line in text) for name in names)


def test_a_receiver_that_fails_gets_them_again(make_host):
    with Receiver(500, 503, 200) as receiver:
        host = make_host(plugins=with_notifiers(webhook(receiver.url))).start()
        with Client(host.url) as client:
            buy, sell = trade_once(client)
        wait_until(lambda: tells_of(receiver.taken(), buy, sell), 30, "the events at last")
        attempts = [batch["attempt"] for _, batch in receiver.batches]
        assert max(attempts) >= 3
        stop_cleanly(host)


def test_a_receiver_that_hangs_slows_no_order(make_host):
    """Nobody answers at that port's listener, which accepts and says nothing."""
    import socket
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        host = make_host(plugins=with_notifiers(webhook(url))).start()
        with Client(host.url) as client:
            began = time.monotonic()
            for _ in range(50):
                trade_once(client)
            assert time.monotonic() - began < 20
        stop_cleanly(host)


def test_what_couldnt_be_delivered_comes_after_a_restart(make_host):
    port = free_port()
    host = make_host(plugins=with_notifiers(webhook(f"http://127.0.0.1:{port}/"))).start()
    with Client(host.url) as client:
        buy, sell = trade_once(client)
    stop_cleanly(host)
    with Receiver() as receiver:
        # The same notifier, its receiver at another address now.
        plugins = with_notifiers(webhook(receiver.url))
        (host.folder / "plugins.json").write_text(json.dumps(plugins))
        host.start()
        wait_until(lambda: tells_of(receiver.taken(), buy, sell), 30, "the events of before")
        stop_cleanly(host)


def test_a_log_file_that_cant_be_opened_stops_the_start(make_host, tmp_path):
    path = tmp_path / "missing" / "events.jsonl"
    host = make_host(plugins=with_notifiers({"name": "log-file", "config": {"path": str(path)}}))
    code, output = host.refused()
    assert code != 0
    assert "log-file" in output and str(path) in output
