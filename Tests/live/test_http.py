"""HTTP/1.1 on the wire, by raw sockets: what smuggling, slow and broken clients send."""

import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from live.client import ERROR_FIELDS

HEAD = b"Host: 127.0.0.1\r\n"


def dial(server):
    parts = urlsplit(server.url)
    connection = socket.create_connection((parts.hostname, parts.port), 10)
    connection.settimeout(20)
    return connection


def read_answers(connection, count=None):
    """Answers until `count` have come or the other side closes: (status, headers, body)."""
    data, answers = b"", []
    while count is None or len(answers) < count:
        end = data.find(b"\r\n\r\n")
        if end >= 0:
            lines = data[:end].decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:])
            size = int(headers.get("content-length", 0))
            if len(data) >= end + 4 + size:
                status = int(lines[0].split(" ")[1])
                if status != 100:
                    answers.append((status, headers, data[end + 4:end + 4 + size]))
                data = data[end + 4 + size:]
                continue
        try:
            more = connection.recv(65_536)
        except ConnectionResetError:
            more = b""
        if not more:
            break
        data += more
    return answers


def exchange(server, raw, count=1):
    with dial(server) as connection:
        connection.sendall(raw)
        return read_answers(connection, count)


def chunked(*chunks):
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def post(body, extra=b"", path=b"/api/accounts/", length=True):
    head = b"POST " + path + b" HTTP/1.1\r\n" + HEAD + b"Content-Type: application/json\r\n" + extra
    if length:
        head += b"Content-Length: %d\r\n" % len(body)
    return head + b"\r\n" + body


GET = b"GET /health/live HTTP/1.1\r\n" + HEAD + b"\r\n"

SMUGGLING = {
    "two lengths": post(b"{}", b"Content-Length: 5\r\n"),
    "length and chunked": post(chunked(b"{}"), b"Transfer-Encoding: chunked\r\n"),
    "list of lengths": post(b"", b"Content-Length: 0, 0\r\n", length=False),
    "negative length": post(b"", b"Content-Length: -1\r\n", length=False),
    "plus length": post(b"{}", b"Content-Length: +2\r\n", length=False),
    "hex length": post(b"{}", b"Content-Length: 0x2\r\n", length=False),
    "empty length": post(b"", b"Content-Length:\r\n", length=False),
    "huge length": post(b"", b"Content-Length: 99999999999999999999\r\n", length=False),
    "length with a space in its name": post(b"", b"Content-Length : 0\r\n", length=False),
    "unknown coding": post(b"", b"Transfer-Encoding: gzip\r\n", length=False),
    "chunked twice": post(chunked(b"{}"), b"Transfer-Encoding: chunked, chunked\r\n", length=False),
    "chunked not last": post(b"", b"Transfer-Encoding: chunked, gzip\r\n", length=False),
    "chunked misspelt": post(b"", b"Transfer-Encoding: xchunked\r\n", length=False),
    "chunked in HTTP/1.0": post(
        chunked(b"{}"), b"Transfer-Encoding: chunked\r\n", length=False).replace(b"/1.1", b"/1.0"),
    "folded header": b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\r\n b\r\n\r\n",
    "bare LF": b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n",
    "bare CR": b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\rb\r\n\r\n",
    "NUL in a header": b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\0b\r\n\r\n",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET / HTTP/1.1\r\n" + HEAD + HEAD + b"\r\n",
    "header without colon": b"GET / HTTP/1.1\r\n" + HEAD + b"nonsense\r\n\r\n",
    "header without name": b"GET / HTTP/1.1\r\n" + HEAD + b": x\r\n\r\n",
    "space in the path": b"GET /a b HTTP/1.1\r\n" + HEAD + b"\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\n" + HEAD + b"\r\n",
    "no version": b"GET /\r\n" + HEAD + b"\r\n",
    "HTTP/2.0": b"GET / HTTP/2.0\r\n" + HEAD + b"\r\n",
    "HTTP/1.10": b"GET / HTTP/1.10\r\n" + HEAD + b"\r\n",
    "small letters": b"GET / http/1.1\r\n" + HEAD + b"\r\n",
    "no method": b" / HTTP/1.1\r\n" + HEAD + b"\r\n",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "bad chunk size": post(b"zz\r\n{}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n", length=False),
    "chunk longer than said": post(
        b"1\r\n{}\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n", length=False),
    "huge chunk size": post(
        b"ffffffffffffffffff\r\n", b"Transfer-Encoding: chunked\r\n", length=False),
}


@pytest.mark.parametrize("kind", SMUGGLING)
def test_what_smuggling_uses_is_refused_and_the_connection_closed(server, kind):
    """A second request behind it must never be read."""
    with dial(server) as connection:
        connection.sendall(SMUGGLING[kind] + GET)
        answers = read_answers(connection)
    assert len(answers) == 1, answers
    status, headers, body = answers[0]
    assert status in (400, 411, 413, 501, 505)
    assert headers["connection"] == "close"
    assert set(json.loads(body)) == ERROR_FIELDS


