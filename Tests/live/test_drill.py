"""`oes drill`: a kill switch measured beside a running host, and nothing left of it."""

import subprocess

import pytest

from live.client import decoded
from live.servers import RedisServer
from live.v1 import V1
from oes.host import binary, wait_until
from oes.redis import Redis
from oes.verify import Verifier

SWITCH = "/api/v1/risk/kill-switch"
NAMES = ["orders", "parked", "cancelled", "already_ended", "failed", "block_micros", "micros"]


def drill(host, *arguments):
    return subprocess.run(
        [binary(), "drill", *arguments], cwd=host.folder, env=host.environment(),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)


def measured(done):
    assert (done.returncode, done.stderr) == (0, ""), done
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    assert [name for name, _ in lines] == NAMES
    return {name: int(value) for name, value in lines}


def drilled(client, count):
    """The accounts of drills, the newest last: inactive once the host has read of their end."""
    def ended():
        found = [account for account in client.pages("/api/v1/accounts")
                 if account["name"] == "Kill switch drill"]
        return found if [account["active"] for account in found] == [False] * count else None

    return wait_until(ended, what=f"{count} inactive accounts")


def orders_of(client, account):
    return client.pages("/api/v1/orders", account_id=account["account_id"])


def assert_all_ended(client, account, reason):
    for order in orders_of(client, account):
        assert order["status"] == "cancelled" and order["reason"].startswith(reason), order
    assert client.pages(SWITCH) == []


def test_it_cancels_what_rests_and_what_waits_and_leaves_nothing(server, symbol, buyer):
    with V1(server.url) as client:
        other = client.place(buyer, "buy", symbol, 1, "10.00", time_in_force="gtc")
        for count in (40, 7):
            told = measured(drill(server, "--orders", str(count)))
            assert (told["orders"], told["parked"], told["failed"]) == (count, count // 4, 0)
            assert told["cancelled"] + told["already_ended"] == count
            assert 0 < told["block_micros"] < told["micros"]
        first, second = drilled(client, 2)
        assert len(orders_of(client, first)) == 40 and len(orders_of(client, second)) == 7
        kinds = [order["order_type"] for order in orders_of(client, first)]
        assert kinds.count("stop_limit") == 10 and kinds.count("limit") == 30
        for account in (first, second):
            assert_all_ended(client, account, "kill_switch")
        # Nobody else's is touched.
        assert client.one(other["order_id"])["status"] == "new"
        actions = [entry["action"] for entry in client.pages("/api/v1/admin/audit")]
        assert actions.count("switch_pressed") == actions.count("switch_lifted") == 2
    with Redis(server.redis_socket()) as redis:
        assert Verifier(redis).run() == []


def test_with_the_firm_stopped_it_says_so(make_host):
    host = make_host().start()
    with V1(host.url) as client:
        decoded(client.call("POST", SWITCH, {"scope": "firm", "reason": "t"}))
        done = drill(host, "--orders", "10")
        assert done.returncode == 1 and done.stdout == "", done
        assert done.stderr.startswith("oes: drill: an order was refused: kill_switch"), done.stderr
        assert len(done.stderr.splitlines()) == 1
        decoded(client.call("DELETE", SWITCH, params={"scope": "firm", "reason": "t"}))
        (account,) = drilled(client, 1)
        assert [order for order in orders_of(client, account) if order["closed_at"] is None] == []
        measured(drill(host, "--orders", "1"))
    assert host.stop() == 0, host.output()


def test_an_operators_redis(make_host, tmp_path):
    with RedisServer(tmp_path, password="pw") as redis:
        host = make_host(env=redis.settings()).start()
        assert measured(drill(host, "--orders", "20"))["failed"] == 0
        assert host.stop() == 0, host.output()


def test_without_a_host_it_says_so(make_host):
    host = make_host()
    host.data.mkdir()
    done = drill(host)
    assert (done.returncode, done.stdout) == (78, "")
    assert done.stderr == "oes: no host runs here: start one, then drill\n"
    host.start()
    assert host.stop() == 0
    assert drill(host).returncode == 78


def test_without_redis_it_says_so(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        host = make_host(env=redis.settings())
    done = drill(host)
    assert done.returncode == 1 and done.stderr.startswith("oes: drill: "), done


@pytest.mark.parametrize("words", [
    ["--orders"], ["--orders", "0"], ["--orders", "-1"], ["--orders", "many"], ["5"],
    ["--orders", "10001"], ["--orders", "5", "more"], ["--nonsense", "5"]])
def test_wrong_words(make_host, words):
    done = drill(make_host(), *words)
    assert (done.returncode, done.stdout) == (78, "")
    assert "--orders and a number from 1 to 10000" in done.stderr
