"""wrk against a private host: orders a second, and what an order costs host and Redis in CPU."""

import os
import re
import subprocess
from pathlib import Path

from oes.rest import Api

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid):
    """(user, system) seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def wrk(url, script, connections, seconds, *arguments):
    """Requests, seconds that they took, latencies p50, p99, p99.9 in µs; ends where an answer was
    not a 200."""
    output = subprocess.run(
        ["wrk", "-t", "2", "-c", str(connections), "-d", f"{seconds}s", "-s", str(HERE / script),
         url, "--", *arguments],
        check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    numbers = [int(number) for number in re.search(r"RESULT (.*)", output)[1].split()]
    requests, micros, errors, *latency = numbers
    if errors:
        raise SystemExit(f"{errors} of {requests} requests were not answered with 200:\n{output}")
    return requests, micros / 1e6, latency


def measure(host, run, connections, seconds):
    """A load of new orders: (requests, [orders/s, host user, host system, Redis user, Redis system
    in µs an order, p50, p99, p99.9 in µs])."""
    (worker,), (redis,) = host.workers(), host.redis_pids()
    before = cpu(worker), cpu(redis)
    requests, elapsed, latency = wrk(host.url, "post.lua", connections, seconds, run)
    after = cpu(worker), cpu(redis)
    spent = [
        (after[part][kind] - before[part][kind]) / requests * 1e6
        for part in (0, 1) for kind in (0, 1)]
    return requests, [requests / elapsed, *spent, *latency]


def prepare(host):
    """Cash and shares enough for the load; two accounts, so that no order meets its own."""
    api = Api(host.url)
    api.post("/api/accounts/1/transactions",
             {"transaction_type": "deposit", "amount": "100000000000"})
    api.post("/api/accounts/2/transactions",
             {"transaction_type": "adjustment", "symbol": "AAPL", "quantity": 900000000,
              "price": 0})
    api.close()
