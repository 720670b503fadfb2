"""Stocks, accounts and the risk manager."""

from playwright.sync_api import expect

from browser.desk import is_post


def test_stocks_show_the_market_and_lead_to_the_trade_page(
        open_window, client, accounts, symbol):
    client.order(accounts[0], "sell", symbol, 5, "101")
    client.order(accounts[1], "buy", symbol, 2, "101")
    client.order(accounts[1], "buy", symbol, 2, "99")
    window = open_window("/stocks")
    window.page.fill("#filter", symbol.lower())
    row = window.page.locator("#instruments tbody tr")
    expect(row).to_have_count(1)
    figures = ["101.00", "99.00", "101.00", "2"]
    for index, figure in enumerate(figures):
        expect(row.locator("td.num").nth(index)).to_have_text(figure)
    client.order(accounts[1], "buy", symbol, 3, "101")
    expect(row.locator("td.num").nth(3)).to_have_text("5")
    window.page.fill("#filter", "nothing like it")
    expect(window.page.locator(".empty")).to_be_visible()
    window.page.fill("#filter", symbol)
    row.get_by_role("link").click()
    expect(window.page.locator("#symbol")).to_have_value(symbol)


def test_an_account_is_made_and_money_moves(open_window, client, numbers):
    window = open_window("/accounts")
    page = window.page
    name = f"Made in a browser {next(numbers)}"
    page.click("#new-account")
    page.fill("#create #name", name)
    page.fill("#create #initial_balance", "2,500.50")
    page.click("#create button.primary")
    expect(page.locator("#detail-title")).to_have_text(name)
    expect(page.locator("#detail-balance")).to_have_text("2,500.50 USD")
    page.fill("#amount", "100.25")
    page.fill("#description", "Top-up")
    page.click("#transact button")
    expect(page.locator("#transact .notice")).to_have_text("Deposit of 100.25 booked.")
    expect(page.locator("#detail-balance")).to_have_text("2,600.75 USD")
    expect(page.locator("#ledger tbody tr")).to_have_count(2)
    expect(page.locator("#ledger tbody tr").first).to_contain_text("+100.25")
    expect(page.locator("#ledger tbody tr").first).to_contain_text("Top-up")
    page.fill("#amount", "1")
    page.click("#transact button")
    expect(page.locator("#detail-balance")).to_have_text("2,601.75 USD")
    expect(page.locator("#ledger tbody tr")).to_have_count(3)
    account = page.url.split("#")[1]
    assert client.balance(account)[0] == client.get(f"/api/accounts/{account}")["balance"]


def test_money_that_is_not_there_is_refused_at_its_field(open_window, client, numbers):
    account = client.account(f"Poor {next(numbers)}", 10)
    window = open_window(f"/accounts#{account}")
    window.expect_error("status of 4")
    page = window.page
    page.select_option("#transaction_type", "withdrawal")
    page.click("#transact button")
    expect(page.locator("#transact [data-field=amount] .error")).to_have_text("Enter an amount.")
    page.fill("#amount", "11")
    with page.expect_response(is_post) as answer:
        page.click("#transact button")
    message = answer.value.json()["message"]
    expect(page.locator("#transact [data-field=amount] .error")).to_have_text(message)
    expect(page.locator("#detail-balance")).to_have_text("10.00 USD")


def test_the_risk_manager_hears_of_a_refusal_and_can_cancel(
        open_window, client, accounts, symbol):
    window = open_window("/risk-manager")
    page = window.page
    expect(page.locator("#summary tbody tr").first).to_be_visible()
    assert client.try_order(accounts[0], "buy", symbol, 100_001, "1").status_code == 422
    order = client.order(accounts[1], "buy", symbol, 3, "99")
    expect(page.locator(".toast.alert")).to_be_visible()
    alert = page.locator("#alerts tbody tr").filter(has_text=symbol)
    expect(alert).to_contain_text("max_order_quantity")
    page.check("input[value=working]", force=True)
    row = page.locator("#all-orders tbody tr").filter(has_text=symbol)
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(0)
    assert client.show(order["id"])["status"] == "cancelled"


def test_the_ledger_shows_fractions_of_a_unit_in_full(open_window, client, numbers):
    account = client.account(f"Holder {next(numbers)}", 1_000)
    symbol = client.instrument(f"FRAC{next(numbers)}", quantity_scale=8, lot_size="0.00000001")
    client.give_shares(account, symbol, "0.00000012")
    window = open_window(f"/accounts#{account}")
    first = window.page.locator("#ledger tbody tr").first
    expect(first).to_contain_text(f"+0.00000012 {symbol}")
    expect(window.page.locator("#positions tbody")).to_contain_text("0.00000012")


