"""HTTP's finer points: what REDbot says of the headers, caching and conditional requests of our
answers. It asks each address several times, in the ways that caches and browsers do."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from judges.findings import compare

# A page with all that it loads, and a route of each kind; those that may be absent come last.
PATHS = [
    "/", "/app.js", "/api/status", "/api/accounts/", "/api/orderbook/AAPL", "/api/v1/instruments",
    "/health/ready", "/openapi.json", "/docs"]
NOT_YET = {"/openapi.json", "/docs"}
MISSING = "/nothing"


def look(server, path):
    """REDbot's findings about a path: its status, and the notes that aren't good."""
    run = subprocess.run(
        [Path(sys.executable).with_name("redbot"), "-o", "har", server.url + path],
        capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    entry = json.loads(run.stdout)["log"]["entries"][0]
    notes = {
        f"{path} {note['note_id']}": note["summary"] for note in entry["_red_messages"]
        if note["level"] in ("BAD", "WARN")}
    return entry["response"]["status"], notes


@pytest.fixture(scope="module")
def answers(server):
    with ThreadPoolExecutor(4) as pool:
        paths = [*PATHS, MISSING]
        return dict(zip(paths, pool.map(lambda path: look(server, path), paths)))


def test_nothing_is_wrong_with_our_answers(answers):
    found = {}
    for path, (_, notes) in answers.items():
        found |= notes
    compare("redbot", found)


def test_the_answers_are_those_that_were_meant(answers):
    """Or else the judge saw only errors."""
    for path, (status, _) in answers.items():
        allowed = {404} if path == MISSING else {200, 404} if path in NOT_YET else {200}
        assert status in allowed, f"{path}: {status}"
