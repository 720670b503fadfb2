"""Session calendars: what follows one opens and closes with it, in the script and for everybody."""

import json
import time
from datetime import datetime, timedelta, timezone

import pytest

from live.client import Client, assert_error
from live.keys import KeyedHost
from live.servers import RedisServer
from live.socket import Socket
from oes.host import wait_until

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def calendar(days, start, end, **more):
    return {
        "time_zone": "UTC", "sessions": [{"days": days, "open": start, "close": end}], **more}


def next_minute(least_seconds):
    """The first full minute that is so far away."""
    now = datetime.now(timezone.utc)
    minute = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return minute if (minute - now).total_seconds() > least_seconds else minute + timedelta(minutes=1)


@pytest.fixture(scope="module")
def calendars():
    now = datetime.now(timezone.utc)
    far = DAYS[(now.weekday() + 3) % 7]
    opens = next_minute(15)
    closes = opens + timedelta(minutes=1)
    return {
        "calendars": {
            "always": calendar(DAYS, "00:00", "24:00"),
            "far": calendar([far], "10:00", "11:00", description="In three days"),
            "soon": calendar(DAYS, f"{opens:%H:%M}", f"{closes:%H:%M}"),
        }, "opens": opens}


@pytest.fixture(scope="module")
def server(make_host, calendars, tmp_path_factory):
    path = tmp_path_factory.mktemp("calendars") / "calendars.json"
    path.write_text(json.dumps({"calendars": calendars["calendars"]}))
    host = make_host(env={"OES_CALENDARS": str(path)}).start()
    yield host
    assert host.stop() == 0, host.output()


def shown(client, symbol):
    return client.get(f"/api/v1/instruments/{symbol}")


def test_a_session_opens_for_everybody_on_time(server, client, calendars, numbers):
    """First in the module, since it waits for the calendar's minute."""
    symbol = client.instrument(f"SOON{next(numbers)}", calendar="soon")
    account = client.account("Early", 100_000)
    opens = calendars["opens"]
    before = shown(client, symbol)
    assert before["state"] == "closed" and before["session"]["next_state"] == "open"
    assert before["session"]["next_change_at"] == f"{opens:%Y-%m-%dT%H:%M:%S}.000000Z"
    refused = assert_error(client.try_order(account, "buy", symbol, 1, 10), 422)
    assert refused["reason"] == (
        f"instrument_closed: symbol={symbol}, opens_at={opens:%Y-%m-%dT%H:%M:%SZ}")
    with Socket(server.url) as socket, Socket(server.url) as staff:
        socket.subscribe(f"oes:orderbook:{symbol}")
        staff.subscribe("oes:notifications")

        def has_opened(messages):
            return any(
                message.get("type") == "instrument" and message["data"]["state"] == "open"
                for message in messages)

        told = socket.collect(has_opened, timeout=90)[-1]
        late = datetime.now(timezone.utc) - opens
        assert timedelta(0) <= late < timedelta(seconds=5)
        assert told["data"]["session"]["next_state"] == "closed"
        told = staff.collect(
            lambda messages: messages and messages[-1].get("data", {}).get("event") == "instrument"
            and messages[-1]["data"]["symbol"] == symbol)[-1]
        assert told["data"]["text"].startswith(f"{symbol} is open until ")
    order = client.order(account, "buy", symbol, 1, 10, tif="day")
    assert order["status"] == "open"
    closes = opens + timedelta(minutes=1)
    assert client.get(f"/api/v1/orders/{order['id']}")["expire_time"] == (
        f"{closes:%Y-%m-%dT%H:%M:%S}.000000Z")
    # A few opens and closes make no acts of administrators.
    acts = client.get("/api/v1/admin/audit?limit=1000")["items"]
    assert [act["action"] for act in acts if act["target"]["id"] == symbol] == ["instrument_created"]


def test_calendars_are_listed(client):
    items = {item["name"]: item for item in client.get("/api/v1/calendars")["items"]}
    assert set(items) == {"always", "far", "soon"}
    assert items["far"] | {"next_change_at": None} == {
        "name": "far", "description": "In three days", "time_zone": "UTC", "state": "closed",
        "next_change_at": None, "next_state": "open"}
    assert items["always"]["state"] == "open"
    one = client.get("/api/v1/calendars/far")
    assert [(session["open"], session["close"]) for session in one["sessions"]] == [
        ("10:00", "11:00")]
    assert one["holidays"] == one["half_days"] == []
    assert [change["state"] for change in one["changes"][:2]] == ["open", "closed"]
    assert one["changes"][0]["time"] == one["next_change_at"]
    whole_day = client.get("/api/v1/calendars/always")["sessions"][0]
    assert (whole_day["open"], whole_day["close"]) == ("00:00", "24:00")
    assert_error(client.call("GET", "/api/v1/calendars/none"), 404)


