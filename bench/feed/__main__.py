"""Only the feed's part of the table:

    PYTHONPATH=Tests:bench python3 -m feed [--subscribers 1000] [--rounds 5] [--seconds 3]
"""

import argparse
import tempfile
from pathlib import Path

from feed.measure import measure
from figures.report import Report
from oes.host import Host
from orders import load


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--subscribers", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        host = Host(Path(folder), env={"OES_DURABILITY": "fast", "LOG_LEVEL": "warning"}).start()
        load.prepare(host)
        try:
            for number in range(options.rounds):
                report.add_feed(options.subscribers, measure(
                    host, f"f{number}", options.subscribers, options.seconds))
        finally:
            host.stop()
    print(report.table())


if __name__ == "__main__":
    main()
