"""/docs: complete, readable without anything else, and every command on it works."""

import html
import os
import re
import subprocess

import pytest
import requests

# They change who may, or show what only a host with keys has.
NOT_FOR_A_TOUR = ("/api/v1/admin/keys", "/api/v1/session", "/ws")


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


def run(server, script, check=True):
    environment = {
        "PATH": os.environ["PATH"], "OES_URL": server.url, "OES_KEY": "", "HOME": "/nonexistent"}
    done = subprocess.run(
        script, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if check:
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done


def curl(server, command, expected):
    # What curl itself says of the status; a redirect or a refusal isn't an error to it.
    marked = command.replace("curl ", "curl -s -o /dev/null -w '%{http_code}\\n' ", 1)
    shown = command.replace("curl ", "curl -s ", 1)
    done = run(server, ["bash", "-c", marked])
    assert done.stdout.strip() in expected, (
        f"{command}\n{done.stdout}{run(server, ['bash', '-c', shown]).stdout}")


def commands(block):
    """Each curl command of a block, its continued lines with it."""
    return [part for part in re.split(r"\n(?=curl )", block) if part.startswith("curl ")]


def test_every_command_works(server, page):
    examples = blocks(page, "example")
    assert len(examples) > 40
    for block in examples:
        if any(path in block for path in NOT_FOR_A_TOUR):
            continue
        for command in commands(block):
            curl(server, command, {"200", "201"})


def test_the_wrong_order_is_refused_as_the_guide_says(server, page):
    wrong = blocks(page, "refused")
    assert len(wrong) == 1
    curl(server, wrong[0], {"400"})


def test_the_program_runs(server, page, tmp_path):
    (program,) = blocks(page, "python")
    file = tmp_path / "program.py"
    file.write_text(program)
    done = run(server, ["python3", str(file)])
    assert "placed 1-" in done.stdout and "cancelled cancelled" in done.stdout, done.stdout
    assert "amended 8 left" in done.stdout


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
