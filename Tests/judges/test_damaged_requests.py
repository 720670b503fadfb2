"""HTTP: damaged requests, read by us and by h11's server. What it can't take as a request, we mustn't
either: two readings of the same bytes are how requests are smuggled. The other way round is fine;
we are stricter on purpose."""

import random
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import h11

from judges import vectors
from judges.findings import compare
from judges.test_gunicorn import REFUSALS, WHOLE, exchange

CHANGES = 4_000
BYTES = b"\r\n\t \0:;,\"#%?/\\*-+_.019aAfFxXzZ{}[]\x0b\x7f\x80\xff"


def damage(raw, seed):
    """A vector with one to three bytes changed, put in, left out or doubled."""
    chance = random.Random(seed)
    raw = bytearray(raw)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(raw))
        kind = chance.randrange(4)
        if kind == 0:
            raw[at] = chance.choice(BYTES)
        elif kind == 1:
            raw.insert(at, chance.choice(BYTES))
        elif kind == 2 and len(raw) > 1:
            del raw[at]
        else:
            end = min(len(raw), at + chance.randint(1, 20))
            raw[at:at] = raw[at:end]
    return bytes(raw)


def requests_seen(raw):
    """How many whole requests h11 finds at the front of the bytes."""
    server, count = h11.Connection(h11.SERVER, max_incomplete_event_size=65_536), 0
    server.receive_data(raw)
    server.receive_data(b"")
    while True:
        try:
            event = server.next_event()
        except h11.RemoteProtocolError:
            return count
        if isinstance(event, h11.EndOfMessage):
            count += 1
            server.send(h11.Response(status_code=404, headers=[("Content-Length", "0")]))
            server.send(h11.EndOfMessage())
            if server.our_state is not h11.DONE or server.their_state is not h11.DONE:
                return count
            server.start_next_cycle()
        elif event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
            return count


def test_no_damaged_request_is_taken_that_h11_refuses(server, sources):
    parts = urlsplit(server.url)
    host = (parts.hostname, parts.port)
    (folder,) = sources.glob("gunicorn-*/tests/requests")
    given = [
        vector for vector in vectors.load(folder / "valid", parts.netloc.encode())
        if len(vector.raw) < 4_000]

    def judge(seed):
        vector = given[seed % len(given)]
        raw = damage(vector.raw, seed)
        damaged = vectors.Vector(vector.name, raw, None, 0)
        found, closed = exchange(host, damaged, WHOLE, lambda found: False)
        ours = sum(status not in REFUSALS for status in found)
        theirs = requests_seen(raw)
        if closed and ours <= theirs:
            return None
        return f"seed {seed}: {found} from us, {theirs} requests for h11: {raw}"

    with ThreadPoolExecutor(8) as pool:
        faults = list(pool.map(judge, range(CHANGES)))
    found = {}
    for seed, fault in enumerate(faults):
        if fault:
            found.setdefault(given[seed % len(given)].name, fault)
    compare("h11", found)
