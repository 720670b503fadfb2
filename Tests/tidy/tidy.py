#!/usr/bin/env python3
"""What no compiler checks: sizes, left-over marks, machine paths, built files, links, rooms.

Every rule is a function that yields what is wrong, as `file:line: what`. Long files are told from
400 lines on and refused above 500; that and everything else ends with exit code 1. The plugin
header, mostly prose and one file by design, has no limit.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = {".swift", ".lua", ".js", ".c", ".h", ".css", ".html", ".py", ".sh"}
SIZED = {".swift", ".lua", ".js", ".py"}
LONG_FILE, LONGEST_FILE = 400, 500
LONGEST_FUNCTION = 70

# Which room may import which: a room may also import whatever its own imports may. The order is
# the way of the data; nothing imports upwards. Package.swift makes the compiler enforce most of
# it; this table keeps Package.swift itself honest.
ROOMS = {
    "Base": set(),
    "CSystem": set(),
    "CHiredis": set(),
    "Loop": {"Base", "CSystem"},
    "Wire": {"Base"},
    "Server": {"Base", "Loop", "Wire"},
    "Trading": {"Base"},
    "Plugins": {"Base", "Wire", "Trading", "COESPlugin"},
    "Store": {"Base", "Loop", "Trading", "CHiredis", "CSystem"},
    "Service": {"Base", "Loop", "Wire", "Trading", "Plugins", "Store"},
    "Views": {"Base", "Wire", "Trading", "Plugins", "Service"},
    "Feed": {"Base", "Loop", "Wire", "Trading", "Plugins", "Store", "Service", "Views"},
    "Verify": {"Base", "Wire", "Trading", "Store"},
    "UI": set(),
    "API": {"Base", "Wire", "Server", "Trading", "Plugins", "Service", "Views", "Feed", "UI"},
    "Main": {
        "Base", "Loop", "Wire", "Server", "Trading", "Plugins", "Store", "Service", "Feed", "API",
        "CSystem", "Verify",
    },
}
SYSTEM_MODULES = {"Glibc", "Foundation", "FoundationEssentials", "Dispatch", "Synchronization"}

# Put together from pieces, so that this file passes its own rules.
MARKS = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
MACHINE = re.compile(r"(?<![\w.])/(?:work|farm|home/\w+|Users/\w+|tmp/bash_jobs)/")
BUILT = re.compile(
    r"\.(so|o|a|dylib|swiftmodule|rdb|aof|pyc|profdata)$|(^|/)(\.build|\.venv|__pycache__)/"
    r"|Package\.resolved$|\.csv\.gz$|\.whl$")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
IMPORT = re.compile(
    r"^\s*(?:@\w+\s+)*(?:package |public |internal |private )?import "
    r"(?:\w+ )?(\w+)(?:\.\w+)*\s*$")


def tracked():
    """The files that are, or would be, under version control."""
    out = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [Path(name) for name in sorted(set(out.split("\0"))) if (ROOT / name).is_file()]


def text_of(path):
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return ""


def file_sizes(path, text):
    if path.suffix in SIZED:
        count = text.count("\n")
        if count > LONGEST_FILE:
            yield f"{path}:1: {count} lines; a file has at most {LONGEST_FILE}"
        elif count > LONG_FILE:
            print(f"note: {path} has {count} lines; is it still one idea?")


FUNCTION_STARTS = {
    ".swift": re.compile(r"^(\s*)(?:@\w+(?:\([^)]*\))?\s+)*(?:[\w()]+\s+)*(?:func\s+\S|init[?!]?[(<])"),
    ".js": re.compile(
        r"^(\s*)(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:static\s+)?(?:function\b|\w+\s*\([^)]*\)\s*\{)"),
    ".c": re.compile(r"^()[a-zA-Z_][\w\s*]*\([^;]*$"),
    ".py": re.compile(r"^(\s*)(?:async\s+)?def\s"),
    ".lua": re.compile(r"^(\s*)(?:local\s+)?(?:function\b|[\w.]+\s*=\s*function\b)"),
}
CLOSERS = {".swift": "}", ".js": "}", ".c": "}", ".lua": "end"}


def function_sizes(path, text):
    """A function ends where its closing mark stands at its own indent: formatted code only."""
    start = FUNCTION_STARTS.get(path.suffix)
    if not start:
        return
    lines = text.split("\n")
    spans = []
    for index, line in enumerate(lines):
        found = start.match(line)
        if found:
            spans.append((index, index + length(lines, index, found[1], path.suffix)))
    for first, end in spans:
        own = end - first - nested_lines(spans, first, end)
        if own > LONGEST_FUNCTION:
            yield f"{path}:{first + 1}: a function of {own} lines; at most {LONGEST_FUNCTION}"


def nested_lines(spans, first, end):
    """A function's inner functions are counted by themselves, as in a closure that is a module."""
    count, reached = 0, first
    for start, stop in spans:
        if first < start and stop <= end and start >= reached:
            count += stop - start
            reached = stop
    return count


