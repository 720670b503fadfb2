"""The recorded order flow: fetched, read, and turned into commands.

PyPI's ob-analytics 0.1.0 carries thirty minutes of Bitstamp's BTC/USD feed: one row for each
created, changed and deleted order, and the venue's own list of trades. It is fetched by pip into
the build folder and never committed.

What the rows mean as commands, as a study of the file showed:

- `created` is a new limit order, also for one that trades at once: the venue reports market
  orders as limits at their protection price. An ask at price 0 is a market order.
- `changed` nearly always echoes a fill, the aggressor's fill by fill before those of the resting
  orders. An order of ours that has less left than the row says has traded already; one that has
  more left is amended down to it.
- `deleted` with volume 0 ends a filled order; with volume left it is a cancel.
- An order that is created and, in the very next row, deleted with its volume untouched was
  refused by the venue: 100,518 of these 102,585 would have crossed the book, so they were
  post-only or fill-or-kill orders. The feed doesn't tell which.
"""

import csv
import gzip
import hashlib
import io
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

PACKAGE = "ob-analytics==0.1.0"
ORDERS = "ob_analytics/_sample_data/orders.csv.gz"
TRADES = "ob_analytics/_sample_data/trades.csv"
# Of the two files, so that another edition of the package can't pass for this one.
DIGESTS = {
    ORDERS: "880501e94fb43942b7f98cbc37bab421d72703d85898aae8de5da117bf62cdfc",
    TRADES: "9fd0dd86023b71eed49026b9b8e8a45d06d2578ced69393ad696f37233e9c795",
}

NEW, CHANGE, CANCEL, FILLED = "new", "change", "cancel", "filled"
LIMIT, MARKET, REFUSED = "limit", "market", "refused"


@dataclass(slots=True, frozen=True)
class Row:
    id: str
    millis: int
    price: Decimal
    volume: Decimal
    action: str
    is_bid: bool


@dataclass(slots=True, frozen=True)
class Trade:
    buy: str
    sell: str
    price: Decimal
    quantity: Decimal


@dataclass(slots=True, frozen=True)
class Command:
    """`kind` of a new order: limit, market, or refused by the venue; of others empty."""

    what: str
    row: Row
    kind: str = ""


@dataclass
class Record:
    rows: list
    trades: list

    @property
    def closing_millis(self):
        """From here on, rows are made up by the recorder: all that still rests is deleted."""
        return self.rows[-1].millis


def fetch(cache: Path):
    """The package's two files, from the cache or by pip."""
    wheels = list(cache.glob("ob_analytics-0.1.0-*.whl"))
    if not wheels:
        cache.mkdir(parents=True, exist_ok=True)
        print(f"Fetching {PACKAGE} by pip", file=sys.stderr)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-deps",
             "--disable-pip-version-check", "-d", str(cache), PACKAGE],
            check=True, stdin=subprocess.DEVNULL)
        wheels = list(cache.glob("ob_analytics-0.1.0-*.whl"))
    contents = {}
    with zipfile.ZipFile(wheels[0]) as archive:
        for name, digest in DIGESTS.items():
            contents[name] = archive.read(name)
            found = hashlib.sha256(contents[name]).hexdigest()
            if found != digest:
                raise SystemExit(f"{name} isn't the file that this was written for: {found}")
    return contents


def load(cache: Path, limit=None) -> Record:
    contents = fetch(cache)
    rows = []
    with gzip.open(io.BytesIO(contents[ORDERS]), "rt", newline="") as text:
        for row in csv.DictReader(text):
            rows.append(Row(
                row["id"], int(row["exchange_timestamp"]), Decimal(row["price"]),
                Decimal(row["volume"]), row["action"], row["direction"] == "bid"))
            if limit and len(rows) == limit:
                break
    text = io.StringIO(contents[TRADES].decode())
    trades = [
        Trade(row["buy_order_id"], row["sell_order_id"], Decimal(row["price"]),
              Decimal(row["amount"]))
        for row in csv.DictReader(text)]
    known = {row.id for row in rows}
    if limit:
        # A trade whose younger order comes after the cut can't be expected.
        trades = [trade for trade in trades if trade.buy in known and trade.sell in known]
    return Record(rows, trades)


def commands(record: Record):
    """The commands in the record's order, and a count of the rows that make none, by reason."""
    sent, skipped, made = {}, Counter(), []
    for index, row in enumerate(record.rows):
        if row.action == "created":
            kind = kind_of(record.rows, index)
            if kind is None:
                skipped["created with price or volume 0: nothing that could be ordered"] += 1
                continue
            sent[row.id] = kind
            made.append(Command(NEW, row, kind))
        elif row.id not in sent:
            skipped["changed or deleted without a created row that could be sent"] += 1
        elif row.action == "changed":
            made.append(Command(CHANGE, row))
        else:
            made.append(Command(CANCEL if row.volume else FILLED, row))
    return made, skipped


def kind_of(rows, index):
    row = rows[index]
    if row.volume <= 0:
        return None
    if row.price <= 0:
        return None if row.is_bid else MARKET
    following = rows[index + 1] if index + 1 < len(rows) else None
    is_refused = (
        following is not None and following.id == row.id and following.action == "deleted"
        and following.volume == row.volume)
    return REFUSED if is_refused else LIMIT
