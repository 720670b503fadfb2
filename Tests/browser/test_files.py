"""The files as served, and the exact decimals that every figure rests on."""

import re
from pathlib import Path

import pytest
import requests

PAGES = Path(__file__).resolve().parents[2] / "Sources/Host/UI/Pages"
TYPES = {
    ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
}


def address(file):
    path = "/" + str(file.relative_to(PAGES))
    return "/" if path == "/index.html" else path.removesuffix(".html")


FILES = sorted(path for path in PAGES.rglob("*") if path.is_file())


@pytest.mark.parametrize("file", FILES, ids=lambda file: address(file))
def test_every_file_is_served_and_can_be_revalidated(site, file):
    answer = requests.get(site + address(file), timeout=10)
    assert answer.status_code == 200
    assert answer.content == file.read_bytes()
    assert answer.headers["Content-Type"].startswith(TYPES[file.suffix])
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    again = requests.get(
        site + address(file), headers={"If-None-Match": answer.headers["ETag"]}, timeout=10)
    assert again.status_code == 304 and again.content == b""


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".html"],
                         ids=lambda file: file.name)
def test_pages_hold_no_script_and_no_style_of_their_own(file):
    text = file.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert all(inner == "" for inner in re.findall(r"<script[^>]*>(.*?)</script>", text, re.S))


CASES = [
    ("show('1234567.5', 2)", "1,234,567.50"),
    ("show('-0.001', 2)", "−0.001"),
    ("show('100000000000000000.01')", "100,000,000,000,000,000.01"),
    ("show('1e-8')", "0.00000001"),
    ("show('2.5E3')", "2,500"),
    ("show(null)", "–"),
    ("show('ten')", "–"),
    ("showRounded('0.005', 2)", "0.01"),
    ("showRounded('-0.005', 2)", "−0.01"),
    ("showRounded('0.00499', 2)", "0.00"),
    ("key('150.00')", "150"),
    ("key('0.10')", "0.1"),
    ("key(100)", "100"),
    ("plain(add(parse('0.1'), parse('0.2')))", "0.3"),
    ("plain(subtract(parse('1'), parse('0.000000001')))", "0.999999999"),
    ("plain(multiply(parse('0.07'), parse('100')))", "7.00"),
    ("plain(multiply(parse('-123456789.123456789'), parse('987654321.987654321')))",
     "-121932631356500531.347203169112635269"),
    ("compare(parse('1.10'), parse('1.1'))", 0),
    ("compare(parse('-2'), parse('1'))", -1),
    ("parse('')", None),
    ("parse('1.2.3')", None),
    ("parse('.')", None),
    ("parse('1e9999')", None),
]


@pytest.fixture(scope="module")
def decimals(chromium, site):
    page = chromium.new_page()
    page.goto(site + "/stocks")
    page.evaluate("import('/kit/decimal.js').then((module) => { window.decimal = module; })")
    page.wait_for_function("window.decimal")
    yield page
    page.close()


@pytest.mark.parametrize("expression, expected", CASES)
def test_decimals_are_exact(decimals, expression, expected):
    names = "parse, add, subtract, multiply, compare, show, showRounded, key, plain"
    script = f"(() => {{ const {{ {names} }} = decimal; return {expression}; }})()"
    assert decimals.evaluate(script) == expected
