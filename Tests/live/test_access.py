"""Who may: every route and every channel, for every kind of caller, against what they declare."""

import pytest
import websockets

from live.client import assert_error
from live.keys import ROLES, KeyedHost
from live.table import BODIES, operations

MAY = {
    "see": {"viewer", "trader", "risk", "admin"}, "trade": {"trader", "admin"},
    "cancel": {"trader", "risk", "admin"}, "oversee": {"risk", "admin"}, "administer": {"admin"},
}
CHANNELS = [
    ("oes:orderbook", "permission", "see"), ("oes:orderbook:KEYED", "permission", "see"),
    ("oes:trades", "permission", "see"), ("oes:trades:KEYED", "permission", "see"),
    ("oes:account:{account}", "account", "see"), ("oes:notifications", "everyone", "oversee"),
    ("oes:risk", "everyone", "oversee"), ("oes:risk:{account}", "account", "see"),
]
HOSTS = ["evil.example", "evil.example:8001", "127.0.0.1.evil.example", "localhost.evil.example"]
ORIGINS = ["http://evil.example", "null", "http://127.0.0.1:1"]


@pytest.fixture(scope="module")
def keyed(server):
    return KeyedHost(server)


@pytest.fixture(scope="module")
def table(keyed):
    found = operations(keyed)
    assert len(found) > 30, found
    return found


def declared(access, permission, who):
    """(status, code) of the refusal that the table says; None where the caller may."""
    if access == "anyone":
        return None
    if who in (None, "unknown", "revoked"):
        return 401, {None: "unauthenticated"}.get(who, f"{who}_key")
    role = who if who in ROLES else "trader"
    if role not in MAY[permission]:
        return 403, "role_not_allowed"
    if who == "stranger":
        return {
            "account": (404, "unknown_account"), "order": (404, "unknown_order"),
            "everyone": (403, "account_required"),
        }.get(access)
    return None


def test_every_refusal_is_the_declared_one_and_changes_nothing(keyed, table):
    callers = [None, "unknown", "revoked", *ROLES, "stranger"]
    for operation in table:
        refused = [
            (who, wanted) for who in callers
            if (wanted := declared(operation.access, operation.permission, who))]
        before = keyed.state()
        for who, (status, code) in refused:
            answer = keyed.call(
                who, operation.method, operation.path(keyed), operation.body(keyed))
            assert answer.status_code == status, (operation, who, answer.text)
            assert_error(answer, status, code)
            assert ("WWW-Authenticate" in answer.headers) == (status == 401), operation
        assert keyed.state() == before, operation


def test_those_who_may_are_not_refused(keyed, table):
    """Changing calls come with a field that isn't theirs: they get to the handler, and no further."""
    for operation in table:
        if not operation.can_be_tried:
            continue
        body = {"not_a_field": 1} if operation.method not in ("GET", "DELETE") else None
        for who in [None, *ROLES, "mine", "stranger"]:
            if declared(operation.access, operation.permission, who):
                continue
            if who == "mine" and operation.access == "everyone":
                continue
            answer = keyed.call(who, operation.method, operation.path(keyed), body)
            assert answer.status_code not in (401, 403, 405, 429) and answer.status_code < 500, (
                operation, who, answer.text)
            if answer.status_code == 404:
                code = answer.json()["code"]
                assert code not in ("unknown_account", "unknown_order", "unknown_path"), (
                    operation, who)


@pytest.mark.parametrize("headers, code", [
    *[({"Host": host}, "host_not_allowed") for host in HOSTS],
    *[({"Origin": origin}, "origin_not_allowed") for origin in ORIGINS],
], ids=str)
def test_another_origin_and_a_rebinding_host_are_refused_everywhere(keyed, table, headers, code):
    before = keyed.state()
    for operation in table:
        answer = keyed.call(
            "admin", operation.method, operation.path(keyed), operation.body(keyed), headers)
        assert_error(answer, 403, code)
    for path in ["/", "/sign-in", "/style.css", "/nothing"]:
        assert_error(keyed.call("admin", "GET", path, headers=headers), 403, code)
    assert keyed.state() == before


def test_what_is_not_there_is_told_to_those_with_a_key(keyed):
    for method, path in [
        ("GET", "/nothing"), ("GET", "/api/v1/nothing"), ("PUT", "/api/status"),
        ("OPTIONS", "/api/status"), ("GET", "/api/orders/%ff"), ("POST", "/"),
    ]:
        assert_error(keyed.call(None, method, path), 401, "unauthenticated")
        answer = keyed.call("viewer", method, path)
        assert answer.status_code in (400, 404, 405), answer.text


