"""Matching: tracebook runs its fixed cases and seeded campaigns through our API and through an
engine of its own, and compares after every order event: taken or refused and why, the trades, and
every resting order with its place in the queue."""

import os
import sys
from pathlib import Path

import pytest
from tracebook.conformance import (
    ExternalProcessAdapterFactory, campaign_profile_names, copy_bundled_conformance_suite,
    get_campaign_profile, run_campaign, run_conformance)

from judges.findings import compare, exceptions
from oes.host import Host, wait_until

TESTS = Path(__file__).resolve().parents[1]
SUITES = ["v1", "v2"]
# As many again as a longer look asks for: OES_TRACEBOOK_TRACES=25 is what its `qualify` runs.
TRACES = int(os.environ.get("OES_TRACEBOOK_TRACES", "6"))
EVENTS = 200
SEED = 20_261
# Cases whose prices only make sense once they are on the grid, which is the client's work here.
ROUNDED = {"tick-grid"}
# Matching alone is judged: a risk rule would refuse a market order's wide band.
ORDER_TYPES = {"libraries": [{"path": "libOESOrderTypes.so"}]}


@pytest.fixture(scope="module")
def matching(tmp_path_factory):
    host = Host(tmp_path_factory.mktemp("matching"), plugins=ORDER_TYPES)
    try:
        host.start()
        first = host.workers()
        yield host
        assert host.workers() == first, f"a worker was restarted:\n{host.output()}"
        assert host.stop() == 0, host.output()
        wait_until(lambda: not host.redis_pids(), what="the end of redis-server")
    finally:
        host.kill_all()


def adapter(host, *options):
    command = [sys.executable, "-m", "judges.tracebook_adapter", host.url, *options]
    return ExternalProcessAdapterFactory(command, timeout_seconds=60, cwd=TESTS)


def told(report):
    """Where a run differs first, in one line."""
    found = report.divergence
    return (
        f"event {found.event_index}, {found.category}: {found.message} ({found.path}: "
        f"{found.reference!r} there, {found.candidate!r} here; {found.event})")


@pytest.mark.parametrize("version", SUITES)
def test_fixed_cases(matching, tmp_path, version):
    suite = copy_bundled_conformance_suite(tmp_path / version, suite_version=version)
    found = {}
    for case in suite.cases:
        if case.config.matching_algorithm != "fifo":
            continue  # Listed by test_what_does_not_apply_is_listed.
        report = run_conformance(
            case.load_events(), adapter(matching), config=case.config, trace_name=case.name)
        if not report.conformant:
            found[f"{version}/{case.name}"] = told(report)
    compare(
        "tracebook", found,
        chosen=lambda case: case.startswith(f"{version}/") and "pro-rata" not in case)


@pytest.mark.parametrize("version", SUITES)
def test_cases_whose_prices_are_rounded_first(matching, tmp_path, version):
    suite = copy_bundled_conformance_suite(tmp_path / version, suite_version=version)
    cases = [case for case in suite.cases if case.name in ROUNDED]
    assert {case.name for case in cases} == ROUNDED
    for case in cases:
        report = run_conformance(
            case.load_events(), adapter(matching, "--round"), config=case.config)
        assert report.conformant, told(report)


@pytest.mark.parametrize("version", SUITES)
def test_what_does_not_apply_is_listed(tmp_path, version):
    suite = copy_bundled_conformance_suite(tmp_path / version, suite_version=version)
    other = {
        f"{version}/{case.name}" for case in suite.cases
        if case.config.matching_algorithm != "fifo"}
    listed = {case for case in exceptions("tracebook") if case.startswith(f"{version}/pro-rata")}
    assert other == listed


@pytest.mark.parametrize("profile", campaign_profile_names())
def test_campaigns(matching, profile):
    """Everything that the profile claims must have come up, and nothing may differ."""
    assert get_campaign_profile(profile).config.matching_algorithm == "fifo"
    result = run_campaign(
        adapter(matching), profile=profile, seed=SEED, traces=TRACES, events_per_trace=EVENTS,
        max_minimize_runs=40)
    if result.failure:
        shortest = "\n".join(
            str(event.to_dict()) for event in result.failure.minimization.events)
        report = result.failure.minimization.report
        pytest.fail(f"{result.failure.failure_class}: {told(report)}\nof these:\n{shortest}")
    assert not result.semantic_coverage.uncovered_capabilities
