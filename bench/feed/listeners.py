"""Subscribers that cost the machine as little as they can: one process, plain sockets, what comes is
read and thrown away. One more, in a process of its own, looks at each message and at the clock."""

import base64
import json
import multiprocessing
import os
import re
import resource
import select
import socket
import time

CHUNK = 262_144
TIME = re.compile(rb'"time":"(\d{4}-\d\d-\d\dT(\d\d):(\d\d):(\d\d)\.(\d{6})Z)"')
DAY = 86_400_000_000


def frame(message):
    """A masked text frame; the mask is zero."""
    text = json.dumps(message).encode()
    assert len(text) < 126
    return bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text


def subscribe(url, channel):
    """A socket that has asked for a channel; its answers are still to be read."""
    host, port = url.split("//")[1].split(":")
    link = socket.create_connection((host, int(port)))
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall((
        f"GET /ws HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode()
        + frame({"type": "subscribe", "channel": channel}))
    return link


def crowd(url, channel, count, ready, stop, answer):
    """Reads and drops until told to stop; gives the bytes of all."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 100), hard))
    poll, links, buffer, total = select.epoll(), {}, bytearray(CHUNK), 0
    for _ in range(count):
        link = subscribe(url, channel)
        links[link.fileno()] = link
        poll.register(link, select.EPOLLIN)
    ready.release()
    while not stop.is_set():
        for number, _ in poll.poll(0.2):
            received = links[number].recv_into(buffer)
            if not received:
                answer.send("a subscriber was cut off")
                return
            total += received
    answer.send(total)


def probe(url, channel, ready, stop, answer):
    """Milliseconds from each event's time, which Redis gave it, to its message's arrival."""
    link = subscribe(url, channel)
    link.settimeout(0.2)
    ready.release()
    waits, rest = [], b""
    while not stop.is_set():
        try:
            data = rest + link.recv(CHUNK)
        except TimeoutError:
            continue
        now = time.time_ns() // 1_000 % DAY
        end = 0
        for found in TIME.finditer(data):
            hours, minutes, seconds, micros = (int(part) for part in found.groups()[1:])
            sent = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros
            waits.append((now - sent) % DAY / 1_000)
            end = found.end()
        rest = data[max(end, len(data) - 40):]
    # The subscription's own snapshot is no event.
    answer.send(waits[1:])


class Crowd:
    """So many subscribers while it is open; `waits` and `bytes` afterwards."""

    def __init__(self, url, channel, count):
        context = multiprocessing.get_context("spawn")
        ready, self.stop = context.Semaphore(0), context.Event()
        self.ends, self.processes = [], []
        for work, arguments in ((crowd, (count,)), (probe, ())):
            here, there = context.Pipe()
            process = context.Process(
                target=work, args=(url, channel, *arguments, ready, self.stop, there), daemon=True)
            process.start()
            self.ends.append(here)
            self.processes.append(process)
        for _ in self.processes:
            if not ready.acquire(timeout=60):
                raise SystemExit("the subscribers could not subscribe")

    def close(self):
        self.stop.set()
        self.bytes, self.waits = (end.recv() for end in self.ends)
        for process in self.processes:
            process.join(10)
        if isinstance(self.bytes, str):
            raise SystemExit(self.bytes)
