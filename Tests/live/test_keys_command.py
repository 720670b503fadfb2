"""`oes keys …`: keys made, listed and revoked on the command line, with a host and without."""

import hashlib
import re
import subprocess

import pytest

from live.client import Client
from live.conftest import stop_cleanly
from live.servers import RedisServer
from oes import records
from oes.host import binary
from oes.redis import Redis
from oes.verify import Verifier

SECRET = re.compile(r"oes_[A-Za-z0-9_-]{43}\n")


def keys(host, *arguments, code=0):
    """Runs the command on the host's folder: its standard output, or its words where it fails."""
    done = subprocess.run(
        [binary(), "keys", *arguments], cwd=host.folder, env=host.environment(),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def create(host, name, *arguments):
    secret = keys(host, "create", "--name", name, *arguments)
    assert SECRET.fullmatch(secret)
    return secret.strip()


def listed(host):
    head, *lines = keys(host, "list").splitlines()
    names = head.split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines]


def test_keys_come_before_the_host_and_stay_after_it(make_host):
    host = make_host()
    assert listed(host) == []
    assert "role admin" in keys(host, "create", "--name", "t", "--role", "trader", code=1)
    secret = create(host, "ops", "--role", "admin")
    (key,) = listed(host)
    assert (key["role"], key["accounts"], key["state"]) == ("admin", "all", "valid")
    assert not host.redis_pids()

    host.start()  # Its samples are made all the same.
    assert "1 valid access key" in host.output()
    desk = create(host, "desk", "--role", "trader", "--accounts", "2,1", "--orders-per-second", "7")
    assert desk != secret
    assert "no account 99" in keys(
        host, "create", "--name", "x", "--role", "viewer", "--accounts", "99", code=1)
    first, second = listed(host)
    assert (second["name"], second["accounts"], second["orders_per_second"]) == ("desk", "1,2", "7")
    assert "last administrator" in keys(host, "revoke", first["id"], code=1)
    keys(host, "revoke", second["id"])
    assert "revoked" in keys(host, "revoke", second["id"], code=1)
    assert "no such key" in keys(host, "revoke", "00000000", code=1)
    with Redis(host.redis_socket()) as redis:
        stored = {
            name.decode(): records.key(data) for name, data in redis.hash("oes:{0}:keys").items()}
        assert stored[first["id"]]["digest"] == hashlib.sha256(secret.encode()).digest()
        assert Verifier(redis).run() == []
    stop_cleanly(host)
    assert [key["state"][:7] for key in listed(host)] == ["valid", "revoked"]
    assert secret.encode() not in b"".join(
        path.read_bytes() for path in host.data.rglob("*") if path.is_file())
    host.start()
    assert "1 valid access key" in host.output()
    stop_cleanly(host)


def test_an_operators_redis(make_host, tmp_path):
    with RedisServer(tmp_path, password="pw") as redis:
        host = make_host(env=redis.settings())
        create(host, "ops", "--role", "admin")
        assert len(listed(host)) == 1
        assert not host.data.exists() and redis.answers()
    assert "Redis at" in keys(host, "list", code=1)


@pytest.mark.parametrize("arguments", [
    [], ["make"], ["list", "x"], ["revoke"], ["revoke", "a", "b"], ["create"],
    ["create", "--name"], ["create", "--name", "a"], ["create", "--name", "a", "--role", "boss"],
    ["create", "--role", "admin"], ["create", "--name", "", "--role", "admin"],
    ["create", "--name", "a", "--name", "b", "--role", "admin"],
    ["create", "--name", "a", "--role", "admin", "--accounts", "1,,2"],
    ["create", "--name", "a", "--role", "admin", "--accounts", ""],
    ["create", "--name", "a", "--role", "admin", "--orders-per-second", "-1"],
    ["create", "--name", "a", "--role", "admin", "--bogus", "1"]])
def test_wrong_arguments_are_refused(make_host, arguments):
    host = make_host()
    assert keys(host, *arguments, code=78).startswith("oes: ")
    assert not host.data.exists()


def test_another_address_needs_a_key(make_host):
    host = make_host(env={"OES_HOST": "0.0.0.0"})
    code, output = host.refused()
    assert code == 78
    assert "oes keys create" in output and "OES_HOST is 0.0.0.0" in output
    create(host, "ops", "--role", "admin")
    host.start()
    with Client(host.url.replace("0.0.0.0", "127.0.0.1")) as client:
        assert client.call("GET", "/health/live").status_code == 200
    stop_cleanly(host)
