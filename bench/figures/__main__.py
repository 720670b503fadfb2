"""The table of first figures: `script/bench`, or

    PYTHONPATH=Tests:bench python3 -m figures [--rounds 5] [--seconds 3] [--write]

Needs a release build, wrk and redis-benchmark. Everything is measured in one run and by turns, so
that what else a shared machine does falls on all figures alike: look at the ratios. No goal that
is missed ends it with an error. --write puts the table into bench/RESULTS.md.
"""

import argparse
import shlex
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from feed.measure import measure as measure_feed
from figures import fcall, latency
from figures.report import Report
from oes.host import Host
from orders import load

DURABILITIES = ("fast", "strict")
CONNECTIONS = (32, 128)


def start_host(stack, folder, durability):
    host = Host(folder, env={"OES_DURABILITY": durability, "LOG_LEVEL": "warning"}).start()
    stack.callback(host.stop)
    load.prepare(host)
    return host


def start_redis(stack, folder, host):
    redis = fcall.PlainRedis(folder, host.redis_socket())
    stack.callback(redis.stop)
    return redis


def throughput(report, hosts, redises, number, seconds):
    """One round: for each load of orders the same number of calls without a host."""
    for durability in DURABILITIES:
        for connections in CONNECTIONS:
            orders, figures = load.measure(
                hosts[durability], f"r{number}c{connections}", connections, seconds)
            plain = fcall.measure(redises[durability], orders, connections)
            report.add_load(durability, connections, figures, plain)
    for connections in CONNECTIONS:
        requests, elapsed, _ = load.wrk(
            hosts["fast"].url, "get.lua", connections, seconds)
        report.add_constant(connections, requests / elapsed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--rate", type=int, default=400, help="orders a second for latencies")
    parser.add_argument("--subscribers", type=int, default=1_000, help="of the busy book")
    parser.add_argument("--write", action="store_true", help="renew bench/RESULTS.md")
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        hosts = {name: start_host(stack, Path(folder) / name, name) for name in DURABILITIES}
        redises = {name: start_redis(stack, Path(folder) / f"plain-{name}", hosts[name])
                   for name in DURABILITIES}
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            throughput(report, hosts, redises, number, options.seconds)
            for name in DURABILITIES:
                report.add_latency(name, latency.measure(
                    hosts[name].url, number, options.rate, options.seconds))
            report.add_feed(options.subscribers, measure_feed(
                hosts["fast"], f"f{number}", options.subscribers, options.seconds))
    command = shlex.join(["script/bench", *sys.argv[1:]])
    print(report.table())
    if options.write:
        report.write(command, options)


if __name__ == "__main__":
    main()
