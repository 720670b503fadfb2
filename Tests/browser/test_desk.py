"""The desk: what is shown before sending, lists, charts, positions, settings and layout."""

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from browser.desk import Desk


def test_the_dry_run_says_what_would_come_of_it(desk, client, accounts, symbol):
    client.order(accounts[1], "sell", symbol, 4, "100")
    expect(desk.figure("ask")).to_have_text("100.00")
    desk.type_order(10, "100")
    expect(desk.check_of("buy")).to_contain_text("Fills 4 at 100.00, the rest rests")
    expect(desk.check_of("sell")).to_contain_text("Rests in the book")
    expect(desk.page.locator("#ticket-after")).to_have_text("999,000.00")
    desk.page.locator("#ticket-check summary").click()
    rule = desk.page.locator("#ticket-check tbody tr").filter(has_text="Largest position")
    expect(rule.locator("td").first).to_have_text(re.compile("✓ pass .* left"))


def test_the_dry_run_says_why_it_would_be_refused(desk):
    desk.type_order(100_001, "1")
    expect(desk.check_of("buy")).to_have_attribute("data-outcome", "rejected")
    expect(desk.check_of("buy")).to_contain_text("above the largest order")
    expect(desk.page.locator("button[name=buy]")).to_have_attribute("data-refused", "true")
    expect(desk.page.locator("#ticket-check summary span").last).to_contain_text("refuse")
    desk.page.fill("#quantity", "1")
    expect(desk.page.locator("button[name=buy]")).not_to_have_attribute("data-refused", "true")


def test_an_order_is_sent_after_a_question_where_one_wants_it(desk):
    desk.page.click("#settings-open")
    desk.page.check("[data-setting=confirm]")
    desk.page.keyboard.press("Escape")
    desk.type_order(10, "99")
    desk.send("buy")
    question = desk.page.locator("#confirm")
    expect(question).to_contain_text("Buy 10")
    expect(question).to_contain_text("99.00")
    desk.page.keyboard.press("Escape")
    expect(desk.rows).to_have_count(0)
    desk.send("buy")
    expect(question.get_by_role("button", name="Send buy")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.rows).to_have_count(1)


def test_sizes_by_key_and_their_setting(desk):
    desk.page.keyboard.press("3")
    expect(desk.page.locator("#quantity")).to_have_value("100")
    desk.page.keyboard.press("+")
    expect(desk.page.locator("#quantity")).to_have_value("101")
    desk.page.keyboard.press(",")
    desk.page.fill("#setting-sizes", "7, 25 x -3 1e4 300")
    desk.page.locator("#setting-sizes").blur()
    expect(desk.page.locator("#setting-sizes")).to_have_value("7 25 300")
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("2")
    expect(desk.page.locator("#quantity")).to_have_value("25")


def test_a_stop_price_is_edited_in_place(desk, client, accounts, symbol):
    client.order(accounts[1], "sell", symbol, 1, "100")
    client.order(accounts[0], "buy", symbol, 1, "100")
    desk.type_order(10, order_type="stop", tif="gtc")
    desk.fill_field("stop_price", "95")
    desk.send("sell")
    expect(desk.cell("stop")).to_have_text("95.00")
    desk.press("Edit")
    expect(desk.page.locator("#orders input[name=price]")).to_have_count(0)
    desk.page.fill("#orders input[name=stop_price]", "94.5")
    desk.page.keyboard.press("Enter")
    expect(desk.cell("stop")).to_have_text("94.50")
    order = client.get(f"/api/v1/orders?account_id={accounts[0]}&limit=1")["items"][0]
    assert order["stop_price"] == "94.5"


def test_orders_are_filtered_sorted_and_exported(desk, client, accounts, symbol):
    for price, quantity in (("97", 3), ("99", 1), ("98", 2)):
        client.order(accounts[0], "buy", symbol, quantity, price, tag="alpha" if price == "99" else "b")
    expect(desk.rows).to_have_count(3)
    prices = desk.page.locator("#orders td.price")
    expect(prices).to_have_text(["98.00", "99.00", "97.00"])
    desk.page.get_by_role("button", name="Price", exact=True).click()
    expect(prices).to_have_text(["97.00", "98.00", "99.00"])
    desk.page.get_by_role("button", name="Price", exact=True).click()
    expect(prices).to_have_text(["99.00", "98.00", "97.00"])
    expect(desk.page.locator("#orders th").filter(has_text="Price")).to_have_attribute(
        "aria-sort", "descending")
    desk.page.fill("#order-filter", "ALPHA")
    expect(prices).to_have_text(["99.00"])
    with desk.page.expect_download() as download:
        desk.page.click("#orders-csv")
    assert download.value.suggested_filename.startswith(f"orders-{accounts[0]}-")
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [(row["price"], row["tag"], row["status"]) for row in rows] == [("99", "alpha", "open")]
    desk.page.fill("#order-filter", "nothing like it")
    expect(desk.page.locator("#orders .empty")).to_have_text("No order matches.")


def test_a_position_is_closed_after_a_question(desk, client, accounts, symbol):
    client.order(accounts[1], "buy", symbol, 2_000, "100")
    desk.open_tab("Positions")
    row = desk.position(symbol)
    row.get_by_role("button", name="Close").click()
    expect(desk.page.locator("#confirm h2")).to_have_text(f"Sell 1,000 {symbol} at the market?")
    desk.page.get_by_role("button", name="Close position").click()
    # What was bought at 100 and sold at 100 leaves nothing to show.
    expect(row).to_have_count(0)
    assert client.position(accounts[0], symbol) is None