@pytest.mark.parametrize("raw,status", [
    (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + HEAD + b"\r\n", 414),
    (b"GET / HTTP/1.1\r\n" + HEAD + b"X: " + b"a" * 17_000 + b"\r\n\r\n", 431),
    (b"GET / HTTP/1.1\r\n" + HEAD + b"X: a\r\n" * 101 + b"\r\n", 431),
    (post(b"", b"Content-Length: 2000000\r\n", length=False), 413),
    (post(b"", b"Expect: 200-ok\r\n"), 417)], ids=["line", "header", "count", "body", "expect"])
def test_a_limit_has_its_status(server, raw, status):
    answers = exchange(server, raw)
    assert answers and answers[0][0] == status


def test_pipelined_requests_are_answered_in_order(server):
    paths = [b"/health/live", b"/nothing", b"/api/status"] * 40
    raw = b"".join(b"GET " + path + b" HTTP/1.1\r\n" + HEAD + b"\r\n" for path in paths)
    statuses = [answer[0] for answer in exchange(server, raw, len(paths))]
    assert statuses == [200, 404, 200] * 40


def test_pipelined_orders_keep_their_order(server, client, symbol, buyer):
    bodies = [
        json.dumps({"type": "buy", "symbol": symbol, "quantity": 1, "price": "10.00",
                    "client_order_id": f"p{number}"}).encode() for number in range(200)]
    path = f"/api/accounts/{buyer}/orders/direct".encode()
    answers = exchange(server, b"".join(post(body, path=path) for body in bodies), len(bodies))
    names = [json.loads(body)["client_order_id"] for _, _, body in answers]
    assert names == [f"p{number}" for number in range(200)]
    listed = [order["client_order_id"] for order in client.get(
        f"/api/accounts/{buyer}/orders?limit=1000")]
    assert listed == names[::-1]


def test_a_request_byte_by_byte(server):
    with dial(server) as connection:
        for byte in post(b'{"name": "Slow"}'):
            connection.sendall(bytes([byte]))
        assert read_answers(connection, 1)[0][0] in (200, 201)


def test_a_chunked_body(server):
    raw = post(chunked(b'{"name"', b': "Chunk', b'ed"}'), b"Transfer-Encoding: chunked\r\n",
               length=False)
    status, _, body = exchange(server, raw)[0]
    assert status in (200, 201)
    assert json.loads(body)["name"] == "Chunked"


def test_expect_is_answered_before_the_body(server):
    body = b'{"name": "Expected"}'
    with dial(server) as connection:
        connection.sendall(post(b"", b"Expect: 100-continue\r\nContent-Length: %d\r\n" % len(body),
                                length=False))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert read_answers(connection, 1)[0][0] in (200, 201)


def test_head_is_a_get_without_its_body(server):
    with dial(server) as connection:
        connection.sendall(b"HEAD /api/accounts/ HTTP/1.1\r\n" + HEAD + b"\r\n")
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65_536)
        head, _, rest = data.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200") and rest == b""
        assert b"content-length: " in head.lower()
        # The next answer begins right behind: no body came.
        connection.sendall(GET)
        assert read_answers(connection, 1)[0][0] == 200


def test_http_1_0_closes(server):
    with dial(server) as connection:
        connection.sendall(b"GET /health/live HTTP/1.0\r\n" + HEAD + b"\r\n")
        assert len(read_answers(connection)) == 1


def test_connection_close_closes(server):
    with dial(server) as connection:
        connection.sendall(GET.replace(HEAD, HEAD + b"Connection: close\r\n") + GET)
        answers = read_answers(connection)
    assert [answer[0] for answer in answers] == [200]


@pytest.mark.parametrize("cut", [1, 10, 30, -1])
def test_cut_off_requests_leave_nothing(server, client, symbol, buyer, cut):
    body = json.dumps({"type": "buy", "symbol": symbol, "quantity": 1, "price": "10.00"}).encode()
    raw = post(body, path=f"/api/accounts/{buyer}/orders/direct".encode())
    for _ in range(20):
        with dial(server) as connection:
            connection.sendall(raw[:cut])
    assert client.get(f"/api/accounts/{buyer}/orders") == []


def test_a_client_that_leaves_before_its_answer_has_its_order(server, client, symbol, buyer):
    """Sent whole is sent: the order stands, and the same id finds it."""
    body = json.dumps({"type": "buy", "symbol": symbol, "quantity": 1, "price": "10.00",
                       "client_order_id": "gone"}).encode()
    with dial(server) as connection:
        connection.sendall(post(body, path=f"/api/accounts/{buyer}/orders/direct".encode()))
    end = time.monotonic() + 5
    while not client.get(f"/api/accounts/{buyer}/orders") and time.monotonic() < end:
        time.sleep(0.02)
    (order,) = client.get(f"/api/accounts/{buyer}/orders")
    again = client.order(buyer, "buy", symbol, 1, "10.00", client_order_id="gone")
    assert again["id"] == order["id"]


@pytest.mark.faults
def test_a_slow_sender_is_told(server):
    with dial(server) as connection:
        connection.sendall(GET[:-4])
        answers = read_answers(connection)
    assert [answer[0] for answer in answers] in ([408], [])


def test_many_idle_connections_leave_room(server, client):
    idle = [dial(server) for _ in range(500)]
    try:
        assert client.call("GET", "/health/live").status_code == 200
    finally:
        for connection in idle:
            connection.close()


def test_the_echo_of_the_judges_is_not_there(client):
    assert client.call("GET", "/test/echo").status_code == 404
