"""/docs in a browser: both themes, a phone's width, axe, and without any script."""

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.fixture
def open_docs(chromium, site):
    """The page has no script that says when it is ready, as the others have."""
    contexts = []

    def open_one(**options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(site + "/docs")
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1366])
def test_axe_finds_nothing_and_nothing_sticks_out(open_docs, width, scheme):
    page = open_docs(viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{wider} px wider than the window"


def test_every_table_shows_all_its_rows(open_docs):
    page = open_docs(viewport={"width": 1366, "height": 900})
    hidden = page.evaluate("""[...document.querySelectorAll('.docs .scroll')]
        .filter(each => each.scrollHeight > each.clientHeight + 1)
        .map(each => each.getAttribute('aria-label'))""")
    assert hidden == []


def test_it_reads_without_script(open_docs):
    page = open_docs(java_script_enabled=False)
    page.click("nav >> text=Place an order")
    assert page.url.endswith("#place")
    assert page.locator("h2#place").is_visible()
