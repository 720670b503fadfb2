"""The API against its own description: Schemathesis makes requests from /openapi.json, right ones
and wrong ones, and holds each answer against what is written there.

25 examples an operation; OES_JUDGE_EXAMPLES=200 is for a long run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import requests

from judges.findings import compare

EXAMPLES = os.environ.get("OES_JUDGE_EXAMPLES", "25")
SEED = "20240601"
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def report(location, url, key, folder):
    """Schemathesis's report on the API at `url`, as described at `location`, with an admin's key."""
    run = subprocess.run(
        [Path(sys.executable).with_name("st"), "--config-file", CONFIGURATION, "run", location,
         "--url", url, "--header", f"X-API-Key: {key}", "--checks", "all", "--max-examples", EXAMPLES, "--seed", SEED,
         "--continue-on-failure", "--generation-database", "none", "--no-color",
         "--report", "json", "--report-json-path", folder / "report.json"],
        cwd=folder, capture_output=True, text=True, timeout=3_600)
    # Its own words, with a curl command for each finding; shown where the test fails.
    print(run.stdout, run.stderr)
    assert run.returncode in (0, 1), "Schemathesis itself failed"
    return json.loads((folder / "report.json").read_text())


def findings(answer):
    found = {}
    for failure in answer["failures"]:
        for operation in failure["operations"]:
            found[f"{operation} {failure['type']}"] = failure["title"]
    for error in answer["errors"]:
        found[error["title"]] = f"Schemathesis could not test this: {error}"
    return found


def test_the_api_is_as_described(server, tmp_path):
    made = requests.post(
        f"{server.url}/api/v1/admin/keys", json={"name": "judge", "role": "admin"}, timeout=10)
    location = f"{server.url}/openapi.json"
    answer = report(location, server.url, made.json()["secret"], tmp_path)
    assert answer["complete"], answer["stop_reason"]
    operations = answer["operations"]
    assert operations["selected"] == operations["tested"] > 0, operations
    compare("schemathesis", findings(answer), is_random=True)
