"""How much a submit costs more in a deep book: `python3 bench/book`, no arguments needed.

One private redis-server for each depth, with as many resting orders as the depth says; by turns
each of them takes a round of orders that rest, orders that trade with one other, and cancels. A
round ends with as many orders as it began with. Printed is the median of the rounds in processor
time of Redis (INFO cpu), reading and replying included, and its ratio to the smallest book's.

With --instructions the servers run under callgrind and the table counts instructions: repeatable to
a percent, where the processor's caches, which a deep book misses more often, count for nothing.
"""

import argparse
import contextlib
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lua.world import Market, Redis, instructions, microseconds, run, seed  # noqa: E402

DEPTHS = (100, 10_000, 100_000)
# What a deep book may cost more: docs and design promise it.
GOAL = 1.5


class Book:
    """A book of one depth in a server of its own."""

    def __init__(self, stack, depth, in_callgrind, orders):
        self.depth = depth
        self.orders = orders
        self.redis = Redis(
            stack.enter_context(tempfile.TemporaryDirectory()), in_callgrind)
        stack.callback(self.redis.stop)
        seed(self.redis)
        self.market = Market()
        run(self.redis, [self.market.rest() for _ in range(depth)], 0)
        self.costs = {"rest": [], "cross, 1 fill": [], "cancel": []}

    def round(self, cost):
        """The crosses take half of the new orders out again, the cancels the other half."""
        for name, count, fills, make in (
                ("rest", self.orders, 0, self.market.rest),
                ("cross, 1 fill", self.orders // 2, 1, self.market.cross),
                ("cancel", self.orders // 2, None, self.market.cancel)):
            commands = [make() for _ in range(count)]
            self.costs[name].append(cost(self.redis, commands, fills))

    def median(self, name):
        return statistics.median(self.costs[name])


def measure(in_callgrind, rounds, orders):
    cost = instructions if in_callgrind else microseconds
    with contextlib.ExitStack() as stack:
        books = [Book(stack, depth, in_callgrind, orders) for depth in DEPTHS]
        for _ in range(rounds + 1):
            for book in books:
                book.round(cost)
        for book in books:  # The first round warms up.
            for costs in book.costs.values():
                del costs[0]
        return books


def table(books, unit):
    smallest, digits = books[0], 0 if unit == "instructions" else 1
    yield "| " + " | ".join(
        [f"{unit} a call", *(f"{book.depth:,} resting" for book in books),
         "deepest ÷ smallest", "goal", "stands"]) + " |"
    yield "|" + "---|" * (len(books) + 4)
    for name in smallest.costs:
        ratio = books[-1].median(name) / smallest.median(name)
        yield "| " + " | ".join(
            [name, *(f"{book.median(name):,.{digits}f}" for book in books), f"{ratio:.2f}",
             f"< {GOAL}", "reached" if ratio < GOAL else "missed"]) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instructions", action="store_true", help="count with callgrind")
    parser.add_argument("--rounds", type=int, help="11, or 3 for instructions")
    parser.add_argument("--orders", type=int, default=200, help="that rest in a round")
    options = parser.parse_args()
    rounds = options.rounds or (3 if options.instructions else 11)
    books = measure(options.instructions, rounds, options.orders)
    print("\n".join(table(books, "instructions" if options.instructions else "µs")))


if __name__ == "__main__":
    main()
