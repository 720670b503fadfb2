"""Requests that are sent before the ones before them are answered: what comes later sees what was
done earlier on its connection."""

import json
import socket
from urllib.parse import urlsplit


def pipelined(url, requests):
    """Sends all at once; gives (status, body) of each."""
    parts = urlsplit(url)
    data = b""
    for method, path, body in requests:
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        if content:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        data += head.encode() + b"\r\n" + content
    answers = []
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(data)
        with connection.makefile("rb") as stream:
            for _ in requests:
                status = int(stream.readline().split()[1])
                length = 0
                while (line := stream.readline()) != b"\r\n":
                    name, _, value = line.decode().partition(":")
                    if name.lower() == "content-length":
                        length = int(value)
                answers.append((status, json.loads(stream.read(length))))
    return answers


def order(account, symbol, **fields):
    return "POST", "/api/v1/orders", {
        "account_id": account, "side": "buy", "symbol": symbol, "quantity": 1, "price": 5, **fields}


def test_a_cancel_of_all_reaches_what_was_sent_before_it(server, client, buyer, symbol):
    for _ in range(10):
        *placed, cancelled = pipelined(server.url, [order(buyer, symbol)] * 5 + [
            ("POST", "/api/v1/orders/cancel-all", {"account_id": buyer})])
        assert [status for status, _ in placed] == [200] * 5
        assert cancelled[1]["cancelled"] == 5, cancelled
    assert client.get(f"/api/v1/orders?account_id={buyer}&status=new")["items"] == []


def test_so_it_does_after_a_batch(server, client, buyer, symbol):
    batch = "POST", "/api/v1/orders/batch", {"orders": [order(buyer, symbol)[2]] * 20}
    for _ in range(5):
        _, (_, cancelled) = pipelined(server.url, [
            batch, ("POST", "/api/v1/orders/cancel-all", {"account_id": buyer})])
        assert cancelled["cancelled"] == 20


def test_what_is_placed_after_a_cancel_of_all_stands(server, client, buyer, symbol):
    for _ in range(5):
        first, cancelled, second = pipelined(server.url, [
            order(buyer, symbol), ("POST", "/api/v1/orders/cancel-all", {"account_id": buyer}),
            order(buyer, symbol)])
        assert cancelled[1]["cancelled"] == 1
        assert client.show(first[1]["order_id"])["status"] == "cancelled"
        assert client.show(second[1]["order_id"])["status"] == "open"
        client.cancel(second[1]["order_id"])


def test_a_list_has_what_was_placed_before_it(server, buyer, symbol):
    for _ in range(10):
        (_, placed), (_, listed), _ = pipelined(server.url, [
            order(buyer, symbol), ("GET", f"/api/v1/orders?account_id={buyer}&status=new", None),
            ("POST", "/api/v1/orders/cancel-all", {"account_id": buyer})])
        assert [item["order_id"] for item in listed["items"]] == [placed["order_id"]]


def test_a_balance_has_the_deposit_before_it(server, buyer):
    deposit = {"transaction_type": "deposit", "amount": 7}
    for _ in range(10):
        (_, entry), (_, account) = pipelined(server.url, [
            ("POST", f"/api/v1/accounts/{buyer}/ledger", deposit),
            ("GET", f"/api/v1/accounts/{buyer}", None)])
        assert account["balance"] == entry["balance_after"]


def test_an_order_in_an_instrument_made_just_before_it(server, buyer, numbers):
    symbol = f"PIPE{next(numbers)}"
    instrument = {
        "symbol": symbol, "name": "x", "price_scale": 2, "quantity_scale": 0,
        "tick_size": "0.01", "lot_size": 1}
    made, placed = pipelined(server.url, [
        ("POST", "/api/v1/instruments", instrument), order(buyer, symbol)])
    assert (made[0], placed[0]) == (201, 200), placed


def test_a_long_line_is_answered_in_its_order(server, buyer, symbol):
    requests = []
    for number in range(60):
        requests += [order(buyer, symbol, client_order_id=f"line-{number}"),
                     ("GET", f"/api/v1/orders/{buyer}-line-{number}", None)]
    answers = pipelined(server.url, requests)
    assert [status for status, _ in answers] == [200] * 120
    ids = [body["order_id"] for _, body in answers]
    assert ids == [f"{buyer}-line-{number // 2}" for number in range(120)]
