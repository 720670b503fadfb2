"""A firm's plugin is added to the host: its form appears with no edit of the page."""

import json
import subprocess

import pytest
from playwright.sync_api import expect

from browser.desk import Desk
from live.client import Client
from live.test_plugins import EXAMPLE, HEADER, SHIPPED


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    built = tmp_path_factory.mktemp("plugin") / "libround.so"
    subprocess.run(
        ["cc", "-O0", "-fPIC", "-shared", f"-I{HEADER}", str(EXAMPLE), "-o", str(built)],
        check=True, timeout=60)
    return built


def test_its_form_appears_places_and_refuses_at_its_field(make_host, library, open_window):
    host = make_host().start()
    with Client(host.url) as client:
        symbol = client.instrument("ADDED")
        account = client.account("Adder", 100_000)
    path = f"/?account={account}&symbol={symbol}"
    window = open_window(path, url=host.url)
    for text in ("ERR_CONNECTION_REFUSED", "WebSocket connection", "status of 4", "status of 503"):
        window.expect_error(text)
    options = window.page.locator("#order_type option[value=round-lot-limit]")
    expect(options).to_have_count(0)
    host.stop()
    file = host.folder / "plugins.json"
    file.write_text(json.dumps({"libraries": SHIPPED["libraries"] + [{"path": str(library)}]}))
    file.chmod(0o600)
    host.settings["OES_PLUGINS"] = str(file)
    host.start()
    window.visit(path)
    expect(options).to_have_count(1)
    desk = Desk(window)
    desk.type_order(250, "10", order_type="round-lot-limit")
    expect(desk.page.locator("#field-multiple")).to_have_value("100")
    expect(desk.page.locator("#field-multiple-help")).not_to_have_text("")
    desk.send("buy")
    expect(desk.field_error("quantity")).not_to_have_text("")
    desk.fill_field("multiple", 50)
    desk.send("buy")
    expect(desk.notice).to_have_class("notice good")
    expect(desk.cell("kind")).not_to_have_text("Limit")
    window.visit("/plugins")
    window.page.fill("#filter", "round-lot")
    row = window.page.locator("#entries tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("button").click()
    expect(window.page.locator("#detail-body")).to_contain_text("multiple")
