"""/openapi.json: valid, complete, and true: every route is called and held against it."""

import pytest
import requests
from openapi_spec_validator import validate

from live.client import Client
from live.openapi import Document, path_examples, path_with

# It answers a handshake, which test_websocket.py tries; and what changes who may, which would close
# the host to all that follows (test_access.py), needs two persons (test_controls.py) or a throttle
# that has shut (test_throttles.py).
NOT_CALLED = (
    "/ws", "/api/v1/admin/keys", "/api/v1/session", "/api/v1/risk/pending/",
    "/api/v1/risk/throttles/")
# What a call takes away has been put there by the one before it.
QUERIES = {
    "DELETE /api/v1/risk/limits": "?rule=max-order&account_id=3",
    "GET /api/v1/accounts/{account}/statement": "?date=2026-01-31",
    "DELETE /api/v1/risk/kill-switch": "?scope=account&id=3&reason=x",
}


@pytest.fixture(scope="module")
def server(notifying):
    return notifying


@pytest.fixture(scope="module")
def document(server):
    return Document(requests.get(server.url + "/openapi.json", timeout=30).json())


def test_the_document_is_valid_openapi(document):
    validate(document.value)
    assert document.value["openapi"].startswith("3.1")


def test_every_operation_says_who_may_and_what_it_answers(document):
    names = []
    for method, pattern, operation in document.operations():
        names.append(operation["operationId"])
        assert operation["x-access"] in ("anyone", "permission", "account", "order", "everyone")
        assert (operation["x-permission"] is None) == (operation["x-access"] == "anyone"), pattern
        assert (operation["security"] == []) == (operation["x-access"] == "anyone"), pattern
        good = [status for status in operation["responses"] if status < "400"]
        assert good, f"{method} {pattern} declares no answer"
        assert {"400", "403"} <= set(operation["responses"])
        declared = {field["name"] for field in operation["parameters"] if field["in"] == "path"}
        assert declared == {part[1:-1] for part in pattern.split("/") if part.startswith("{")}
    assert len(names) == len(set(names)), "operationIds are unique"


def test_a_known_tag_gets_no_body_again(server):
    first = requests.get(server.url + "/openapi.json", timeout=30)
    again = requests.get(
        server.url + "/openapi.json", headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")


def test_the_loaded_plugins_are_in_it(document):
    operation = document.value["paths"]["/api/accounts/{account}/orders"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    fields = schema["properties"]
    assert schema["additionalProperties"] is False
    assert {"limit", "market"} <= set(fields["order_type"]["enum"])
    assert {"day", "gtc", "ioc", "fok"} <= set(fields["time_in_force"]["enum"])
    titles = [part.get("title") for part in fields["params"]["anyOf"]]
    assert {"limit", "market"} <= set(titles)


def test_every_route_answers_as_declared(server, document):
    """With the document's own examples, each on things of its own where it changes them."""
    with Client(server.url) as client:
        client.order("2", "sell", "AAPL", 5, "150.00")
        client.order("1", "buy", "AAPL", 5, "150.00")
        client.try_order("1", "buy", "AAPL", 100_001, "1.00")
        for number, (method, pattern, operation) in enumerate(document.operations()):
            if pattern.startswith(NOT_CALLED):
                continue
            values = path_examples(operation)
            if "order" in values:
                values["order"] = client.order(
                    "1", "buy", "AAPL", 1, "140.00", client_order_id=f"call-{number}")["id"]
            if "trade" in values:
                values["trade"] = client.get("/api/orders/trades/recent")[0]["trade_id"]
            if "group" in values:
                values["group"] = f"desk{number}"
                client.post("/api/v1/groups", {"group": values["group"], "name": "Desk"})
            if "alert" in values:
                values["alert"] = client.get("/api/v1/risk/alerts?limit=1")["items"][0]["id"]
            body = None
            if "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]["example"]
            query = QUERIES.get(f"{method} {pattern}", "")
            response = client.call(method, path_with(pattern, values) + query, body)
            assert response.status_code < 300, f"{method} {pattern}: {response.text[:500]}"
            document.check(operation, response)


@pytest.mark.parametrize("method,pattern,path,status", [
    ("GET", "/api/accounts/{account}", "/api/accounts/999999", 404),
    ("GET", "/api/orders/{order}", "/api/orders/1-nothing", 404),
    ("POST", "/api/accounts/{account}/orders", "/api/accounts/1/orders", 400),
    ("GET", "/api/accounts/{account}/orders", "/api/accounts/1/orders?limit=0", 400),
])
def test_refusals_are_as_declared(server, document, method, pattern, path, status):
    operation = document.value["paths"][pattern][method.lower()]
    response = requests.request(
        method, server.url + path, timeout=30, json={} if method == "POST" else None)
    assert response.status_code == status
    document.check(operation, response)
