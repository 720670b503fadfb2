"""`oes verify`: beside a host that trades, without one, and on data that somebody has damaged."""

import json
import struct
import subprocess
import threading

import pytest

from live.client import Client
from live.conftest import stop_cleanly
from oes.host import binary
from oes.redis import Redis

P = "oes:{0}:"


def verify(host, *arguments, code=0):
    """The report of a run on the host's folder."""
    done = subprocess.run(
        [binary(), "verify", "--json", *arguments], cwd=host.folder, env=host.environment(),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


def differences(report):
    return {line["name"]: line["first"] for line in report["invariants"] if line["differences"]}


@pytest.fixture
def host(make_host):
    return make_host().start()


@pytest.fixture
def busy(host):
    """A client of the host, in which some trading has gone on."""
    with Client(host.url) as client:
        trade(client, 30)
        yield client


def trade(client, rounds):
    for number in range(rounds):
        client.order("1", "buy", "AAPL", 10, 150 - number % 3)
        client.order("2", "sell", "AAPL", 7, 149 + number % 4)
        if number % 5 == 0:
            client.post("/api/v1/orders/cancel-all", {"account_id": "2"})


def test_beside_a_host_that_trades(host, busy):
    stop = threading.Event()

    def go_on():
        with Client(host.url) as client:
            while not stop.is_set():
                trade(client, 3)

    traders = [threading.Thread(target=go_on) for _ in range(2)]
    for trader in traders:
        trader.start()
    try:
        for _ in range(3):
            report = verify(host)
            assert report["ok"] and report["from"] == "beginning", differences(report)
            assert report["events"] > 60
    finally:
        stop.set()
        for trader in traders:
            trader.join()
    checked = {line["name"]: line["checked"] for line in verify(host)["invariants"]}
    for name in "sequence trades priority fills ledger cash shares books levels lists".split():
        assert checked[name] > 0, name


def test_without_a_host_and_from_a_checkpoint(host, busy):
    stop_cleanly(host)
    first = verify(host, "--checkpoint")
    assert first["ok"], differences(first)
    assert not host.redis_pids()
    host.start()
    with Client(host.url) as client:
        trade(client, 5)
    with Redis(host.redis_socket()) as redis:
        assert int(redis.call("GET", P + "checkpoint")) == first["sequence"]
        redis.call("XTRIM", P + "events", "MINID", first["sequence"])
    again = verify(host)
    assert (again["ok"], again["from"]) == (True, "checkpoint"), differences(again)
    assert 0 < again["events"] < first["events"]
    believed = verify(host, "--from-beginning")
    assert (believed["ok"], believed["from"]) == (True, "state"), differences(believed)


def test_damage_is_named(host, busy):
    with Redis(host.redis_socket()) as redis:
        record = bytearray(redis.call("HGET", P + "accounts", "1"))
        balance = struct.unpack_from("<q", record, 4)[0]
        struct.pack_into("<q", record, 4, balance + 1)
        redis.call("HSET", P + "accounts", "1", bytes(record))
    found = differences(verify(host, code=1))
    assert f"accounts 1: balance is {balance + 1}, the events say {balance}" in (
        found["account_records"])
    assert found["cash"] and found["ledger"]
    done = subprocess.run(
        [binary(), "verify"], cwd=host.folder, env=host.environment(), capture_output=True,
        text=True, timeout=120)
    assert done.returncode == 1
    assert "each account's balance is the sum of its ledger" in done.stdout
    assert done.stdout.rstrip().endswith("differences")


@pytest.mark.parametrize(("arguments", "words"), [
    (["--what"], "no argument '--what'"),
    (["--checkpoints"], "needs a folder"),
])
def test_wrong_arguments(host, arguments, words):
    assert words in verify(host, *arguments, code=78)