def length(lines, index, indent, suffix):
    if suffix == ".py":
        inside = index + 1
        while inside < len(lines) and (
            not lines[inside].strip() or lines[inside].startswith((indent + " ", indent + ")"))
        ):
            inside += 1
        return len("\n".join(lines[index:inside]).rstrip().split("\n"))
    for at in range(index, len(lines)):
        if at > index and re.match(rf"{indent}{re.escape(CLOSERS[suffix])}(\W|$)", lines[at]):
            return at - index + 1
        opens_nothing = at > index and lines[at].strip() and not lines[at].startswith(indent)
        if opens_nothing:
            return at - index
    return 0


def left_over_marks(path, text):
    if path.suffix in SOURCE | {".md", ".yml"} or path.parts[0] in ("script", ".ci"):
        for number, line in enumerate(text.split("\n"), 1):
            if MARKS.search(line):
                yield f"{path}:{number}: a left-over mark; do it, or write it up in docs/"
            if "fatalError(\"" in line and "Tests" not in path.parts:
                yield f"{path}:{number}: fatalError is no answer"


def machine_paths(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if MACHINE.search(line) and path.name != "tidy.py":
            yield f"{path}:{number}: a path of one machine"


def built_files(path, _):
    if BUILT.search(str(path)):
        yield f"{path}:1: a built or fetched file under version control"


def links(path, text):
    if path.suffix != ".md":
        return
    fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        for target in [] if fenced else LINK.findall(re.sub(r"`[^`]*`", "", line)):
            file, _, anchor = target.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            full = (ROOT / path).parent / file if file else ROOT / path
            if not full.exists():
                yield f"{path}:{number}: the link to {target} leads nowhere"
            elif anchor and full.suffix == ".md" and anchor not in anchors(full.read_text()):
                yield f"{path}:{number}: {file or path} has no heading #{anchor}"


def anchors(text):
    headings = re.findall(r"^#+\s+(.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", name.lower()).strip().replace(" ", "-") for name in headings}


def rooms(path, text):
    parts = path.parts
    if parts[:2] != ("Sources", "Host") or path.suffix != ".swift":
        return
    allowed = ROOMS.get(parts[2])
    if allowed is None:
        yield f"{path}:1: {parts[2]} isn't one of the rooms"
        return
    for number, line in enumerate(text.split("\n"), 1):
        found = IMPORT.match(line)
        if found and found[1] not in allowed | SYSTEM_MODULES:
            yield f"{path}:{number}: {parts[2]} may not import {found[1]}"


RULES = [file_sizes, function_sizes, left_over_marks, machine_paths, built_files, links, rooms]


def main():
    problems, files = [], tracked()
    for path in files:
        text = text_of(path)
        for rule in RULES:
            problems += rule(path, text)
    for problem in problems:
        print(problem)
    print(f"{len(files)} files, {len(RULES)} rules, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
