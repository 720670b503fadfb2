"""How the trading page stands a busy market, by the browser's own tracing.

    OES_BINARY=… PYTHONPATH=Tests:bench .venv/bin/python -m page [--seconds 30] [--rate 50]
        [--orders 10000] [--rounds 3]

Starts a private host, gives an account ten thousand orders, opens the page on all of them, and
changes the book fifty times a second while Chromium records what the page's main thread does. Says
how many tasks were longer than 50 ms, and how the heap stands after each round, garbage collected.
The machine is shared: the CPU time of a task is the page's own, its wall time the system's too.
"""

import argparse
import shutil
import statistics
import tempfile

from playwright.sync_api import sync_playwright

from oes.host import Host
from page.trace import Trace
from page.traffic import SYMBOL, Market, prepare

LONG_MILLIS = 50
WARM_UP_MILLIS = 3000
VIEWPORT = {"width": 1600, "height": 1000}


def heap(session):
    """Bytes in use after a collection."""
    session.send("HeapProfiler.collectGarbage")
    return session.send("Runtime.getHeapUsage")["usedSize"]


def measure(browser, page, session, seconds):
    trace = Trace(browser, page)
    trace.start()
    page.wait_for_timeout(seconds * 1000)
    return trace.stop(), heap(session)


def open_page(browser, url, trader, orders):
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(f"{url}/?account={trader}&symbol={SYMBOL}")
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    page.check("input[name=order-view][value=all]", force=True)
    # To the end of the list, page by page, so that all of the history is in the page.
    page.evaluate("""async (orders) => {
        const box = document.querySelector('#orders .scroll');
        const table = document.querySelector('#orders table');
        for (let step = 0; step < 300; step += 1) {
            if (Number(table.getAttribute('aria-rowcount')) > orders) break;
            box.scrollTop = box.scrollHeight;
            await new Promise((resume) => setTimeout(resume, 100));
        }
        box.scrollTop = 0;
    }""", orders)
    return page


def report(number, tasks, size, changes):
    walls = sorted(task.wall_millis for task in tasks)
    cpus = sorted(task.cpu_millis for task in tasks)
    long_walls = sum(wall > LONG_MILLIS for wall in walls)
    long_cpus = sum(cpu > LONG_MILLIS for cpu in cpus)
    busy = [cpu for cpu in cpus if cpu >= 1]
    print(f"round {number}: {changes} changes, {len(tasks)} tasks; longest {cpus[-1]:.1f} ms of CPU, "
          f"{walls[-1]:.1f} ms of wall; above {LONG_MILLIS} ms: {long_cpus} by CPU, {long_walls} by "
          f"wall; median of those from 1 ms on {statistics.median(busy or [0]):.1f} ms; "
          f"heap {size / 1e6:.1f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=30, help="a round")
    parser.add_argument("--rate", type=int, default=50, help="changes of the book a second")
    parser.add_argument("--orders", type=int, default=10_000, help="of the account")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        host = Host(folder, env={"OES_DURABILITY": "fast", "LOG_LEVEL": "warning"}).start()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"])
        try:
            trader, maker = prepare(host.url, arguments.orders)
            page = open_page(browser, host.url, trader, arguments.orders)
            rows = page.get_attribute("#orders table", "aria-rowcount")
            print(f"{int(rows) - 1} orders in the page, {arguments.rate} changes a second")
            session = page.context.new_cdp_session(page)
            market = Market(host.url, trader, maker, arguments.rate)
            market.start()
            page.wait_for_timeout(WARM_UP_MILLIS)
            for number in range(1, arguments.rounds + 1):
                before = market.sent
                tasks, size = measure(browser, page, session, arguments.seconds)
                report(number, tasks, size, market.sent - before)
            market.end()
        finally:
            browser.close()
            host.stop()


if __name__ == "__main__":
    main()
