"""kill -9 under load, Redis away, slow readers: what was acknowledged is there, exactly."""

import os
import signal
import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

from live.client import Client, assert_error
from live.conftest import stop_cleanly
from live.load import Load
from live.socket import Socket
from oes.host import kill, wait_until
from oes.invariants import Ledger
from oes.redis import Redis
from oes.rest import Api
from oes.verify import Verifier

pytestmark = pytest.mark.faults
SYMBOL = "FAULT"


@pytest.fixture
def host(make_host):
    host = make_host().start()
    yield host
    if host.process:
        stop_cleanly(host)


@pytest.fixture
def accounts(host):
    """Two that buy and two that sell, so that no order meets its own account's."""
    with Client(host.url) as client:
        client.instrument(SYMBOL)
        made = {side: [client.account(f"{side} {number}", 1_000_000) for number in range(2)]
                for side in ("buy", "sell")}
        for account in made["sell"]:
            client.give_shares(account, SYMBOL, 100_000)
        return made


def cash_and_shares(host):
    api = Api(host.url)
    ledger = Ledger(api, [SYMBOL])
    api.close()
    return ledger.cash(), ledger.shares()


def assert_sound(host, load, before):
    """After a fault: acknowledgements, sums, books and the event stream."""
    wait_until(lambda: ready(host), 20, "readiness")
    with Client(host.url) as client:
        assert list(load.problems(client)) == []
    api = Api(host.url)
    ledger = Ledger(api, [SYMBOL])
    api.close()
    assert list(ledger.problems()) == []
    assert (ledger.cash(), ledger.shares()) == before
    with Redis(host.redis_socket()) as redis:
        assert Verifier(redis).run() == []
    unexpected = {
        code: count for code, count in load.statuses.items()
        if code not in (200, 201, 409, 422, 503)}
    assert unexpected == {}


