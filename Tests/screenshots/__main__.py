"""Takes README's pictures from a running host and keeps them in docs/images.

    script/screenshots [--url http://127.0.0.1:8001 --account ID]

Without an address it starts a host of its own, lets a small market trade for a while, and takes the
pictures from that; with one it takes them from what runs there (script/demo), which it only reads.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from oes.host import Host
from screenshots.market import CHOSEN, closing_market

IMAGES = Path(__file__).resolve().parents[2] / "docs/images"
TRADE_SECONDS = 75
SETTLE_MILLIS = 2500
DESK = {"width": 1600, "height": 1000}
PHONE = {"width": 375, "height": 812}

# Name → (path, window, theme, what is done first).
PICTURES = {
    "trade-dark": ("/", DESK, "dark", "ticket"),
    "trade-light": ("/", DESK, "light", "bracket"),
    "trade-phone": ("/", PHONE, "dark", None),
    "risk": ("/risk-manager", DESK, "dark", None),
    "plugins": ("/plugins", DESK, "light", None),
}


def fill_ticket(page):
    page.fill("#quantity", "100")
    page.fill("#field-price", page.locator("[data-quote=ask]").inner_text().replace(",", ""))


def fill_bracket(page):
    ask = float(page.locator("[data-quote=ask]").inner_text().replace(",", ""))
    page.select_option("#order_type", "bracket")
    page.fill("#quantity", "100")
    page.fill("#field-price", f"{ask:.2f}")
    page.fill("#field-take_profit_price", f"{ask + 1:.2f}")
    page.fill("#field-stop_loss_price", f"{ask - 1:.2f}")
    page.get_by_role("tab", name="Depth").click()


PREPARE = {"ticket": fill_ticket, "bracket": fill_bracket, None: lambda page: None}


def take(browser, url, account):
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, (path, window, theme, first) in PICTURES.items():
        context = browser.new_context(viewport=window, color_scheme=theme)
        page = context.new_page()
        page.add_init_script("localStorage.getItem('oes.interval')"
                             " ?? localStorage.setItem('oes.interval', '1s')")
        query = f"?account={account}&symbol={CHOSEN}" if path == "/" else ""
        page.goto(url + path + query)
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        page.wait_for_timeout(SETTLE_MILLIS)
        PREPARE[first](page)
        page.wait_for_timeout(SETTLE_MILLIS)
        file = IMAGES / f"{name}.png"
        page.screenshot(path=file)
        print(f"{file.relative_to(IMAGES.parents[1])}: {file.stat().st_size // 1000} kB")
        context.close()


def on_own_host(browser):
    with tempfile.TemporaryDirectory() as folder:
        host = Host(folder, env={"LOG_LEVEL": "warning"}).start()
        try:
            with closing_market(host.url) as market:
                market.open()
                market.run(TRADE_SECONDS)
                market.trade()
                market.run(TRADE_SECONDS // 10)
                take(browser, host.url, market.trader)
        finally:
            host.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--url", help="a running host")
    parser.add_argument("--account", default="1", help="whose account the pictures show there")
    arguments = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"])
        if arguments.url:
            take(browser, arguments.url.rstrip("/"), arguments.account)
        else:
            on_own_host(browser)
        browser.close()


if __name__ == "__main__":
    main()
