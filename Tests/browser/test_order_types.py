"""Every order type and time in force, from the form that the ticket draws for it."""

from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import expect

# Type → (side, price, what its own fields are given, status that it then has). The market stands at
# 99 to 101, the last trade was at 100.
TYPES = {
    "limit": ("buy", "98", {}, "Open"),
    "market": ("buy", None, {}, "filled"),
    "stop": ("sell", None, {"stop_price": "95", "trigger": "last"}, "Parked"),
    "stop_limit": ("buy", "106", {"stop_price": "105"}, "Parked"),
    "trailing_stop": ("sell", None, {"trail_amount": "2"}, "Parked"),
    "trailing_stop_limit": (
        "sell", None, {"trail_bps": "200", "limit_offset": "-0.5"}, "Parked"),
    "market_if_touched": ("buy", None, {"stop_price": "90", "trigger": "ask"}, "Parked"),
    "limit_if_touched": ("sell", "109", {"stop_price": "110"}, "Parked"),
    "iceberg": ("buy", "98", {"display_quantity": "3"}, "Open"),
    "post_only": ("buy", "98", {}, "Open"),
    "pegged": ("buy", "100", {"reference": "bid", "offset": "-0.05"}, "Open"),
    "bracket": ("buy", "98", {"take_profit_price": "110", "stop_loss_price": "90"}, "Open"),
    "oco": ("sell", "110", {"stop_price": "90"}, "Open"),
    "oto": ("buy", "98", {"exit_price": "110"}, "Open"),
    "twap": ("buy", "98", {"duration": "600000", "slices": "5"}, "Parked"),
}


@pytest.fixture
def market(client, accounts, symbol):
    """A second account's bid and offer around a last trade, in which the window's account trades."""
    maker = accounts[1]
    client.order(maker, "sell", symbol, 1, "100")
    client.order(accounts[0], "buy", symbol, 1, "100")
    client.order(maker, "buy", symbol, 50, "99", tif="gtc")
    client.order(maker, "sell", symbol, 50, "101", tif="gtc")


def test_every_loaded_type_is_tried(client):
    loaded = {entry["name"] for entry in client.get("/api/v1/plugins")["order_types"]}
    assert loaded == set(TYPES)


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_placed_from_its_form(desk, client, accounts, symbol, market, name):
    side, price, fields, status = TYPES[name]
    desk.type_order(10, price, order_type=name, tif="day" if name == "market" else "gtc")
    for field, value in fields.items():
        desk.fill_field(field, value)
    expect(desk.check_of(side)).to_have_attribute("data-outcome", "accepted")
    desk.send(side)
    expect(desk.notice).to_have_class("notice good")
    if status == "filled":
        expect(desk.notice).to_contain_text("filled 10 at 101.00")
        return
    row = desk.page.locator("#orders tbody tr[data-order]:not([data-child])")
    expect(row.locator("td.status")).to_contain_text(status)
    orders = client.get(f"/api/v1/orders?account_id={accounts[0]}&limit=20")["items"]
    placed = next(order for order in orders
                  if order["order_type"] == name and order["parent_order_id"] is None)
    sent = placed["params"] or {}
    for field, value in fields.items():
        assert str(sent[field]) == value
    if name in ("stop", "stop_limit"):
        expect(row.locator("td.stop")).to_have_text(f"{fields['stop_price']}.00")


def test_parked_orders_are_not_mine_in_the_ladder(desk, client, accounts, symbol, market):
    client.order(accounts[1], "buy", symbol, 5, "98")
    desk.type_order(10, "98", order_type="stop_limit", tif="gtc")
    desk.fill_field("stop_price", "105")
    desk.page.fill("#field-price", "106")
    desk.send("buy")
    expect(desk.cell("status")).to_have_text("Parked")
    expect(desk.page.locator("#book .mine").filter(has_text="10")).to_have_count(0)