def test_the_account_is_summed_up(desk, client, accounts, symbol):
    desk.open_tab("Account")
    figures = desk.page.locator("#panel-account dl")
    expect(figures).to_contain_text("1,000,000.00")
    desk.type_order(10, "99")
    desk.send("buy")
    held = figures.locator("div").filter(has_text="Held by orders")
    expect(held).to_contain_text("990.00")
    expect(figures.locator("div").filter(has_text="State")).to_contain_text("Active")


def test_the_chart_can_be_read_by_keyboard(desk, client, accounts, symbol):
    for price in ("100", "102", "101"):
        client.order(accounts[1], "sell", symbol, 2, price)
        client.order(accounts[0], "buy", symbol, 2, price)
    legend = desk.page.locator("#candles .legend")
    desk.page.locator("input[name=interval][value='1d']").check(force=True)
    expect(legend).to_contain_text("O 100.00  H 102.00  L 100.00  C 101.00")
    expect(legend).to_contain_text("V 6")
    desk.page.keyboard.press("Escape")
    desk.page.locator("#candles").focus()
    desk.page.keyboard.press("ArrowLeft")
    expect(desk.page.locator("#candles [aria-live]")).to_contain_text("H 102.00")
    desk.page.keyboard.press("+")
    desk.page.keyboard.press("0")
    expect(desk.page.locator("#quantity")).to_have_value("")


def test_the_depth_chart_says_how_much_there_is(desk, client, accounts, symbol):
    client.order(accounts[1], "buy", symbol, 30, "99")
    client.order(accounts[1], "sell", symbol, 20, "101")
    desk.open_tab("Depth")
    expect(desk.page.locator("#depth .legend")).to_have_text("30 bid · 20 offered")


def test_the_watchlist_is_the_traders_own(desk, client, symbol, numbers):
    other = client.instrument(f"STAR{next(numbers)}")
    desk.window.visit(f"/?symbol={other}")
    star = desk.page.locator("#star")
    before = star.get_attribute("aria-pressed")
    star.click()
    expect(star).not_to_have_attribute("aria-pressed", before)
    listed = desk.page.locator("#markets tbody th").filter(has_text=re.compile(f"^{other}$"))
    expect(listed).to_have_count(1 if before == "false" else 0)
    desk.window.visit("/")
    expect(listed).to_have_count(1 if before == "false" else 0)


def test_what_a_halt_means_is_said_at_once(desk, client, symbol):
    state = desk.page.locator("#symbol-state")
    expect(state).to_have_text("Open")
    client.post("/api/v1/admin/halt", {"symbol": symbol})
    expect(state).to_have_text("Halted by staff")
    expect(desk.page.locator(".toast.alert")).to_contain_text("Halted")
    client.post("/api/v1/admin/resume", {"symbol": symbol})
    expect(state).to_have_text("Open")


def test_panels_can_be_moved_by_key_and_stay_so(desk):
    handle = desk.page.get_by_role("separator", name="Height of orders")
    before = int(handle.get_attribute("aria-valuenow"))
    handle.press("ArrowUp")
    expect(handle).to_have_attribute("aria-valuenow", str(before + 16))
    desk.window.visit("/")
    expect(handle).to_have_attribute("aria-valuenow", str(before + 16))
    desk.page.click("#settings-open")
    desk.page.click("#reset-layout")
    expect(handle).to_have_attribute("aria-valuenow", str(before))


@pytest.mark.parametrize("kind", ["fill", "reject"])
def test_a_kind_of_notice_can_be_muted(desk, client, accounts, symbol, kind):
    desk.window.expect_error("status of 4")
    desk.page.click("#settings-open")
    desk.page.uncheck(f"[data-setting=toast_{kind}]")
    desk.page.keyboard.press("Escape")
    client.order(accounts[1], "sell", symbol, 1, "100")
    desk.type_order(1, "100")
    desk.send("buy")
    expect(desk.notice).to_contain_text("filled")
    desk.type_order(100_001, "1")
    desk.send("buy")
    expect(desk.field_error("quantity")).not_to_have_text("")
    expect(desk.page.locator(".toast.fill")).to_have_count(0 if kind == "fill" else 1)
    expect(desk.page.locator(".toast.reject")).to_have_count(0 if kind == "reject" else 1)


def test_a_long_history_is_there_in_pieces(desk, client, accounts, symbol):
    """Only rows in sight exist; older pages come as one scrolls."""
    body = [{"account_id": accounts[0], "symbol": symbol, "side": "buy", "order_type": "limit",
             "time_in_force": "ioc", "quantity": "1", "price": "1"} for _ in range(100)]
    for _ in range(11):
        client.post("/api/v1/orders/batch", {"orders": body})
    desk.window.visit(f"/?account={accounts[0]}&symbol={symbol}")
    desk.show_orders("all")
    table = desk.page.locator("#orders table")
    expect(table).to_have_attribute("aria-rowcount", "1001")
    assert desk.rows.count() < 100
    scroll = "document.querySelector('#orders .scroll')"
    desk.page.evaluate(f"{scroll}.scrollTop = {scroll}.scrollHeight")
    expect(table).to_have_attribute("aria-rowcount", "1101")
    assert desk.rows.count() < 100


def test_a_busted_trade_is_struck_out(desk, client, accounts, symbol):
    client.order(accounts[1], "sell", symbol, 1, "100")
    client.order(accounts[0], "buy", symbol, 1, "100")
    expect(desk.tape).to_have_count(1)
    trade = client.get(f"/api/v1/market/{symbol}/trades")["items"][0]["trade_id"]
    client.post(f"/api/v1/admin/trades/{trade}/bust", {"reason": "error"})
    expect(desk.tape.first).to_have_class("busted")
    expect(desk.tape.first).to_contain_text("busted")
