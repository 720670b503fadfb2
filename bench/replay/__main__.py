"""script/replay: thirty recorded minutes of Bitstamp's BTC/USD through the public API.

    script/replay --start               on a private host of its own
    script/replay --url URL             on a running one, with accounts and a symbol of its own
    script/replay --start --speed 20    at twenty times its own time; without, at full speed
    script/replay --start --limit 9000  the first 9,000 rows only

It ends in a table and exits non-zero where a command failed, was lost, or an invariant broke.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from oes.host import Host
from oes.rest import Api

from . import report
from .drive import Driver, Progress
from .judge import Comparison, Judge
from .record import commands, load

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".build" / "replay"


def parse():
    parser = argparse.ArgumentParser(
        prog="script/replay", description=__doc__.split("\n\n")[0],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--start", action="store_true", help="run on a private host")
    target.add_argument("--url", default="http://127.0.0.1:8001", help="a running host")
    parser.add_argument("--limit", type=positive(int), help="rows to take, from the start")
    parser.add_argument("--speed", type=positive(float), help="multiple of the record's own time")
    parser.add_argument("--window", type=positive(int), default=32,
                        help="requests sent ahead of their answers (default 32)")
    parser.add_argument("--accounts", type=positive(int), default=4,
                        help="accounts a side; buyers never sell, so none meets itself (default 4)")
    parser.add_argument("--refused-as", choices=("internal", "limit"), default="internal",
                        help="orders that the venue refused as they would have crossed: to the "
                        "internal book, where they take nothing, or as limits that trade")
    parser.add_argument("--redis", help="the host's Redis, as a socket's path, to verify it too")
    return parser.parse_args()


def positive(kind):
    def read(text):
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError(f"{text} isn't above 0")
        return value
    return read


def prepare(api, symbol, count):
    """An instrument of its own, buyers with cash and sellers with coins."""
    api.post("/api/v1/instruments", {
        "symbol": symbol, "name": "Bitstamp BTC/USD, replayed", "asset_type": "crypto",
        "currency": "USD", "price_scale": 2, "quantity_scale": 8, "tick_size": "0.01",
        "lot_size": "0.00000001", "price_band_bps": 1000})
    buyers, sellers = [], []
    for number in range(1, count + 1):
        buyers.append(api.post("/api/accounts/", {
            "name": f"Replay buyer {number}", "initial_balance": 1_000_000_000})["account_id"])
        seller = api.post("/api/accounts/", {
            "name": f"Replay seller {number}", "initial_balance": 0})["account_id"]
        api.post(f"/api/accounts/{seller}/transactions", {
            "transaction_type": "adjustment", "symbol": symbol, "quantity": 10_000,
            "price": "78000", "description": "coins to sell"})
        sellers.append(seller)
    return buyers, sellers


def closing_index(record, made):
    """Where the recorder's made-up closing deletes begin: the book is full there."""
    for index, command in enumerate(made):
        if command.row.millis == record.closing_millis and command.row.action == "deleted":
            return index
    return len(made)


def replay(arguments, url, redis):
    record = load(CACHE, arguments.limit)
    made, skipped = commands(record)
    api = Api(url, timeout=60)
    symbol = f"BTCUSD-R{int(time.time()) % 10**8}"
    buyers, sellers = prepare(api, symbol, arguments.accounts)
    judge = Judge(api, symbol, [*buyers, *sellers])
    before = judge.ledger("at the start")

    print(f"Replaying {len(record.rows):,} rows as {len(made):,} commands on {url}, {symbol}",
          file=sys.stderr)
    driver = Driver(url, symbol, buyers, sellers, window=arguments.window,
                    speed=arguments.speed, refused_as=arguments.refused_as)
    progress = Progress(len(made))
    closing = closing_index(record, made)
    outcome = driver.run(made[:closing], progress)
    judge.ledger("with the book at its fullest")
    driver.run(made[closing:], progress)
    progress.show(len(made), last=True)
    driver.pipeline.close()

    print("Checking what came out", file=sys.stderr)
    judge.conserved(before, judge.ledger("at the end"))
    judge.kept(outcome)
    comparison = Comparison(record, made, outcome, judge.trades())
    if redis:
        judge.redis(redis)
    report.show(record, made, skipped, outcome, comparison, judge, bool(redis))
    return not outcome.errors and judge.sound


def main():
    arguments = parse()
    if not arguments.start:
        return 0 if replay(arguments, arguments.url.rstrip("/"), arguments.redis) else 1
    folder = Path(tempfile.mkdtemp(prefix="oes-replay-"))
    host = Host(folder, env={"OES_SAMPLES": "off"}).start()
    try:
        sound = replay(arguments, host.url, host.redis_socket())
        code = host.stop()
        if code:
            print(f"the host ended with {code}:\n{host.output()}", file=sys.stderr)
        return 0 if sound and code == 0 else 1
    finally:
        if host.process:
            host.kill_all()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
