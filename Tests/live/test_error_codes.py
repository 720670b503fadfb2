"""The table of errors on /docs against the sources: every code that they have, with its status."""

import html
import re

import pytest
import requests

from oes.host import ROOT

# What the matching script says of itself and never of a client's request.
NOT_FOR_CLIENTS = {"headroom", "daily_loss", "daily_loss_near", "not_empty"}
# Parts that are put together where they are used; the parts are found by SPELLED_OUT.
SPELLED_OUT = [
    (r'\.notFound\(\s*"(\w+)"', "unknown_{}"),
    (r'\bunknown\("(order_type|time_in_force)"', "unknown_{}"),
    (r'\bunknown\(\s*"(outcome_unknown)"', "{}"),
    (r'possiblyDoneCode = "(\w+)"', "{}"),
]


def sources(*folders, suffix=".swift"):
    return {
        path: path.read_text()
        for folder in folders for path in sorted((ROOT / folder).rglob("*" + suffix))}


def classes():
    """The status of each class of refusals: malformed → 400."""
    text = (ROOT / "Sources/Host/Trading/Rejection.swift").read_text()
    return dict(re.findall(r"case (\w+) = (\d{3})", text))


def with_status():
    """(status, code) of all codes that stand beside their status."""
    found, statuses = set(), classes()
    for text in sources("Sources/Host").values():
        for name, code in re.findall(r'\bRejection\(\s*\.(\w+),\s*"(\w+)"', text):
            found.add((statuses[name], code))
        found |= set(re.findall(r'HTTPFailure\(\s*status: (\d+), code: "(\w+)"', text))
    reasons = (ROOT / "Sources/Host/Service/Reasons.swift").read_text()
    table = reasons[reasons.index("table: [String: Meaning]"):]
    for code, how, name in re.findall(
            r'"(\w+)": (refused|Meaning)\((?:\s*refusal: \.(\w+))?', table):
        found.add((statuses[name or how], code))
    for text in sources("Plugins").values():
        codes = set(re.findall(r'\bcode: "(\w+)"', text)) - NOT_FOR_CLIENTS
        found |= {("422", code) for code in codes}
    return found


def without_status():
    """Codes whose status is told elsewhere."""
    found = set()
    for path, text in sources("Sources/Host").items():
        # What it names are alerts', which refuse nobody.
        if path.name == "AlertFinder.swift":
            continue
        found |= set(re.findall(r'\bcode: "(\w+)"', text))
        for pattern, name in SPELLED_OUT:
            found |= {name.format(part) for part in re.findall(pattern, text)}
    for text in sources("Sources/Host/Store/Lua", suffix=".lua").values():
        found |= set(re.findall(r"\brefuse\('(\w+)'", text))
    return found - NOT_FOR_CLIENTS


@pytest.fixture(scope="module")
def page(server):
    return requests.get(server.url + "/docs", timeout=30).text


def codes_in(markup):
    return set(re.findall(r"<code>(\w+)</code>", html.unescape(markup)))


@pytest.fixture(scope="module")
def table(page):
    """(status, code) of all rows of the table, and what the feed's part names."""
    part = page[page.index('<h2 id="errors"'):]
    rows = re.findall(
        r"<tr><td>(\d{3})</td><td>.*?</td><td>(.*?)</td></tr>", part[:part.index("</table>")],
        re.S)
    assert len(rows) > 15
    return [(status, code) for status, codes in rows for code in codes_in(codes)]


@pytest.fixture(scope="module")
def on_socket(page):
    part = page[page.index('<h2 id="feed"'):]
    return codes_in(part[:part.index("<table>")])


@pytest.fixture(scope="module")
def endings(page):
    part = page[page.index('<h2 id="ends"'):]
    return codes_in(part[:part.index("</table>")])


def test_the_sources_are_understood():
    codes = {code for _, code in with_status()} | without_status()
    assert {
        "malformed_json", "unknown_path", "max_order_value", "price_required", "outcome_unknown",
        "possibly_done", "unknown_order_type", "first_key_admin", "request_timeout",
        "unknown_channel"} <= codes


def test_every_code_of_the_sources_is_there_with_its_status(table, on_socket, endings):
    named = {code for _, code in table} | on_socket | endings
    missing = {
        (status, code) for status, code in with_status() - set(table)
        if code not in on_socket | endings or code in {known for _, known in table}}
    assert not missing
    assert not without_status() - named


def test_every_code_is_there_once_and_is_somebodys(table):
    assert len(table) == len(set(table))
    known = {code for _, code in with_status()} | without_status()
    assert {code for _, code in table} <= known, "codes that no source has"


def test_why_an_order_ended_names_every_reason_of_the_script(endings):
    scripts = "\n".join(sources("Sources/Host/Store/Lua", suffix=".lua").values())
    begin = scripts.index("local function remainder_reason")
    said = [scripts[begin:scripts.index("\nend", begin)]]
    said += re.findall(r"\b(?:end|close)_order\(call, \w+, (?:CANCELLED|EXPIRED), (.*)", scripts)
    # What a word is compared with is the script's own.
    said = re.sub(r"== '\w+'", "", "\n".join(said))
    reasons = set(re.findall(r"'([a-z]+(?:_[a-z]+)*)'", said))
    assert {
        "self_trade", "ioc_remainder", "linked", "insufficient_cash", "child_rejected", "expired",
        "fok_unfillable", "parent_ended"} <= reasons
    assert reasons | {"client_request", "done"} <= endings


@pytest.mark.parametrize("order,code,is_recorded", [
    ({"quantity": "1", "order_type": "limit"}, "price_required", False),
    ({"quantity": "1", "price": "0.001"}, "too_many_decimals", False),
    ({"quantity": "100001", "price": "1.00"}, "max_order_quantity", True),
])
def test_a_refused_order_uses_up_its_id_only_where_it_is_recorded(
        client, order, code, is_recorded):
    order |= {
        "account_id": "1", "side": "buy", "symbol": "AAPL", "client_order_id": f"id-{code}"}
    error = client.call("POST", "/api/v1/orders", order).json()
    assert error["code"] == code
    assert ("order_id" in error["context"]) == is_recorded
    mended = {**order, "order_type": "limit", "quantity": "1", "price": "1.00"}
    assert client.call("POST", "/api/v1/orders", mended).status_code == (
        409 if is_recorded else 200)
