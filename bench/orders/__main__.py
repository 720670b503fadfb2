"""Orders a second over HTTP, and what an order costs host and Redis in CPU.

    PYTHONPATH=Tests:bench python3 -m orders [--connections 32] [--seconds 10] [--rounds 5]

Needs a release build and wrk. It starts a private host for each durability, loads it with new limit
orders (nine of ten rest, one crosses), and reads the CPU times of worker and redis-server from the
kernel. Medians of the rounds; absolute figures mean little on a shared machine, ratios more.
"""

import argparse
import os
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

from oes.host import Host
from oes.rest import Api

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    """(user, system) seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def load(host, run, connections, seconds):
    output = subprocess.run(
        ["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "-s",
         str(HERE / "post.lua"), host.url, "--", run],
        check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    numbers = [int(number) for number in re.search(r"RESULT (.*)", output)[1].split()]
    requests, micros, errors, *latency = numbers
    if errors:
        raise SystemExit(f"{errors} of {requests} orders were not answered with 200:\n{output}")
    return requests, micros / 1e6, latency


def measure(host, run, arguments):
    (worker,), (redis,) = host.workers(), host.redis_pids()
    before = cpu(worker), cpu(redis)
    requests, seconds, latency = load(host, run, arguments.connections, arguments.seconds)
    after = cpu(worker), cpu(redis)
    spent = [
        (after[part][kind] - before[part][kind]) / requests * 1e6
        for part in (0, 1) for kind in (0, 1)]
    return [requests / seconds, *spent, *latency]


def prepare(host):
    """Cash and shares enough for the load; two accounts, so that no order meets its own."""
    api = Api(host.url)
    api.post("/api/accounts/1/transactions",
             {"transaction_type": "deposit", "amount": "100000000000"})
    api.post("/api/accounts/2/transactions",
             {"transaction_type": "adjustment", "symbol": "AAPL", "quantity": 900000000,
              "price": 0})
    api.close()


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
                rounds = [measure(host, f"r{number}", arguments)
                          for number in range(arguments.rounds)]
            finally:
                host.stop()
        medians = [statistics.median(column) for column in zip(*rounds)]
        ratio = statistics.median(row[1] / row[3] for row in rounds)
        print(f"{durability:12}" + "".join(f"{value:12,.1f}" for value in medians)
              + f"{ratio:12.2f}")


if __name__ == "__main__":
    main()
