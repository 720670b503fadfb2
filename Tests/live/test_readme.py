"""The README's curl lines, run as printed, answer as printed.

A block of bash that begins with curl is run, in the order of the file, on a fresh host. Where a
block of json follows it, the answer must look like that: the same fields and values, but for what
changes with each run (times, and values printed with "…", which stands for anything; at an array's
end for any further items).
"""

import json
import re
import socket
import subprocess
from decimal import Decimal

import pytest

from live.conftest import stop_cleanly
from oes.host import ROOT

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
TIMES = {"timestamp", "created_at", "updated_at", "closed_at", "expire_time", "time"}
ANY = "…"


def examples():
    """(line number, command, expected answer or None)"""
    text = (ROOT / "README.md").read_text()
    blocks = [
        (text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in BLOCK.finditer(text)]
    for index, (line, language, content) in enumerate(blocks):
        if language not in ("bash", "sh") or not content.startswith("curl "):
            continue
        following = blocks[index + 1] if index + 1 < len(blocks) else (0, "", "")
        expected = None
        if following[1] == "json" and close_behind(text, content, following[2]):
            expected = json.loads(following[2], parse_float=Decimal)
        yield line, content, expected


def close_behind(text, content, answer):
    """Only a word of prose or so may stand between a command and its answer."""
    between = text[text.index(content) + len(content):]
    return between.index(answer) < 200


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.skipif(not (ROOT / "README.md").exists(), reason="there is no README yet")
def test_the_readmes_curl_lines_answer_as_printed(make_host):
    port = "8001" if is_free(8001) else "0"
    host = make_host(env={"OES_PORT": port}).start()
    found = list(examples())
    assert len(found) >= 5, "the README shows how to use it by curl"
    for line, command, expected in found:
        own = re.sub(r"http://(localhost|127\.0\.0\.1):8001", host.url, command)
        own = own.replace("curl ", "curl -sS --max-time 20 ", 1)
        done = subprocess.run(
            ["bash", "-c", own], capture_output=True, text=True, timeout=60, cwd=host.folder)
        where = f"README.md:{line}: {command}"
        assert done.returncode == 0, f"{where}\n{done.stderr}"
        if expected is not None:
            answer = json.loads(done.stdout, parse_float=Decimal)
            wrong = list(differences(expected, answer, "answer"))
            assert not wrong, f"{where}\n" + "\n".join(wrong) + f"\n{done.stdout}"
    stop_cleanly(host)


def differences(expected, found, path):
    if expected == ANY:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        yield from object_differences(expected, found, path)
    elif isinstance(expected, list) and isinstance(found, list):
        more = bool(expected) and expected[-1] == ANY
        wanted = expected[:-1] if more else expected
        if len(found) < len(wanted) or (len(found) > len(wanted) and not more):
            yield f"{path}: {len(wanted)} items printed, {len(found)} came"
        for index, (one, other) in enumerate(zip(wanted, found)):
            yield from differences(one, other, f"{path}[{index}]")
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield f"{path}: {expected!r} printed, {found!r} came"


def object_differences(expected, found, path):
    more = expected.get(ANY) == ANY
    for name in expected.keys() - found.keys() - {ANY}:
        yield f"{path}.{name} is printed, but didn't come"
    for name in found.keys() - expected.keys():
        if not more:
            yield f"{path}.{name} came, but isn't printed"
    for name in expected.keys() & found.keys():
        if name in TIMES and (found[name] is None) == (expected[name] is None):
            continue
        yield from differences(expected[name], found[name], f"{path}.{name}")
