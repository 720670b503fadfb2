"""/docs: complete, readable without anything else, and every command on it works."""

import html
import json
import os
import re
import subprocess
import sys
import threading

import pytest
import requests

from live.client import Client
from oes.host import wait_until

# They change who may, or show what only a host with keys has.
NEED_KEYS = ("/api/v1/admin/keys", "/api/v1/session")
# They need a change that waits for a second person (test_controls.py), or a throttle that has shut
# (test_throttles.py).
NEED_MORE = ("/api/v1/risk/pending/", "/api/v1/risk/throttles/")


@pytest.fixture(scope="module")
def server(notifying):
    return notifying


@pytest.fixture(scope="module")
def page(server):
    response = requests.get(server.url + "/docs", timeout=30)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/html")
    return response.text


def blocks(page, kind):
    """The texts of the page's blocks of one kind."""
    found = re.findall(rf'<pre class="{kind}"[^>]*><code>(.*?)</code></pre>', page, re.S)
    return [html.unescape(text) for text in found]


def environment(server, key=""):
    return {
        "PATH": os.environ["PATH"], "OES_URL": server.url, "OES_KEY": key,
        "HOME": "/nonexistent"}


def run(server, command, folder, key=""):
    done = subprocess.run(
        command, env=environment(server, key), cwd=folder, capture_output=True, text=True,
        timeout=60, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


def shell(server, block, folder, expected, key=""):
    """Runs a block as it stands; each of its curls must answer with one of these statuses."""
    # A refusal or a redirect is no error to curl, so each tells its status beside its answer.
    telling = "curl() { command curl -s -w '%{stderr}%{http_code}\\n' \"$@\"; }\n"
    done = run(server, ["bash", "-e", "-o", "pipefail", "-c", telling + block], folder, key)
    statuses = done.stderr.split()
    assert len(statuses) == len(re.findall(r"\bcurl ", block)), f"{block}\n{done.stderr}"
    assert set(statuses) <= expected, f"{block}\n{statuses}\n{done.stdout}"
    # Each order of a batch has its own.
    if "/batch" in block:
        assert {item["status"] for item in json.loads(done.stdout)["items"]} == {200}, done.stdout


def test_every_command_works(server, page, tmp_path):
    examples = blocks(page, "example")
    assert len(examples) > 40
    for block in examples:
        if not any(path in block for path in (*NEED_KEYS, *NEED_MORE)):
            shell(server, block, tmp_path, {"200", "201"})


def test_commands_of_keys_and_sessions_work_with_a_key(page, make_host, tmp_path):
    host = make_host().start()
    with Client(host.url) as client:
        made = client.post("/api/v1/admin/keys", {"name": "first", "role": "admin"})
    examples = [
        block for block in blocks(page, "example") if any(path in block for path in NEED_KEYS)]
    assert len(examples) == 7
    for block in examples:
        shell(host, block, tmp_path, {"200", "201", "204"}, key=made["secret"])
    assert host.stop() == 0


def test_orders_are_prepared_by_the_newest_route(page):
    for block in blocks(page, "example"):
        first, *later = re.split(r"\n(?=curl )", block)
        assert not later or "/api/v1/" in first, block


def test_the_wrong_order_is_refused_as_the_guide_says(server, page, tmp_path):
    (wrong,) = blocks(page, "refused")
    shell(server, wrong, tmp_path, {"400"})


def test_the_program_runs(server, page, tmp_path):
    (program,) = blocks(page, "python")
    file = tmp_path / "program.py"
    file.write_text(program)
    done = run(server, ["python3", str(file)], tmp_path)
    assert "placed 1-" in done.stdout and "cancelled cancelled" in done.stdout, done.stdout
    assert "amended 8 left" in done.stdout


def test_the_subscriber_hears_of_an_order(server, page, tmp_path):
    (program,) = blocks(page, "socket")
    file = tmp_path / "subscriber.py"
    file.write_text(program)
    process = subprocess.Popen(
        [sys.executable, str(file)], env=environment(server), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    heard = []
    reader = threading.Thread(target=lambda: heard.extend(process.stdout))

    def has_heard(kind):
        return any(line.startswith(kind + " ") for line in list(heard))

    try:
        reader.start()
        wait_until(lambda: has_heard("snapshot"), what="the snapshot")
        with Client(server.url) as client:
            client.order("1", "buy", "AAPL", 1, "140.00")
        wait_until(lambda: has_heard("order"), what="the order")
    finally:
        process.terminate()
        process.wait(10)
        reader.join()
    snapshots = [line for line in heard if line.startswith("snapshot ")]
    assert len(snapshots) == 1, f"it saw gaps where there were none: {heard}"


def test_everything_of_the_document_is_on_the_page(server, page):
    document = requests.get(server.url + "/openapi.json", timeout=30).json()
    for pattern, item in document["paths"].items():
        for operation in item.values():
            assert f'id="{operation["operationId"]}"' in page, pattern
    for name in document["components"]["schemas"]:
        assert f'id="shape-{name}"' in page, name


def test_links_lead_somewhere_and_nothing_comes_from_elsewhere(page):
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(ids), targets - set(ids)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert set(re.findall(r'<script src="([^"]+)"', page)) <= {"/theme.js"}
