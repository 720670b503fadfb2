"""What the host does for every notifier: filters, tries, dead letters, and sinks that hang or crash."""

import http.server
import json
import subprocess
import threading
import time

import pytest
import requests

from live.client import Client, assert_error, decoded
from live.conftest import stop_cleanly
from live.servers import Receiver, free_port
from live.test_notifiers import tells_of, trade_once, with_notifiers
from oes.host import ROOT, wait_until

LETTERS = "/api/v1/notifiers/{}/dead-letters"


def hook(name, url, **more):
    return {"name": "webhook", "as": name, "config": {"url": url}, **more}


def notifier(client, name):
    return next(one for one in client.get("/api/v1/notifiers")["items"] if one["name"] == name)


def letters(client, name):
    return client.get(LETTERS.format(name))["items"]


def test_each_gets_what_its_filter_takes(make_host):
    """Four of one entry, under names of their own."""
    with Receiver() as trades, Receiver() as mine, Receiver() as bad, Receiver() as none:
        host = make_host(plugins=with_notifiers(
            hook("trades", trades.url, filter={"types": ["trade"], "symbols": ["AAPL"]}),
            hook("mine", mine.url, filter={"accounts": ["1"], "types": ["order_*", "trade"]}),
            hook("bad", bad.url, filter={"severity": "warning"}),
            hook("none", none.url, filter={"symbols": ["NONE"]}))).start()
        with Client(host.url) as client:
            first, second = (one["account_id"] for one in client.get("/api/accounts/")[:2])
            assert {first, second} >= {"1"}
            buy, sell = trade_once(client)
            client.try_order(second, "buy", "AAPL", 100_001, "1.00")
            wait_until(bad.taken, what="the refusal")
            wait_until(lambda: any(
                event["type"] == "trade" for event in mine.taken()), what="the trade")
            wait_until(trades.taken, what="the trade")
            one = notifier(client, "none")
            assert one["delivery"]["delivered"] == 0 and one["delivery"]["filtered"] >= 3
            assert one["filter"] == {
                "types": [], "accounts": [], "symbols": ["NONE"], "severity": "info"}
            shown = {one["name"]: one for one in client.get("/api/v1/plugins")["notifiers"]}
            assert set(shown) == {"trades", "mine", "bad", "none"}
            assert shown["trades"]["delivery"]["delivered"] == 1
        stop_cleanly(host)
        assert [event["type"] for event in trades.taken()] == ["trade"]
        assert not none.batches
        assert all(event["severity"] == "warning" for event in bad.taken())
        own = [event for event in mine.taken() if event["type"].startswith("order_")]
        assert own and all(event["order"]["account_id"] == "1" for event in own)


@pytest.mark.parametrize("wrong,text", [
    ({"filter": {"types": ["trades"]}}, "filter.types: expected some of order_new"),
    ({"filter": {"severity": "bad"}}, "filter.severity: expected info, warning or critical"),
    ({"filter": {"symbol": "AAPL"}}, "unknown key"),
    ({"filter": {"accounts": []}}, "filter.accounts: expected an array of 1 to"),
    ({"attempts": 0}, "attempts: expected a whole number of 1 to"),
])
def test_a_wrong_filter_stops_the_start(make_host, wrong, text):
    host = make_host(plugins=with_notifiers(hook("webhook", "http://127.0.0.1:1/", **wrong)))
    code, output = host.refused()
    assert code == 78 and text in output


