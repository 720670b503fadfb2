"""The routes of /api/v1 about orders, and what their answers look like."""

from live.client import Client, decoded

REPORT = {
    "order_id", "client_order_id", "account_id", "symbol", "side", "order_type", "time_in_force",
    "price", "quantity", "exec_id", "exec_type", "order_status", "last_qty", "last_px", "cum_qty",
    "leaves_qty", "avg_px", "liquidity", "trade_id", "reason", "tag", "event_seq", "received_at",
    "matched_at"}
ORDER = {
    "order_id", "client_order_id", "account_id", "symbol", "side", "order_type", "time_in_force",
    "asset_type", "params", "price", "quantity", "filled_quantity", "remaining_quantity",
    "avg_price", "fee", "status", "reason", "internal", "tag", "timestamp", "created_at",
    "updated_at", "closed_at", "expire_time", "event_seq",
    "post_only", "reduce_only", "stp_mode", "display_quantity", "min_quantity", "stop_price",
    "trigger", "trigger_direction", "trail_amount", "trail_bps", "limit_offset", "peg",
    "peg_offset", "peg_limit", "parent_order_id", "link_group", "link_action", "children"}
DECIMALS = {
    "price", "quantity", "last_qty", "last_px", "cum_qty", "leaves_qty", "avg_px",
    "filled_quantity", "remaining_quantity", "avg_price", "fee", "display_quantity",
    "min_quantity", "stop_price", "trail_amount", "limit_offset", "peg_offset", "peg_limit"}


class V1(Client):
    def try_place(self, account, side, symbol, quantity, price=None, **fields):
        return self.call("POST", "/api/v1/orders", body_of(
            account, side, symbol, quantity, price, **fields))

    def place(self, account, side, symbol, quantity, price=None, **fields):
        return report(decoded(self.try_place(account, side, symbol, quantity, price, **fields)))

    def one(self, order):
        return order_of(self.get(f"/api/v1/orders/{order}"))

    def history(self, order):
        return self.one(order)["history"]

    def change(self, order, **changes):
        return self.call("PATCH", f"/api/v1/orders/{order}", changes)

    def end(self, order):
        return self.call("DELETE", f"/api/v1/orders/{order}")

    def test(self, account, side, symbol, quantity, price=None, **fields):
        return self.post("/api/v1/orders/test", body_of(
            account, side, symbol, quantity, price, **fields))

    def batch(self, orders):
        return self.call("POST", "/api/v1/orders/batch", {"orders": orders})

    def cancel_all(self, **filters):
        return self.call("POST", "/api/v1/orders/cancel-all", filters)

    def pages(self, path, **query):
        """All items, page after page; no page token may come twice."""
        items, seen = [], set()
        while True:
            page = decoded(self.call("GET", path, params=query))
            assert set(page) == {"items", "next_page_token"}
            items += page["items"]
            token = page["next_page_token"]
            if token is None:
                return items
            assert isinstance(token, str) and token not in seen
            seen.add(token)
            query["page_token"] = token


def body_of(account, side, symbol, quantity, price=None, **fields):
    body = {
        "account_id": account, "side": side, "symbol": symbol, "quantity": quantity, **fields}
    if price is not None:
        body["price"] = price
    return body


def report(step, names=REPORT):
    """An execution report: exactly its members, numbers as text."""
    assert set(step) == names
    assert_decimals(step)
    return step


def order_of(order):
    assert set(order) == ORDER | {"history", "history_is_cut"}
    assert_decimals(order)
    for step in order["history"]:
        report(step)
    return order


def assert_decimals(shown):
    for name in DECIMALS & set(shown):
        assert shown[name] is None or isinstance(shown[name], str), (name, shown[name])


def short(step):
    """What a step says, in one line."""
    return (
        step["exec_type"], step["order_status"], step["last_qty"], step["last_px"],
        step["cum_qty"], step["leaves_qty"], step["liquidity"], step["reason"])