def test_an_account_is_stopped_and_its_orders_are_cancelled(
        open_window, client, accounts, symbol):
    order = client.order(accounts[0], "buy", symbol, 3, "99")
    window = open_window("/risk-manager")
    page = window.page
    name = client.get(f"/api/accounts/{accounts[0]}")["name"]
    state = page.get_by_role("combobox", name=f"State of {name}")
    state.select_option("cancel_only")
    expect(page.locator("#confirm h2")).to_contain_text(f"{name}: cancel only?")
    page.keyboard.press("Escape")
    expect(state).to_have_value("active")
    state.select_option("cancel_only")
    page.get_by_role("button", name="Cancel only").click()
    expect(state).to_have_value("cancel_only")
    assert client.try_order(accounts[0], "buy", symbol, 1, "99").status_code == 422
    page.get_by_role("button", name=f"Cancel all orders of {name}").click()
    page.get_by_role("button", name="Cancel orders").click()
    expect(page.locator(".toast").last).to_contain_text("1 orders cancelled")
    assert client.show(order["id"])["status"] == "cancelled"


def test_limits_are_shown_by_account_and_orders_filtered(open_window, client, accounts, symbol):
    client.order(accounts[0], "buy", symbol, 3, "99")
    client.order(accounts[1], "buy", symbol, 4, "98")
    window = open_window("/risk-manager")
    page = window.page
    page.select_option("#limits-account", accounts[1])
    row = page.locator("#limits tbody tr").filter(has_text="Largest order").first
    expect(row).to_contain_text("100,000")
    expect(row).to_contain_text("Enforce")
    page.fill("#orders-filter", f"{symbol} buy")
    expect(page.locator("#all-orders tbody tr")).to_have_count(2)
    name = client.get(f"/api/accounts/{accounts[1]}")["name"]
    page.fill("#orders-filter", f"{symbol} {name}")
    expect(page.locator("#all-orders tbody tr")).to_have_count(1)


def test_an_accounts_exposure_is_shown(open_window, client, accounts, symbol):
    client.order(accounts[0], "sell", symbol, 10, "100")
    client.order(accounts[1], "buy", symbol, 10, "100")
    window = open_window(f"/accounts#{accounts[0]}")
    exposure = window.page.locator("#exposure")
    expect(exposure.locator("div").filter(has_text="Equity")).to_contain_text("1,100,000.00")
    expect(exposure.locator("div").filter(has_text="Gross exposure")).to_contain_text("99,000.00")


def test_plugins_show_their_schemas(open_window):
    page = open_window("/plugins").page
    page.fill("#filter", "twap")
    expect(page.locator("#entries tbody tr")).to_have_count(1)
    page.locator("#entries tbody button").click()
    detail = page.locator("#detail")
    expect(detail).to_contain_text("Time-weighted (order type)")
    expect(detail.locator("tbody tr").filter(has_text="slices")).to_contain_text("2 to 100")
    expect(page.locator("#libraries tbody tr")).to_have_count(3)


def test_the_kill_switch_stops_an_account_and_is_lifted(open_window, client, accounts, symbol):
    order = client.order(accounts[0], "buy", symbol, 3, "99")
    name = client.get(f"/api/accounts/{accounts[0]}")["name"]
    page = open_window("/risk-manager").page
    page.click("#kill-open")
    page.select_option("#target", accounts[0])
    page.get_by_role("dialog").get_by_role("button", name="Stop trading").click()
    expect(page.locator("#kill .error").last).to_have_text("Say why.")
    page.fill("#reason", "A runaway program")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("1 orders cancelled in")
    row = page.locator("#switches tbody tr").filter(has_text=name)
    expect(row).to_contain_text("A runaway program")
    assert client.show(order["id"])["status"] == "cancelled"
    assert client.try_order(accounts[0], "buy", symbol, 1, "99").status_code >= 400
    row.get_by_role("button", name="Lift").click()
    page.fill("#reason", "It was mended")
    page.keyboard.press("Enter")
    expect(row).to_have_count(0)
    assert client.try_order(accounts[0], "buy", symbol, 1, "99").status_code == 200


def test_an_alert_is_acknowledged(open_window, client, accounts, symbol):
    assert client.try_order(accounts[0], "buy", symbol, 100_001, "1").status_code == 422
    page = open_window("/risk-manager").page
    row = page.locator("#alerts tbody tr").filter(has_text=symbol)
    row.get_by_role("button", name="Acknowledge").click()
    expect(row).to_have_class("seen")
    expect(row.get_by_role("button")).to_have_count(0)
