"""Settings: a wrong one is refused by its name, and each Redis that would lose orders by reason."""

import os
import shutil
import subprocess

import pytest

from live.client import Client
from live.conftest import stop_cleanly
from live.servers import RedisServer, free_port
from oes.host import ROOT, Host, binary, processes, wait_until
from oes.verify import Verifier


@pytest.mark.parametrize("name,value", [
    ("OES_PORT", "eighty"), ("OES_PORT", "-1"), ("OES_PORT", "65536"), ("OES_PORT", "80 "),
    ("OES_HOST", "0.0.0.0"), ("OES_HOST", "192.168.1.1"), ("OES_HOST", "::"),
    ("OES_HOST", "example.com"), ("OES_SAMPLES", "yes"), ("OES_SAMPLES", "ON"),
    ("OES_PLUGINS", "missing.json"), ("OES_DURABILITY", "none"), ("OES_DATA", "/dev/null/x"),
    ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"), ("REDIS_PORT", "x"), ("REDIS_PORT", "0"), ("REDIS_PORT", "70000"),
    ("REDIS_HOST", "redis://127.0.0.1"), ("OES_PROT", "8001")])
def test_a_wrong_setting_is_refused_by_name(make_host, name, value):
    code, output = make_host(env={name: value}).refused()
    assert code not in (0, None)
    # A path of a folder is best named by itself.
    assert name in output or value in output, output
    assert "Fatal error" not in output and "Stack dump" not in output


@pytest.mark.parametrize("arguments", [
    ["--workers"], ["--workers", "0"], ["--workers", "x"], ["--workers", "-1"],
    ["--workers", "100000"], ["--nothing"], ["extra"]])
def test_a_wrong_argument_is_refused(make_host, arguments):
    code, output = make_host(args=arguments).refused()
    assert code not in (0, None)
    assert arguments[0].lstrip("-") in output


