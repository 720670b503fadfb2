"""A small Redis client: enough to look at what the host wrote, over a socket or TCP."""

import socket


class RedisError(Exception):
    pass


class Redis:
    def __init__(self, address, timeout=30):
        """`address` is a socket's path or a (host, port)."""
        if isinstance(address, tuple):
            self.socket = socket.create_connection(address, timeout)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(timeout)
            self.socket.connect(str(address))
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def call(self, *arguments):
        parts = [b"*%d\r\n" % len(arguments)]
        for argument in arguments:
            value = argument if isinstance(argument, bytes) else str(argument).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(value), value))
        self.socket.sendall(b"".join(parts))
        return self.reply()

    def reply(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("Redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            size = int(rest)
            return None if size < 0 else self.file.read(size + 2)[:-2]
        count = int(rest)
        return None if count < 0 else [self.reply() for _ in range(count)]

    def hash(self, key):
        """A whole hash, read in steps."""
        found, cursor = {}, b"0"
        while True:
            cursor, items = self.call("HSCAN", key, cursor, "COUNT", 2_000)
            found.update(zip(items[::2], items[1::2]))
            if cursor == b"0":
                return found

    def stream(self, key, count=2_000):
        """Every entry of a stream, in order: (id, {field: value})."""
        start = b"-"
        while True:
            entries = self.call("XRANGE", key, start, "+", "COUNT", count)
            for name, fields in entries:
                yield name, dict(zip(fields[::2], fields[1::2]))
            if len(entries) < count:
                return
            start = b"(" + entries[-1][0]

    def close(self):
        self.file.close()
        self.socket.close()