def test_a_family_stands_together_and_its_history_can_be_read(desk, client, accounts, symbol, market):
    desk.type_order(10, "99.50", order_type="bracket", tif="gtc")
    desk.fill_field("take_profit_price", "110")
    desk.fill_field("stop_loss_price", "90")
    desk.send("buy")
    expect(desk.rows).to_have_count(3)
    client.order(accounts[1], "sell", symbol, 10, "99.50")
    expect(desk.page.locator(".toast.fill").last).to_contain_text("Bought 10")
    expect(desk.rows).to_have_count(3)
    expect(desk.page.locator("#orders tr[data-child] td.kind")).to_have_text(
        ["↳ Take profit", "↳ Stop loss"])
    expect(desk.page.locator("#orders tr[data-child] td.stop")).to_have_text(["–", "90.00"])
    desk.page.keyboard.press("Escape")
    desk.press("History")
    drawer = desk.page.locator("#order")
    expect(drawer.locator("tbody tr")).to_have_count(2)
    expect(drawer.locator("tbody")).to_contain_text("Trade")
    expect(drawer.locator(".family li")).to_have_count(2)
    drawer.locator(".family button").first.click()
    expect(drawer.locator(".id")).to_contain_text(":take_profit")
    expect(drawer.locator(".family li")).to_have_count(1)
    desk.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


@pytest.mark.parametrize("tif", ["day", "gtc", "ioc", "fok"])
def test_a_time_in_force_is_sent(desk, client, accounts, symbol, market, tif):
    desk.type_order(5, "101", tif=tif)
    desk.send("buy")
    expect(desk.notice).to_contain_text("filled 5 at 101.00")
    newest = client.get(f"/api/v1/orders?account_id={accounts[0]}&limit=1")["items"][0]
    assert newest["time_in_force"] == tif


def test_good_till_date_asks_until_when(desk, client, accounts, symbol):
    desk.type_order(5, "98", tif="gtd")
    desk.send("buy")
    expect(desk.field_error('"own.expire_time"')).to_have_text("Enter until.")
    until = datetime.now().replace(microsecond=0) + timedelta(days=2)
    desk.page.fill("#own-expire_time", until.isoformat())
    desk.send("buy")
    expect(desk.notice).to_have_class("notice good")
    placed = client.get(f"/api/v1/orders?account_id={accounts[0]}&limit=1")["items"][0]
    in_utc = until.astimezone(timezone.utc)
    assert placed["expire_time"].startswith(in_utc.strftime("%Y-%m-%dT%H:%M:%S"))
    desk.page.select_option("#tif", "day")
    expect(desk.page.locator("#own-expire_time")).to_have_count(0)


@pytest.mark.parametrize("name, value, sent", [
    ("post_only", True, True), ("reduce_only", True, True), ("min_quantity", "2", "2"),
    ("display_quantity", "3", "3"), ("stp_mode", "cancel_oldest", "cancel_oldest"),
    ("tag", "alpha", "alpha"), ("internal", True, True),
])
def test_an_instruction_is_sent(desk, client, accounts, symbol, market, name, value, sent):
    side, price = ("sell", "103") if name != "min_quantity" else ("buy", "101")
    desk.type_order(10, price, tif="gtc")
    desk.instruct(name, value)
    expect(desk.page.locator("#ticket-more summary span")).not_to_have_text("none")
    desk.send(side)
    expect(desk.notice).to_have_class("notice good")
    if name == "min_quantity":
        return expect(desk.notice).to_contain_text("filled 10 at 101.00")
    order = client.get(f"/api/v1/orders?account_id={accounts[0]}&limit=1")["items"][0]
    assert order[name] == sent


def test_a_refused_instruction_is_shown_at_its_field(desk, symbol, market):
    desk.window.expect_error("status of 4")
    desk.type_order(10, "98", tif="gtc")
    desk.instruct("all_or_none")
    desk.instruct("min_quantity", "5")
    desk.page.evaluate("document.getElementById('ticket-more').open = false")
    desk.send("buy")
    error = desk.page.locator("#ticket-more .error:not(:empty)")
    expect(error).to_have_count(1)
    expect(error).to_be_visible()
