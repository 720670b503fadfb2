"""WebSocket: the cases of the Autobahn suite, as kosoku carries them, against the echo socket.

Left out are 12 and 13: they are about permessage-deflate, which we don't offer.
"""

import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from judges.findings import compare

PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}


def test_every_case_passes(server, tmp_path):
    address = urlsplit(server.url).netloc
    run = subprocess.run(
        [Path(sys.executable).with_name("kosoku"), "-p", "2", "-x", "12.*", "-x", "13.*",
         "-o", tmp_path, f"{address}/test/echo"],
        capture_output=True, text=True, timeout=120)
    report = json.loads((tmp_path / "index.json").read_text())
    (cases,) = report.values()
    assert len(cases) > 240, run.stdout
    found = {
        case: f"{verdict['behavior']}, close {verdict['behaviorClose']} ({verdict['remoteCloseCode']})"
        for case, verdict in cases.items()
        if not {verdict["behavior"], verdict["behaviorClose"]} <= PASSED}
    compare("kosoku", found)
    # What is beyond our limit has to be told so.
    for case, what in found.items():
        assert what.endswith("(1009)"), f"{case}: {what}"
    assert run.returncode == (1 if found else 0), run.stdout + run.stderr
