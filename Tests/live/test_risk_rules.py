"""The shipped risk rules on a running host: limits set for a moment, each at its limit, just above and
just below, enforced and in shadow; what explain, the dry run and headroom tell of it; alerts."""

import json
import threading

import pytest

from live.client import assert_error
from live.v1 import V1
from oes.host import ROOT, wait_until


def shipped(**limits):
    """The shipped configuration with these limits; `shadow` names rules in shadow mode."""
    shadow = limits.pop("shadow", ())
    plugins = json.loads((ROOT / "plugins.json").read_text())
    for library in plugins["libraries"]:
        for entry in library.get("entries", []):
            name = entry["name"].replace("-", "_")
            if name in limits:
                entry["limits"] = {**entry.get("limits", {}), **limits[name]}
            if name in shadow:
                entry["mode"] = "shadow"
    return plugins


class Desk(V1):
    """A host of its own with limits, an account with cash, and one that sells."""

    def prepare(self):
        self.instrument("TST")
        self.trader = super().account("Trader", 1_000_000)
        self.maker = super().account("Maker", 100_000_000)
        self.give_shares(self.maker, "TST", 100_000)
        return self

    def buy(self, quantity, price="100.00", **fields):
        return self.try_place(self.trader, "buy", "TST", quantity, price, **fields)

    def taken(self, quantity, price="100.00", **fields):
        answer = self.buy(quantity, price, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, code, quantity, price="100.00", **fields):
        return assert_error(self.buy(quantity, price, **fields), 422, code)

    def rule(self, order, name):
        rules = self.get(f"/api/v1/orders/{order}/explain")["rules"]
        return next(rule for rule in rules if rule["rule"] == name)

    def room(self, rule, measure):
        items = self.get(f"/api/v1/accounts/{self.trader}/headroom?symbol=TST")["items"]
        return next(item for item in items if (item["rule"], item["name"]) == (rule, measure))


@pytest.fixture
def desk(make_host):
    hosts = []

    def make(**limits):
        host = make_host(plugins=shipped(**limits), env={"OES_DURABILITY": "fast"}).start()
        desk = Desk(host.url).prepare()
        desk.host = host
        hosts.append((host, desk))
        return desk

    yield make
    for host, desk in hosts:
        desk.session.close()
        host.stop()


def test_gross_exposure_holds_to_the_unit(desk):
    desk = desk(exposure={"gross": "10000"})
    desk.taken(99)
    desk.refused("gross_exposure", 2)
    last = desk.taken(1)
    body = desk.refused("gross_exposure", 1, "0.01")
    assert body["reason"] == "gross_exposure: value=10000.01, limit=10000"
    rule = desk.rule(last["order_id"], "exposure")
    assert (rule["outcome"], rule["value"], rule["limit"], rule["headroom"]) == (
        "passed", "10000", "10000", "0")
    room = desk.room("exposure", "gross")
    assert (room["value"], room["headroom"], room["used_percent"]) == ("10000", "0", 100)
    desk.end(last["order_id"])
    assert desk.room("exposure", "gross")["value"] == "9900"


def test_net_exposure_lets_the_way_out_pass(desk):
    desk = desk(exposure={"net": "1000"})
    desk.place(desk.maker, "sell", "TST", 10, "100.00", time_in_force="day")
    assert desk.taken(10)["order_status"] == "filled"
    desk.refused("net_exposure", 1)
    sale = desk.try_place(desk.trader, "sell", "TST", 10, "101.00")
    assert sale.status_code == 200, sale.text


def test_open_orders(desk):
    desk = desk(open_orders={"account": 2})
    desk.taken(1)
    second = desk.taken(1, "99.00")
    desk.refused("open_orders_limit", 1, "98.00")
    assert desk.change(second["order_id"], price="98.50").status_code == 200
    desk.end(second["order_id"])
    desk.taken(1, "98.00")


