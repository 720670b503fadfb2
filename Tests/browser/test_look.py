"""Themes, widths and accessibility, on every page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.desk import Desk

PATHS = ["/", "/stocks", "/accounts", "/risk-manager", "/plugins"]
WIDTHS = [375, 768, 1024, 1281, 1366, 1600]


@pytest.fixture(scope="module")
def busy(site):
    """An account with orders of every kind behind it, so that no table is empty."""
    from live.client import Client
    with Client(site) as client:
        symbol = client.instrument("LOOK")
        left, right = (client.account(f"Look {side}", 1_000_000) for side in ("left", "right"))
        client.give_shares(right, symbol, 1_000)
        for step in range(15):
            client.order(right, "sell", symbol, 10 + step, f"{101 + step}")
            client.order(left, "buy", symbol, 10 + step, f"{99 - step}")
        client.order(left, "buy", symbol, 5, "101")
        client.try_order(left, "buy", symbol, 100_001, "1")
        client.cancel(client.order(left, "buy", symbol, 1, "80")["id"])
    return f"?account={left}&symbol={symbol}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_sticks_out(open_window, busy, width, scheme):
    window = open_window(
        "/" + busy, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in PATHS:
        window.visit(path)
        window.page.wait_for_selector("main tbody:not([aria-hidden]) tr >> visible=true")
        assert violations(window) == [], path
        wider = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{path} is {wider} px wider than the window"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opener, dialog", [
    ("#keys-open", "#keys"), ("#settings-open", "#settings"), ("[data-verb=History]", "#order"),
    ("#cancel-all", "#confirm"),
])
def test_axe_finds_nothing_in_dialogs(open_window, busy, opener, dialog, scheme):
    window = open_window("/" + busy, color_scheme=scheme)
    window.page.locator(opener).first.click()
    expect(window.page.locator(dialog)).to_be_visible()
    assert violations(window) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_everything_unfolded(open_window, busy, scheme):
    window = open_window("/" + busy, color_scheme=scheme)
    desk = Desk(window)
    desk.type_order(10, "99", order_type="bracket", tif="gtd")
    desk.instruct("min_quantity", 1)
    desk.send("buy")
    for tab in ("Depth", "Positions", "Account"):
        desk.open_tab(tab)
        assert violations(window) == [], tab
    desk.open_tab("Orders")
    desk.show_orders("all")
    assert violations(window) == []


def violations(window):
    found = Axe().run(window.page).response["violations"]
    return [(item["id"], item["nodes"][0]["html"]) for item in found]


def background(window):
    return window.page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_follows_the_system_until_it_is_chosen(open_window):
    window = open_window("/", color_scheme="light")
    light = background(window)
    window.page.emulate_media(color_scheme="dark")
    dark = background(window)
    assert light != dark
    switch = window.page.locator("#theme")
    switch.click()
    expect(switch).to_have_text("Light")
    assert background(window) == light
    window.visit("/accounts")
    expect(switch).to_have_text("Light")
    assert background(window) == light
    switch.click()
    window.page.emulate_media(color_scheme="light")
    expect(switch).to_have_text("Dark")
    assert background(window) == dark


def test_a_trade_on_a_phone(open_window, client, accounts, symbol):
    window = open_window(
        f"/?account={accounts[0]}&symbol={symbol}", viewport={"width": 375, "height": 812},
        has_touch=True, is_mobile=True)
    desk = Desk(window)
    desk.place("buy", 10, "99")
    expect(desk.cell("status")).to_have_text("Open")
    desk.press("Cancel")
    expect(desk.rows).to_have_count(0)
    small = window.page.evaluate(
        """Array.from(document.querySelectorAll(".send button, #account, #quantity"))
           .filter((element) => element.getBoundingClientRect().height < 36)
           .map((element) => element.id || element.name)""")
    assert small == [], "too low for a thumb"


def test_sound_can_be_muted_for_good(open_window):
    window = open_window("/")
    sound = window.page.locator("#sound")
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    window.visit("/")
    expect(sound).to_have_attribute("aria-pressed", "false")
    expect(sound).to_have_text("Sound off")
