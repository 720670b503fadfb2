"""What accounts have open and own, summed from orders and positions; and the sums of groups and of
everyone, where they are kept."""

from collections import Counter, defaultdict

from . import records
from .orders import is_open, limit_of, working

NAMES = ("open_orders", "open_buy", "open_sell", "long_cost", "short_cost")


def total_problems(orders, accounts, positions, instruments, kept):
    expected = account_totals(orders, positions, instruments)
    for name, record in accounts.items():
        for label in NAMES:
            if record[label] != expected[name][label]:
                yield f"account {name}: {label} is {record[label]}, not {expected[name][label]}"
    for field, packed in kept.items():
        field = field.decode()
        if field in ("policy", "kept"):
            continue
        found = [int.from_bytes(packed[at:at + 8], "little", signed=True)
                 for at in range(0, len(packed), 8)]
        sums = scope_sums(field, accounts, positions)
        if found != sums:
            yield f"scope {field} is {found}, its accounts sum to {sums}"


def account_totals(orders, positions, instruments):
    totals, groups = defaultdict(Counter), defaultdict(int)
    for name, record in orders.items():
        if not is_open(record):
            continue
        account = name.split("-", 1)[0]
        totals[account]["open_orders"] += 1
        side = "open_buy" if record["side"] == records.BUY else "open_sell"
        money = notional(record, instruments[record["symbol"]])
        # Of a link group the largest of a side counts.
        group = (name.split(":")[0], record["link"]) if record["link"] else (name, 0)
        place = (account, side, group)
        groups[place] = max(groups[place], money)
    for (account, side, _), money in groups.items():
        totals[account][side] += money
    for name, record in positions.items():
        side = "long_cost" if record["cost"] > 0 else "short_cost"
        totals[name.split(":", 1)[0]][side] += abs(record["cost"])
    return totals


def notional(record, listed):
    exponent = listed["price_scale"] + listed["quantity_scale"] - listed["money_scale"]
    product = limit_of(record) * working(record)
    return -(-product // 10**exponent) if exponent >= 0 else product * 10**-exponent


def scope_sums(field, accounts, positions):
    """`firm|CUR`, `group:ID|CUR`, `firm:SYMBOL`, `group:ID:SYMBOL`."""
    is_money = "|" in field
    scope, last = field.rsplit("|" if is_money else ":", 1)
    group = None if scope == "firm" else scope.split(":", 1)[1]
    members = {name: record for name, record in accounts.items()
               if group is None or record["group"] == group}
    if is_money:
        rows = [[record[label] for label in NAMES] for record in members.values()
                if record["currency"] == last]
    else:
        found = [positions.get(f"{name}:{last}") for name in members]
        rows = [[row["quantity"], row["open_buy"], row["held"]] for row in found if row]
    return [sum(column) for column in zip(*rows)] if rows else [0] * (5 if is_money else 3)
