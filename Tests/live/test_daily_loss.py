"""daily-loss on running hosts: an account that has lost too much since the day began is blocked and its
orders are cancelled, once, whichever host does it; staff lifts the block."""

import time

import pytest

from live.client import assert_error, decoded
from live.servers import RedisServer
from live.v1 import V1
from oes.host import wait_until

WAIT = 15
RULE = "daily-loss"


class Trader(V1):
    """An account that has bought 100 at 100.00, and others who can move the price."""

    def prepare(self, symbol):
        self.symbol = self.instrument(symbol)
        self.trader = self.account(f"Trader {symbol}", 1_000_000)
        self.others = [self.account(f"Other {side} {symbol}", 1_000_000) for side in "ab"]
        self.give_shares(self.others[0], symbol, 1_000)
        self.trade(self.trader, 100, "100.00")
        return self

    def trade(self, buyer, quantity, price):
        sold = self.place(self.others[0], "sell", self.symbol, quantity, price)
        self.place(buyer, "buy", self.symbol, quantity, price)
        assert self.one(sold["order_id"])["status"] == "filled"

    def move_to(self, price):
        self.trade(self.others[1], 1, price)

    def limit(self, loss):
        decoded(self.call("PUT", "/api/v1/risk/limits", {
            "rule": RULE, "limit": "loss", "value": loss, "account_id": self.trader}))

    def place_some(self):
        """Resting, parked and linked orders of the trader's."""
        buy = (self.trader, "buy", self.symbol, 1)
        self.place(*buy, "85.00", time_in_force="gtc")
        self.place(*buy, order_type="stop", params={"stop_price": "108.00"}, time_in_force="gtc")
        self.place(*buy, "84.00", order_type="bracket", params={
            "take_profit_price": "107.00", "stop_loss_price": "80.00"}, time_in_force="gtc")
        self.place(self.trader, "sell", self.symbol, 1, "106.00", time_in_force="gtc")

    def open(self):
        return [order for order in self.pages("/api/v1/orders", account_id=self.trader)
                if order["closed_at"] is None]

    def alerts(self, code="daily_loss"):
        return [alert for alert in self.pages("/api/v1/risk/alerts")
                if (alert["code"], alert["account_id"]) == (code, self.trader)]

    def blocks(self):
        return [block for block in self.pages("/api/v1/risk/kill-switch")
                if (block["scope"], block["id"]) == ("account", self.trader)]

    def loss(self):
        items = self.get(f"/api/v1/accounts/{self.trader}/headroom")["items"]
        return next((item for item in items if item["rule"] == RULE), None)

    def lift(self):
        return decoded(self.call("DELETE", "/api/v1/risk/kill-switch", params={
            "scope": "account", "id": self.trader, "reason": "looked at"}))

    def wait_until_blocked(self):
        wait_until(self.blocks, WAIT, "the block")
        wait_until(lambda: not self.open(), WAIT, "the end of all orders")

    def assert_blocked(self):
        for side in ("buy", "sell"):
            refused = self.try_place(self.trader, side, self.symbol, 1, "90.00")
            assert_error(refused, 422, "risk_block")
        decoded(self.cancel_all(account_id=self.trader))


@pytest.fixture
def trader(server, numbers):
    with Trader(server.url) as client:
        yield client.prepare(f"LOSS{next(numbers)}")


def test_a_loss_above_the_limit_blocks_and_cancels(trader):
    trader.limit("1000")
    trader.place_some()
    assert len(trader.open()) >= 4
    # 100 × 10.00: at the limit nothing is done but a warning.
    trader.move_to("90.00")
    assert wait_until(lambda: trader.alerts("daily_loss_near"), WAIT, "the warning")
    time.sleep(2.5)
    assert trader.alerts() == [] and trader.blocks() == [] and len(trader.open()) >= 4
    shown = trader.loss()
    assert (shown["value"], shown["limit"], shown["headroom"]) == ("1000", "1000", "0"), shown
    trader.move_to("89.99")
    trader.wait_until_blocked()
    trader.assert_blocked()
    (alert,) = trader.alerts()
    assert (alert["severity"], alert["rule"]) == ("critical", RULE)
    assert [alert["severity"] for alert in trader.alerts("orders_cancelled")] == ["warning"]
    (block,) = trader.blocks()
    assert (block["kind"], block["by"]) == ("risk_block", RULE)
    for order in trader.pages("/api/v1/orders", account_id=trader.trader):
        if order["status"] == "cancelled":
            assert order["reason"].startswith(("risk_block", "daily_loss", "parent_cancelled"))
    # It goes on losing: still one alert and one block.
    trader.move_to("89.00")
    time.sleep(2.5)
    assert len(trader.alerts()) == len(trader.blocks()) == 1
    # The limit is raised, the block lifted with a reason.
    trader.limit("5000")
    assert trader.lift()["lifted"] is True
    trader.place(trader.trader, "sell", trader.symbol, 1, "90.00", time_in_force="gtc")
    time.sleep(2.5)
    assert trader.blocks() == [] and len(trader.open()) == 1


