"""The API by the standard library's client, with numbers as they were written (Decimal)."""

import http.client
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

NEXT = re.compile(r'<([^>]+)>\s*;[^,]*rel="?next"?')


@dataclass
class Answer:
    status: int
    headers: dict
    body: object
    text: str


def decode(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


class Api:
    """One keep-alive connection; not for several threads."""

    def __init__(self, url, timeout=30):
        self.url = url
        self.timeout = timeout
        self.connection = None

    def call(self, method, path, body=None):
        """Sends once; OSError or HTTPException where no answer came. Only a read whose kept
        connection the host had closed as idle is sent again, on a new one."""
        was_kept = self.connection is not None
        try:
            return self.send(method, path, body)
        except http.client.RemoteDisconnected:
            if method != "GET" or not was_kept:
                raise
            return self.send(method, path, body)

    def send(self, method, path, body):
        if self.connection is None:
            parts = urlsplit(self.url)
            self.connection = http.client.HTTPConnection(
                parts.hostname, parts.port, timeout=self.timeout)
        headers, content = {}, None
        if body is not None:
            content = json.dumps(body, default=str).encode()
            headers["Content-Type"] = "application/json"
        try:
            self.connection.request(method, path, content, headers)
            response = self.connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        names = {name.lower(): value for name, value in response.getheaders()}
        is_json = "json" in names.get("content-type", "")
        return Answer(response.status, names, decode(text) if is_json else None, text)

    def get(self, path):
        """The body of a 200; anything else is a failure."""
        return self.expect("GET", path)

    def post(self, path, body=None):
        return self.expect("POST", path, body)

    def expect(self, method, path, body=None):
        answer = self.call(method, path, body)
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.status} {answer.text[:500]}"
        return answer.body

    def every(self, path):
        """All items of a list of the kept routes, page after page, newest first."""
        items, seen = [], set()
        while path:
            assert path not in seen, f"the pages of {path} go round in a circle"
            seen.add(path)
            answer = self.call("GET", path)
            assert answer.status == 200, f"GET {path}: {answer.status} {answer.text[:500]}"
            items += answer.body
            following = NEXT.search(answer.headers.get("link", ""))
            path = following[1] if following else None
            if path and "://" in path:
                parts = urlsplit(path)
                path = parts.path + (f"?{parts.query}" if parts.query else "")
        return items

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