def test_pages_lead_to_the_sign_in_and_their_files_are_open(keyed):
    for page in ["/", "/stocks", "/accounts", "/risk-manager"]:
        answer = keyed.call(None, "GET", page + "?a=b%20c")
        assert answer.status_code == 303
        escaped = (page + "?a=b%20c").replace("%", "%25").replace("/", "%2F")
        escaped = escaped.replace("?", "%3F").replace("=", "%3D")
        assert answer.headers["Location"] == "/sign-in?next=" + escaped
        assert keyed.call("viewer", "GET", page).status_code == 200
    for path in ["/sign-in", "/sign-in.js", "/style.css", "/theme.js", "/favicon.svg"]:
        assert keyed.call(None, "GET", path).status_code == 200


@pytest.mark.parametrize("who", [None, "unknown", "revoked"])
def test_the_handshake_asks_for_a_key(keyed, who):
    with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
        keyed.socket(who)
    assert refusal.value.response.status_code == 401


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {"Origin": "null"}], ids=str)
def test_the_handshake_refuses_other_origins(keyed, headers):
    with pytest.raises(websockets.exceptions.InvalidStatus) as refusal:
        keyed.socket("admin", headers)
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("channel, access, permission", CHANNELS)
def test_every_channel_asks_for_what_it_declares(keyed, channel, access, permission):
    channel = channel.format(account=keyed.account)
    for who in [*ROLES, "mine", "stranger"]:
        wanted = declared(access, permission, who)
        if who == "mine" and access == "everyone" and wanted is None:
            wanted = 403, "account_required"
        with keyed.socket(who) as socket:
            socket.send({"type": "subscribe", "channel": channel})
            answer = socket.receive()
            if wanted:
                assert (answer["type"], answer["code"]) == ("error", wanted[1]), (who, answer)
            else:
                assert (answer["type"], answer["status"]) == ("subscription", "success"), who


def test_another_account_is_refused_in_the_words_of_one_that_is_not_there(keyed):
    texts = []
    for account in (keyed.account, "999999"):
        with keyed.socket("stranger") as socket:
            answer, _ = socket.ask(
                {"type": "subscribe", "channel": f"oes:account:{account}"}, "error")
        answer["message"] = answer["message"].replace(account, "?")
        texts.append(answer)
        answer = keyed.call("stranger", "GET", f"/api/accounts/{account}").json()
        texts.append(answer["message"].replace(account, "?"))
    assert texts[:2] == texts[2:]


def test_public_trades_name_no_parties(keyed):
    keyed.admin.give_shares(keyed.other_account, keyed.symbol, 100)
    keyed.admin.order(keyed.account, "buy", keyed.symbol, 1, "60.00")
    with keyed.socket("mine") as mine, keyed.socket("admin") as admin:
        mine.subscribe("oes:trades")
        mine.subscribe(f"oes:account:{keyed.account}")
        admin.subscribe("oes:trades")
        keyed.admin.order(keyed.other_account, "sell", keyed.symbol, 1, "60.00")
        for socket in (mine, admin):
            (trade,) = [
                message for message in socket.collect(
                    lambda seen: any(item.get("type") == "trade" for item in seen))
                if message.get("type") == "trade"]
            assert not [name for name in trade["data"] if "account" in name or "order" in name]
    parties = {"buy_account_id", "sell_account_id", "buy_order_id", "sell_order_id"}
    for who, sees in [("admin", True), ("viewer", True), ("mine", False), ("stranger", False)]:
        (trade,) = keyed.call(who, "GET", "/api/orders/trades/recent?limit=1").json()
        assert parties <= set(trade) if sees else not parties & set(trade), who


def test_two_different_keys_are_refused(keyed):
    answer = keyed.call(
        "admin", "GET", "/api/status", headers={"X-API-Key": keyed.secrets["viewer"]})
    assert_error(answer, 401, "several_keys")
    answer = keyed.call(
        None, "GET", "/api/status", headers={"X-API-Key": keyed.secrets["viewer"]})
    assert answer.status_code == 200


def test_the_table_names_a_body_for_what_changes(table):
    needed = {item.name for item in table if item.needs_body}
    assert set(BODIES) | {"POST /api/v1/session"} == needed


# Routes whose account stands in the body or the query: the handler narrows them to the key's.

FOREIGN = [
    ("POST", "/api/v1/orders", {"side": "buy", "quantity": 1, "price": 10}),
    ("POST", "/api/v1/orders/test", {"side": "buy", "quantity": 1, "price": 10}),
    ("POST", "/api/v1/orders/cancel-all", {}),
    ("GET", "/api/v1/orders", None),
    ("GET", "/api/v1/executions", None),
]


