"""/metrics: read by Prometheus's own parser, and its counts are what the test did."""

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from live.client import Client
from live.socket import Socket
from oes.host import wait_until

PLACE = {"method": "POST", "pattern": "/api/accounts/{account}/orders"}


@pytest.fixture(scope="module")
def fresh(make_host):
    return make_host().start()


class Metrics:
    def __init__(self, host):
        response = requests.get(host.url + "/metrics", timeout=30)
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert response.status_code == 200
        self.families = {family.name: family for family in
                         text_string_to_metric_families(response.text)}
        self.samples = [
            sample for family in self.families.values() for sample in family.samples]

    def value(self, metric, /, **labels):
        found = [
            sample.value for sample in self.samples
            if sample.name == metric and labels.items() <= sample.labels.items()]
        assert len(found) <= 1, f"{metric} {labels}: {found}"
        return found[0] if found else 0


def test_the_format_is_what_prometheus_reads(fresh):
    metrics = Metrics(fresh)
    assert {"counter", "gauge", "histogram"} == {
        family.type for family in metrics.families.values()}
    for family in metrics.families.values():
        assert family.documentation
        for sample in family.samples:
            assert sample.labels["worker"] == "0", sample
    assert metrics.value("oes_redis_up", connection="oes-commands") == 1
    assert metrics.value("process_resident_memory_bytes") > 1_000_000
    assert metrics.value("process_cpu_seconds_total") > 0
    assert metrics.value("oes_accounts") == 5
    assert any(sample.name == "oes_build_info" and sample.labels["version"]
               for sample in metrics.samples)


def test_the_counts_are_what_was_done(fresh):
    with Client(fresh.url) as client:
        before = Metrics(fresh)
        for step in range(7):
            assert client.call("POST", "/api/accounts/1/orders", {
                "type": "buy", "symbol": "AAPL", "price": 100 + step, "quantity": 1,
            }).status_code == 200
        for _ in range(3):
            assert client.call("POST", "/api/accounts/1/orders", {}).status_code == 400
        assert client.call("GET", "/nowhere").status_code == 404
        after = Metrics(fresh)

    def grown(metric, **labels):
        return after.value(metric, **labels) - before.value(metric, **labels)

    assert grown("oes_http_requests_total", **PLACE, status="2xx") == 7
    assert grown("oes_http_requests_total", **PLACE, status="4xx") == 3
    assert grown("oes_http_requests_total", pattern="", status="4xx") == 1
    assert grown("oes_http_request_seconds_count", **PLACE) == 10
    assert grown("oes_http_request_seconds_bucket", **PLACE, le="+Inf") == 10
    assert grown("oes_http_request_seconds_sum", **PLACE) > 0
    assert grown("oes_function_seconds_count", function="submit") == 7
    assert grown("oes_function_errors_total", function="submit") == 0
    for name in ("limit", "day", "max-order"):
        assert grown("oes_plugin_call_seconds_count", name=name) == 7
        assert grown("oes_plugin_call_seconds_sum", name=name) > 0
    assert after.value("oes_open_orders") - before.value("oes_open_orders") == 7
    assert grown("oes_stream_sequence") == 7


def test_buckets_rise(fresh):
    metrics = Metrics(fresh)
    buckets = [
        (float(sample.labels["le"]), sample.value) for sample in metrics.samples
        if sample.name == "oes_function_seconds_bucket" and sample.labels["function"] == "submit"]
    assert buckets == sorted(buckets)
    assert [count for _, count in buckets] == sorted(count for _, count in buckets)


def test_the_lists_keep_up(fresh):
    wait_until(lambda: Metrics(fresh).value("oes_projector_lag_events") == 0, what="the lists")
    assert Metrics(fresh).value("oes_picture_lag_events") == 0


def test_sockets_and_subscriptions_are_counted(fresh):
    with Socket(fresh.url) as socket:
        socket.subscribe("oes:trades")
        metrics = Metrics(fresh)
        assert metrics.value("oes_websockets") == 1
        assert metrics.value("oes_feed_subscriptions") == 1
        assert metrics.value("oes_http_requests_total", pattern="/ws", status="1xx") == 1
