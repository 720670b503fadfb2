"""Servers that the host talks to: a Redis of the operator's, a webhook's receiver."""

import http.server
import json
import socket
import subprocess
import threading

from oes.host import wait_until
from oes.redis import Redis


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    """A redis-server on a loopback port, without files."""

    def __init__(self, folder, *arguments, password=None):
        self.port = free_port()
        self.password = password
        secret = ["--requirepass", password] if password else []
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
             "--dir", str(folder), *secret, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self.answers, what="redis-server")

    def answers(self):
        try:
            with self.connect() as redis:
                return redis.call("PING") == b"PONG"
        except OSError:
            return False

    def connect(self):
        redis = Redis(("127.0.0.1", self.port))
        if self.password:
            redis.call("AUTH", self.password)
        return redis

    def settings(self):
        given = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": str(self.port)}
        return given | ({"REDIS_PASSWORD": self.password} if self.password else {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Receiver:
    """Takes what a webhook posts; `answers` are the statuses that it gives, the last for good."""

    def __init__(self, *answers):
        self.batches = []
        self.answers = list(answers) or [200]
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                size = int(self.headers["Content-Length"])
                batch = json.loads(self.rfile.read(size))
                status = receiver.answers[0]
                if len(receiver.answers) > 1:
                    receiver.answers.pop(0)
                receiver.batches.append((status, batch))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/events"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def taken(self):
        """The events of all batches that were answered with success, in order."""
        return [event for status, batch in self.batches if status == 200
                for event in batch["events"]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
