"""What follows from an order's record alone: whether it rests, how much of it works, what it is
charged for."""

from collections import defaultdict
from dataclasses import dataclass

from . import records


def is_open(record):
    return record["status"] in records.OPEN_STATUSES


def is_resting(record):
    """Whether it stands in a book."""
    return (
        record["status"] in records.WORKING_STATUSES and record["role"] != records.CONTAINER
        and not record["flags"] & (records.QUEUED | records.WAITING))


def parent_of(name):
    """The order that a child belongs to; an order's own name where it is no child."""
    return name.split(":", 1)[0]


def working(record):
    """What account and position are charged for."""
    waits = record["flags"] & records.WAITING
    if not is_open(record) or waits or record["role"] == records.CONTAINER:
        return 0
    if record["role"] == records.AFTER:
        return min(record["granted"], record["quantity"]) - record["filled"]
    return record["quantity"] - record["filled"]


def visible(record):
    """What a level counts of it."""
    return record["shown"] if record["display"] else working(record)


def limit_of(record):
    """The worst price that it may trade at: a pegged order's price is only where it stands now."""
    return record["peg_limit"] if record["peg"] else record["price"]


def link_groups(orders):
    """The open orders, those that are linked together; any other one is a group by itself."""
    groups = defaultdict(list)
    for name, record in orders.items():
        if is_open(record):
            link = record["link"]
            groups[(parent_of(name), link) if link else (name, 0)].append((name, record))
    return groups.values()


@dataclass
class Charge:
    cash: int = 0
    shares: int = 0
    buying: int = 0


def charges(orders):
    """(account, symbol) and what each link group costs there: its largest member's, not the sum."""
    for group in link_groups(orders):
        charge = Charge()
        for name, record in group:
            if record["side"] == records.BUY:
                charge.cash = max(charge.cash, record["hold"])
                charge.buying = max(charge.buying, working(record))
            else:
                charge.shares = max(charge.shares, working(record))
        yield (name.split("-", 1)[0], record["symbol"]), charge


def reduce_only_problems(orders, positions):
    """Open reduce-only quantity never exceeds the position, and is on the side that reduces it."""
    sums, counts = defaultdict(int), defaultdict(int)
    for group in link_groups(orders):
        largest = 0
        for name, record in group:
            if not record["flags"] & records.REDUCE_ONLY:
                continue
            key = f"{name.split('-', 1)[0]}:{record['symbol']}"
            counts[key] += 1
            largest = max(largest, working(record))
            held = positions.get(key, {"quantity": 0})["quantity"]
            reduces = held > 0 if record["side"] == records.SELL else held < 0
            if working(record) and not reduces:
                yield f"order {name} is reduce-only, and the position is {held}"
        if largest:
            sums[key] += largest
    for key, total in sums.items():
        if total > abs(positions[key]["quantity"]):
            yield f"position {key}: reduce-only orders of {total} on {positions[key]['quantity']}"
    for key, position in positions.items():
        if position["reducers"] != counts[key]:
            yield f"position {key} counts {position['reducers']} reduce-only orders, not {counts[key]}"
