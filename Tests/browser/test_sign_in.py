"""Signing in on a host with keys: the way in, what a role may not do, and the way out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser.desk import Window
from live.keys import UNKNOWN, KeyedHost


@pytest.fixture(scope="module")
def keyed(server):
    return KeyedHost(server)


@pytest.fixture
def visit(chromium, keyed):
    windows = []

    def open_one(path, **options):
        window = Window(chromium.new_context(**options), keyed.url)
        windows.append(window)
        window.page.goto(keyed.url + path)
        return window

    yield open_one
    complaints = [line for window in windows for line in window.complaints()]
    for window in windows:
        window.context.close()
    assert complaints == [], "errors on the console"


def sign_in(window, secret):
    window.page.wait_for_selector("html[data-ready=yes]", state="attached")
    window.page.fill("#key", secret)
    window.page.press("#key", "Enter")


def test_a_wrong_key_is_said_at_the_field_and_a_right_one_leads_on(visit, keyed):
    window = visit("/stocks?a=b")
    window.expect_error("status of 401")
    expect(window.page).to_have_url(keyed.url + "/sign-in?next=%2Fstocks%3Fa%3Db")
    sign_in(window, UNKNOWN)
    expect(window.page.locator("[data-field=key] .error")).to_contain_text("no such key")
    expect(window.page.locator("#key")).to_be_focused()
    sign_in(window, keyed.secrets["admin"])
    expect(window.page).to_have_url(keyed.url + "/stocks?a=b")
    expect(window.page.locator("#who")).to_have_text("admin (admin)")
    expect(window.page.locator("#connection")).to_contain_text("Live")
    window.page.click("#sign-out")
    expect(window.page).to_have_url(keyed.url + "/sign-in")
    window.page.goto(keyed.url + "/accounts")
    expect(window.page).to_have_url(keyed.url + "/sign-in?next=%2Faccounts")


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_never_leads_to_another_host(visit, keyed, next_page):
    window = visit("/sign-in?next=" + next_page)
    sign_in(window, keyed.secrets["viewer"])
    expect(window.page).to_have_url(keyed.url + "/")


def test_a_viewer_is_told_before_a_click(visit, keyed):
    window = visit(f"/?account={keyed.account}&symbol={keyed.symbol}")
    sign_in(window, keyed.secrets["viewer"])
    page = window.page
    expect(page.locator("#ticket form")).to_be_hidden()
    expect(page.locator("#ticket")).to_contain_text("A key of role viewer may not place")
    for verb in ("Edit", "Cancel"):
        button = page.locator("#orders tbody").get_by_role("button", name=verb).first
        expect(button).to_be_disabled()
    expect(page.locator("#cancel-all")).to_be_disabled()
    page.goto(keyed.url + "/accounts")
    expect(page.locator("#new-account")).to_be_disabled()
    page.goto(keyed.url + "/risk-manager")
    expect(page.locator("#problem")).to_contain_text("A key of role viewer may not see everyone")


def test_a_key_that_is_revoked_while_a_page_is_open_ends_it(visit, keyed):
    keyed.add(keyed.admin, "page", "trader")
    window = visit("/stocks")
    window.expect_error("status of 401")
    window.expect_error("feed: expired_session")
    sign_in(window, keyed.secrets["page"])
    expect(window.page.locator("#connection")).to_contain_text("Live")
    keyed.admin.call("DELETE", f"/api/v1/admin/keys/{keyed.ids['page']}")
    expect(window.page).to_have_url(keyed.url + "/sign-in?next=%2Fstocks")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1366])
def test_axe_finds_nothing_and_nothing_sticks_out(visit, keyed, width, scheme, tmp_path):
    window = visit(
        "/accounts", viewport={"width": width, "height": 800}, color_scheme=scheme)
    window.page.wait_for_selector("html[data-ready=yes]", state="attached")
    for name in ("sign-in", "accounts"):
        found = Axe().run(window.page).response["violations"]
        assert [(item["id"], item["nodes"][0]["html"]) for item in found] == [], name
        wider = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the window"
        window.page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png")
        if name == "sign-in":
            sign_in(window, keyed.secrets["viewer"])
            expect(window.page.locator("#who")).to_be_visible()
