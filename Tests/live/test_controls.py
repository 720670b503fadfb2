"""Limits and modes at run time, the second person, alerts."""

import pytest

from live.client import assert_error, decoded
from live.keys import KeyedHost
from live.v1 import V1
from oes.host import wait_until

SWITCH = "/api/v1/risk/kill-switch"
WAIT = 10



@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


def set_limit(client, value, limit="quantity", rule="max-order", **scope):
    return client.call(
        "PUT", "/api/v1/risk/limits", {"rule": rule, "limit": limit, "value": value, **scope})


# Limits.

def test_a_limit_holds_from_the_answer_on_and_the_most_specific_wins(client, symbol, buyer):
    for scope, value in (({"symbol": symbol}, "50"), ({"account_id": buyer}, "20"),
                         ({"account_id": buyer, "symbol": symbol}, "10")):
        decoded(set_limit(client, value, **scope))
        rules = client.pages(f"/api/v1/accounts/{buyer}/limits", symbol=symbol)
        rule = next(rule for rule in rules if rule["rule"] == "max-order")
        assert rule["limits"]["quantity"] == value
        assert rule["sources"]["value"] == "file"
    found = client.pages("/api/v1/risk/limits", account_id=buyer, symbol=symbol)
    assert [(line["value"], line["source"], line["scope"]) for line in found] == [
        ("10", "set", f"account:{buyer}|symbol:{symbol}")]
    for scope in ({"account_id": buyer, "symbol": symbol}, {"account_id": buyer},
                  {"symbol": symbol}):
        decoded(client.call(
            "DELETE", "/api/v1/risk/limits", params={"rule": "max-order", **scope}))
    gone = client.call(
        "DELETE", "/api/v1/risk/limits", params={"rule": "max-order", "account_id": buyer})
    assert_error(gone, 404, "unknown_limit")
    entries = client.pages("/api/v1/admin/audit", action="limit_set")
    newest = entries[0]
    assert newest["target"]["id"] == f"max-order|account:{buyer}|symbol:{symbol}"
    assert newest["old"] is None and newest["new"]["limits"] == {"quantity": "10"}


@pytest.mark.parametrize("change, status, code, field", [
    ({"rule": None}, 400, "missing_field", "rule"),
    ({"rule": "no-such"}, 404, "unknown_rule", None),
    ({"limit": "nonsense"}, 400, "invalid_limit", "limit"),
    ({"limit": None}, 400, "missing_field", "limit"),
    ({"value": None}, 400, "missing_field", "value"),
    ({"value": "ten"}, 400, "invalid_limit", "value"),
    ({"value": "NaN"}, 400, "invalid_limit", "value"),
    ({"value": "-1"}, 400, "invalid_limit", "value"),
    ({"value": "1e3"}, 400, "invalid_limit", "value"),
    ({"value": True}, 400, "invalid_type", "value"),
    ({"value": [1]}, 400, "invalid_type", "value"),
    ({"account_id": "999999"}, 404, "unknown_account", None),
    ({"symbol": "NOSUCH"}, 422, "unknown_symbol", None),
    ({"group": "nobody"}, 404, "unknown_group", None),
    ({"account_id": "1", "group": "x"}, 400, "invalid_value", "group"),
    ({"reason": "r" * 201}, 400, "invalid_value", "reason"),
])
def test_a_wrong_limit_changes_nothing(client, redis, change, status, code, field):
    body = {"rule": "max-order", "limit": "quantity", "value": "10", **change}
    before = redis.call("GET", "oes:{0}:seq")
    answer = client.call("PUT", "/api/v1/risk/limits", body)
    assert_error(answer, status, code)
    assert field is None or answer.json()["field"] == field
    assert redis.call("GET", "oes:{0}:seq") == before


def test_a_mode_is_changed_with_a_reason(client):
    path = "/api/v1/risk/rules/price-collar"
    for mode in ("shadow", "off", "enforce"):
        assert decoded(client.call("PATCH", path, {"mode": mode, "reason": "t"}))["status"] == "done"
        rules = {rule["rule"]: rule["mode"] for rule in client.pages("/api/v1/risk/rules")}
        assert rules["price-collar"] == mode
    assert_error(client.call("PATCH", path, {"mode": "off"}), 400, "missing_field", "reason")
    assert_error(
        client.call("PATCH", path, {"mode": "maybe", "reason": "t"}), 400, "invalid_value", "mode")
    assert_error(
        client.call("PATCH", "/api/v1/risk/rules/none", {"mode": "off", "reason": "t"}), 404,
        "unknown_rule")


# The second person.

@pytest.fixture(scope="module")
def keyed(make_host):
    host = make_host(env={"OES_LIMIT_RAISE_SHARE": "10"}).start()
    keyed = KeyedHost(host)
    keyed.add(keyed.admin, "risk2", "risk")
    yield keyed
    assert host.stop() == 0, host.output()


def ask(keyed, who, value, **fields):
    return keyed.call(who, "PUT", "/api/v1/risk/limits", {
        "rule": "max-order", "limit": "quantity", "value": value, "account_id": keyed.account,
        "reason": "more", **fields})


def limit_of(keyed):
    rules = keyed.call("admin", "GET", f"/api/v1/accounts/{keyed.account}/limits").json()["items"]
    return next(rule["limits"]["quantity"] for rule in rules if rule["rule"] == "max-order")


