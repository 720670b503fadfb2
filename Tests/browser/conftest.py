"""Chromium, a host, and windows in which any error on the console fails the test.

OES_URL names a host that runs already; else each module gets a fresh one.
"""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from browser.desk import Desk, Window
from live.client import Client
from live.conftest import make_host, numbers, server  # noqa: F401 (fixtures)

WAIT_MILLIS = 10_000

expect.set_options(timeout=WAIT_MILLIS)


@pytest.fixture(scope="session")
def chromium():
    binary = os.environ.get("OES_CHROMIUM") or shutil.which("chromium")
    if not binary:
        pytest.fail("the browser tests need chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(request):
    """The base address of the host under test."""
    return os.environ.get("OES_URL") or request.getfixturevalue("server").url


@pytest.fixture
def open_window(chromium, site):
    """Opens windows that share nothing, as two traders' machines do."""
    windows = []

    def open_one(path="/", url=None, **options):
        options.setdefault("viewport", {"width": 1600, "height": 1000})
        window = Window(chromium.new_context(**options), url or site)
        windows.append(window)
        window.visit(path)
        return window

    yield open_one
    complaints = [line for window in windows for line in window.complaints()]
    for window in windows:
        window.context.close()
    assert complaints == [], "errors on the console"


@pytest.fixture
def client(site):
    with Client(site) as client:
        yield client


@pytest.fixture
def symbol(client, numbers):  # noqa: F811
    return client.instrument(f"WEB{next(numbers)}")


@pytest.fixture
def accounts(client, symbol, numbers):  # noqa: F811
    """Two accounts with 1,000,000 and 1,000 shares each: (id, id)."""
    made = []
    for name in ("Left", "Right"):
        account = client.account(f"{name} {next(numbers)}", 1_000_000)
        client.give_shares(account, symbol, 1_000)
        made.append(account)
    return tuple(made)


@pytest.fixture
def desk(open_window, symbol, accounts):
    """The trade page with the first account and the symbol chosen."""
    return Desk(open_window(f"/?account={accounts[0]}&symbol={symbol}"))


@pytest.fixture
def other_desk(open_window, symbol, accounts):
    """The same market in another window, for the second account."""
    return Desk(open_window(f"/?account={accounts[1]}&symbol={symbol}"))
