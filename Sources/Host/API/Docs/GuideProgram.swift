// The guide's last part: a program to start from, which a test runs.

enum GuideProgram {
    static func write(into html: inout HTML) {
        html.heading(2, "A whole program", id: "program")
        html.paragraph(
            "Python 3, nothing to install. It places, amends, cancels and lists, and retries what "
                + "may be retried.")
        html.code(program, label: "A program in Python", kind: "python")
    }

    static let program = """
        import json, os, time, urllib.error, urllib.request, uuid

        URL = os.environ.get("OES_URL", "http://127.0.0.1:8001")
        KEY = os.environ.get("OES_KEY", "")

        def call(method, path, body=None, tries=5):
            headers = {"Content-Type": "application/json"}
            if KEY:
                headers["X-API-Key"] = KEY
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(URL + path, data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                problem = json.load(error)
                wait = error.headers.get("Retry-After")
                if wait and tries > 1:  # Nothing was done, or repeating the same id is safe.
                    time.sleep(int(wait))
                    return call(method, path, body, tries - 1)
                raise SystemExit(f"{error.code} {problem['code']}: {problem['message']}")

        account = call("GET", "/api/v1/accounts")["items"][0]["account_id"]
        order = call("POST", "/api/v1/orders", {
            "account_id": account, "side": "buy", "symbol": "AAPL", "quantity": "10",
            "price": "140.00", "client_order_id": uuid.uuid4().hex})
        print("placed", order["order_id"], order["order_status"])
        changed = call("PATCH", f"/api/v1/orders/{order['order_id']}", {"quantity": "8"})
        print("amended", changed["leaves_qty"], "left")
        ended = call("DELETE", f"/api/v1/orders/{order['order_id']}")
        print("cancelled", ended["order_status"])
        orders = call("GET", f"/api/v1/orders?account_id={account}&symbol=AAPL&limit=5")
        for item in orders["items"]:
            print(item["order_id"], item["side"], item["quantity"], item["status"])
        """
}
