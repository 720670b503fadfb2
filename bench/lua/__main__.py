"""What one call of the Lua library costs Redis: `python3 bench/lua`, no arguments needed.

A private redis-server on a unix socket runs a stream of calls of each kind, and of a function that
does nothing with as many arguments, again and again by turns. Printed is the smallest mean of a
round in processor time of Redis (INFO cpu), reading and replying included, and its ratio to the
empty call of the same run: the machine's noise only adds, and the ratio survives a slower machine.

With --instructions the server runs under callgrind instead, and the table counts instructions a
call (network included): slow, but repeatable to a percent.
"""

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from lua.world import Market, Redis, fcall, instructions, microseconds, run, seed  # noqa: E402


def measure(redis, cost, rounds, calls):
    """The smallest cost a call of each stream."""
    market = Market()
    run(redis, [market.rest() for _ in range(4000)], 0)
    streams = {
        "empty": (calls, None, lambda: fcall("empty", *range(10, 25))),
        "rest": (calls, 0, market.rest),
        "cross, 1 fill": (calls // 4, 1, market.cross),
        "cancel": (calls // 4, None, market.cancel),
        "mixed 60/30/10": (calls, None, market.mixed),
        "cross, 10 fills": (calls // 20, 10, lambda: market.cross(10)),
    }
    costs = {name: [] for name in streams}
    for _ in range(rounds):
        for name, (count, fills, make) in streams.items():
            costs[name].append(cost(redis, [make() for _ in range(count)], fills))
    return {name: min(values) for name, values in costs.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--instructions", action="store_true", help="count with callgrind")
    parser.add_argument("--rounds", type=int, help="of each stream; 10, or 1 for instructions")
    parser.add_argument("--calls", type=int, default=2000, help="in a round of a stream")
    options = parser.parse_args()
    rounds = options.rounds or (1 if options.instructions else 10)
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis(folder, options.instructions)
        try:
            seed(redis)
            cost = instructions if options.instructions else microseconds
            costs = measure(redis, cost, rounds, options.calls)
        finally:
            redis.stop()
    unit = "instructions" if options.instructions else "µs"
    print(f"{'':18}{unit + ' a call':>20}{'of an empty call':>20}")
    for name, value in costs.items():
        print(f"{name:18}{value:20,.{0 if options.instructions else 1}f}"
              f"{value / costs['empty']:20.1f}")


if __name__ == "__main__":
    main()
