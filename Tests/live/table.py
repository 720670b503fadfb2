"""The host's own table of routes, as /openapi.json tells it, and what each changing one would take."""

from dataclasses import dataclass

ORDER = {"symbol": "{symbol}", "quantity": 1, "price": "10.00", "order_type": "limit"}
PLACE = {"type": "buy", **ORDER}

# By method and path: bodies that would change something if they were acted on. Others get {}.
BODIES = {
    "POST /api/accounts/{account}/orders": PLACE,
    "POST /api/accounts/{account}/orders/direct": PLACE,
    "POST /api/orders/{order}/edit": {"quantity": 5},
    "POST /api/accounts": {"name": "Intruder", "initial_balance": 1_000_000},
    "PUT /api/accounts/{account}": {"name": "Intruder"},
    "POST /api/accounts/{account}/transactions": {
        "transaction_type": "deposit", "amount": 1_000},
    "POST /api/v1/instruments": {
        "symbol": "INTRUDER", "name": "x", "asset_type": "stocks", "currency": "USD",
        "price_scale": 2, "quantity_scale": 0, "tick_size": "0.01", "lot_size": "1"},
    "POST /api/v1/admin/keys": {"name": "intruder", "role": "admin"},
}

# Used while the host has no /openapi.json: method, path, access, permission.
KNOWN = [
    ("POST", "/api/accounts/{account}/orders", "account", "trade"),
    ("POST", "/api/accounts/{account}/orders/direct", "account", "trade"),
    ("GET", "/api/accounts/{account}/orders", "account", "see"),
    ("GET", "/api/accounts/orders/all", "everyone", "see"),
    ("GET", "/api/orders/open", "permission", "see"),
    ("GET", "/api/orders/active", "permission", "see"),
    ("GET", "/api/orders/trades/recent", "permission", "see"),
    ("GET", "/api/orders/{order}", "order", "see"),
    ("POST", "/api/orders/{order}/edit", "order", "trade"),
    ("POST", "/api/orders/{order}/cancel", "order", "cancel"),
    ("POST", "/api/accounts/{account}/orders/{order}/cancel", "account", "cancel"),
    ("DELETE", "/api/accounts/{account}/orders/{order}", "account", "cancel"),
    ("GET", "/api/accounts", "permission", "see"),
    ("POST", "/api/accounts", "everyone", "administer"),
    ("GET", "/api/accounts/{account}", "account", "see"),
    ("PUT", "/api/accounts/{account}", "account", "administer"),
    ("GET", "/api/accounts/{account}/positions", "account", "see"),
    ("GET", "/api/accounts/{account}/transactions", "account", "see"),
    ("POST", "/api/accounts/{account}/transactions", "account", "administer"),
    ("GET", "/api/orderbook/{symbol}", "permission", "see"),
    ("GET", "/api/orderbook/{symbol}/internal", "everyone", "see"),
    ("GET", "/api/v1/instruments", "permission", "see"),
    ("POST", "/api/v1/instruments", "everyone", "administer"),
    ("GET", "/api/v1/instruments/{symbol}", "permission", "see"),
    ("GET", "/api/v1/market/{symbol}/ticker", "permission", "see"),
    ("GET", "/api/risk/orders", "everyone", "oversee"),
    ("GET", "/api/risk/alerts", "everyone", "oversee"),
    ("GET", "/api/plugins", "permission", "see"),
    ("GET", "/api/v1/plugins", "permission", "see"),
    ("GET", "/api/status", "permission", "see"),
    ("GET", "/health/live", "anyone", None),
    ("GET", "/health/ready", "anyone", None),
    ("GET", "/api/v1/session", "permission", "see"),
    ("DELETE", "/api/v1/session", "permission", "see"),
    ("GET", "/api/v1/admin/keys", "everyone", "administer"),
    ("POST", "/api/v1/admin/keys", "everyone", "administer"),
    ("GET", "/api/v1/admin/keys/{key}", "everyone", "administer"),
    ("DELETE", "/api/v1/admin/keys/{key}", "everyone", "administer"),
    ("GET", "/api/v1/accounts/{account}/keys", "account", "oversee"),
    ("GET", "/api/v1/admin/audit", "everyone", "administer"),
]


@dataclass(frozen=True)
class Operation:
    method: str
    pattern: str
    access: str
    permission: str

    @property
    def name(self):
        return f"{self.method} {self.pattern}"

    @property
    def can_be_tried(self):
        """Whether a call by who may leaves the host as the next call needs it."""
        return self.name not in ("DELETE /api/v1/admin/keys/{key}", "GET /ws")

    def path(self, keyed):
        return self.pattern.format(
            account=keyed.account, order=keyed.order, symbol=keyed.symbol,
            key=keyed.ids["viewer"], client_order_id=keyed.client_order_id, rule="max_order_quantity",
            id="none")

    def body(self, keyed):
        if self.method == "GET":
            return None
        return fill(BODIES.get(self.name, {}), keyed)


def fill(value, keyed):
    if isinstance(value, dict):
        return {name: fill(item, keyed) for name, item in value.items()}
    if isinstance(value, list):
        return [fill(item, keyed) for item in value]
    if isinstance(value, str):
        return value.replace("{symbol}", keyed.symbol).replace("{account}", keyed.account)
    return value


def operations(keyed):
    answer = keyed.call("admin", "GET", "/openapi.json")
    if answer.status_code == 404:
        return [Operation(*known) for known in KNOWN]
    return [
        Operation(method.upper(), path, operation["x-access"], operation["x-permission"])
        for path, methods in answer.json()["paths"].items()
        for method, operation in methods.items() if "x-access" in operation]
