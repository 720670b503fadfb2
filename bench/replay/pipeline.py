"""Requests sent ahead of their answers on one connection, in order.

HTTP/1.1 answers in the order of the requests, so one pipelined connection keeps the record's
order and yet doesn't wait for each answer. Everything that a reply brings is handed to the
request's own callback.
"""

import re
import select
import socket
import time
from array import array
from collections import deque
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.I)


class ConnectionLost(Exception):
    pass


class Pipeline:
    def __init__(self, url, window):
        parts = urlsplit(url)
        self.host = f"{parts.hostname}:{parts.port}".encode()
        self.socket = socket.create_connection((parts.hostname, parts.port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.window = window
        self.outgoing = bytearray()
        self.incoming = bytearray()
        self.waiting = deque()  # (callback, time of sending)
        self.latencies = array("d")
        self.answered = 0

    def send(self, method, path, body, callback):
        """Queues a request; waits for answers while the window is full."""
        content = b"" if body is None else body
        self.outgoing += (
            b"%s %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s"
            % (method, path.encode(), self.host, len(content), content))
        self.waiting.append((callback, time.perf_counter()))
        if len(self.waiting) >= self.window:
            self.flush()
            self.receive()
        else:
            self.take_what_came()

    def flush(self):
        """Sends what is queued, reading meanwhile, so that two full buffers can't lock us up."""
        while self.outgoing:
            readable, writable, _ = select.select([self.socket], [self.socket], [], 30)
            if not readable and not writable:
                raise ConnectionLost("nothing moved for 30 s")
            if readable:
                self.receive()
            if writable and self.outgoing:
                del self.outgoing[:self.socket.send(self.outgoing[:65_536])]

    def take_what_came(self):
        if select.select([self.socket], [], [], 0)[0]:
            self.receive()

    def receive(self):
        """Waits for bytes and hands on every answer that is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionLost(f"closed with {len(self.waiting)} requests unanswered")
        self.incoming += data
        start = 0
        while True:
            end = self.incoming.find(b"\r\n\r\n", start)
            if end < 0:
                break
            head = bytes(self.incoming[start:end])
            found = LENGTH.search(head)
            size = int(found[1]) if found else 0
            body_end = end + 4 + size
            if len(self.incoming) < body_end:
                break
            callback, sent = self.waiting.popleft()
            self.latencies.append(time.perf_counter() - sent)
            self.answered += 1
            callback(int(head[9:12]), bytes(self.incoming[end + 4:body_end]))
            start = body_end
        del self.incoming[:start]

    def drain(self):
        """Returns when every request has its answer."""
        self.flush()
        while self.waiting:
            self.receive()

    def ask(self, method, path, body=None):
        """One request after all before it have been answered: (status, body)."""
        self.drain()
        answer = []
        self.send(method, path, body, lambda *given: answer.append(given))
        self.drain()
        return answer[0]

    def close(self):
        self.socket.close()
