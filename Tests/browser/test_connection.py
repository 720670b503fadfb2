"""What the page does when the host, or only a message, is lost."""

import json

import pytest
from playwright.sync_api import expect

from browser.desk import Desk
from live.client import Client


@pytest.fixture
def host(make_host):
    """A host that may be restarted."""
    return make_host().start()


def test_the_page_comes_back_by_itself_after_a_restart(host, open_window):
    with Client(host.url) as client:
        symbol = client.instrument("BACK")
        mine, other = (client.account(name, 100_000) for name in ("Mine", "Other"))
        client.give_shares(other, symbol, 100)
        window = open_window(f"/?account={mine}&symbol={symbol}", url=host.url)
        for text in ("ERR_CONNECTION_REFUSED", "WebSocket connection", "status of 503"):
            window.expect_error(text)
        desk = Desk(window)
        desk.place("buy", 10, "50")
    connection = desk.page.locator("#connection")
    host.stop()
    expect(connection).to_contain_text("Offline")
    desk.type_order(5, "51")
    desk.send("buy")
    expect(desk.notice).to_contain_text("the order may stand")
    host.start()
    expect(connection).to_contain_text("Live", timeout=20_000)
    expect(desk.rows).to_have_count(1)
    expect(desk.level("buy", "50.00").locator(".mine")).to_have_text("10")
    with Client(host.url) as client:
        client.order(other, "sell", symbol, 4, "50")
    expect(desk.cell("filled")).to_have_text("4")
    expect(desk.level("buy", "50.00").locator(".size")).to_have_text("6")
    expect(desk.tape).to_have_count(1)


def test_a_lost_message_is_noticed_and_made_good(open_window, client, accounts, symbol):
    window = open_window("/stocks")
    lost = []

    def carry(browser_side):
        server_side = browser_side.connect_to_server()

        def down(text):
            message = json.loads(text)
            if message["type"] == "delta" and not lost:
                lost.append(message)
            else:
                browser_side.send(text)

        browser_side.on_message(server_side.send)
        server_side.on_message(down)

    window.page.route_web_socket("**/ws", carry)
    window.visit(f"/?account={accounts[0]}&symbol={symbol}")
    desk = Desk(window)
    expect(desk.page.locator("#book .empty")).to_be_visible()
    client.order(accounts[1], "sell", symbol, 3, "101")
    client.order(accounts[1], "sell", symbol, 4, "102")
    expect(desk.level("sell", "102.00").locator(".size")).to_have_text("4")
    expect(desk.level("sell", "101.00").locator(".size")).to_have_text("3")
    assert len(lost) == 1


def test_orders_that_happened_while_away_are_there_on_return(desk, client, accounts, symbol):
    desk.window.expect_error("WebSocket connection")
    desk.window.expect_error("ERR_INTERNET_DISCONNECTED")
    desk.place("sell", 10, "100")
    desk.window.context.set_offline(True)
    desk.page.evaluate("dispatchEvent(new Event('offline'))")
    client.order(accounts[1], "buy", symbol, 4, "100")
    desk.window.context.set_offline(False)
    desk.page.evaluate("dispatchEvent(new Event('online'))")
    expect(desk.cell("filled")).to_have_text("4")
    expect(desk.level("sell", "100.00").locator(".size")).to_have_text("6")
