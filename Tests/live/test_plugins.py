"""A firm's own plugin in a running host: it works without an edit of the host, and when it crashes
or hangs, the worker is restarted, the plugin's call is named, and nothing is lost."""

import json
import subprocess
from pathlib import Path

import pytest
import requests

from live.client import Client, assert_error
from live.conftest import stop_cleanly
from oes.host import wait_until

ROOT = Path(__file__).resolve().parents[2]
HEADER = ROOT / "Sources/PluginAPI/COESPlugin/include"
EXAMPLE = ROOT / "examples/round_lot_limit.c"
SHIPPED = json.loads((ROOT / "plugins.json").read_text())

CRASH, HANG = 1300, 1400
MISBEHAVIOUR = f"""
    if (order->quantity == {CRASH}) {{ volatile int *nowhere = 0; *nowhere = 1; }}
    if (order->quantity == {HANG}) for (;;) {{ }}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The documented example, built out of tree, with two quantities at which it misbehaves."""
    folder = tmp_path_factory.mktemp("plugin")
    source = EXAMPLE.read_text()
    marker = "    (void)self;\n    /* params[0]"
    assert source.count(marker) == 1
    changed = folder / "hostile.c"
    changed.write_text(source.replace(marker, MISBEHAVIOUR + marker))
    built = folder / "libhostile.so"
    subprocess.run(
        ["cc", "-O0", "-fPIC", "-shared", f"-I{HEADER}", str(changed), "-o", str(built)],
        check=True, timeout=60)
    return built


@pytest.fixture
def host(make_host, library):
    plugins = {"libraries": SHIPPED["libraries"] + [{"path": str(library)}]}
    host = make_host(plugins=plugins).start()
    yield host
    stop_cleanly(host)


def place(host, quantity, **more):
    body = {"type": "buy", "symbol": "AAPL", "price": "10.00", "quantity": quantity,
            "order_type": "round-lot-limit", **more}
    return requests.post(host.url + "/api/accounts/1/orders", json=body, timeout=10)


def test_it_shows_up_with_its_schema_and_places(host):
    with Client(host.url) as client:
        names = {entry["name"]: entry for entry in client.get("/api/v1/plugins")["order_types"]}
        assert names["round-lot-limit"]["params_schema"]["properties"]["multiple"]["default"] == 100
    assert place(host, 300).json()["status"] == "open"
    assert place(host, 30, params={"multiple": 15}).json()["status"] == "open"
    error = assert_error(place(host, 250), 422)
    assert (error["code"], error["field"]) == ("odd_lot", "quantity")
    assert_error(place(host, 300, params={"multiple": 0}), 400)
    assert_error(place(host, 300, params={"other": 1}), 400)


def test_it_shows_up_in_the_documentation(host):
    document = requests.get(host.url + "/openapi.json", timeout=10).json()
    order = document["paths"]["/api/v1/orders"]["post"]["requestBody"]["content"][
        "application/json"]["schema"]["properties"]
    assert "round-lot-limit" in order["order_type"]["enum"]
    (params,) = [one for one in order["params"]["anyOf"] if one.get("title") == "round-lot-limit"]
    assert "multiple" in params["properties"]
    page = requests.get(host.url + "/docs", timeout=10).text
    assert "round-lot-limit" in page and "multiple" in page


@pytest.mark.faults
@pytest.mark.parametrize("quantity", [CRASH, HANG], ids=["crash", "hang"])
def test_the_call_that_a_worker_dies_in_is_named(host, quantity):
    kept = place(host, 200, client_order_id="kept").json()
    (worker,) = host.workers()
    with pytest.raises(requests.RequestException):
        place(host, quantity)
    wait_until(lambda: host.workers() not in ([], [worker]), 15, "a new worker")
    wait_until(lambda: answers(host), 15, "readiness")
    said = [line for line in host.output().splitlines()
            if "round-lot-limit" in line and "plan" in line and "supervisor" in line]
    assert said, host.output()
    assert requests.get(f"{host.url}/api/orders/{kept['id']}", timeout=5).json() == kept
    assert place(host, 100).status_code == 200


def answers(host):
    try:
        return requests.get(host.url + "/health/ready", timeout=1).ok
    except requests.RequestException:
        return False
