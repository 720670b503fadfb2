"""What risk rules cost an order: 0, 10 and 50 of them.

    PYTHONPATH=Tests:bench python3 -m rules [--rounds 7] [--orders 2000] [--write]

Three hosts of their own run at once and get the same batches of orders by turns, so that what else a
machine does falls on all alike. Told are the CPU of host and Redis an order, and the median of the
rounds' differences to the host without rules, in µs a rule; and how many commands an order was for
Redis, which must be the same. Rules are the shipped ones that judge in the host (max-order,
price-collar, buying-power, fat-finger), each under several names; then the same with a guard each
(position-limit), which is Redis's to judge. A goal that is missed ends it with no error. --write
renews the section in bench/RESULTS.md.
"""

import argparse
import itertools
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from figures.report import RESULTS
from oes.host import Host
from oes.redis import Redis
from oes.rest import Api
from orders.load import cpu

BATCH = 100
COUNTS = (0, 10, 50)
JUDGED_HERE = (
    ("max-order", {"quantity": "1000000000", "value": "1000000000"}),
    ("price-collar", {"beyond": 5000}), ("buying-power", {}),
    ("fat-finger", {"times": 1000000, "usual": "1000"}))
GUARDED = (("position-limit", {"quantity": "1000000000"}),)
TITLE = "## What risk rules cost"


def plugins(count, kinds):
    entries = [
        {"name": name, "as": f"r{number}", "limits": limits}
        for number, (name, limits) in zip(range(count), itertools.cycle(kinds))]
    return {"libraries": [
        {"path": "libOESOrderTypes.so"}, {"path": "libOESRiskRules.so", "entries": entries}]}


class Bench:
    """One host with so many rules."""

    def __init__(self, stack, folder, count, kinds):
        self.host = Host(
            folder, env={"OES_DURABILITY": "fast", "LOG_LEVEL": "warning"},
            plugins=plugins(count, kinds)).start()
        stack.callback(self.host.stop)
        self.api = Api(self.host.url, timeout=120)
        self.redis = Redis(self.host.redis_socket())
        self.account = self.api.post("/api/v1/accounts", {
            "name": "Bench", "initial_balance": "100000000000"})["account_id"]
        (self.worker,), (self.server,) = self.host.workers(), self.host.redis_pids()

    def commands(self):
        """Calls of matching functions so far."""
        info = self.redis.call("INFO", "commandstats").decode()
        line = next(line for line in info.splitlines() if line.startswith("cmdstat_fcall:"))
        return int(line.split("calls=")[1].split(",")[0])

    def place(self, orders, price):
        """(host, Redis) CPU in µs an order, and calls an order."""
        before = sum(cpu(self.worker)), sum(cpu(self.server)), self.commands()
        for _ in range(orders // BATCH):
            answer = self.api.post("/api/v1/orders/batch", {"orders": [
                {"account_id": self.account, "side": "buy", "symbol": "AAPL", "quantity": "1",
                 "price": price, "time_in_force": "ioc"}] * BATCH})
            assert all(item["status"] == 200 for item in answer["items"]), answer["items"][0]
        after = sum(cpu(self.worker)), sum(cpu(self.server)), self.commands()
        host, redis, calls = (second - first for first, second in zip(before, after))
        return host / orders * 1e6, redis / orders * 1e6, calls / orders


def measure(kinds, rounds, orders):
    """count → [(host µs, Redis µs, calls) of each round]."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        benches = {count: Bench(stack, Path(folder) / str(count), count, kinds)
                   for count in COUNTS}
        for bench in benches.values():
            bench.place(BATCH, "1.00")
        figures = {count: [] for count in COUNTS}
        for _ in range(rounds):
            for count, bench in benches.items():
                figures[count].append(bench.place(orders, "1.00"))
        return figures


def rows(name, figures):
    for count in COUNTS:
        host, redis, calls = (statistics.median(column) for column in zip(*figures[count]))
        each = ""
        if count:
            gaps = [(mine[0] - none[0]) / count
                    for mine, none in zip(figures[count], figures[0])]
            each = f"{statistics.median(gaps):.2f} µs"
        yield f"| {count} {name} | {host:.0f} µs | {each} | {redis:.0f} µs | {calls:.2f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--orders", type=int, default=2_000, help="of each round and host")
    parser.add_argument("--write", action="store_true", help="renew bench/RESULTS.md")
    options = parser.parse_args()
    table = ["| rules | host CPU an order | host CPU a rule | Redis CPU an order | calls an order |",
             "|---|---|---|---|---|"]
    for name, kinds in (("rules", JUDGED_HERE), ("rules with a guard each", GUARDED)):
        table += rows(name, measure(kinds, options.rounds, options.orders))
    text = "\n".join(table)
    print(text)
    if options.write:
        write(text, options)


def write(table, options):
    old = RESULTS.read_text()
    head, _, rest = old.partition(TITLE)
    following = rest[rest.index("\n## "):] if "\n## " in rest else ""
    RESULTS.write_text(f"""{head.rstrip()}

{TITLE}
`PYTHONPATH=Tests:bench python3 -m rules --rounds {options.rounds} --orders {options.orders}`: an IOC
buy in batches of {BATCH}, medians of the rounds, hosts by turns. Goal: below 1 µs of host CPU a rule,
and no further call to Redis. A guard is text that Redis parses, and a section of the event: its cost
is Redis's.

{table}
{following}""")


if __name__ == "__main__":
    main()
