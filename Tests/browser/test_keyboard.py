"""Everything without a mouse."""

from playwright.sync_api import expect


def press(desk, *keys):
    for key in keys:
        desk.page.keyboard.press(key)


def test_a_day_by_keyboard(desk, client, accounts, symbol, numbers):
    other = client.instrument(f"KEY{next(numbers)}")
    desk.window.visit(f"/?account={accounts[0]}&symbol={symbol}")
    press(desk, "/")
    desk.page.keyboard.type(other.lower())
    press(desk, "Enter")
    expect(desk.page.locator("#symbol")).to_have_value(other)
    press(desk, "Escape", "/")
    desk.page.keyboard.type(symbol)
    press(desk, "Enter", "Tab", "Tab")
    # Into the ticket: letters in a number's field are still shortcuts.
    desk.page.focus("#quantity")
    desk.page.keyboard.type("10")
    press(desk, "p")
    expect(desk.page.locator("#field-price")).to_be_focused()
    desk.page.keyboard.type("99.50")
    press(desk, "ArrowUp", "Shift+ArrowDown", "b")
    expect(desk.page.locator("button[name=buy]")).to_be_focused()
    press(desk, "Enter")
    expect(desk.cell("price")).to_have_text("99.41")
    press(desk, "o")
    expect(desk.rows.first.get_by_role("button", name="Edit")).to_be_focused()
    press(desk, "Enter")
    expect(desk.page.locator("#orders input[name=price]")).to_be_focused()
    desk.page.keyboard.type("98")
    press(desk, "Enter")
    expect(desk.cell("price")).to_have_text("98.00")
    press(desk, "o", "Tab", "Enter")
    expect(desk.rows).to_have_count(0)


def test_enter_in_a_field_sends_nothing(desk):
    desk.type_order(10, "99")
    press(desk, "Enter")
    desk.page.wait_for_timeout(300)
    expect(desk.rows).to_have_count(0)


def test_the_ladder_is_one_tab_stop_with_arrow_keys(desk, client, accounts, symbol):
    for side, price in (("sell", "102"), ("sell", "101"), ("buy", "99"), ("buy", "98")):
        client.order(accounts[1], side, symbol, 1, price)
    expect(desk.level("sell", "102.00")).to_have_count(1)
    expect(desk.level("buy", "98.00")).to_have_count(1)
    press(desk, "l")
    expect(desk.level("sell", "101.00").get_by_role("button")).to_be_focused()
    press(desk, "ArrowDown")
    expect(desk.level("buy", "99.00").get_by_role("button")).to_be_focused()
    press(desk, "Enter")
    expect(desk.page.locator("#field-price")).to_have_value("99")
    expect(desk.page.locator("#quantity")).to_be_focused()
    expect(desk.page.locator("#book button[tabindex='0']")).to_have_count(1)


def test_the_keys_are_listed_and_can_be_turned_off(desk):
    press(desk, "?")
    expect(desk.page.locator("#keys")).to_be_visible()
    desk.page.uncheck("#keys-on")
    press(desk, "Escape", "q")
    expect(desk.page.locator("#keys")).to_be_hidden()
    expect(desk.page.locator("#quantity")).not_to_be_focused()
