"""Many connections and two hosts fire at a limit at the same moment: each time exactly what the limit
lets in is taken, whoever comes first."""

import struct
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from live.client import decoded
from live.servers import RedisServer
from live.v1 import V1
from oes import records
from oes.verify import Verifier

PREFIX = "oes:{0}"
SYMBOL = "AAPL"
CONNECTIONS, SHOTS, LIMIT = 8, 3, 10
ROUNDS_OF_GUARD, ROUNDS_OF_HOSTS = 190, 50
PRICE, MONEY = 100, 10_000  # 1.00 in the price's scale, and in the money's.
# What each guard lets in of orders of one unit at 1.00: LIMIT of them.
GUARDS = {
    "position": f"r|1|1|1|{LIMIT}|0|position_limit|0",
    "gross": f"r|1|3|2|{LIMIT * MONEY}|0|gross_limit|0",
    "cash": f"r|1|8|2|{90 * MONEY}|0|cash_limit|0",
    "open_orders": f"r|1|5|2|{LIMIT}|0|open_orders_limit|0",
    "order_rate": f"r|1|6|2|{LIMIT}|3600000|order_rate_limit|0",
}
ONLY_POSITIONS = {
    "libraries": [
        {"path": "libOESOrderTypes.so"},
        {"path": "libOESRiskRules.so", "entries": [
            {"name": "position-limit", "mode": "enforce", "limits": {"quantity": str(LIMIT)}}]},
        {"path": "libOESNotifiers.so", "entries": []}]}


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory):
    with RedisServer(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def hosts(make_host, redis_server):
    hosts = [make_host(env=redis_server.settings(), plugins=ONLY_POSITIONS).start()
             for _ in range(2)]
    yield hosts
    for host in hosts:
        assert host.stop() == 0, host.output()
    with redis_server.connect() as redis:
        assert Verifier(redis).run() == []


class Engine:
    """The functions that the hosts call, over connections of our own."""

    def __init__(self, server):
        self.connections = [server.connect() for _ in range(CONNECTIONS)]
        name = self.connections[0].call("FUNCTION", "LIST")[0][1].decode()
        self.name = name
        listed = self.connections[0].call("HGET", f"{PREFIX}:instruments", SYMBOL)
        self.revision = records.instrument(listed)["revision"]

    def call(self, connection, function, *arguments):
        return connection.call("FCALL", f"{self.name}_{function}", 1, PREFIX, *arguments)

    def account(self):
        reply = self.call(
            self.connections[0], "account", "", 1, 1, 1, 0, "USD", 100 * MONEY, b"\0\0\0", "", "",
            "", 0, -1, -1, 10_000)
        assert reply[0] == b"ok", reply
        return reply[2].decode()

    def submit(self, connection, account, number, guard):
        host_part = b"\x05limit\x03gtc\0\x06stocks\0\0{}"
        return self.call(
            connection, "submit", f"{account}-{number}", account, SYMBOL, 1, 1, PRICE, 1, 1, 0, 0,
            struct.pack("<q", number), self.revision, "", guard, host_part, 0, 1, "", "", 0, "",
            "")[0]

    def fire(self, account, guard, gate, index):
        gate.wait()
        return [self.submit(self.connections[index], account, index * SHOTS + shot, guard)
                for shot in range(SHOTS)]

    def record(self, account):
        return records.account(
            self.connections[0].call("HGET", f"{PREFIX}:accounts", account))


@pytest.mark.parametrize("name", GUARDS)
def test_connections_end_at_the_limit(hosts, redis_server, name):
    engine = Engine(redis_server)
    gate = threading.Barrier(CONNECTIONS)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for _ in range(ROUNDS_OF_GUARD):
            account = engine.account()
            answers = list(pool.map(
                lambda index: engine.fire(account, GUARDS[name], gate, index),
                range(CONNECTIONS)))
            words = [word for row in answers for word in row]
            assert words.count(b"ok") == LIMIT, (name, account, words)
            assert words.count(b"rejected") == CONNECTIONS * SHOTS - LIMIT
            record = engine.record(account)
            assert record["open_orders"] == LIMIT
            assert record["open_buy"] == record["held"] == LIMIT * MONEY


def test_two_hosts_end_at_the_limit(hosts):
    clients = [V1(hosts[index % 2].url) for index in range(CONNECTIONS)]
    gate = threading.Barrier(CONNECTIONS)

    def fire(index, account):
        gate.wait()
        return [clients[index].try_place(account, "buy", SYMBOL, 1, "1.00", time_in_force="gtc")
                for _ in range(SHOTS)]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for number in range(ROUNDS_OF_HOSTS):
            account = clients[0].account(f"Race {number}", 100)
            rows = pool.map(lambda index: fire(index, account), range(CONNECTIONS))
            answers = [answer for row in rows for answer in row]
            taken = [answer for answer in answers if answer.status_code < 300]
            assert len(taken) == LIMIT, [answer.status_code for answer in answers]
            codes = {answer.json()["code"] for answer in answers if answer not in taken}
            assert codes == {"position_limit"}
            open_orders = decoded(clients[1].call(
                "GET", "/api/v1/orders", params={"account_id": account, "status": "new"}))
            assert len(open_orders["items"]) == LIMIT
    for client in clients:
        client.session.close()
