"""What the host writes down: every request with its id, and never a secret, a cookie or a body."""

import json

import pytest

from live.client import Client

SECRET = "s3cr3t-that-nobody-may-read"
BODY = "text-of-a-body-that-stays-out"


@pytest.fixture(scope="module")
def talkative(make_host):
    return make_host(env={"LOG_LEVEL": "debug", "LOG_FORMAT": "json"}).start()


def requests_of(host):
    """The lines about requests; every line of a worker must be one JSON object."""
    lines = [line for line in host.output().splitlines() if line.startswith("{")]
    assert lines
    found = [json.loads(line) for line in lines]
    for line in found:
        assert {"time", "level", "origin", "message"} <= set(line), line
        assert all(isinstance(value, str) for value in line.values()), line
    return [line for line in found if line["message"] == "request"]


def test_every_request_is_told_with_its_id(talkative):
    with Client(talkative.url) as client:
        for number, (method, path, status) in enumerate([
                ("GET", "/api/accounts/1", 200), ("GET", "/api/accounts/nobody", 404),
                ("GET", "/nowhere", 404), ("POST", "/api/accounts/1/orders", 400)]):
            answer = client.call(
                method, path, headers={"X-Request-Id": f"told-{number}"},
                body={} if method == "POST" else None)
            assert answer.status_code == status
    told = {line["request_id"]: line for line in requests_of(talkative)}
    assert told["told-0"]["pattern"] == "/api/accounts/{account}"
    assert (told["told-0"]["status"], told["told-0"]["key"]) == ("200", "open")
    assert told["told-0"]["address"] == "127.0.0.1" and int(told["told-0"]["micros"]) >= 0
    assert (told["told-1"]["status"], told["told-1"]["code"]) == ("404", "unknown_account")
    assert told["told-2"]["status"] == "404" and "pattern" not in told["told-2"]
    assert (told["told-3"]["level"], told["told-3"]["code"]) == ("debug", "missing_field")


def test_what_an_administrator_does_is_told_at_info(talkative):
    with Client(talkative.url) as client:
        client.call(
            "POST", "/api/accounts/", {"name": "Told"}, headers={"X-Request-Id": "an-admin-act"})
    line = next(
        line for line in requests_of(talkative) if line["request_id"] == "an-admin-act")
    assert (line["level"], line["method"], line["status"]) == ("info", "POST", "201")


def test_no_secret_no_cookie_no_body(talkative):
    headers = {
        "Authorization": f"Bearer {SECRET}", "X-API-Key": SECRET,
        "Cookie": f"oes_session={SECRET}"}
    with Client(talkative.url) as client:
        for method, path, body in [
                ("GET", f"/api/status?secret={SECRET}", None), ("GET", "/api/status", None),
                ("POST", "/api/accounts/", {"name": BODY}),
                ("POST", "/api/accounts/1/transactions",
                 {"transaction_type": BODY, "description": BODY}),
                ("POST", "/api/accounts/1/orders", {"type": "buy", "symbol": BODY[:20]})]:
            client.call(method, path, body, headers=headers)
            client.call(method, path, body)
    output = talkative.output()
    assert "request_id" in output
    assert SECRET not in output
    assert BODY[:20] not in output


def test_text_lines_at_info_tell_only_what_matters(make_host):
    host = make_host().start()
    with Client(host.url) as client:
        client.get("/api/accounts/1")
        client.call("GET", "/api/accounts/nobody")
        client.post("/api/accounts/", {"name": "Quiet"})
    told = [line for line in host.output().splitlines() if " request " in line]
    assert len(told) == 1, told
    assert "method=POST pattern=/api/accounts status=201" in told[0]