def test_help_is_printed():
    done = subprocess.run([binary(), "--help"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0
    assert "--workers" in done.stdout


def test_settings_come_from_a_file_too_and_the_environment_wins(make_host):
    host = make_host()
    port = free_port()
    (host.folder / ".env").write_text(f"OES_PORT={port}\nOES_SAMPLES=off\n")
    host.start()
    assert not host.url.endswith(f":{port}")
    with Client(host.url) as client:
        assert client.get("/api/accounts/") == []
    stop_cleanly(host)


def test_a_wrong_line_in_the_file_is_refused(make_host):
    host = make_host()
    (host.folder / ".env").write_text("OES_SAMPLES=off\nnonsense\n")
    code, output = host.refused()
    assert code not in (0, None)
    assert ".env" in output and "2" in output


def test_a_port_in_use_is_refused(server, make_host):
    port = server.url.rsplit(":", 1)[1]
    code, output = make_host(env={"OES_PORT": port}).refused()
    assert code not in (0, None)
    assert port in output


def test_a_second_host_on_the_same_data_is_refused(server):
    second = Host(server.folder, env={"OES_PORT": "0"})
    second.log = server.folder / "second.log"
    code, output = second.refused()
    assert code not in (0, None)
    assert str(server.data) in output
    with Client(server.url) as client:
        assert client.call("GET", "/health/ready").status_code == 200


def test_plugins_that_are_missing_are_named(make_host, tmp_path, monkeypatch):
    """The host alone, without the libraries that stand beside it."""
    shutil.copy2(binary(), tmp_path / "oes")
    shutil.copy2(ROOT / "plugins.json", tmp_path / "plugins.json")
    host = make_host(env={"OES_PLUGINS": str(tmp_path / "plugins.json")})
    monkeypatch.setenv("OES_BINARY", str(tmp_path / "oes"))
    code, output = host.refused()
    assert code not in (0, None)
    assert "libOESOrderTypes.so" in output


@pytest.mark.parametrize("text,word", [
    ("", "plugins.json"), ("{", "plugins.json"), ('{"libraries": []}', "order type"),
    ('{"libraries": [{"path": "nosuch.so"}]}', "nosuch.so"),
    ('{"libraries": [{"path": "libOESOrderTypes.so", "bogus": 1}]}', "bogus"),
    ('{"libraries": [{"path": "libOESOrderTypes.so", "sha256": "' + "0" * 64 + '"}]}', "sha256")])
def test_a_wrong_plugin_configuration_is_refused(make_host, text, word):
    host = make_host(plugins={})
    (host.folder / "plugins.json").write_text(text)
    code, output = host.refused()
    assert code not in (0, None)
    assert word in output


# A Redis of the operator's.


@pytest.mark.parametrize("password", [None, "s3cret, with a space"])
def test_an_operators_redis_is_used_and_left_running(make_host, tmp_path, password):
    with RedisServer(tmp_path, "--appendonly", "yes", password=password) as redis:
        host = make_host(env=redis.settings()).start()
        assert host.redis_pids() == []
        with Client(host.url) as client:
            account = client.account("Outside", 1_000)
            client.order(account, "buy", "AAPL", 1, "10.00")
        assert host.stop() == 0
        assert redis.answers()
        host.start()
        with Client(host.url) as client:
            assert client.balance(account) == (1_000, 10, 990)
        assert host.stop() == 0
        with redis.connect() as connection:
            assert Verifier(connection).run() == []


def refusal(make_host, settings):
    code, output = make_host(env=settings).refused()
    assert code not in (0, None)
    return output


def test_a_redis_that_evicts_is_refused(make_host, tmp_path):
    with RedisServer(tmp_path, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru") as redis:
        assert "maxmemory-policy" in refusal(make_host, redis.settings())


def test_a_read_only_redis_is_refused(make_host, tmp_path):
    with RedisServer(tmp_path, "--replicaof", "127.0.0.1", str(free_port())) as redis:
        output = refusal(make_host, redis.settings())
        assert "replica" in output or "read-only" in output


@pytest.mark.parametrize("given", ["wrong", None])
def test_a_wrong_password_is_refused_and_not_shown(make_host, tmp_path, given):
    with RedisServer(tmp_path, password="right-password") as redis:
        settings = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(redis.port)}
        output = refusal(make_host, settings | ({"REDIS_PASSWORD": given} if given else {}))
        assert "password" in output.lower()
        assert "right-password" not in output


@pytest.mark.parametrize("name", ["127.0.0.1", "no.such.host.invalid"])
def test_a_redis_that_isnt_there_is_refused(make_host, name):
    port = str(free_port())
    output = refusal(make_host, {"REDIS_HOST": name, "REDIS_PORT": port})
    assert f"Redis at {name}:{port}: " in output
    assert "see REDIS_HOST" in output


def test_a_newer_layout_is_refused(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        with redis.connect() as connection:
            connection.call("SET", "oes:{0}:schema", "999")
        assert "999" in refusal(make_host, redis.settings())


# The command of the README.


@pytest.mark.faults
def test_script_server_runs_in_the_foreground_from_anywhere(tmp_path):
    log = (tmp_path / "log").open("wb")
    environment = {name: value for name, value in os.environ.items() if name != "OES_BINARY"}
    process = subprocess.Popen(
        [ROOT / "script" / "server", "--workers", "1"], cwd=tmp_path, stdout=log, stderr=log,
        stdin=subprocess.DEVNULL,
        env=environment | {"OES_PORT": "0", "OES_DATA": "here"})
    try:
        wait_until(lambda: "OES is ready at" in (tmp_path / "log").read_text(), 300, "readiness")
        assert (tmp_path / "here").is_dir()
        process.terminate()
        assert process.wait(20) == 0
        assert not [
            line for _, line, folder in processes().values()
            if "redis-server" in line and folder.startswith(str(tmp_path))]
    finally:
        process.kill()
        process.wait()