def test_headroom_the_dry_run_and_the_accounts_risk_tell_the_same(trader):
    assert trader.loss() is None, "no limit: nothing is measured"
    trader.limit("1000")
    trader.move_to("95.50")

    def told():
        rules = trader.test(trader.trader, "buy", trader.symbol, 1, "95.00")["rules"]
        (measure,) = next(rule for rule in rules if rule["rule"] == RULE)["measures"]
        risk = trader.get(f"/api/v1/accounts/{trader.trader}/risk")
        return trader.loss()["value"], measure["value"], risk["day_profit"]

    assert told() == ("450", "450", "-450")
    # Money and shares that come or go are neither won nor lost.
    for body in ({"transaction_type": "withdrawal", "amount": "900000"},
                 {"transaction_type": "deposit", "amount": "5"}):
        trader.post(f"/api/v1/accounts/{trader.trader}/ledger", body)
    assert told() == ("450", "450", "-450")
    trader.give_shares(trader.trader, trader.symbol, 10)
    trader.move_to("95.00")
    assert told() == ("500", "500", "-500")
    time.sleep(2.5)
    assert trader.blocks() == [] and trader.alerts() == []


def test_a_limit_that_is_set_below_the_loss_holds_at_once(trader):
    for price in ("91.00", "85.00"):
        trader.move_to(price)
    trader.place(trader.trader, "buy", trader.symbol, 1, "80.00", time_in_force="gtc")
    trader.limit("1000")
    trader.wait_until_blocked()
    trader.assert_blocked()


def test_in_shadow_mode_it_only_tells(trader):
    path = f"/api/v1/risk/rules/{RULE}"
    decoded(trader.call("PATCH", path, {"mode": "shadow", "reason": "trial"}))
    try:
        trader.limit("1000")
        trader.place_some()
        count = len(trader.open())
        trader.move_to("85.01")
        (alert,) = wait_until(trader.alerts, WAIT, "the alert")
        assert alert["severity"] == "info" and alert["text"].startswith("Shadow")
        time.sleep(2.5)
        assert trader.blocks() == [] and len(trader.open()) == count
    finally:
        decoded(trader.call("PATCH", path, {"mode": "enforce", "reason": "trial over"}))
    # Enforced, what was only told is done, without another price.
    trader.wait_until_blocked()


@pytest.mark.faults
def test_the_block_outlives_a_restart(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        host = make_host(env=redis.settings()).start()
        with Trader(host.url) as trader:
            trader.prepare("AGAIN").limit("1000")
            for price in ("91.00", "89.00"):
                trader.move_to(price)
            trader.wait_until_blocked()
            account = trader.trader
        assert host.stop() == 0, host.output()
        host.start()
        with Trader(host.url) as trader:
            trader.trader, trader.symbol = account, "AGAIN"
            trader.assert_blocked()
            assert len(trader.alerts()) == len(trader.blocks()) == 1
            trader.lift()
            # The loss lasts, and so it comes back.
            trader.wait_until_blocked()
        assert host.stop() == 0, host.output()


@pytest.mark.faults
def test_another_host_takes_over(make_host, tmp_path):
    with RedisServer(tmp_path) as redis:
        first = make_host(env=redis.settings()).start()
        with Trader(first.url) as trader:
            trader.prepare("TAKEN").limit("1000")
            trader.place_some()
            trader.move_to("91.00")
            wait_until(lambda: trader.alerts("daily_loss_near"), WAIT, "the first host's warning")
            mine = trader.trader, trader.others
        second = make_host(env=redis.settings()).start()
        first.kill_host()
        with Trader(second.url) as trader:
            trader.symbol, (trader.trader, trader.others) = "TAKEN", mine
            trader.move_to("89.99")
            trader.wait_until_blocked()
            trader.assert_blocked()
            assert len(trader.alerts()) == len(trader.blocks()) == 1
        assert second.stop() == 0, second.output()
