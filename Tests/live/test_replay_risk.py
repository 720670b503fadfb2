"""`oes replay-risk`: recorded orders judged anew by another setting of a rule."""

import json
import subprocess

import pytest

from live.client import Client
from oes.host import binary

RULES = "libOESRiskRules.so"


def replay(host, *arguments, code=0):
    done = subprocess.run(
        [binary(), "replay-risk", *arguments, "--json"], cwd=host.folder,
        env=host.environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture(scope="module")
def host(make_host):
    """A host on which orders of 1 to 40 were taken, and one too large refused."""
    host = make_host().start()
    with Client(host.url) as client:
        for size in range(1, 41):
            client.order("1", "buy", "AAPL", size, 150, client_order_id=f"b{size}")
            client.order("2", "sell", "AAPL", 1, 151, client_order_id=f"s{size}")
        client.call("POST", "/api/v1/orders", {
            "account_id": "1", "side": "buy", "symbol": "AAPL", "quantity": "200000",
            "price": "1", "client_order_id": "huge"})
    return host


def test_the_same_setting_changes_nothing(host):
    report = replay(
        host, "--rule", f"{RULES}:max-order", "--limits",
        '{"quantity": "100000", "value": "1000000"}')
    assert report["judged"] >= 81
    assert (report["orders"], report["refused_anyway"]) == ([], 1)


def test_a_stricter_one_lists_the_very_orders(host):
    report = replay(
        host, "--rule", f"{RULES}:max-order", "--limits", '{"quantity": "37"}', code=1)
    assert [order["order_id"] for order in report["orders"]] == ["1-b38", "1-b39", "1-b40"]
    assert {order["difference"] for order in report["orders"]} == {"refused"}
    assert report["orders"][0]["then"] is None
    assert report["orders"][0]["now"]["code"] == "max_order_quantity"
    assert (report["would_refuse"], report["would_take"]) == (3, 0)


def test_a_looser_one_lists_what_would_be_taken(host):
    report = replay(
        host, "--rule", f"{RULES}:max-order", "--limits", '{"quantity": "300000"}', code=1)
    (order,) = report["orders"]
    assert (order["order_id"], order["difference"]) == ("1-huge", "taken")
    assert order["then"]["code"] == "max_order_quantity" and order["now"] is None


def test_a_guard_is_judged_on_the_state_then(host, tmp_path):
    settings = tmp_path / "rule.json"
    settings.write_text('{"limits": {"quantity": "1600"}}')
    report = replay(
        host, "--rule", f"{RULES}:position-limit", "--config", str(settings), code=1)
    ids = [order["order_id"] for order in report["orders"]]
    assert ids and ids == sorted(ids, key=lambda name: int(name[3:]))
    assert all(name.startswith("1-b") for name in ids) and "1-b1" not in ids
    assert report["orders"][0]["now"]["code"] == "position_limit"


def test_only_a_stretch(host):
    whole = replay(
        host, "--rule", f"{RULES}:max-order", "--limits", '{"quantity": "37"}', code=1)
    last = whole["orders"][-1]
    for since in (str(last["event_seq"]), last["time"]):
        report = replay(
            host, "--rule", f"{RULES}:max-order", "--limits", '{"quantity": "37"}', "--since",
            since, code=1)
        assert [order["order_id"] for order in report["orders"]] == [last["order_id"]]
    report = replay(
        host, "--rule", f"{RULES}:max-order", "--limits", '{"quantity": "37"}', "--until",
        str(whole["orders"][0]["event_seq"]))
    assert report["orders"] == []


@pytest.mark.parametrize(("arguments", "code", "words"), [
    ([], 78, "needs --rule"),
    (["--rule", "x"], 78, "LIBRARY:ENTRY"),
    (["--rule", f"{RULES}:max-order"], 78, "needs --config FILE or --limits"),
    (["--rule", f"{RULES}:max-order", "--limits", "{", ], 2, "no JSON"),
    (["--rule", f"{RULES}:max-order", "--limits", "[]"], 2, "takes a JSON object"),
    (["--rule", f"{RULES}:max-order", "--limits", '{"quantty": "1"}'], 2, "quantty"),
    (["--rule", f"{RULES}:none", "--limits", "{}"], 2, "none"),
    (["--rule", "libNone.so:x", "--limits", "{}"], 2, "no library"),
    (["--rule", f"{RULES}:max-order", "--limits", "{}", "--since", "soon"], 78, "--since"),
    (["--rule", f"{RULES}:max-order", "--config", "missing.json"], 2, "can't be read"),
    (["--rule", f"{RULES}:max-order", "--limits", "{}", "--x"], 78, "no argument '--x'"),
])
def test_wrong_arguments(host, arguments, code, words):
    assert words in replay(host, *arguments, code=code)


def test_a_broken_library(host, tmp_path):
    library = tmp_path / "libBroken.so"
    library.write_bytes(b"\x7fELF and nothing else")
    library.chmod(0o600)
    assert "libBroken.so" in replay(
        host, "--rule", f"{library}:max-order", "--limits", "{}", code=2)
