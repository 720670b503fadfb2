"""Signing in and out, what ends an open socket, limits by key, and what the audit log tells."""

import pytest
import requests
import websockets

from live.client import assert_error
from live.keys import KeyedHost


@pytest.fixture(scope="module")
def keyed(server):
    return KeyedHost(server)


def sign_in(keyed, who, **headers):
    answer = requests.post(
        keyed.url + "/api/v1/session", json={"key": keyed.secrets[who]}, headers=headers,
        timeout=10)
    assert answer.status_code == 201, answer.text
    return answer


def by_cookie(keyed, answer, method, path, **headers):
    cookie = f"oes_session={answer.cookies['oes_session']}"
    return requests.request(
        method, keyed.url + path, headers={"Cookie": cookie, **headers}, timeout=10)


def test_a_session_from_sign_in_to_sign_out(keyed):
    answer = sign_in(keyed, "mine")
    assert keyed.secrets["mine"] not in answer.text + str(answer.headers)
    flags = {flag.strip() for flag in answer.headers["Set-Cookie"].split(";")[1:]}
    (age,) = [flag for flag in flags if flag.startswith("Max-Age=")]
    assert flags - {age} == {"HttpOnly", "SameSite=Strict", "Path=/"}
    assert 43_100 < int(age.removeprefix("Max-Age=")) <= 43_200
    me = by_cookie(keyed, answer, "GET", "/api/v1/session").json()
    assert (me["kind"], me["role"], me["accounts"], me["open"]) == (
        "session", "trader", [keyed.account], False)
    assert me["permissions"] == ["see", "trade", "cancel"] and me["expires_at"]
    assert_error(
        by_cookie(keyed, answer, "DELETE", "/api/v1/session", **{"Sec-Fetch-Site": "cross-site"}),
        403, "cross_site")
    ended = by_cookie(keyed, answer, "DELETE", "/api/v1/session")
    assert ended.status_code == 204 and "Max-Age=0" in ended.headers["Set-Cookie"]
    assert_error(by_cookie(keyed, answer, "GET", "/api/v1/session"), 401, "expired_session")
    origin = keyed.url.replace("http:", "https:")
    assert "Secure" in sign_in(keyed, "mine", Origin=origin).headers["Set-Cookie"]


def test_wrong_keys_are_refused_at_the_field_and_slowed(keyed):
    for who in ("unknown", "revoked"):
        answer = keyed.call(None, "POST", "/api/v1/session", {"key": keyed.secrets[who]})
        assert_error(answer, 401, f"{who}_key", "key")
    codes = {
        keyed.call(None, "POST", "/api/v1/session", {"key": "oes_guess"}).status_code
        for _ in range(40)}
    assert codes == {401, 429}
    assert "sign-in refused" in keyed.host.output()


def test_guesses_hold_up_no_right_key_of_the_same_address(keyed):
    statuses = []
    for _ in range(10):
        for _ in range(10):
            guess = keyed.call(None, "POST", "/api/v1/session", {"key": "oes_guess"})
            statuses.append(guess.status_code)
        sign_in(keyed, "viewer")
    assert 429 in statuses


def test_one_key_has_fifty_sessions_and_the_oldest_go_first(keyed):
    keyed.add(keyed.admin, "many", "viewer")
    before = keyed.admin.get("/api/v1/admin/keys?kind=session&limit=1000")["items"]
    first = sign_in(keyed, "many")
    cookie = {"Cookie": f"oes_session={first.cookies['oes_session']}"}
    with keyed.socket(headers=cookie) as socket:
        answers = [first] + [sign_in(keyed, "many") for _ in range(59)]
        told = socket.collect(
            lambda seen: any(item.get("type") == "error" for item in seen), timeout=2)
        assert told[-1]["code"] == "expired_session"
    listed = keyed.admin.get("/api/v1/admin/keys?kind=session&limit=1000")["items"]
    mine = [item["key_id"] for item in listed if item["parent"] == keyed.ids["many"]]
    assert mine == [answer.json()["id"] for answer in reversed(answers[10:])]
    assert len(listed) == len(before) + 50
    for answer in answers[:10]:
        assert_error(by_cookie(keyed, answer, "GET", "/api/v1/session"), 401, "expired_session")
    for answer in answers[10:]:
        assert by_cookie(keyed, answer, "GET", "/api/v1/session").status_code == 200
    sign_in(keyed, "viewer")
    limit = answers[0].headers["RateLimit-Limit"]
    assert int(answers[-1].headers["RateLimit-Remaining"]) < int(limit) == 2_000


def test_a_revoked_key_ends_its_sockets_and_sessions(keyed):
    keyed.add(keyed.admin, "brief", "trader")
    answer = sign_in(keyed, "brief")
    cookie = {"Cookie": f"oes_session={answer.cookies['oes_session']}"}
    with keyed.socket("brief") as first, keyed.socket(headers=cookie) as second:
        for socket in (first, second):
            socket.subscribe("oes:orderbook:KEYED")
        assert keyed.admin.call(
            "DELETE", f"/api/v1/admin/keys/{keyed.ids['brief']}").status_code == 200
        for socket, code in ((first, "revoked_key"), (second, "expired_session")):
            told = socket.collect(
                lambda seen: any(item.get("type") == "error" for item in seen), timeout=2)
            assert told[-1]["code"] == code
            with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
                socket.receive(2)
            assert closed.value.rcvd.code == 1008
    assert_error(by_cookie(keyed, answer, "GET", "/api/status"), 401, "expired_session")
    assert_error(keyed.call("brief", "GET", "/api/status"), 401, "revoked_key")


def test_a_key_of_five_orders_a_second(keyed):
    keyed.add(keyed.admin, "slow", "trader", orders_per_second=5)
    client = keyed.client("slow")
    answers = [
        client.try_order(keyed.account, "buy", keyed.symbol, 1, "10.00") for _ in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    taken = [answer for answer in answers if answer.status_code == 200]
    assert len(taken) >= 5 and refused and len(taken) + len(refused) == 30
    assert_error(refused[0], 429, "rate_limited")
    assert refused[0].headers["Retry-After"] == "1"
    assert refused[0].headers["RateLimit-Limit"] == "5"
    assert taken[0].headers["RateLimit-Remaining"] == "4"
    for answer in taken:
        assert client.cancel(answer.json()["id"]).status_code == 200
    assert client.get(f"/api/accounts/{keyed.account}")


def test_the_audit_log_tells_before_and_after(keyed):
    keyed.admin.call("PUT", f"/api/accounts/{keyed.other_account}", {"name": "Renamed"})
    path = f"/api/v1/admin/audit?action=account_updated&target={keyed.other_account}&limit=1"
    (entry,) = keyed.admin.get(path)["items"]
    assert (entry["old"]["name"], entry["new"]["name"]) == ("Other", "Renamed")
    assert (entry["actor"]["id"], entry["actor"]["name"]) == (keyed.ids["admin"], "admin")
    assert entry["target"] == {"type": "account", "id": keyed.other_account}
    assert keyed.admin.get("/api/v1/admin/audit?actor=nobody")["items"] == []
    text = keyed.admin.call("GET", "/api/v1/admin/audit?limit=1000").text
    text += keyed.admin.call("GET", "/api/v1/admin/keys").text
    assert not [name for name, secret in keyed.secrets.items() if secret in text]
    assert "digest" not in text
