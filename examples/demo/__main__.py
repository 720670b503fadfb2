"""A market to look at: bots that quote and trade on a server's instruments around a random walk.

They are clients of the public API like anybody else, marked as what they are: their accounts are called
"Demo … (simulated)", their orders have the tag `demo`. At the end they cancel what they left.
"""

import argparse
import os
import random
import signal
import sys
import time

from demo.client import Client, Refused, Unreachable
from demo.market import Market, accounts_for


def arguments():
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__.split("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8001",
                        help="the server's address; script/demo starts one unless this is given")
    parser.add_argument("--seed", type=int, help="the same seed makes the same decisions")
    parser.add_argument("--rate", type=float, default=20, help="requests a second, 1 to 200 (20)")
    parser.add_argument("--seconds", type=float, help="end after so long; else at Ctrl-C")
    parser.add_argument("--symbols", help="only these, by commas; else all that trade now")
    given = parser.parse_args()
    if not 1 <= given.rate <= 200:
        parser.error(f"--rate: expected 1 to 200, found {given.rate:g}")
    return given


class Ended(Exception):
    pass


def end(*_):
    raise Ended


def wait_for(client, seconds=120):
    """A server that is just starting."""
    limit = time.monotonic() + seconds
    while True:
        try:
            return client.get("/health/ready")
        except (Unreachable, Refused):
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)


def main():
    given = arguments()
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    client = Client(given.url, given.rate, os.environ.get("OES_KEY"))
    accounts, placed, code = [], 0, 0
    try:
        wait_for(client)
        seed = given.seed if given.seed is not None else random.randrange(1_000_000)
        numbers = random.Random(seed)
        wanted = given.symbols.split(",") if given.symbols else None
        instruments = [
            one for one in client.items("/api/v1/instruments")
            if one["state"] == "open" and (wanted is None or one["symbol"] in wanted)]
        if not instruments:
            raise Refused("there is no instrument that trades now")
        accounts = accounts_for(client, instruments)
        markets = [Market(client, one, accounts, numbers, seed) for one in instruments]
        names = ", ".join(one["symbol"] for one in instruments)
        print(f"demo: {given.url} trades {names} (seed {seed}); Ctrl-C ends it", flush=True)
        limit = time.monotonic() + given.seconds if given.seconds else None
        while limit is None or time.monotonic() < limit:
            placed += numbers.choice(markets).step()
    except Ended:
        pass
    except (Refused, Unreachable) as problem:
        print(f"demo: {problem}", file=sys.stderr)
        code = 1
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    cancelled = cancel_all(client, accounts)
    print(f"demo: {placed} orders placed, {cancelled} cancelled at the end", flush=True)
    return code


def cancel_all(client, accounts):
    count = 0
    for account in accounts:
        try:
            answer = client.post(
                "/api/v1/orders/cancel-all", {"account_id": account, "tag": "demo"})
            count += answer["cancelled"]
        except (Refused, Unreachable) as problem:
            print(f"demo: account {account}: {problem}", file=sys.stderr)
    return count


if __name__ == "__main__":
    sys.exit(main())
