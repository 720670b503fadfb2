"""The host's own table of routes, as /openapi.json tells it, and what each changing one would take."""

from dataclasses import dataclass

ORDER = {"symbol": "{symbol}", "quantity": 1, "price": "10.00", "order_type": "limit"}
PLACE = {"type": "buy", **ORDER}
V1 = {"side": "buy", "account_id": "{account}", **ORDER}

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
    "POST /api/v1/orders": V1,
    "POST /api/v1/orders/test": V1,
    "POST /api/v1/orders/batch": {"orders": [V1, V1]},
    "POST /api/v1/orders/cancel-all": {"all": True},
    "PATCH /api/v1/orders/{order}": {"quantity": 5},
    "POST /api/v1/accounts": {"name": "Intruder", "initial_balance": 1_000_000},
    "PATCH /api/v1/accounts/{account}": {"name": "Intruder"},
    "PUT /api/v1/accounts/{account}/state": {"state": "halted"},
    "POST /api/v1/accounts/{account}/ledger": {"transaction_type": "deposit", "amount": 1_000},
    "PATCH /api/v1/instruments/{symbol}": {"name": "Intruder"},
    "POST /api/v1/admin/halt": {"symbol": "{symbol}"},
    "POST /api/v1/admin/close": {"symbol": "{symbol}"},
    "POST /api/v1/admin/resume": {"symbol": "{symbol}"},
    "POST /api/v1/admin/trades/{trade}/bust": {"reason": "intrusion"},
    "POST /api/v1/admin/keys": {"name": "intruder", "role": "admin"},
    "POST /api/v1/groups": {"group": "intruders", "name": "x"},
    "PATCH /api/v1/groups/{group}": {"state": "halted"},
    "PUT /api/v1/risk/limits": {"rule": "max-order", "limit": "quantity", "value": "1"},
    "PATCH /api/v1/risk/rules/{rule}": {"mode": "off", "reason": "intrusion"},
    "POST /api/v1/risk/kill-switch": {"scope": "firm", "reason": "intrusion"},
    "POST /api/v1/risk/throttles/{account}/{symbol}/reset": {"reason": "intrusion"},
    "POST /api/v1/accounts/{account}/cancel-all-after": {"seconds": 1},
}

@dataclass(frozen=True)
class Operation:
    method: str
    pattern: str
    access: str
    permission: str
    needs_body: bool

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
            key=keyed.ids["viewer"], client_order_id=keyed.client_order_id, rule="max-order", group="none",
            change="none", alert="none", id="none", calendar="none", trade="1-1", notifier="none")

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
    assert answer.status_code == 200, answer.text
    return [
        Operation(
            method.upper(), path, operation["x-access"], operation["x-permission"],
            operation.get("requestBody", {}).get("required", False))
        for path, methods in answer.json()["paths"].items()
        for method, operation in methods.items() if "x-access" in operation]