@pytest.mark.parametrize("method, path, body", FOREIGN, ids=lambda value: str(value))
def test_a_strangers_key_names_anothers_account_in_vain(keyed, method, path, body):
    before = keyed.state()
    if body is None:
        path += f"?account_id={keyed.account}"
    else:
        body = {**body, "account_id": keyed.account}
        if "quantity" in body:
            body["symbol"] = keyed.symbol
    assert_error(keyed.call("stranger", method, path, body), 404, "unknown_account")
    assert keyed.state() == before
    answer = keyed.call("mine", method, path, body)
    assert answer.status_code == 200, answer.text
    keyed.restore()


def test_a_strangers_order_in_a_batch_is_refused_by_itself(keyed):
    order = {"side": "buy", "symbol": keyed.symbol, "quantity": 1, "price": 10}
    answer = keyed.call("stranger", "POST", "/api/v1/orders/batch", {"orders": [
        {**order, "account_id": keyed.account}, {**order, "account_id": keyed.other_account}]})
    first, second = answer.json()["items"]
    assert (first["status"], first["error"]["code"]) == (404, "unknown_account")
    assert second["execution"]["account_id"] == keyed.other_account
    assert first["execution"] is None
    keyed.restore()


def test_cancel_all_reaches_no_further_than_the_key(keyed):
    answer = keyed.call("stranger", "POST", "/api/v1/orders/cancel-all", {"all": True})
    assert answer.status_code == 200, answer.text
    assert keyed.call("mine", "GET", f"/api/orders/{keyed.order}").json()["status"] == "open"


def test_a_dry_run_shows_the_internal_book_to_nobody_but_who_may_see_it(keyed):
    order = {
        "side": "buy", "symbol": keyed.symbol, "quantity": 1, "price": 10, "internal": True,
        "account_id": keyed.account}
    assert_error(
        keyed.call("mine", "POST", "/api/v1/orders/test", order), 403, "account_required")
    assert keyed.call("admin", "POST", "/api/v1/orders/test", order).status_code == 200


def test_lists_of_everyone_are_narrowed_to_the_key(keyed):
    def accounts(who, path, items=None):
        body = keyed.call(who, "GET", path).json()
        return {item["account_id"] for item in (body if items is None else body[items])}

    keyed.admin.order(keyed.other_account, "buy", keyed.symbol, 1, "11.00")
    assert {keyed.account, keyed.other_account} <= accounts("viewer", "/api/orders/open")
    assert accounts("mine", "/api/orders/open") == {keyed.account}
    assert accounts("mine", "/api/accounts") == {keyed.account}
    assert accounts("mine", "/api/v1/accounts", "items") == {keyed.account}
    assert accounts("mine", "/api/v1/orders", "items") == {keyed.account}
    assert accounts("mine", "/api/v1/executions", "items") == {keyed.account}
    keyed.restore()


def test_internal_trades_are_for_their_accounts_and_for_who_sees_all(keyed):
    fields = {"internal": True}
    keyed.admin.give_shares(keyed.account, keyed.symbol, 100)
    third = keyed.admin.account("Third", 1_000_000)
    keyed.admin.give_shares(third, keyed.symbol, 100)
    keyed.admin.order(third, "sell", keyed.symbol, 3, "60.00", **fields)
    keyed.admin.order(keyed.account, "buy", keyed.symbol, 3, "60.00", **fields)
    for path, items in [
        (f"/api/v1/market/{keyed.symbol}/trades", "items"),
        (f"/api/orders/trades/recent?symbol={keyed.symbol}", None),
        ("/api/orders/trades/recent", None),
    ]:
        for who, sees in [("admin", True), ("viewer", True), ("mine", True), ("stranger", False)]:
            body = keyed.call(who, "GET", path).json()
            trades = body[items] if items else body
            assert any(trade["internal"] for trade in trades) == sees, (who, path)
    keyed.restore()


def test_whoever_else_cancels_an_order_is_named(keyed):
    for who, reason in [
        ("mine", "client_request"), ("risk", f"staff_request: key={keyed.ids['risk']}"),
        ("admin", f"staff_request: key={keyed.ids['admin']}")]:
        placed = keyed.admin.order(keyed.account, "buy", keyed.symbol, 1, "9.00")["id"]
        assert keyed.call(who, "DELETE", f"/api/v1/orders/{placed}").json()["reason"] == reason
        again = keyed.admin.order(keyed.account, "buy", keyed.symbol, 1, "9.00")["id"]
        body = {"account_id": keyed.account, "side": "buy"}
        assert keyed.call(who, "POST", "/api/v1/orders/cancel-all", body).status_code == 200
        history = keyed.call("mine", "GET", f"/api/v1/orders/{again}").json()["history"]
        assert (history[-1]["exec_type"], history[-1]["reason"]) == ("cancelled", reason)
        keyed.restore()
