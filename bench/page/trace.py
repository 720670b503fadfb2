"""Chromium's own tracing: how long the page's main thread was busy without a break.

A task is one RunTask of the renderer's main thread, as Chromium's performance panel has it: what
keeps the page from answering a key. `wall` counts the time that the system gave to others, too;
`cpu` is what the page's own work took, and is the page's to answer for on a busy machine.
"""

from dataclasses import dataclass

CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
MAIN_THREAD = "CrRendererMain"
POLL_MILLIS = 200


@dataclass(frozen=True)
class Task:
    wall_millis: float
    cpu_millis: float


class Trace:
    def __init__(self, browser, page):
        self.session = browser.new_browser_cdp_session()
        self.page = page
        self.events = []
        self.is_complete = False
        self.session.on("Tracing.dataCollected", lambda data: self.events.extend(data["value"]))
        self.session.on("Tracing.tracingComplete", lambda _: self.complete())

    def complete(self):
        self.is_complete = True

    def start(self):
        self.session.send("Tracing.start", {
            "transferMode": "ReportEvents",
            "traceConfig": {"recordMode": "recordAsMuchAsPossible",
                            "includedCategories": CATEGORIES},
        })

    def stop(self):
        """The tasks of the page's main thread, in order."""
        self.session.send("Tracing.end")
        while not self.is_complete:
            self.page.wait_for_timeout(POLL_MILLIS)
        return tasks(self.events)


def tasks(events):
    main = {(event["pid"], event["tid"]) for event in events
            if event["name"] == "thread_name" and event["args"].get("name") == MAIN_THREAD}
    # Several renderers may be about (a spare one is): the page's is the one that worked most.
    found = {}
    for event in events:
        place = (event["pid"], event["tid"])
        if place in main and event["name"] == "RunTask" and event["ph"] == "X":
            task = Task(event.get("dur", 0) / 1000, event.get("tdur", event.get("dur", 0)) / 1000)
            found.setdefault(place, []).append(task)
    return max(found.values(), key=lambda list_: sum(t.cpu_millis for t in list_), default=[])