def test_a_raise_waits_for_another_key(keyed):
    assert ask(keyed, "risk", "1000").status_code == 200
    assert ask(keyed, "risk", "1100").status_code == 200
    answer = ask(keyed, "risk", "5000")
    assert answer.status_code == 202, answer.text
    change = answer.json()["pending"]
    assert change["old"] == {"quantity": "1100"} and change["new"] == {"quantity": "5000"}
    assert limit_of(keyed) == "1100"
    path = f"/api/v1/risk/pending/{change['id']}"
    assert_error(keyed.call("risk", "POST", f"{path}/approve"), 409, "same_person")
    # Nor by a session of the same key.
    session = keyed.call(None, "POST", "/api/v1/session", {"key": keyed.secrets["risk"]})
    cookie = {"Cookie": session.headers["Set-Cookie"].split(";")[0]}
    assert_error(
        keyed.call(None, "POST", f"{path}/approve", headers=cookie), 409, "same_person")
    assert_error(keyed.call("trader", "POST", f"{path}/approve"), 403, "role_not_allowed")
    assert keyed.call("risk2", "POST", f"{path}/approve").status_code == 200
    assert limit_of(keyed) == "5000"
    assert_error(keyed.call("risk2", "POST", f"{path}/approve"), 404, "unknown_change")


def test_what_changed_meanwhile_and_what_is_refused(keyed):
    assert ask(keyed, "risk", "100").status_code == 200
    id = ask(keyed, "risk", "900").json()["pending"]["id"]
    assert ask(keyed, "risk2", "50").status_code == 200
    path = f"/api/v1/risk/pending/{id}"
    assert_error(keyed.call("risk2", "POST", f"{path}/approve"), 409, "changed_meanwhile")
    assert [item["id"] for item in keyed.call(
        "risk", "GET", "/api/v1/risk/pending").json()["items"]] == [id]
    assert keyed.call("risk", "POST", f"{path}/refuse").json()["status"] == "refused"
    assert keyed.call("risk", "GET", "/api/v1/risk/pending").json()["items"] == []
    assert limit_of(keyed) == "50"


def test_taking_a_limit_away_and_turning_a_rule_off_wait_too(keyed):
    assert ask(keyed, "risk", "40").status_code == 200
    answer = keyed.call(
        "risk", "DELETE", f"/api/v1/risk/limits?rule=max-order&account_id={keyed.account}")
    assert answer.status_code == 202, answer.text
    for mode, status in (("off", 202), ("shadow", 202), ("enforce", 200)):
        answer = keyed.call("risk", "PATCH", "/api/v1/risk/rules/max-order", {
            "mode": mode, "reason": "t"})
        assert answer.status_code == status, answer.text
    for item in keyed.call("risk", "GET", "/api/v1/risk/pending").json()["items"]:
        keyed.call("risk", "POST", f"/api/v1/risk/pending/{item['id']}/refuse")


def test_the_switch_is_pressed_by_risk_and_lifted_by_an_admin(keyed):
    body = {"scope": "account", "id": keyed.account, "reason": "t"}
    assert_error(keyed.call("trader", "POST", SWITCH, body), 403, "role_not_allowed")
    assert keyed.call("risk", "POST", SWITCH, body).status_code == 200
    query = f"{SWITCH}?scope=account&id={keyed.account}&reason=ok"
    assert_error(keyed.call("risk", "DELETE", query), 403, "role_not_allowed")
    assert keyed.call("admin", "DELETE", query).status_code == 200
    entries = keyed.call("admin", "GET", "/api/v1/admin/audit?action=switch_lifted").json()
    assert entries["items"][0]["new"] == {"lifted": True, "reason": "ok"}
    keyed.restore()


# Alerts.

def alerts(client, **query):
    return client.pages("/api/v1/risk/alerts", **query)


def test_a_refusal_is_one_alert_that_counts_and_can_be_seen(client, symbol, buyer):
    for _ in range(3):
        client.try_place(buyer, "buy", symbol, 500_000, "1.00")
    wait_until(
        lambda: [item["count"] for item in alerts(client, account_id=buyer)] == [3], WAIT,
        "one alert that counts three")
    (alert,) = alerts(client, account_id=buyer, symbol=symbol, severity="warning")
    assert alert["code"] == "max_order_quantity" and alert["order_id"].startswith(buyer)
    assert not alert["acknowledged"] and "500000" in alert["text"]
    assert alerts(client, account_id=buyer, severity="critical") == []
    assert alerts(client, account_id=buyer, acknowledged="true") == []
    seen = client.post(f"/api/v1/risk/alerts/{alert['id']}/acknowledge")
    assert seen["acknowledged"] and seen["acknowledged_by"] == "open"
    assert client.post(f"/api/v1/risk/alerts/{alert['id']}/acknowledge") == seen
    assert [item["id"] for item in alerts(client, account_id=buyer, acknowledged="true")] == [
        alert["id"]]
    assert client.get("/api/risk/alerts?limit=1")[0]["id"]
    client.try_place(buyer, "buy", symbol, 500_000, "1.00")
    wait_until(lambda: len(alerts(client, account_id=buyer)) == 2, WAIT, "a new alert")
    assert_error(
        client.call("POST", "/api/v1/risk/alerts/nonsense/acknowledge"), 404, "unknown_alert")
