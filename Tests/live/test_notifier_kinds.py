"""Each notifier that comes with the host, against a receiver that isn't ours."""

import base64
import datetime
import hashlib
import hmac
import http.server
import ipaddress
import json
import re
import socket
import ssl
import subprocess
import threading

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from live.client import Client
from live.conftest import stop_cleanly
from live.servers import RedisServer, free_port
from live.test_notifiers import trade_once, with_notifiers
from oes.host import processes, wait_until


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed one for 127.0.0.1: its path, and its key's."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.datetime.now(datetime.timezone.utc)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(address, critical=False).sign(key, hashes.SHA256()))
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption()))
    return paths


class Posts:
    """Takes posts, over TLS where it is given a certificate: (headers, body) of each."""

    def __init__(self, certificate=None):
        self.taken = taken = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                taken.append((dict(self.headers), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        scheme = "http"
        if certificate:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, certificate))
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}/events"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def deliver(make_host, name, config, arrived, seconds=20):
    """One trade on a host with this notifier; waits until `arrived(buy, sell)`."""
    host = make_host(plugins=with_notifiers({"name": name, "config": config})).start()
    with Client(host.url) as client:
        buy, sell = trade_once(client)
    wait_until(lambda: arrived(buy, sell), seconds, "the events")
    stop_cleanly(host)
    return host


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_webhook_is_signed(make_host, tmp_path, certificate, secure):
    """The signature is over the time and the body; https goes through curl, its secret unseen."""
    secret = tmp_path / "secret"
    secret.write_text("between us\n")
    with Posts(certificate if secure else None) as posts:
        config = {"url": posts.url, "secret": f"@{secret}"}
        if secure:
            config["ca_file"] = str(certificate[0])
        deliver(make_host, "webhook", config, lambda buy, sell: all(
            any(name.encode() in body for _, body in posts.taken) for name in (buy, sell)))
        for headers, body in posts.taken:
            at = headers["X-OES-Timestamp"]
            right = hmac.new(b"between us", at.encode() + b"." + body, hashlib.sha256)
            assert headers["X-OES-Signature"] == "sha256=" + right.hexdigest()
            assert headers["Content-Type"] == "application/json"
            assert json.loads(body)["events"]


def test_a_certificate_that_nobody_vouches_for_is_refused(make_host, certificate):
    with Posts(certificate) as posts:
        host = make_host(
            plugins=with_notifiers({"name": "webhook", "config": {"url": posts.url}})).start()
        with Client(host.url) as client:
            trade_once(client)
        wait_until(lambda: "curl: (60)" in host.output(), 20, "the refusal in the log")
        assert not posts.taken
        stop_cleanly(host)


def test_a_chat_message_says_what_happened(make_host):
    with Posts() as posts:
        deliver(
            make_host, "slack", {"url": posts.url, "channel": "#desk", "username": "oes"},
            lambda *_: any(b"Trade " in body for _, body in posts.taken))
        messages = [json.loads(body) for _, body in posts.taken]
        for message in messages:
            assert set(message) == {"text", "channel", "username"}
        lines = "\n".join(message["text"] for message in messages).split("\n")
        assert any(re.fullmatch(r"Trade \d+-1: 3 AAPL at 100(\.00)?", line) for line in lines)
        assert any(line.startswith("Filled: buy 3 AAPL") for line in lines)


class Mailbox:
    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        return "250 OK"


def sign_in(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"desk", b"s3cret: \"x\"\\")
    return AuthResult(success=right)


@pytest.mark.parametrize("tls", ["none", "required"])
def test_an_email_arrives(make_host, certificate, tls):
    box = Mailbox()
    options = {}
    if tls == "required":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, certificate))
        options = {"tls_context": context, "require_starttls": True, "auth_required": True,
                   "authenticator": sign_in}
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        config = {"server": f"smtp://127.0.0.1:{port}", "from": "oes@example.com",
                  "to": "desk@example.com, risk@example.com", "tls": tls}
        if tls == "required":
            config |= {"user": "desk", "password": "s3cret: \"x\"\\",
                       "ca_file": str(certificate[0])}
        deliver(make_host, "email", config, lambda *_: any(
            "Trade " in text_of(envelope) for envelope in box.messages))
    finally:
        controller.stop()
    envelope = box.messages[0]
    assert envelope.mail_from == "oes@example.com"
    assert envelope.rcpt_tos == ["desk@example.com", "risk@example.com"]
    head = envelope.content.split(b"\r\n\r\n")[0].decode()
    assert "\r\nSubject: [OES] " in head and "\r\nMessage-ID: <" in head
    assert re.search(r"\(event \d+-\d+\)\r\n", text_of(envelope))


def text_of(envelope):
    return base64.b64decode(envelope.content.split(b"\r\n\r\n", 1)[1]).decode()


def test_other_programs_hear_it_from_redis(make_host, tmp_path):
    with RedisServer(tmp_path, password="between us") as server:
        listener = subprocess.Popen(
            ["redis-cli", "-p", str(server.port), "psubscribe", "oes:*"],
            stdout=subprocess.PIPE, text=True, env={"REDISCLI_AUTH": "between us"})
        heard = []
        reader = threading.Thread(
            target=lambda: heard.extend(line.strip() for line in listener.stdout))
        reader.start()
        try:
            with server.connect() as redis:
                wait_until(lambda: redis.call("PUBSUB", "NUMPAT") == 1, what="the subscription")
            config = {"host": "127.0.0.1", "port": server.port, "password": "between us",
                      "channels": "oes:events,oes:{type}:{symbol}"}
            deliver(make_host, "redis-publish", config, lambda *_: "oes:trade:AAPL" in heard)
        finally:
            listener.kill()
            reader.join()
    at = heard.index("oes:trade:AAPL")
    event = json.loads(heard[at + 1])
    assert (event["type"], event["trade"]["symbol"]) == ("trade", "AAPL")
    assert heard.count(heard[at + 1]) == 2, "once on each of its channels"


@pytest.mark.parametrize("kind", ["udp", "unix"])
def test_syslog_gets_a_message_for_each(make_host, tmp_path, kind):
    if kind == "udp":
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("127.0.0.1", 0))
        address = f"udp://127.0.0.1:{receiver.getsockname()[1]}"
    else:
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(str(tmp_path / "log"))
        address = str(tmp_path / "log")
    receiver.setblocking(False)
    messages = []

    def arrived(*_):
        try:
            while True:
                messages.append(receiver.recv(65_536))
        except BlockingIOError:
            return any(b" trade - " in message for message in messages)

    with receiver:
        deliver(make_host, "syslog", {"address": address, "facility": "local3"}, arrived)
    form = re.compile(
        rb"<(\d+)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z \S+ oes \d+ (\S+) - "
        rb"\xef\xbb\xbf(\{.*\})")
    for message in messages:
        priority, kind, text = form.fullmatch(message).groups()
        event = json.loads(text)
        assert event["type"] == kind.decode()
        assert int(priority) == 19 * 8 + {"info": 6, "warning": 4}[event["severity"]]


def test_no_secret_stands_on_a_command_line(make_host, certificate):
    """The receiver takes the connection and says nothing, so that curl can be looked at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/token-of-ours"
        host = make_host(plugins=with_notifiers(
            {"name": "webhook", "config": {"url": url, "secret": "between-us"}})).start()
        with Client(host.url) as client:
            trade_once(client)

        def curl():
            workers = host.workers()
            return [line for parent, line, _ in processes().values()
                    if parent in workers and line.startswith("curl")]
        lines = wait_until(curl, 10, "curl")
        assert lines == ["curl -q --config -"]
        stop_cleanly(host)
