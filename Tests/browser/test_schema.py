"""The ticket draws order types that it has never heard of, from their schemas alone."""

import pytest
from playwright.sync_api import expect

from browser.desk import Desk

SCHEMA = {
    "type": "object", "additionalProperties": False, "description": "Shows a part at a time.",
    "x-oes-price": "optional",
    "required": ["shown", "slices"],
    "properties": {
        "slices": {"type": "integer", "title": "Slices", "minimum": 2, "maximum": 50,
                   "default": 4, "x-oes-order": 2},
        "shown": {"type": "number", "x-oes-format": "quantity", "title": "Shown at a time",
                  "description": "What others see of it.", "x-oes-order": 1},
        "refill": {"type": "string", "enum": ["fixed", "random"], "default": "fixed",
                   "x-oes-order": 3},
        "quiet_close": {"type": "boolean", "title": "Stop before the close", "x-oes-order": 4},
        "offset": {"type": "integer", "x-oes-format": "bps", "x-oes-unit": "bps",
                   "x-oes-order": 5},
        "least": {"type": "number", "x-oes-format": "quantity", "title": "Least",
                  "x-oes-group": "Randomness", "x-oes-visible-if": {"refill": ["random"]},
                  "x-oes-order": 6},
    },
}


@pytest.fixture
def desk(open_window, accounts, symbol):
    """The trade page as it would be with one more order type loaded."""
    window = open_window("/stocks")

    def add_order_type(route):
        answer = route.fetch()
        body = answer.json()
        body["order_types"].append(
            {"name": "drip", "title": "Drip feed", "params_schema": SCHEMA})
        route.fulfill(response=answer, json=body)

    window.page.route("**/api/v1/plugins", add_order_type)
    window.visit(f"/?account={accounts[0]}&symbol={symbol}")
    # The host doesn't know the type: what it says to a dry run is no part of these tests.
    window.expect_error("status of 4")
    desk = Desk(window)
    desk.page.select_option("#order_type", "drip")
    return desk


@pytest.fixture
def sent(desk):
    """The bodies of the orders that the page sends; none reaches the host."""
    bodies = []

    def take(route):
        if route.request.method != "POST":
            return route.continue_()
        bodies.append(route.request.post_data_json)
        route.fulfill(json={
            **bodies[-1], "order_id": "1-x", "account_id": "0", "order_status": "new",
            "cum_qty": "0", "leaves_qty": "1", "avg_px": None, "reason": None, "event_seq": 1})

    desk.page.route("**/api/v1/orders", take)
    return bodies


def test_fields_stand_in_their_order_with_titles_help_and_defaults(desk):
    titles = desk.page.locator("#ticket-fields .field:visible label").all_text_contents()
    assert [" ".join(title.split()) for title in titles] == [
        "Priceoptional", "Shown at a time", "Slices", "Refilloptional", "Stop before the close",
        "Offset (bps)optional"]
    expect(desk.page.locator("#order-type-help")).to_have_text("Shows a part at a time.")
    expect(desk.page.locator("#field-shown-help")).to_have_text("What others see of it.")
    expect(desk.page.locator("#field-slices-help")).to_have_text("2 to 50")
    expect(desk.page.locator("#field-slices")).to_have_value("4")
    expect(desk.page.locator("#field-refill")).to_have_value("fixed")


def test_what_is_typed_is_sent_as_params(desk, sent):
    desk.page.fill("#quantity", "1,000")
    desk.page.fill("#field-shown", "50")
    desk.page.fill("#field-slices", "5")
    desk.page.select_option("#field-refill", "random")
    desk.page.check("#field-quiet_close")
    desk.send("sell")
    expect(desk.notice).to_have_class("notice good")
    [order] = sent
    assert "price" not in order
    assert (order["order_type"], order["quantity"]) == ("drip", "1000")
    assert order["params"] == {
        "shown": "50", "slices": 5, "refill": "random", "quiet_close": True}


def test_a_field_stands_in_its_group_and_shows_where_it_means_something(desk, sent):
    group = desk.page.get_by_role("group", name="Randomness")
    expect(group).to_be_hidden()
    desk.page.select_option("#field-refill", "random")
    expect(group.locator("#field-least")).to_be_visible()
    desk.page.fill("#quantity", "10")
    desk.page.fill("#field-shown", "5")
    desk.page.fill("#field-least", "2")
    desk.page.select_option("#field-refill", "fixed")
    expect(group).to_be_hidden()
    desk.send("buy")
    expect(desk.notice).to_have_class("notice good")
    assert "least" not in sent[0]["params"]


@pytest.mark.parametrize("name, typed, text", [
    ("shown", "", "Enter shown at a time."),
    ("slices", "1", "At least 2."),
    ("slices", "51", "At most 50."),
    ("slices", "many", "“many” isn’t a number."),
])
def test_what_the_schema_forbids_is_said_at_its_field(desk, sent, name, typed, text):
    desk.page.fill("#quantity", "10")
    desk.page.fill("#field-shown", "5")
    desk.page.fill(f"#field-{name}", typed)
    desk.send("buy")
    expect(desk.field_error(name)).to_have_text(text)
    assert sent == []


def test_a_refusal_of_a_param_is_shown_at_its_field(desk):
    desk.window.expect_error("status of 422")
    refusal = {
        "code": "too_small", "reason": "too_small", "message": "Show at least 10.",
        "field": "params.shown", "context": {}, "request_id": "1", "detail": "Show at least 10."}
    desk.page.route("**/api/v1/orders", lambda route: (
        route.fulfill(status=422, json=refusal) if route.request.method == "POST"
        else route.continue_()))
    desk.page.fill("#quantity", "10")
    desk.page.fill("#field-shown", "5")
    desk.send("buy")
    expect(desk.field_error("shown")).to_have_text("Show at least 10.")
    expect(desk.page.locator("#field-shown")).to_be_focused()
