"""The API by Python's standard library alone, at a bounded rate."""

import http.client
import json
import time
from urllib.parse import urlsplit


class Unreachable(Exception):
    """Nobody answers, or not in time."""


class Refused(Exception):
    """The server understood and said no; `code` says why."""

    def __init__(self, message, code=None):
        super().__init__(message)
        self.code = code


class Client:
    def __init__(self, url, rate, key=None):
        self.address = urlsplit(url)
        self.interval = 1 / rate
        self.headers = {"Content-Type": "application/json"}
        if key:
            self.headers["Authorization"] = f"Bearer {key}"
        self.next = time.monotonic()
        self.connection = None

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body):
        return self.call("POST", path, body)

    def items(self, path):
        """All items of a list, page after page."""
        mark, token = "&" if "?" in path else "?", ""
        while True:
            page = self.get(f"{path}{mark}limit=1000{token}")
            yield from page["items"]
            if page["next_page_token"] is None:
                return
            token = f"&page_token={page['next_page_token']}"

    def call(self, method, path, body=None):
        """The answer; waits for its turn, and once more where the server says when to come back."""
        for last in (False, True):
            self.wait()
            status, headers, text = self.send(method, path, body)
            if status not in (429, 503) or last:
                break
            time.sleep(min(float(headers.get("Retry-After") or 1), 5))
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            raise Refused(f"{method} {path}: {status}, and no JSON") from None
        if status >= 400:
            raise Refused(
                f"{method} {path}: {status} {answer.get('message')}", answer.get("code"))
        return answer

    def wait(self):
        now = time.monotonic()
        if self.next > now:
            time.sleep(self.next - now)
        self.next = max(self.next, now) + self.interval

    def send(self, method, path, body):
        data = None if body is None else json.dumps(body)
        # A connection that was idle may have been closed: then it is made anew, once.
        for is_new in (self.connection is None, True):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    self.address.hostname, self.address.port or 80, timeout=10)
            try:
                self.connection.request(method, path, data, self.headers)
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (OSError, http.client.HTTPException) as problem:
                self.connection.close()
                self.connection = None
                if is_new:
                    raise Unreachable(f"{self.address.netloc}: {problem}") from None
