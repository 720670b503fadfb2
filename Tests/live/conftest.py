"""Hosts for the tests: one a module for what leaves no trace on others, fresh ones for the rest."""

import itertools
import json

import pytest

from live.client import Client
from oes.host import ROOT, Host, wait_until
from oes.redis import Redis


@pytest.fixture(scope="session")
def numbers():
    """Numbers that no other test of the session has."""
    return itertools.count(1)


@pytest.fixture(scope="module")
def make_host(tmp_path_factory):
    """Makes hosts with data folders of their own; whatever still runs at the end is killed."""
    made = []

    def make(**options):
        host = Host(tmp_path_factory.mktemp("host"), **options)
        made.append(host)
        return host

    yield make
    for host in made:
        host.kill_all()


@pytest.fixture(scope="module")
def server(make_host):
    """A running host. At the module's end it must stop cleanly and leave nothing behind."""
    yield from running(make_host())


@pytest.fixture(scope="module")
def notifying(make_host, tmp_path_factory):
    """The same with a notifier, `log-file`, of which some routes' examples are."""
    plugins = json.loads((ROOT / "plugins.json").read_text())
    config = {"path": str(tmp_path_factory.mktemp("events") / "events.jsonl")}
    plugins["libraries"][-1]["entries"] = [{"name": "log-file", "config": config}]
    yield from running(make_host(plugins=plugins))


def running(host):
    host.start()
    first = host.workers()
    yield host
    assert host.workers() == first, f"a worker was restarted:\n{host.output()}"
    stop_cleanly(host)


def stop_cleanly(host):
    assert host.stop() == 0, host.output()
    wait_until(lambda: not host.redis_pids(), what="the end of redis-server")


@pytest.fixture
def client(server):
    with Client(server.url) as client:
        yield client


@pytest.fixture
def redis(server):
    with Redis(server.redis_socket()) as redis:
        yield redis


@pytest.fixture
def symbol(client, numbers):
    """A new instrument: two decimals of price, whole units."""
    return client.instrument(f"TST{next(numbers)}")


@pytest.fixture
def buyer(client, symbol):
    """An account with 1,000,000 and no shares."""
    return client.account("Buyer", 1_000_000)


@pytest.fixture
def seller(client, symbol):
    """An account with 1,000 shares of the symbol, and cash."""
    account = client.account("Seller", 1_000_000)
    client.give_shares(account, symbol, 1_000)
    return account