def ready(host):
    try:
        return requests.get(host.url + "/health/ready", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def run_until(load, more):
    """Lets the load go on until so many more orders have been acknowledged."""
    goal = load.acknowledged() + more
    wait_until(lambda: load.acknowledged() >= goal, 30, f"{more} more acknowledgements")


def kill_worker(host):
    kill(host.workers()[0])


def kill_redis(host):
    (pid,) = host.redis_pids()
    kill(pid)


@pytest.mark.parametrize("fault", [kill_worker, kill_redis])
def test_a_killed_part_comes_back_by_itself(host, accounts, fault):
    before = cash_and_shares(host)
    with Load(host.url, accounts, SYMBOL) as load:
        for _ in range(3):
            run_until(load, 150)
            fault(host)
            wait_until(lambda: ready(host), 20, "readiness after the fault")
        run_until(load, 50)
    assert_sound(host, load, before)


@pytest.mark.parametrize("with_redis", [False, True], ids=["host", "host and Redis"])
def test_a_killed_host_shows_what_it_had_acknowledged(host, accounts, with_redis):
    before = cash_and_shares(host)
    with Load(host.url, accounts, SYMBOL) as load:
        for _ in range(3):
            run_until(load, 150)
            if with_redis:
                host.kill_all()
            else:
                host.kill_host()
            host.start()
        run_until(load, 50)
    assert_sound(host, load, before)


def test_an_orphaned_redis_is_adopted(host, accounts):
    (orphan,) = host.redis_pids()
    host.kill_host()
    assert host.redis_pids() == [orphan]
    host.start()
    assert host.redis_pids() == [orphan]
    stop_cleanly(host)


def test_a_clean_stop_under_load_keeps_everything(host, accounts):
    before = cash_and_shares(host)
    with Load(host.url, accounts, SYMBOL) as load:
        run_until(load, 200)
        stop_cleanly(host)
        host.start()
        run_until(load, 50)
    assert_sound(host, load, before)


def test_restarts_without_load_change_nothing(host, accounts):
    with Client(host.url) as client:
        client.order(accounts["buy"][0], "buy", SYMBOL, 5, "99.00")
        client.order(accounts["sell"][0], "sell", SYMBOL, 2, "99.00")

    def picture():
        with Client(host.url) as client:
            return [client.get(path) for path in (
                "/api/accounts/", "/api/orders/open", "/api/accounts/orders/all",
                "/api/orders/trades/recent", "/api/v1/instruments?limit=1000",
                f"/api/accounts/{accounts['buy'][0]}/transactions",
                f"/api/accounts/{accounts['buy'][0]}/positions")] + [client.book(SYMBOL)]

    before = picture()
    stop_cleanly(host)
    host.start()
    assert picture() == before
    host.kill_all()
    host.start()
    assert picture() == before


def test_redis_away_is_said_and_survived(host, accounts):
    """Stopped for ten seconds: 503 with Retry-After, and then everything works again."""
    before = cash_and_shares(host)
    (pid,) = host.redis_pids()
    with Load(host.url, accounts, SYMBOL) as load:
        run_until(load, 100)
        os.kill(pid, signal.SIGSTOP)
        stopped = time.monotonic()
        try:
            (refused,) = wait_until(lambda: unavailable(host, accounts), 9.5, "503")
            assert int(refused.headers["Retry-After"]) >= 1
            assert_error(refused, 503)
            assert requests.get(host.url + "/health/live", timeout=2).status_code == 200
            assert requests.get(host.url + "/health/ready", timeout=2).status_code == 503
        finally:
            time.sleep(max(0, stopped + 10 - time.monotonic()))
            if pid in host.redis_pids():
                os.kill(pid, signal.SIGCONT)
        wait_until(lambda: ready(host), 20, "readiness")
        run_until(load, 50)
    assert_sound(host, load, before)


def unavailable(host, accounts):
    body = {"type": "buy", "symbol": SYMBOL, "quantity": 1, "price": "98.00"}
    path = f"/api/accounts/{accounts['buy'][0]}/orders/direct"
    try:
        response = requests.post(host.url + path, json=body, timeout=1)
    except requests.RequestException:
        return None
    # In a tuple, since a Response of an error counts as false.
    return (response,) if response.status_code == 503 else None


def test_a_reader_that_doesnt_read_is_cut_off_and_slows_nobody(host, accounts):
    """Its buffers fill up; the others hear every trade."""
    parts = urlsplit(host.url)
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    slow.connect((parts.hostname, parts.port))
    slow.sendall(
        b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    for channel in ("oes:notifications", "oes:orderbook", "oes:trades", f"oes:trades:{SYMBOL}"):
        text = b'{"type":"subscribe","channel":"%s"}' % channel.encode()
        # A client's frame, masked with zeros.
        slow.sendall(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)
    with Socket(host.url) as good, Load(host.url, accounts, SYMBOL, threads=6) as load:
        good.subscribe(f"oes:trades:{SYMBOL}")
        heard = []
        end = time.monotonic() + 60
        while time.monotonic() < end and not is_cut(slow):
            heard += good.quiet(0.5)
        assert is_cut(slow), "the slow reader is still connected"
        load.stop()
        heard += good.quiet(1)
    names = [message["data"]["trade_id"] for message in heard if message["type"] == "trade"]
    assert len(names) == len(set(names)) > 0
    for earlier, later in zip(heard, heard[1:]):
        assert later["prev_seq"] == earlier["seq"]
    slow.close()


def is_cut(connection):
    """Seen from the kernel's table, without reading a byte."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return info[0] != 1  # TCP_ESTABLISHED


def test_half_open_connections_cost_nothing(host, accounts):
    """Clients that vanish in mid-request, without a word."""
    parts = urlsplit(host.url)
    for number in range(200):
        connection = socket.create_connection((parts.hostname, parts.port))
        connection.sendall(b"POST /api/accounts/ HTTP/1.1\r\nContent-Le"[:number % 40 + 1])
        if number % 2:
            # Reset instead of a farewell.
            connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    with Client(host.url) as client:
        assert client.order(accounts["buy"][0], "buy", SYMBOL, 1, "98.00")["status"] == "open"


def test_two_workers_share_the_work(make_host):
    host = make_host(args=["--workers", "2"]).start()
    try:
        assert len(host.workers()) == 2
        with Client(host.url) as client:
            client.instrument(SYMBOL)
            accounts = {side: [client.account(side, 1_000_000)] for side in ("buy", "sell")}
            client.give_shares(accounts["sell"][0], SYMBOL, 100_000)
        before = cash_and_shares(host)
        with Load(host.url, accounts, SYMBOL) as load:
            run_until(load, 100)
            kill_worker(host)
            run_until(load, 200)
        wait_until(lambda: len(host.workers()) == 2, what="the second worker")
        assert_sound(host, load, before)
    finally:
        stop_cleanly(host)
