"""script/demo: a living book with candles, plainly simulated, and nothing left at its end."""

import os
import signal
import subprocess
import time
from decimal import Decimal

from live.client import Client
from live.conftest import stop_cleanly
from oes.host import ROOT, binary, wait_until


def demo(*arguments, **env):
    clean = {name: value for name, value in os.environ.items()
             if not name.startswith(("OES_", "REDIS_", "LOG_"))}
    return subprocess.Popen(
        [str(ROOT / "script/demo"), *arguments], env=clean | env, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def ended(process, seconds=30):
    output, _ = process.communicate(timeout=seconds)
    return process.returncode, output


def open_orders(client):
    return client.get("/api/v1/orders?status=new,partially_filled&limit=1000")["items"]


def test_bots_make_a_market_on_a_server_that_is_there(make_host):
    host = make_host().start()
    with Client(host.url) as client:
        before = {one["account_id"] for one in client.get("/api/v1/accounts")["items"]}
        process = demo("--url", host.url, "--rate", "150", "--seed", "7", "--symbols", "AAPL")
        try:
            wait_until(lambda: client.get(
                "/api/v1/market/AAPL/candles?interval=1s")["items"], 60, "candles")

            def is_living():
                book = client.get("/api/v1/market/AAPL/book")
                return len(book["bids"]) > 4 and len(book["asks"]) > 4
            wait_until(is_living, 60, "a book")
            orders = client.get("/api/v1/orders?limit=1000")["items"]
            made = [one for one in client.get("/api/v1/accounts")["items"]
                    if one["account_id"] not in before]
            assert len(made) == 4 and all("(simulated)" in one["name"] for one in made)
            assert {one["tag"] for one in orders} == {"demo"}
            assert {one["account_id"] for one in orders} <= {one["account_id"] for one in made}
            last = Decimal(client.get("/api/v1/market/AAPL/ticker")["last"])
            assert 170 < last < 210
        finally:
            process.send_signal(signal.SIGINT)
            code, output = ended(process)
        assert code == 0, output
        assert "cancelled at the end" in output
        assert open_orders(client) == []
        assert client.get("/health/ready")["status"], "the server isn't the demo's to end"
    stop_cleanly(host)


def test_it_starts_a_server_of_its_own(tmp_path):
    process = demo(
        "--seconds", "5", "--rate", "100", OES_BINARY=str(binary()), OES_PORT="0",
        OES_DATA=str(tmp_path / "data"))
    code, output = ended(process, 90)
    assert code == 0, output
    assert "Open http://127.0.0.1:" in output and "orders placed" in output
    time.sleep(0.2)
    alive = subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True)
    assert not alive.stdout, "something was left behind"


def test_a_wrong_rate_is_refused_and_so_is_a_server_that_isnt_there():
    code, output = ended(demo("--url", "http://127.0.0.1:1", "--rate", "1000"))
    assert code == 2 and "--rate: expected 1 to 200" in output