class PickyReceiver:
    """Refuses for good each batch that holds a trade, until it is mended."""

    def __init__(self):
        self.mended = False
        self.accepted, self.refused = [], []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["events"]
                has_trade = any(event["type"] == "trade" for event in events)
                is_refused = has_trade and not owner.mended
                (owner.refused if is_refused else owner.accepted).extend(events)
                self.send_response(422 if is_refused else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def test_what_is_refused_for_good_is_a_dead_letter(make_host):
    """Its batch is tried in ever smaller parts: what the receiver takes isn't lost with it."""
    with PickyReceiver() as receiver:
        host = make_host(plugins=with_notifiers(hook("desk", receiver.url))).start()
        with Client(host.url) as client:
            for _ in range(3):
                trade_once(client)
            wait_until(lambda: len(letters(client, "desk")) == 3, 20, "three dead letters")
            dead = letters(client, "desk")
            assert [one["type"] for one in dead] == ["trade"] * 3
            assert [one["event"]["id"] for one in dead] == [one["event_id"] for one in dead]
            assert all("answered 422" in one["problem"] for one in dead)
            assert dead[0]["time"] >= dead[2]["time"], "the newest first"
            page = client.get(LETTERS.format("desk") + "?limit=2")
            rest = client.get(
                LETTERS.format("desk") + f"?limit=2&page_token={page['next_page_token']}")
            assert page["items"] + rest["items"] == dead and rest["next_page_token"] is None
            wait_until(
                lambda: len([e for e in receiver.accepted if e["type"] != "trade"]) >= 6,
                what="all else")

            # One is sent again while the receiver still refuses: it stays where it is.
            path = LETTERS.format("desk")
            one = dead[1]["event_id"]
            tried = len(receiver.refused)
            assert decoded(client.call("POST", f"{path}/retry", {"event_ids": [one]}))["count"] == 1
            wait_until(lambda: len(receiver.refused) > tried, what="the try")
            assert len(letters(client, "desk")) == 3
            # Then it is mended: one is dropped, the others arrive.
            receiver.mended = True
            dropped = dead[0]["event_id"]
            answer = decoded(client.call("POST", f"{path}/drop", {"event_ids": [dropped]}))
            assert (answer["action"], answer["count"], answer["others"]) == ("drop", 1, 2)
            answer = decoded(client.call("POST", f"{path}/retry"))
            assert (answer["action"], answer["count"], answer["others"]) == ("retry", 2, 0)
            wait_until(lambda: not letters(client, "desk"), 20, "the end of the dead letters")
            came = [event["id"] for event in receiver.accepted if event["type"] == "trade"]
            assert sorted(came) == sorted(d["event_id"] for d in dead if d["event_id"] != dropped)
            assert notifier(client, "desk")["dead_letters"] == 0

            # Nothing to do, and what isn't there.
            assert decoded(client.call("POST", f"{path}/retry"))["count"] == 0
            missing = client.call("POST", f"{path}/drop", {"event_ids": [dropped]})
            assert_error(missing, 404, "unknown_dead_letter")
            assert_error(
                client.call("POST", f"{path}/drop", {"event_ids": ["x"]}), 400, "invalid_value",
                "event_ids")
            assert_error(client.call("GET", LETTERS.format("none")), 404, "unknown_notifier")
            audit = client.get("/api/v1/admin/audit?target=desk")["items"]
            assert [entry["action"] for entry in audit] == [
                "dead_letters_retried", "dead_letters_dropped", "dead_letters_retried"]
            assert audit[1]["new"] == {"event_ids": [dropped]}
            assert audit[1]["target"] == {"type": "notifier", "id": "desk"}
        stop_cleanly(host)


def test_after_so_many_attempts_it_is_a_dead_letter(make_host):
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    host = make_host(plugins=with_notifiers(hook("away", url, attempts=3))).start()
    with Client(host.url) as client:
        buy, sell = trade_once(client)
        wait_until(
            lambda: tells_of([one["event"] for one in letters(client, "away")], buy, sell), 30,
            "dead letters")
        dead = letters(client, "away")
        assert {one["attempts"] for one in dead} == {3}
        now = notifier(client, "away")
        assert now["delivery"]["failures"] >= 3 and now["delivery"]["dead"] == len(dead)
        assert "refused" in now["delivery"]["problem"]
        counted = [line.rsplit(" ", 1)[1] for line in client.call("GET", "/metrics").text.split("\n")
                   if line.startswith("oes_notifier_dead_letters_total{")]
        assert counted == [str(len(dead))]
    stop_cleanly(host)
    # They outlive the host, and the operator sends them to where the receiver is now.
    with Receiver() as receiver:
        plugins = with_notifiers(hook("away", receiver.url))
        (host.folder / "plugins.json").write_text(json.dumps(plugins))
        host.start()
        with Client(host.url) as client:
            decoded(client.call("POST", LETTERS.format("away") + "/retry"))
            wait_until(lambda: tells_of(receiver.taken(), buy, sell), 20, "the letters")
            wait_until(lambda: not letters(client, "away"), what="no more letters")
        stop_cleanly(host)


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    built = tmp_path_factory.mktemp("sink") / "libsink.so"
    subprocess.run(
        ["cc", "-std=c99", "-fPIC", "-shared", f"-I{ROOT}/Sources/PluginAPI/COESPlugin/include",
         f"{ROOT}/Tests/hostile-plugins/sink.c", "-o", str(built)], check=True, timeout=60)
    return built


def with_sink(library, how, *others, **config):
    plugins = with_notifiers(*others)
    plugins["libraries"].append({"path": str(library), "entries": [
        {"name": "sink", "config": {"how": how, **config}}]})
    return plugins


def test_a_sink_that_hangs_is_told_and_holds_up_nothing(make_host, sink):
    with Receiver() as receiver:
        plugins = with_sink(sink, "hang", hook("good", receiver.url))
        host = make_host(plugins=plugins).start()
        with Client(host.url) as client:
            trade_once(client)
            wait_until(
                lambda: notifier(client, "sink")["delivery"]["state"] == "hung", 20, "hung")
            assert "past its deadline" in host.output()
            began = time.monotonic()
            buy, sell = trade_once(client)
            assert time.monotonic() - began < 2
            wait_until(lambda: tells_of(receiver.taken(), buy, sell), what="the other's events")
            assert notifier(client, "good")["delivery"]["state"] != "hung"
        began = time.monotonic()
        stop_cleanly(host)
        assert time.monotonic() - began < 8, "it holds up the end"


def test_a_sink_that_crashes_is_named_and_left_out_at_last(make_host, sink):
    """Its worker is restarted, and after three deaths goes on without it."""
    with Receiver() as receiver:
        plugins = with_sink(sink, "crash", hook("good", receiver.url))
        host = make_host(plugins=plugins).start()
        with Client(host.url) as client:
            try:
                trade_once(client)
            except requests.ConnectionError:
                pass  # Its first event ends the worker.
            wait_until(
                lambda: host.output().count("call deliver; restarting") >= 3, 60, "three deaths")
            assert "died of SIGSEGV" in host.output()
            assert "in plugin notifier sink (test.sink 1.0.0), call deliver" in host.output()
            wait_until(lambda: "is left out" in host.output(), 20, "its quarantine")

            def state():
                try:
                    return notifier(client, "sink")["delivery"]["state"]
                except (AssertionError, OSError):
                    return None  # The worker is being restarted.
            wait_until(lambda: state() == "quarantined", 30, "the worker without it")
            buy, sell = trade_once(client)
            wait_until(lambda: tells_of(receiver.taken(), buy, sell), what="the other's events")
        stop_cleanly(host)
