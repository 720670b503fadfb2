"""Orders and executions page by page, filtered, and from a sequence on."""

import pytest

from live.client import assert_error, decoded
from live.v1 import ORDER, V1, assert_decimals, body_of, report

MANY = 2_500


@pytest.fixture
def client(server):
    with V1(server.url) as client:
        yield client


@pytest.fixture(scope="module")
def many(server):
    """2,500 orders of one account: of two symbols, sides and tags, every fifth cancelled."""
    with V1(server.url) as client:
        first, second = client.instrument("MANYA"), client.instrument("MANYB")
        account = client.account("Many", 1_000_000)
        for symbol in (first, second):
            client.give_shares(account, symbol, 10_000)
        placed = []
        for start in range(0, MANY, 100):
            orders = [
                body_of(
                    account, "buy" if index % 2 else "sell", second if index % 3 == 0 else first, 1,
                    "10.00" if index % 2 else "90.00", tag=f"t{index % 4}")
                for index in range(start, start + 100)]
            answers = decoded(client.batch(orders))["items"]
            placed += [item["execution"] for item in answers]
        for step in placed[::5]:
            decoded(client.end(step["order_id"]))
        yield Many(account, first, second, placed)


class Many:
    def __init__(self, account, first, second, placed):
        self.account, self.first, self.second, self.placed = account, first, second, placed

    def ids(self, wanted=lambda index, step: True):
        """Newest first."""
        return [
            step["order_id"] for index, step in reversed(list(enumerate(self.placed)))
            if wanted(index, step)]


def listed(client, **query):
    orders = client.pages("/api/v1/orders", **query)
    for order in orders:
        assert set(order) == ORDER
        assert_decimals(order)
    return [order["order_id"] for order in orders]


@pytest.mark.parametrize("limit", [7, 100, 1000])
def test_every_order_once_newest_first(client, many, limit):
    if limit == 7:
        page = decoded(client.call(
            "GET", "/api/v1/orders", params={"account_id": many.account, "limit": 7}))
        assert [order["order_id"] for order in page["items"]] == many.ids()[:7]
        return
    assert listed(client, account_id=many.account, limit=limit) == many.ids()


def test_pages_stay_while_orders_come_in(client, many, symbol):
    query = {"account_id": many.account, "limit": 500}
    first = decoded(client.call("GET", "/api/v1/orders", params=query))
    other = client.place(many.account, "buy", symbol, 1, "1.00")
    query["page_token"] = first["next_page_token"]
    second = decoded(client.call("GET", "/api/v1/orders", params=query))
    mine = [order["order_id"] for order in first["items"] + second["items"]]
    assert mine == many.ids()[:1000]
    many.placed.append(other)


@pytest.mark.parametrize("query,wanted", [
    ({"symbol": "MANYB"}, lambda index, step: step["symbol"] == "MANYB"),
    ({"side": "sell"}, lambda index, step: step["side"] == "sell"),
    ({"tag": "t3"}, lambda index, step: step["tag"] == "t3"),
    ({"status": "cancelled"}, lambda index, step: index % 5 == 0 and index < MANY),
    ({"status": "cancelled,filled"}, lambda index, step: index % 5 == 0 and index < MANY),
    ({"status": "new"}, lambda index, step: index % 5 != 0 or index >= MANY),
    ({"status": "new,cancelled", "side": "buy", "tag": "t1", "symbol": "MANYA"},
     lambda index, step: (step["side"], step["tag"], step["symbol"]) == ("buy", "t1", "MANYA")),
    ({"status": "filled"}, lambda index, step: False)])
def test_filters(client, many, query, wanted):
    assert listed(client, account_id=many.account, limit=1000, **query) == many.ids(wanted)


def test_a_stretch_of_time(client, many):
    since, until = (many.placed[index]["matched_at"] for index in (300, 1700))
    expected = many.ids(lambda index, step: since <= step["matched_at"] < until)
    assert 1 < len(expected) < MANY
    assert listed(
        client, account_id=many.account, since=since, until=until, limit=1000) == expected


def test_times_in_every_form(client, many):
    for since in ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00.5+01:00", "978307200000000"):
        page = client.call("GET", "/api/v1/orders", params={
            "account_id": many.account, "since": since, "limit": 1})
        assert len(decoded(page)["items"]) == 1
        page = client.call("GET", "/api/v1/orders", params={
            "account_id": many.account, "until": since, "limit": 1})
        assert decoded(page) == {"items": [], "next_page_token": None}


@pytest.mark.parametrize("query,status,field", [
    ("status=open", 400, "status"), ("status=", 400, "status"), ("status=new,", 400, "status"),
    ("side=up", 400, "side"), ("tag=a%20b", 400, "tag"), ("tag=", 400, "tag"),
    ("since=yesterday", 400, "since"), ("since=2026-02-30T00:00:00Z", 400, "since"),
    ("until=2026-01-01", 400, "until"), ("until=-5", 400, "until"), ("since=", 400, "since"),
    ("account_id=999999", 404, None), ("symbol=NOSUCH", 422, "symbol"), ("bogus=1", 400, "bogus"),
    ("limit=0", 400, "limit"), ("limit=1001", 400, "limit"), ("page_token=x", 400, "page_token"),
    ("side=buy&side=sell", 400, "side")])
def test_a_wrong_query(client, query, status, field):
    assert_error(client.call("GET", f"/api/v1/orders?{query}"), status, field=field)


@pytest.mark.parametrize("query,status,field", [
    ("from_seq=0", 400, "from_seq"), ("from_seq=x", 400, "from_seq"),
    ("from_seq=1&page_token=5-1", 400, "page_token"), ("account_id=999999", 404, None),
    ("symbol=NOSUCH", 422, "symbol"), ("status=new", 400, "status"), ("limit=0", 400, "limit")])
