"""The indexes of orders that something later may set off (docs/REDIS.md): each must hold exactly the
orders whose records say so."""

from collections import defaultdict

from . import records
from .orders import is_open, is_resting, parent_of

SOURCES = {1: "l", 2: "b", 3: "a"}
DIRECTIONS = {1: "u", 2: "d"}


def index_problems(redis, key, orders, instruments):
    """`key` makes a key's name of its parts."""
    expected = expected_indexes(orders)
    found = {}
    for kind, parts in (
            ("parked", [()]), ("work", [()]), ("expiry", [()]),
            ("stops", [(s + d,) for s in SOURCES.values() for d in DIRECTIONS.values()]),
            ("trails", [(direction,) for direction in DIRECTIONS.values()])):
        for symbol in instruments:
            for part in parts:
                found[kind, symbol, *part] = scores(redis, key(kind, symbol, *part))
    for account, symbol in {(n.split("-", 1)[0], r["symbol"]) for n, r in orders.items()}:
        found["reduce", account, symbol] = scores(redis, key("reduce", account, symbol))
    for place in found.keys() | expected.keys():
        if found.get(place, {}) != expected[place]:
            yield f"{':'.join(place)} is {found.get(place)}, the orders say {expected[place]}"
    yield from peg_problems(redis, key, orders, instruments)
    yield from hash_problems(redis, key, orders)


def expected_indexes(orders):
    expected = defaultdict(dict)
    for name, record in orders.items():
        if not is_open(record):
            continue
        symbol, member = record["symbol"], name.encode()
        if not is_resting(record) or record["peg"]:
            expected["parked", symbol][member] = record["accepted_seq"]
        if record["expire_at"]:
            expected["expiry", symbol][member] = record["expire_at"]
        if record["flags"] & records.QUEUED:
            expected["work", symbol][member] = record["book_seq"]
        if record["flags"] & records.REDUCE_ONLY:
            expected["reduce", name.split("-", 1)[0], symbol][member] = record["accepted_seq"]
        waits = record["flags"] & records.WAITING
        if record["status"] == records.PARKED and record["trigger_source"] and not waits:
            note_trigger(expected, record, b"%016d%s" % (record["accepted_seq"], member))
    return expected


def note_trigger(expected, record, member):
    symbol, direction = record["symbol"], DIRECTIONS[record["trigger_direction"]]
    sign = 1 if direction == "u" else -1
    place = ("stops", symbol, SOURCES[record["trigger_source"]] + direction)
    expected[place][member] = sign * record["trigger_price"]
    if record["trail"]:
        # peg_limit keeps the best price seen: a sell's peak, a buy's trough.
        expected["trails", symbol, direction][member] = -sign * record["peg_limit"]


def scores(redis, name):
    flat = redis.call("ZRANGE", name, 0, -1, "WITHSCORES")
    return {member: int(float(score)) for member, score in zip(flat[::2], flat[1::2])}


def peg_problems(redis, key, orders, instruments):
    """Every pegged order that rests is repriced; nothing else is, but one that will rest."""
    for symbol in instruments:
        found = scores(redis, key("pegs", symbol))
        pegged = {
            name.encode(): record for name, record in orders.items()
            if record["symbol"] == symbol and record["peg"] and is_open(record)}
        resting = {name for name, record in pegged.items() if is_resting(record)}
        if not resting <= found.keys() <= pegged.keys():
            yield f"pegs:{symbol} is {sorted(found)}, resting pegged orders {sorted(resting)}"
        for name, score in found.items():
            if name in pegged and score != pegged[name]["accepted_seq"]:
                yield f"pegs:{symbol}: {name} has the score {score}"


def hash_problems(redis, key, orders):
    """children, guards, states and timers name orders as they are."""
    families = defaultdict(set)
    for name in orders:
        if ":" in name:
            families[parent_of(name)].add(name.split(":", 1)[1])
    told = {
        parent.decode(): set(keys.decode().split(","))
        for parent, keys in redis.hash(key("children")).items()}
    if told != families:
        yield f"children is {told}, the orders say {dict(families)}"
    for name in (name.decode() for name in redis.hash(key("guards"))):
        record = orders.get(name)
        if not record or not is_judged_later(record):
            yield f"guards are kept of {name}, which isn't judged again"
    timers = redis.call("ZRANGE", key("timers"), 0, -1)
    for label, names in (("states", redis.hash(key("states"))), ("timers", timers)):
        for name in (name.decode() for name in names):
            record = orders.get(name)
            if not record or record["role"] != records.CONTAINER or not is_open(record):
                yield f"{label} has {name}, which is no open container"


def is_judged_later(record):
    """Who waits for a trigger or a turn, and who works with what its main order fills, until it ends."""
    return record["status"] in (records.PARKED, records.TRIGGERED) or (
        record["role"] == records.AFTER and is_open(record))
