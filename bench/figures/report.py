"""What was measured, as one table of medians with goals and ratios."""

import datetime
import os
import platform
import re
import statistics
import subprocess
from pathlib import Path

from figures.latency import percentile

RESULTS = Path(__file__).resolve().parents[1] / "RESULTS.md"
# What people wrote about the figures stands below this line, and stays.
NOTES = "## Where the time goes"
OF_REDIS, OF_USER, OF_UNHEARD = 0.70, 0.50, 0.60


class Report:
    def __init__(self):
        self.loads = {}
        self.constants = {}
        self.latencies = {}
        self.feeds = {}

    def add_load(self, durability, connections, figures, plain):
        """`figures` as orders.load.measure gives them, `plain` as fcall.measure does."""
        self.loads.setdefault((durability, connections), []).append((figures, plain))

    def add_constant(self, connections, rate):
        self.constants.setdefault(connections, []).append(rate)

    def add_latency(self, durability, waits):
        for what, values in waits.items():
            self.latencies.setdefault((durability, what), []).append(
                [percentile(values, share) for share in (0.5, 0.99)])

    def add_feed(self, subscribers, figures):
        """`figures` as feed.measure gives them."""
        self.feeds.setdefault(subscribers, []).append(figures)

    def table(self):
        rows = []
        for (durability, connections), rounds in self.loads.items():
            rows += load_rows(
                f"{durability}, {connections} connections", rounds, self.constants[connections])
        for connections, rates in self.constants.items():
            rows.append((f"constant answer, {connections} connections",
                         f"{statistics.median(rates):,.0f}/s", "", ""))
        for (durability, what), rounds in self.latencies.items():
            median, slow = (statistics.median(values) for values in zip(*rounds))
            rows.append((f"{durability}, order sent → {what}" if " " not in what
                         else f"{durability}, {what}",
                         f"p50 {median:.2f} ms, p99 {slow:.2f} ms", "", ""))
        for subscribers, rounds in self.feeds.items():
            rows += feed_rows(subscribers, rounds)
        rows.insert(0, ("", "measured", "goal", "stands"))
        return markdown(rows)

    def write(self, command, options):
        old = RESULTS.read_text() if RESULTS.exists() else ""
        notes = old[old.index(NOTES):] if NOTES in old else f"{NOTES}\n"
        RESULTS.write_text(f"""# Figures

Made by `{command}` on {datetime.date.today()}: {machine()}. Medians of {options.rounds} rounds by
turns, {options.seconds} s each; latencies at {options.rate} orders a second, from the moment each
order was due. The machine is shared, and load, host and Redis share its cores: compare ratios, not
absolute figures.

{self.table()}
- *of Redis*: orders a second over HTTP ÷ those of redis-benchmark's FCALL of the same function with
  as many commands in flight, on a redis-server with the same settings (bench/figures/fcall.py says
  what differs).
- *of a constant*: orders a second ÷ requests a second of /health/live on the same host.
- CPU is that of the worker and of redis-server, from the kernel. *host ÷ Redis* compares user time.

{notes}""")


def load_rows(name, rounds, constants):
    figures = [statistics.median(values) for values in zip(*(load for load, _ in rounds))]
    plain = [statistics.median(values) for values in zip(*(plain for _, plain in rounds))]
    of_redis = statistics.median(load[0] / plain[0] for load, plain in rounds)
    of_user = statistics.median(load[1] / load[3] for load, _ in rounds)
    of_constant = statistics.median(
        load[0] / constant for (load, _), constant in zip(rounds, constants))
    return [
        (f"**{name}**", "", "", ""),
        ("orders over HTTP", f"{figures[0]:,.0f}/s", "", ""),
        ("FCALL by redis-benchmark", f"{plain[0]:,.0f}/s", "", ""),
        ("of Redis", f"{of_redis:.2f}", f"≥ {OF_REDIS:.2f}", stands(of_redis >= OF_REDIS)),
        ("of a constant", f"{of_constant:.2f}", "", ""),
        ("host CPU an order, user + system", f"{figures[1]:.1f} + {figures[2]:.1f} µs", "", ""),
        ("Redis CPU an order, user + system", f"{figures[3]:.1f} + {figures[4]:.1f} µs", "", ""),
        ("the same under redis-benchmark", f"{plain[1]:.1f} + {plain[2]:.1f} µs", "", ""),
        ("host ÷ Redis", f"{of_user:.2f}", f"≤ {OF_USER:.2f}", stands(of_user <= OF_USER)),
        ("answer at full load", f"p50 {figures[5] / 1000:.2f} ms, p99 {figures[6] / 1000:.2f} ms",
         "", ""),
    ]


def feed_rows(subscribers, rounds):
    without, heard, size, median, slow = (
        statistics.median(values) for values in zip(*rounds))
    share = statistics.median(one[1] / one[0] for one in rounds)
    return [
        (f"**fast, {subscribers:,} subscribers of the book**", "", "", ""),
        ("orders without subscribers", f"{without:,.0f}/s", "", ""),
        ("orders with them", f"{heard:,.0f}/s", "", ""),
        ("of those without", f"{share:.2f}", f"≥ {OF_UNHEARD:.2f}", stands(share >= OF_UNHEARD)),
        ("sent to all of them", f"{size / 1e6:,.0f} MB/s", "", ""),
        ("accepted → received", f"p50 {median:.2f} ms, p99 {slow:.2f} ms", "", ""),
    ]


def stands(is_reached):
    return "reached" if is_reached else "missed"


def markdown(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return ", ".join([
        f"{os.cpu_count()} cores {model[1] if model else platform.machine()}",
        f"Linux {platform.release().split('-')[0]}",
        version("redis-server", r"v=(\S+)", "redis-server"),
        version("swift", r"Swift version (\S+)", "Swift"),
        version("wrk", r"wrk (?:debian/)?(\S+)", "wrk"),
        f"Python {platform.python_version()}",
        f"commit {commit()}",
    ])


def version(program, pattern, name):
    """wrk tells its version with an exit code of its own."""
    argument = "-v" if program == "wrk" else "--version"
    done = subprocess.run([program, argument], capture_output=True, text=True)
    found = re.search(pattern, done.stdout + done.stderr)
    return f"{name} {found[1] if found else 'of unknown version'}"


def commit():
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True,
        cwd=RESULTS.parent).stdout.strip()
