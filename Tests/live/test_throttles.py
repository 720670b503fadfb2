"""The throttle on repeated execution: who is stopped, and how staff lets them go on."""

import pytest

from live.client import assert_error, decoded
from live.keys import KeyedHost
from live.v1 import V1
from oes.redis import Redis

THROTTLES = "/api/v1/risk/throttles"
LIMITS = {"orders": 2, "window": 3_600_000}


def place(keyed, account, side, quantity=1, price="100.00"):
    return keyed.call("trader", "POST", "/api/v1/orders", {
        "account_id": account, "side": side, "symbol": keyed.symbol, "quantity": quantity,
        "price": price})


def reset(keyed, who, account=None, symbol=None, body=None):
    path = f"{THROTTLES}/{account or keyed.account}/{symbol or keyed.symbol}/reset"
    return keyed.call(who, "POST", path, {"reason": "looked at it"} if body is None else body)


def listed(keyed, who="risk", query=""):
    return decoded(keyed.call(who, "GET", THROTTLES + query))["items"]


def sequence(keyed):
    with Redis(keyed.host.redis_socket()) as redis:
        return redis.call("GET", "oes:{0}:seq")


def latch(keyed):
    """Two executions are the limit; whatever comes then is refused."""
    for _ in range(2):
        assert decoded(place(keyed, keyed.account, "buy"))["order_status"] == "filled"
    assert_error(place(keyed, keyed.account, "buy"), 422, "execution_throttle")


@pytest.fixture(scope="module")
def keyed(make_host):
    host = make_host().start()
    keyed = KeyedHost(host)
    for limit, value in LIMITS.items():
        decoded(keyed.call("admin", "PUT", "/api/v1/risk/limits", {
            "rule": "execution-throttle", "limit": limit, "value": str(value),
            "account_id": keyed.account}))
    maker = keyed.admin.account("Maker", 1_000_000)
    keyed.admin.give_shares(maker, keyed.symbol, 1_000)
    decoded(place(keyed, maker, "sell", 500))
    keyed.add(keyed.admin, "their_risk", "risk", accounts=[keyed.other_account])
    yield keyed
    assert host.stop() == 0, host.output()


def test_it_shuts_and_only_staff_opens_it(keyed):
    assert listed(keyed) == []
    latch(keyed)
    # Not only what would execute.
    assert_error(place(keyed, keyed.account, "buy", price="1.00"), 422, "execution_throttle")
    (throttle,) = listed(keyed)
    assert (throttle["account_id"], throttle["symbol"]) == (keyed.account, keyed.symbol)
    assert throttle["latched"] and throttle["latched_at"] > throttle["window_began_at"]
    for query, count in ((f"?account_id={keyed.account}&symbol={keyed.symbol}", 1),
                         (f"?account_id={keyed.other_account}", 0), ("?symbol=AAPL", 0)):
        assert len(listed(keyed, query=query)) == count, query
    # A key for other accounts learns nothing of it.
    assert listed(keyed, "their_risk") == []
    assert_error(keyed.call("trader", "GET", THROTTLES), 403, "role_not_allowed")
    assert_error(reset(keyed, "trader"), 403, "role_not_allowed")
    assert_error(reset(keyed, "their_risk"), 404, "unknown_account")
    assert_error(place(keyed, keyed.account, "buy"), 422, "execution_throttle")
    opened = decoded(reset(keyed, "risk"))
    assert not opened["latched"] and opened["latched_at"] is None
    assert opened["event_seq"] > throttle["event_seq"]
    assert listed(keyed) == []
    assert_error(reset(keyed, "admin"), 409, "not_latched")
    (entry,) = decoded(keyed.call(
        "admin", "GET", "/api/v1/admin/audit?action=throttle_reset"))["items"]
    assert entry["actor"]["id"] == keyed.ids["risk"]
    assert entry["target"] == {"type": "throttle", "id": f"{keyed.account}:{keyed.symbol}"}
    assert entry["old"]["latched"] and entry["new"] == {"reason": "looked at it"}
    # Its window begins anew: as many may execute as before.
    latch(keyed)
    decoded(reset(keyed, "admin"))


def test_it_outlives_the_host(keyed):
    latch(keyed)
    (before,) = listed(keyed)
    keyed.host.kill_host()
    keyed.host.start()
    assert listed(keyed) == [before]
    assert_error(place(keyed, keyed.account, "buy"), 422, "execution_throttle")
    decoded(reset(keyed, "risk"))
    assert keyed.host.stop() == 0, keyed.host.output()
    keyed.host.start()
    assert listed(keyed) == []
    assert decoded(place(keyed, keyed.account, "buy"))["order_status"] == "filled"


@pytest.mark.parametrize("change, status, code, field", [
    ({"body": {}}, 400, "missing_field", "reason"),
    ({"body": {"reason": ""}}, 400, "invalid_value", "reason"),
    ({"body": {"reason": 7}}, 400, "invalid_type", "reason"),
    ({"body": {"reason": "r" * 201}}, 400, "invalid_value", "reason"),
    ({"body": {"reason": "x", "all": True}}, 400, "unknown_field", "all"),
    ({"account": "999999"}, 404, "unknown_account", None),
    ({"symbol": "NOSUCH"}, 422, "unknown_symbol", None),
    ({"symbol": "AAPL"}, 409, "not_latched", None),
])
def test_a_wrong_reset_changes_nothing(keyed, change, status, code, field):
    before = sequence(keyed)
    answer = reset(keyed, "risk", **change)
    assert_error(answer, status, code)
    assert field is None or answer.json()["field"] == field
    assert sequence(keyed) == before


@pytest.mark.parametrize("query, status, code", [
    ("?account_id=999999", 404, "unknown_account"), ("?symbol=NOSUCH", 422, "unknown_symbol"),
    ("?limit=0", 400, "out_of_range"), ("?latched=true", 400, "unknown_field"),
    ("?account_id=", 400, "invalid_value"),
])
def test_a_wrong_list_is_refused(keyed, query, status, code):
    assert_error(keyed.call("risk", "GET", THROTTLES + query), status, code)


def test_many_are_paged(make_host):
    host = make_host().start()
    with V1(host.url) as client:
        decoded(client.call("PUT", "/api/v1/risk/limits", {
            "rule": "execution-throttle", "limit": "orders", "value": "1"}))
        accounts, symbols = [client.account("A", 1_000_000) for _ in range(3)], []
        for number in range(2):
            symbol = client.instrument(f"PAGE{number}")
            symbols.append(symbol)
            maker = client.account("Maker", 1_000_000)
            client.give_shares(maker, symbol, 100)
            client.place(maker, "sell", symbol, 100, "10.00", time_in_force="gtc")
            for account in accounts:
                client.place(account, "buy", symbol, 1, "10.00")
                assert_error(
                    client.try_place(account, "buy", symbol, 1, "10.00"), 422,
                    "execution_throttle")
        found = client.pages(THROTTLES, limit=2)
        assert sorted((item["account_id"], item["symbol"]) for item in found) == sorted(
            (account, symbol) for account in accounts for symbol in symbols)
        times = [item["latched_at"] for item in found]
        assert times == sorted(times, reverse=True)
        assert len(client.pages(THROTTLES, symbol=symbols[0])) == 3
    assert host.stop() == 0, host.output()
