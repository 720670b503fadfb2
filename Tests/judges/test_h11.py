"""HTTP: our answers, of every kind and also in drops, as h11's client reads them. It follows RFC
9112 to the letter, and knows what state the connection has to be in afterwards."""

import socket
from urllib.parse import urlsplit

import h11
import pytest

BODY = b'{"name": "Judged"}'
JSON = [("Content-Type", "application/json")]
UPGRADE = [
    ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]

# name, method, target, headers, body, statuses that the answer has (interim ones too).
ANSWERS = [
    ("a page", "GET", "/", [], b"", [200]),
    ("json", "GET", "/api/status", [], b"", [200]),
    ("a head", "HEAD", "/app.js", [], b"", [200]),
    ("a head of nothing", "HEAD", "/nothing", [], b"", [404]),
    ("nothing there", "GET", "/nothing", [], b"", [404]),
    ("a wrong method", "DELETE", "/api/status", [], b"", [405]),
    ("all options", "OPTIONS", "*", [], b"", [404]),
    ("a last answer", "GET", "/", [("Connection", "close")], b"", [200]),
    ("a body", "POST", "/api/accounts", [*JSON, ("Content-Length", "18")], BODY, [201]),
    ("chunks", "POST", "/api/accounts", [*JSON, ("Transfer-Encoding", "chunked")], BODY, [201]),
    ("a wrong body", "POST", "/api/accounts", [*JSON, ("Content-Length", "1")], b"{", [400]),
    ("a wrong type", "POST", "/api/accounts", [("Content-Length", "1")], b"{", [415]),
    ("too large a body", "POST", "/api/accounts", [*JSON, ("Content-Length", "9999999")], b"",
     [413]),
    ("a word before the body", "POST", "/api/accounts",
     [*JSON, ("Content-Length", "18"), ("Expect", "100-continue")], BODY, [100, 201]),
    ("an unknown expectation", "GET", "/", [("Expect", "cake")], b"", [417]),
    ("an unknown method", "BREW", "/", [], b"", [405]),
    ("too long a target", "GET", "/" + "a" * 9_000, [], b"", [414]),
    ("too long headers", "GET", "/", [("A", "a" * 17_000)], b"", [431]),
    ("a socket", "GET", "/ws", UPGRADE, b"", [101]),
    ("a socket of another version", "GET", "/ws",
     [*UPGRADE[:2], ("Sec-WebSocket-Version", "7"), UPGRADE[3]], b"", [426]),
    ("no socket", "GET", "/ws", [], b"", [426]),
]


def dial(server):
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), 20)


def put(client, event):
    """What h11 would send for an event. Asks for an upgrade are remembered by it."""
    return client.send(event) or b""


def events(client, connection, step, until):
    """h11's reading of what comes, `step` bytes at a time, up to an event of these kinds."""
    found = []
    while not found or not isinstance(found[-1], until):
        event = client.next_event()
        if event is h11.NEED_DATA:
            client.receive_data(connection.recv(step))
        else:
            found.append(event)
    return found


def statuses(found):
    return [event.status_code for event in found
            if isinstance(event, (h11.Response, h11.InformationalResponse))]


@pytest.mark.parametrize("step", [65_536, 1])
@pytest.mark.parametrize("case", ANSWERS, ids=lambda case: case[0].replace(" ", "-"))
def test_every_answer_is_understood(server, case, step):
    _, method, target, headers, body, expected = case
    client = h11.Connection(h11.CLIENT)
    host = urlsplit(server.url).netloc
    head = h11.Request(method=method, target=target, headers=[("Host", host), *headers])
    with dial(server) as connection:
        connection.sendall(put(client, head))
        found = []
        if expected[0] == 100:
            found = events(client, connection, step, h11.InformationalResponse)
        if expected[-1] not in (101, 413):
            raw = put(client, h11.Data(data=body)) if body else b""
            connection.sendall(raw + put(client, h11.EndOfMessage()))
        elif expected == [101]:
            connection.sendall(put(client, h11.EndOfMessage()))
        last = h11.InformationalResponse if expected == [101] else h11.EndOfMessage
        found += events(client, connection, step, last)
        assert statuses(found) == expected
        if expected == [101]:
            assert client.next_event() is h11.PAUSED
            assert client.their_state is h11.SWITCHED_PROTOCOL
        elif client.their_state is h11.MUST_CLOSE:
            # It said that it would close, so it does; and nothing more comes.
            assert events(client, connection, step, h11.ConnectionClosed)
        else:
            assert client.their_state is h11.DONE
            again(client, connection, host, step)


def again(client, connection, host, step):
    """The connection that stays open takes another request."""
    client.start_next_cycle()
    request = h11.Request(method="GET", target="/health/live", headers=[("Host", host)])
    connection.sendall(put(client, request) + put(client, h11.EndOfMessage()))
    assert statuses(events(client, connection, step, h11.EndOfMessage)) == [200]


@pytest.mark.parametrize("step", [65_536, 1])
def test_not_modified_has_no_body(server, step):
    client, host = h11.Connection(h11.CLIENT), urlsplit(server.url).netloc
    with dial(server) as connection:
        tag = None
        for expected in (200, 304):
            headers = [("Host", host)] + ([("If-None-Match", tag)] if tag else [])
            request = h11.Request(method="GET", target="/app.js", headers=headers)
            connection.sendall(put(client, request) + put(client, h11.EndOfMessage()))
            found = events(client, connection, step, h11.EndOfMessage)
            assert statuses(found) == [expected]
            assert any(isinstance(event, h11.Data) for event in found) == (expected == 200)
            tag = dict(found[0].headers)[b"etag"]
            client.start_next_cycle()


def test_pipelined_answers_come_one_behind_the_other(server):
    client, host = h11.Connection(h11.CLIENT), urlsplit(server.url).netloc
    targets = ["/health/live", "/nothing", "/app.js"] * 20
    with dial(server) as connection:
        connection.sendall(b"".join(
            f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() for target in targets))
        found = []
        for target in targets:
            # h11 sends nothing ahead, so it is told of each request when its answer is due.
            put(client, h11.Request(method="GET", target=target, headers=[("Host", host)]))
            put(client, h11.EndOfMessage())
            found += statuses(events(client, connection, 7, h11.EndOfMessage))
            client.start_next_cycle()
    assert found == [200, 404, 200] * 20