def test_many_at_once_end_at_the_limit(desk):
    desk = desk(open_orders={"account": 20})
    taken = []

    def fire(number):
        with V1(desk.url) as mine:
            for step in range(10):
                answer = mine.try_place(desk.trader, "buy", "TST", 1, f"{10 + number}.{step:02}")
                taken.append(answer.status_code == 200)

    threads = [threading.Thread(target=fire, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 80 and sum(taken) == 20


def test_order_rate(desk):
    desk = desk(order_rate={"minute": 5})
    orders = [desk.taken(1, f"9{number}.00") for number in range(4)]
    assert desk.change(orders[0]["order_id"], quantity=2).status_code == 200
    desk.refused("order_rate_minute", 1, "80.00")
    assert desk.end(orders[0]["order_id"]).status_code == 200


def test_duplicates(desk):
    desk = desk(duplicate_order={"window": 60_000})
    first = desk.taken(7)
    desk.refused("duplicate_order", 7)
    for quantity, price in ((8, "100.00"), (7, "100.01")):
        desk.taken(quantity, price)
    again = desk.buy(7, client_order_id=first["client_order_id"])
    assert again.status_code == 200 and again.json()["order_id"] == first["order_id"]


def test_a_reserve_of_cash(desk):
    desk = desk(buying_power={"reserve": "990000"})
    desk.taken(100)
    desk.refused("cash_reserve", 1)


def test_restricted_symbols_may_only_be_left(desk):
    desk = desk(restricted_list={"level": 1})
    desk.refused("restricted_reduce_only", 1)
    sale = desk.try_place(desk.maker, "sell", "TST", 1, "100.00")
    assert sale.status_code == 200, sale.text


def test_the_usual_size_is_learnt(desk):
    desk = desk(fat_finger={"times": 10, "orders": 5})
    desk.taken(1_000, "1.00")
    for number in range(4):
        desk.taken(1, f"2.0{number}")
    # The mean of these five is 200.
    desk.refused("fat_finger", 2_001, "1.00")
    desk.taken(2_000, "1.00")


def test_executions_latch_until_staff_resets(desk):
    desk = desk(execution_throttle={"orders": 2, "window": 60_000})
    desk.place(desk.maker, "sell", "TST", 100, "100.00", time_in_force="day")
    for _ in range(2):
        assert desk.taken(1)["order_status"] == "filled"
    desk.refused("execution_throttle", 1)
    desk.refused("execution_throttle", 1, "1.00")


def test_shadow_notes_and_refuses_nothing(desk):
    desk = desk(exposure={"gross": "100"}, max_order={"quantity": "5"},
                shadow=("exposure", "max_order"))
    order = desk.taken(10)["order_id"]
    guard = desk.rule(order, "exposure")
    assert (guard["mode"], guard["outcome"], guard["headroom"]) == ("shadow", "rejected", "-900")
    early = desk.rule(order, "max-order")
    assert (early["mode"], early["outcome"]) == ("shadow", "rejected")
    assert early["reason"] == "max_order_quantity: quantity=10, limit=5"


def test_what_was_refused_is_explained(desk):
    desk = desk(max_order={"quantity": "5"})
    body = desk.refused("max_order_quantity", 6)
    order = body["context"]["order_id"]
    explained = desk.get(f"/api/v1/orders/{order}/explain")
    assert explained["source"] == "recorded" and explained["order_status"] == "rejected"
    assert explained["message"] == body["message"]
    rule = next(rule for rule in explained["rules"] if rule["rule"] == "max-order")
    assert (rule["outcome"], rule["value"], rule["limit"], rule["headroom"]) == (
        "rejected", "6", "5", "-1")
    assert {rule["outcome"] for rule in explained["rules"][1:]} == {"passed"}
    assert_error(desk.call("GET", "/api/v1/orders/1-nosuch/explain"), 404)


def test_dry_runs_measure_as_the_script_does(desk):
    desk = desk(exposure={"gross": "10000", "net": "9000"}, open_orders={"account": 3})
    desk.taken(50)
    dry = desk.test(desk.trader, "buy", "TST", 30, "100.00")
    rules = {rule["rule"]: rule for rule in dry["rules"]}
    measured = {measure["name"]: measure for measure in rules["exposure"]["measures"]}
    assert (measured["gross"]["value"], measured["gross"]["headroom"]) == ("8000", "2000")
    assert (measured["net"]["value"], measured["net"]["scope"]) == ("8000", "account")
    assert rules["open-orders"]["value"] == "2"
    order = desk.taken(30)["order_id"]
    real = {measure["name"]: measure for measure in desk.rule(order, "exposure")["measures"]}
    assert {name: value["value"] for name, value in real.items()} == {
        name: value["value"] for name, value in measured.items()}
    refused = desk.test(desk.trader, "buy", "TST", 20, "100.00")
    assert refused["rejection"]["reason"] == desk.refused("net_exposure", 20)["reason"]


def test_a_limit_that_is_nearly_reached_warns_once(desk):
    desk = desk(exposure={"gross": "10000"})
    desk.taken(79)
    desk.taken(1)

    def warned():
        items = desk.get("/api/v1/risk/alerts")["items"]
        return [alert for alert in items if alert.get("code") == "headroom"]

    alerts = wait_until(warned, what="the warning")
    assert len(alerts) == 1 and "80 %" in alerts[0]["text"]
    assert (alerts[0]["rule"], alerts[0]["account_id"]) == ("exposure", desk.trader)
    desk.taken(11)
    wait_until(lambda: len(warned()) == 2, what="the second warning")
