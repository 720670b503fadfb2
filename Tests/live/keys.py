"""A host with keys, and a client for each who may knock."""

from live.client import Client, decoded
from live.socket import Socket

ROLES = ["viewer", "trader", "risk", "admin"]
UNKNOWN = "oes_" + "A" * 43


class KeyedHost:
    """A host with a key of each role for all accounts, two traders of one account each (`mine`,
    `stranger`) and a revoked admin. `account` is mine's; its order rests in `symbol`."""

    def __init__(self, host):
        self.host = host
        self.url = host.url
        self.secrets, self.ids = {}, {}
        with Client(self.url) as client:
            self.symbol = client.instrument("KEYED")
            self.account = client.account("Mine", 1_000_000)
            self.other_account = client.account("Other", 1_000_000)
            placed = client.order(self.account, "buy", self.symbol, 10, "50.00")
            self.order, self.client_order_id = placed["id"], placed["client_order_id"]
            self.add(client, "admin", "admin")
        self.admin = self.client("admin")
        for role in ["viewer", "trader", "risk"]:
            self.add(self.admin, role, role)
        self.add(self.admin, "mine", "trader", accounts=[self.account])
        self.add(self.admin, "stranger", "trader", accounts=[self.other_account])
        self.add(self.admin, "revoked", "admin")
        decoded(self.admin.call("DELETE", f"/api/v1/admin/keys/{self.ids['revoked']}"))
        self.secrets["unknown"] = UNKNOWN

    def add(self, client, name, role, **fields):
        made = client.post("/api/v1/admin/keys", {"name": name, "role": role, **fields})
        self.secrets[name], self.ids[name] = made["secret"], made["key_id"]
        return made

    def headers(self, who):
        """`who` is a key's name, or None for nobody."""
        return {"Authorization": f"Bearer {self.secrets[who]}"} if who else {}

    def client(self, who):
        client = Client(self.url)
        client.session.headers.update(self.headers(who))
        return client

    def call(self, who, method, path, body=None, headers=None):
        with Client(self.url) as client:
            return client.call(
                method, path, body, headers={**self.headers(who), **(headers or {})},
                allow_redirects=False)

    def socket(self, who=None, headers=None):
        return Socket(
            self.url, additional_headers={**self.headers(who), **(headers or {})})

    def restore(self):
        """Ends what a test has placed: only the one order that stands for all is left."""
        for order in self.admin.get("/api/orders/open"):
            if order["order_id"] != self.order:
                self.admin.cancel(order["order_id"])
        if self.admin.get(f"/api/orders/{self.order}")["status"] != "open":
            placed = self.admin.order(self.account, "buy", self.symbol, 10, "50.00")
            self.order, self.client_order_id = placed["id"], placed["client_order_id"]

    def state(self):
        """All that a call could have changed."""
        paths = [
            "/api/accounts", "/api/accounts/orders/all", "/api/v1/instruments?limit=1000",
            "/api/v1/admin/keys", "/api/v1/admin/keys?kind=session", "/api/v1/admin/audit",
            f"/api/accounts/{self.account}/positions",
            f"/api/accounts/{self.account}/transactions",
        ]
        return {path: self.admin.get(path) for path in paths}
