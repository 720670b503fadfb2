"""Orders a second with many subscribers on the book against none, by turns, and how late they hear."""

import time

from feed.listeners import Crowd
from figures.latency import percentile
from orders import load

CHANNEL = "oes:orderbook:AAPL"
CONNECTIONS = 32


def measure(host, run, subscribers, seconds):
    """(orders/s without, orders/s with, bytes/s to all subscribers, p50 and p99 in ms)."""
    without = load.measure(host, f"{run}n", CONNECTIONS, seconds)[1][0]
    crowd = Crowd(host.url, CHANNEL, subscribers)
    began = time.monotonic()
    with_them = load.measure(host, f"{run}w", CONNECTIONS, seconds)[1][0]
    elapsed = time.monotonic() - began
    time.sleep(0.5)
    crowd.close()
    return (without, with_them, crowd.bytes / elapsed,
            *(percentile(crowd.waits, share) for share in (0.5, 0.99)))
