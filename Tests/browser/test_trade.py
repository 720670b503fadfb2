"""Trading from the page: what is sent, what is shown, what is refused."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from browser.desk import is_order


def test_the_page_opens_on_the_chosen_account_and_symbol(desk, symbol):
    expect(desk.page).to_have_title(re.compile(symbol))
    expect(desk.page.locator("#symbol")).to_have_value(symbol)
    expect(desk.page.locator("#ticket-available")).to_have_text("1,000,000.00")
    expect(desk.page.locator("#ticket-position")).to_have_text("1,000")
    expect(desk.page.locator("#book .empty")).to_be_visible()
    expect(desk.page.locator("#orders .empty")).to_have_text("No working orders.")


def test_a_limit_order_rests_in_the_book_and_is_marked_as_mine(desk, client, accounts, symbol):
    desk.place("buy", 10, "99.50")
    expect(desk.notice).to_have_text(f"Buy 10 {symbol}: open")
    expect(desk.cell("price")).to_have_text("99.50")
    expect(desk.cell("status")).to_have_text("Open")
    level = desk.level("buy", "99.50")
    expect(level.locator(".size")).to_have_text("10")
    expect(level.locator(".mine")).to_have_text("10")
    expect(desk.figure("bid")).to_have_text("99.50")
    expect(desk.page.locator("#ticket-available")).to_have_text("999,005.00")
    assert client.balance(accounts[0])[1] == 995


def test_a_market_order_trades_at_the_resting_price(desk, client, accounts, symbol):
    client.order(accounts[1], "sell", symbol, 5, "101.25")
    expect(desk.figure("ask")).to_have_text("101.25")
    desk.type_order(5, order_type="market")
    expect(desk.page.locator("button[name=buy] small")).to_have_text("about 506.25")
    desk.send("buy")
    expect(desk.notice).to_have_text(f"Buy 5 {symbol}: filled, filled 5 at 101.25")
    expect(desk.page.locator(".toast.fill")).to_contain_text(f"Bought 5 {symbol}")
    expect(desk.tape.first).to_contain_text("101.25")
    expect(desk.tape.first).to_contain_text("bought at")
    expect(desk.figure("last")).to_have_text("101.25")
    expect(desk.figure("volume")).to_have_text("5")
    expect(desk.position(symbol).locator("td").first).to_have_text("1,005")
    desk.show_orders("filled")
    expect(desk.cell("average")).to_have_text("101.25")


def test_a_partial_fill_shows_what_is_left(desk, client, accounts, symbol):
    desk.place("sell", 10, "100")
    client.order(accounts[1], "buy", symbol, 4, "100")
    expect(desk.cell("status")).to_have_text("Partially filled")
    expect(desk.cell("filled")).to_have_text("4")
    expect(desk.level("sell", "100.00").locator(".size")).to_have_text("6")
    expect(desk.page.locator(".toast.fill")).to_contain_text("6 left")


def test_an_edit_in_place_changes_price_and_quantity(desk, client):
    desk.place("buy", 10, "99")
    desk.press("Edit")
    desk.page.fill("#orders input[name=price]", "98.5")
    desk.page.fill("#orders input[name=quantity]", "7")
    desk.press("Save")
    expect(desk.cell("price")).to_have_text("98.50")
    expect(desk.cell("quantity")).to_have_text("7")
    expect(desk.level("buy", "98.50").locator(".size")).to_have_text("7")
    expect(desk.level("buy", "99.00")).to_have_count(0)
    order = client.show(desk.rows.first.get_attribute("data-order"))
    assert (order["price"], order["quantity"]) == (Decimal("98.5"), 7)


def test_a_refused_edit_stays_open_at_its_field(desk, client, accounts, symbol):
    desk.window.expect_error("status of 422")
    desk.place("sell", 10, "100")
    client.order(accounts[1], "buy", symbol, 4, "100")
    expect(desk.cell("filled")).to_have_text("4")
    desk.press("Edit")
    desk.page.fill("#orders input[name=quantity]", "3")
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#orders input[name=quantity]")).to_have_attribute(
        "aria-invalid", "true")
    expect(desk.page.locator(".toast.reject")).to_contain_text("Not changed")
    desk.page.keyboard.press("Escape")
    expect(desk.cell("quantity")).to_have_text("10")


def test_what_is_typed_into_a_row_survives_updates(desk, client, accounts, symbol):
    desk.place("sell", 10, "100")
    desk.press("Edit")
    desk.page.fill("#orders input[name=price]", "100.75")
    client.order(accounts[1], "buy", symbol, 4, "100")
    expect(desk.cell("filled")).to_have_text("4")
    expect(desk.page.locator("#orders input[name=price]")).to_have_value("100.75")


def test_cancel_ends_an_order_and_frees_what_it_held(desk, client, accounts):
    desk.place("buy", 10, "99")
    desk.press("Cancel")
    expect(desk.rows).to_have_count(0)
    expect(desk.level("buy", "99.00")).to_have_count(0)
    expect(desk.page.locator("#ticket-available")).to_have_text("1,000,000.00")
    desk.show_orders("all")
    expect(desk.cell("status")).to_contain_text("Cancelled")
    assert client.balance(accounts[0])[1] == 0


def test_cancel_all_asks_first(desk):
    for price in ("97", "98", "99"):
        desk.place("buy", 1, price)
    expect(desk.rows).to_have_count(3)
    desk.page.click("#cancel-all")
    expect(desk.page.locator("#confirm h2")).to_contain_text("Cancel 3 working orders")
    desk.page.get_by_role("button", name="Keep them").click()
    expect(desk.rows).to_have_count(3)
    desk.page.click("#cancel-all")
    desk.page.get_by_role("button", name="Cancel orders").click()
    expect(desk.rows).to_have_count(0)


@pytest.mark.parametrize("side, quantity, price, order_type, field, code", [
    ("buy", 100_001, "1", "limit", "quantity", "max_order_quantity"),
    ("buy", 20_000, "100", "limit", "quantity", "max_order_value"),
    ("sell", 1_001, "100", "limit", "quantity", "insufficient_shares"),
    ("buy", 1, "99.999", "limit", "price", "too_many_decimals"),
    ("buy", 1, None, "market", "order_type", "no_reference_price"),
])
def test_a_refusal_is_shown_at_the_field_that_it_names(
        desk, symbol, side, quantity, price, order_type, field, code):
    desk.window.expect_error("status of 4")
    desk.type_order(quantity, price, order_type)
    with desk.page.expect_response(is_order) as answer:
        desk.send(side)
    body = answer.value.json()
    assert (body["code"], body["field"]) == (code, field)
    expect(desk.field_error(field)).to_have_text(body["message"])
    control = desk.page.locator(f"[data-field={field}]").locator("input, select")
    expect(control).to_be_focused()
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(desk.page.locator(".toast.reject")).to_contain_text(body["message"])
    expect(desk.rows).to_have_count(0)
    desk.page.fill("#quantity", "1")
    expect(desk.field_error(field)).to_have_text("")


@pytest.mark.parametrize("quantity, price, field, text", [
    ("", "100", "quantity", "Enter quantity."),
    ("ten", "100", "quantity", "“ten” isn’t a number."),
    ("10", "", "price", "Enter price."),
])
def test_what_is_missing_is_said_without_sending(desk, quantity, price, field, text):
    sent = []
    desk.page.on("request", lambda request: sent.append(request.method))
    desk.type_order(quantity, price)
    desk.send("buy")
    expect(desk.field_error(field)).to_have_text(text)
    assert "POST" not in sent


def test_an_order_whose_answer_was_lost_is_sent_again_and_placed_once(
        desk, client, accounts, symbol):
    desk.window.expect_error("net::ERR_FAILED")
    bodies = []

    def lose_the_first_answer(route):
        bodies.append(route.request.post_data_json)
        if len(bodies) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/api/v1/orders", lambda route: (
        lose_the_first_answer(route) if route.request.method == "POST" else route.continue_()))
    desk.type_order(10, "99")
    desk.send("buy")
    expect(desk.notice).to_have_class("notice wait")
    expect(desk.notice).to_have_text(f"Buy 10 {symbol}: open")
    assert len(bodies) == 2 and bodies[0] == bodies[1]
    assert len(client.get(f"/api/accounts/{accounts[0]}/orders")) == 1


def test_two_windows_trade_with_each_other(desk, other_desk, client, accounts, symbol):
    desk.place("sell", 10, "100.10")
    expect(other_desk.level("sell", "100.10").locator(".size")).to_have_text("10")
    expect(other_desk.level("sell", "100.10").locator(".mine")).to_have_text("")
    other_desk.level("sell", "100.10").get_by_role("button").click()
    expect(other_desk.page.locator("#field-price")).to_have_value("100.1")
    other_desk.page.fill("#quantity", "10")
    other_desk.send("buy")
    for window, word in ((desk, "Sold"), (other_desk, "Bought")):
        expect(window.page.locator(".toast.fill")).to_contain_text(f"{word} 10 {symbol}")
        expect(window.tape.first).to_contain_text("100.10")
        expect(window.page.locator("#book .empty")).to_be_visible()
    expect(desk.page.locator("#ticket-available")).to_have_text("1,001,001.00")
    expect(other_desk.page.locator("#ticket-available")).to_have_text("998,999.00")
    assert client.position(accounts[1], symbol)["quantity"] == 1_010


def test_an_internal_order_stays_out_of_the_book(desk, other_desk):
    desk.instruct("internal")
    desk.place("buy", 10, "99")
    expect(desk.cell("kind")).to_have_text("Limit, internal")
    other_desk.place("sell", 1, "105")
    expect(desk.level("sell", "105.00")).to_have_count(1)
    expect(desk.level("buy", "99.00")).to_have_count(0)


def test_the_last_choice_survives_a_reload(desk, accounts, symbol):
    desk.page.select_option("#order_type", "market")
    desk.page.select_option("#tif", "ioc")
    desk.window.visit("/")
    expect(desk.page.locator("#symbol")).to_have_value(symbol)
    expect(desk.page.locator("#account")).to_have_value(accounts[0])
    expect(desk.page.locator("#order_type")).to_have_value("market")
    expect(desk.page.locator("#tif")).to_have_value("ioc")
    expect(desk.page.locator("#field-price")).to_have_count(0)
