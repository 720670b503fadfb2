"""What the judges found, held against the one list of exceptions."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

LIST = Path(__file__).with_name("exceptions.toml")


def exceptions(suite):
    """The cases of a suite, or patterns of them, in which a finding is expected."""
    listed = tomllib.loads(LIST.read_text()).get("exception", [])
    for entry in listed:
        assert set(entry) == {"suite", "cases", "reason"}, f"an entry is incomplete: {entry}"
        assert entry["cases"] and entry["reason"].strip(), f"an entry is empty: {entry}"
    cases = [case for entry in listed if entry["suite"] == suite for case in entry["cases"]]
    assert len(cases) == len(set(cases)), f"{suite} has a case twice in {LIST.name}"
    return set(cases)


def compare(suite, found, chosen=lambda case: True, is_random=False):
    """Fails on what was found (case → what) but isn't listed, and on what is listed but wasn't
    found. `chosen` tells which of the suite's cases were looked at. A suite that makes its cases at
    random may miss a listed one: that is only said."""
    expected = set(filter(chosen, exceptions(suite)))
    matched = {
        case: {pattern for pattern in expected if fnmatchcase(case, pattern)} for case in found}
    lines = [f"{case}: {what}" for case, what in sorted(found.items()) if not matched[case]]
    missed = [
        f"{pattern}: no longer found; take it out of {LIST.name}"
        for pattern in sorted(expected.difference(*matched.values()))]
    if is_random:
        print(*missed, sep="\n")
    else:
        lines += missed
    assert not lines, f"{suite} finds:\n" + "\n".join(lines)