def test_a_wrong_query_for_executions(client, query, status, field):
    assert_error(client.call("GET", f"/api/v1/executions?{query}"), status, field=field)


# Executions.

def read(client, **query):
    found = decoded(client.call("GET", "/api/v1/executions", params=query))
    assert set(found) == {"items", "next_page_token", "next_seq", "has_more"}
    for step in found["items"]:
        report(step)
    return found


def test_executions_are_the_histories_steps(client, symbol, buyer, seller):
    resting = client.place(seller, "sell", symbol, 5, "100.00")
    client.place(buyer, "buy", symbol, 2, "100.00", tag="x")
    client.place(buyer, "buy", symbol, 4, "100.00", time_in_force="ioc")
    found = read(client, account_id=buyer)
    assert (found["next_page_token"], found["next_seq"], found["has_more"]) == (None, None, False)
    mine = found["items"]
    assert [step["exec_type"] for step in mine] == ["cancelled", "trade", "new", "trade", "new"]
    assert mine[-1]["tag"] == "x" and mine[0]["time_in_force"] == "ioc"
    for order in {step["order_id"] for step in mine}:
        steps = [step for step in reversed(mine) if step["order_id"] == order]
        assert steps == client.history(order)
    all_of_it = read(client, symbol=symbol)["items"]
    own = [step for step in all_of_it if step["account_id"] == seller]
    assert own[::-1] == client.history(resting["order_id"])
    assert len(all_of_it) == len(own) + len(mine)
    numbers = [tuple(map(int, step["exec_id"].split("-"))) for step in all_of_it]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)


def test_a_sweep_larger_than_the_limit_comes_whole_and_alone(client, symbol, buyer, seller):
    for number in range(7):
        client.place(seller, "sell", symbol, 1, "100.00")
    sweep = client.place(buyer, "buy", symbol, 7, "100.00")["event_seq"]
    last = client.place(buyer, "buy", symbol, 1, "99.00")["event_seq"]
    found = read(client, symbol=symbol, from_seq=sweep, limit=3)
    assert {step["event_seq"] for step in found["items"]} == {sweep}
    assert len(found["items"]) == 15, "new, and seven trades of both sides"
    assert (found["next_seq"], found["has_more"]) == (sweep + 1, True)
    rest = read(client, symbol=symbol, from_seq=found["next_seq"], limit=3)
    assert [step["event_seq"] for step in rest["items"]] == [last]
    assert not rest["has_more"]
    # Events before it that fit go without it.
    before = read(client, symbol=symbol, from_seq=sweep - 1, limit=3)
    assert {step["event_seq"] for step in before["items"]} == {sweep - 1}
    assert before["next_seq"] == sweep


def test_a_token_of_another_list_is_refused(client, many):
    def get(path, **query):
        return client.call("GET", path, params={"account_id": many.account, "limit": 5, **query})

    token = decoded(get("/api/v1/orders"))["next_page_token"]
    assert get("/api/v1/orders", page_token=token).status_code == 200
    for path, query in [
        ("/api/v1/executions", {}), ("/api/v1/orders", {"side": "buy"}),
        ("/api/v1/orders", {"account_id": "1"}), (f"/api/accounts/{many.account}/orders", {}),
    ]:
        if path.startswith("/api/accounts"):
            answer = client.call("GET", path, params={"page_token": token})
        else:
            answer = get(path, **query, page_token=token)
        assert_error(answer, 422, "unknown_page_token", "page_token")
    assert_error(get("/api/v1/orders", page_token=token[1:]), (400, 422), field="page_token")
    assert_error(get("/api/v1/orders", page_token=token[:-1]), 422, field="page_token")


def test_a_kept_lists_next_page_keeps_its_filter(client, symbol, buyer):
    placed = [client.place(buyer, "buy", symbol, 1, "9.00")["order_id"] for _ in range(3)]
    found, page = [], client.call("GET", f"/api/orders/open?symbol={symbol}&limit=2")
    while True:
        found += [order["order_id"] for order in decoded(page)]
        if "next" not in page.links:
            break
        page = client.call("GET", page.links["next"]["url"].replace(client.url, ""))
    assert found == placed[::-1]


def test_a_gap_is_closed_from_a_sequence_on(client, many):
    oldest_first, query = [], {"account_id": many.account, "from_seq": 1, "limit": 400}
    while True:
        found = read(client, **query)
        assert found["next_page_token"] is None
        oldest_first += found["items"]
        assert found["next_seq"] >= query["from_seq"]
        if not found["has_more"]:
            break
        query["from_seq"] = found["next_seq"]
    assert len(oldest_first) == len(many.placed) + MANY // 5
    newest_first, query = [], {"account_id": many.account, "limit": 1000}
    while True:
        found = read(client, **query)
        newest_first += found["items"]
        if not found["has_more"]:
            break
        query["page_token"] = found["next_page_token"]
    assert oldest_first == newest_first[::-1]
    # What came since is all that is new.
    from_seq = read(client, account_id=many.account, from_seq=oldest_first[-1]["event_seq"] + 1)
    assert (from_seq["items"], from_seq["has_more"]) == ([], False)
    step = client.place(many.account, "buy", many.first, 1, "1.00")
    many.placed.append(step)
    again = read(client, account_id=many.account, from_seq=from_seq["next_seq"])
    assert [item["exec_id"] for item in again["items"]] == [step["exec_id"]]
    assert again["next_seq"] == step["event_seq"] + 1


def test_from_a_sequence_of_one_symbol(client, many):
    found = read(client, account_id=many.account, from_seq=1, limit=200, symbol=many.second)
    assert found["has_more"] and {step["symbol"] for step in found["items"]} == {many.second}
