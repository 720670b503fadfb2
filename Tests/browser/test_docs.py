"""/docs in a browser: both themes, a phone's width, and axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1366])
def test_axe_finds_nothing_and_nothing_sticks_out(open_window, width, scheme):
    window = open_window(
        "/docs", viewport={"width": width, "height": 900}, color_scheme=scheme)
    window.page.wait_for_selector("h1")
    found = Axe().run(window.page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    wider = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{wider} px wider than the window"


def test_it_reads_without_script(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/docs")
    page.click("text=Place an order >> nth=0")
    assert page.url.endswith("#place")
    assert page.locator("h2#place").is_visible()
    context.close()
