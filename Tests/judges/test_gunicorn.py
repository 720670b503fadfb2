"""HTTP: gunicorn's valid and invalid requests. No invalid one may be taken as a request, for that
is where smuggling begins; no valid one may be refused as malformed."""

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from judges import vectors
from judges.findings import compare

# How the parser refuses. 403, 404 and 405 would mean that it has taken the bytes for a request.
REFUSALS = {400, 408, 413, 414, 417, 431, 501, 505}
WHOLE = "whole"
BY_BYTE = "byte by byte"


@pytest.fixture(scope="module")
def folder(sources):
    (found,) = sources.glob("gunicorn-*/tests/requests")
    return found


def send(connection, raw, how):
    """The host may answer and close before it has all."""
    pieces = [raw] if how == WHOLE else [raw[i:i + 1] for i in range(len(raw))]
    try:
        for piece in pieces:
            connection.sendall(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass


def statuses(data):
    """The statuses of the whole answers, interim ones left out; and what is left of the bytes."""
    found = []
    while True:
        head, end, rest = data.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        size = sum(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        if not end or len(rest) < size:
            return found, data
        status = int(lines[0].split(b" ")[1])
        if status != 100:
            found.append(status)
        data = rest[size:]


def exchange(host, vector, how, is_enough):
    """Sends a vector and reads until the host closes, or until `is_enough` of the statuses: the
    statuses, and whether it closed."""
    with socket.create_connection(host, 20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        send(connection, vector.raw, how)
        if vector.error is None or vector.is_cut_short:
            end_sending(connection)
        data = b""
        while not is_enough(statuses(data)[0]):
            try:
                more = connection.recv(65_536)
            except ConnectionResetError:
                more = b""
            except TimeoutError:
                return statuses(data)[0], False
            if not more:
                found, rest = statuses(data)
                assert not rest, f"half an answer: {rest[:200]}"
                return found, True
            data += more
        return statuses(data)[0], False


def end_sending(connection):
    try:
        connection.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # The host has reset it.


def fault_of_invalid(host, vector, how):
    """Why the answer to an invalid vector isn't right; None where it is."""
    # One answer that is no refusal condemns it: no need to wait for the end.
    found, closed = exchange(host, vector, how, lambda found: set(found) - REFUSALS)
    if vector.is_cut_short and closed and not found:
        return None
    # What stands before a wrong request may be answered, but nothing stands there.
    if len(found) != 1 or found[0] not in REFUSALS:
        return f"{vector.error}: answered {found}"
    return None if closed else f"{vector.error}: left open after {found}"


def fault_of_valid(host, vector, how):
    found, closed = exchange(host, vector, how, lambda found: False)
    if not closed:
        return f"left open after {found}"
    if REFUSALS & set(found):
        return f"refused: {found}"
    return None if len(found) == vector.requests else f"{vector.requests} requests, got {found}"


@pytest.mark.parametrize("kind", ["invalid", "valid"])
@pytest.mark.parametrize("how", [WHOLE, BY_BYTE])
def test_vectors(server, folder, kind, how):
    parts = urlsplit(server.url)
    host = (parts.hostname, parts.port)
    given = vectors.load(folder / kind, parts.netloc.encode())
    assert len(given) > 60
    fault_of = fault_of_invalid if kind == "invalid" else fault_of_valid
    with ThreadPoolExecutor(8) as pool:
        faults = list(pool.map(lambda vector: fault_of(host, vector, how), given))
    found = {f"{kind}/{vector.name}": fault for vector, fault in zip(given, faults) if fault}
    compare("gunicorn", found, lambda case: case.startswith(f"{kind}/"))