def test_closed_takes_cancels_only(client, buyer, symbol):
    kept = client.order(buyer, "buy", symbol, 5, 10, tif="gtc")
    gone = client.order(buyer, "buy", symbol, 5, 9, tif="gtc")
    closed = client.call("PATCH", f"/api/v1/instruments/{symbol}", {"calendar": "far"}).json()
    assert (closed["state"], closed["override"], closed["calendar"]) == ("closed", None, "far")
    assert client.get(f"/api/v1/market/{symbol}/ticker")["state"] == "closed"
    for tif in ("day", "gtc", "ioc"):
        answer = client.try_order(buyer, "buy", symbol, 1, 10, tif=tif)
        assert "opens_at=" in assert_error(answer, 422, "instrument_closed")["reason"]
    assert_error(client.edit(kept["id"], quantity=4), 422, "instrument_closed")
    trial = client.post("/api/v1/orders/test", {
        "account_id": buyer, "side": "buy", "symbol": symbol, "quantity": 1, "price": "10"})
    assert "opens_at=" in trial["rejection"]["reason"]
    assert client.cancel(gone["id"]).status_code == 200
    assert client.show(kept["id"])["status"] == "open", "it waits in the book"
    opened = client.call("PATCH", f"/api/v1/instruments/{symbol}", {"calendar": "none"}).json()
    assert (opened["state"], opened["session"], opened["calendar"]) == ("open", None, None)
    assert client.order(buyer, "buy", symbol, 1, 9)["status"] == "open"


def test_staff_wins_over_the_calendar(client, buyer, numbers):
    symbol = client.instrument(f"STAFF{next(numbers)}", calendar="always")
    assert shown(client, symbol)["session"]["state"] == "open"
    for call, state, code in (
            ("halt", "halted", "instrument_halted"), ("close", "closed", "instrument_closed")):
        answer = client.post(f"/api/v1/admin/{call}", {"symbol": symbol})
        assert (answer["state"], answer["override"]) == (state, state)
        assert answer["session"]["state"] == "open"
        refused = assert_error(client.try_order(buyer, "buy", symbol, 1, 10), 422, code)
        assert refused["reason"] == f"{code}: symbol={symbol}"
    assert client.post("/api/v1/admin/resume", {"symbol": symbol})["override"] is None
    assert client.order(buyer, "buy", symbol, 1, 10)["status"] == "open"
    patched = client.call("PATCH", f"/api/v1/instruments/{symbol}", {"state": "closed"}).json()
    assert patched["state"] == "closed"


def test_an_unknown_calendar_is_refused(client, symbol, numbers):
    where = f"/api/v1/instruments/{symbol}"
    assert_error(
        client.call("PATCH", where, {"calendar": "mars"}), 422, "unknown_calendar", "calendar")
    body = {
        "symbol": f"MARS{next(numbers)}", "name": "x", "price_scale": 2, "quantity_scale": 0,
        "tick_size": "0.01", "lot_size": "1", "calendar": "mars"}
    assert_error(
        client.call("POST", "/api/v1/instruments", body), 422, "unknown_calendar", "calendar")


@pytest.mark.parametrize("text, told", [
    ("{", "byte 1"), ('{"calendars": {"x": {"time_zone": "UTC", "sessions": []}}}', "no sessions"),
])
def test_a_wrong_file_ends_the_start(make_host, tmp_path, text, told):
    path = tmp_path / "calendars.json"
    path.write_text(text)
    host = make_host(env={"OES_CALENDARS": str(path)})
    code, output = host.refused()
    assert code != 0 and told in output and str(path) in output


def test_a_record_that_runs_out_is_renewed(make_host, tmp_path):
    """A host that finds an old schedule, as after weeks of standing still, writes the new one."""
    path = tmp_path / "calendars.json"
    path.write_text(json.dumps({"calendars": {"x": calendar(DAYS, "00:00", "12:00")}}))
    host = make_host(env={"OES_CALENDARS": str(path)}).start()
    with Client(host.url) as client:
        symbol = client.instrument("RENEW", calendar="x")
        old = shown(client, symbol)["session"]
    assert host.stop() == 0
    path.write_text(json.dumps({"calendars": {"x": calendar(DAYS, "00:00", "24:00")}}))
    host.start()
    with Client(host.url) as client:
        wait_until(lambda: shown(client, symbol)["session"] != old, what="the new sessions")
        time.sleep(1)
        before = client.get("/api/v1/instruments/RENEW")
        assert before["state"] == "open"
    assert host.stop() == 0


def test_hosts_whose_files_differ_say_so_and_stop(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        hosts = []
        for name, end in (("one", "12:00"), ("two", "18:00")):
            path = tmp_path / f"{name}.json"
            path.write_text(json.dumps({"calendars": {"x": calendar(DAYS, "00:00", end)}}))
            hosts.append(make_host(env=redis.settings() | {"OES_CALENDARS": str(path)}).start())
        with Client(hosts[0].url) as client:
            client.instrument("DIFFER", calendar="x")
            wait_until(
                lambda: any("are not those of calendar x" in host.output() for host in hosts),
                what="a host to say that another's calendar differs")
            before = redis.connect().call("GET", "oes:{0}:seq")
            time.sleep(1.5)
            assert redis.connect().call("GET", "oes:{0}:seq") == before
        for host in hosts:
            assert host.stop() == 0, host.output()


def test_who_may(make_host):
    host = make_host().start()
    keyed = KeyedHost(host)
    for who, status in (("viewer", 403), ("trader", 403), ("risk", 200), ("admin", 200)):
        body = {"symbol": keyed.symbol}
        assert keyed.call(who, "POST", "/api/v1/admin/close", body).status_code == status
        assert keyed.call(who, "GET", "/api/v1/calendars").status_code == 200
    assert host.stop() == 0
