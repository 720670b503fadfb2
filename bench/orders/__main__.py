"""Orders a second over HTTP, and what an order costs host and Redis in CPU.

    PYTHONPATH=Tests:bench python3 -m orders [--connections 32] [--seconds 10] [--rounds 5]

Needs a release build and wrk. It starts a private host for each durability, loads it with new limit
orders (eight of ten rest, two cross), and reads the CPU times of worker and redis-server from the
kernel. Medians of the rounds; absolute figures mean little on a shared machine, ratios more.
script/bench makes the whole table; this is the part of it to try a change of the order path with.
"""

import argparse
import statistics
import tempfile

from oes.host import Host
from orders.load import measure, prepare


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    columns = ["orders/s", "host user", "host sys", "Redis user", "Redis sys", "p50", "p99", "p99.9"]
    print("CPU in µs an order, latency in µs; medians of", arguments.rounds, "rounds")
    print(f"{'durability':12}" + "".join(f"{name:>12}" for name in columns) + f"{'user ratio':>12}")
    for durability in ("fast", "strict"):
        with tempfile.TemporaryDirectory() as folder:
            host = Host(folder, env={"OES_DURABILITY": durability, "LOG_LEVEL": "warning"}).start()
            try:
                prepare(host)
                rounds = [measure(host, f"r{number}", arguments.connections, arguments.seconds)[1]
                          for number in range(arguments.rounds)]
            finally:
                host.stop()
        medians = [statistics.median(column) for column in zip(*rounds)]
        ratio = statistics.median(row[1] / row[3] for row in rounds)
        print(f"{durability:12}" + "".join(f"{value:12,.1f}" for value in medians)
              + f"{ratio:12.2f}")


if __name__ == "__main__":
    main()
