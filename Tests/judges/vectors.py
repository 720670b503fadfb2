"""gunicorn's request vectors, as bytes that can be sent to us.

A vector is a text file in which line ends are spelled out (`\\r\\n`) and the file's own line ends
mean nothing. Beside it stands a Python file with what gunicorn makes of it. That one is read, not
run: it imports gunicorn.
"""

import ast
import re
from dataclasses import dataclass

# The request line: what stands in front, however wrong, or a right one behind another request.
REQUEST_LINE = re.compile(
    rb"(\A(?:\r\n)*[^\r]*HTTP/[\d.]+\r\n|\r\n[A-Z]+ [^\s]+ HTTP/1\.1\r\n)")
HOST = re.compile(rb"(\r\nHost: *)[^\s]+(?=\r\n)", re.I)
HOST_IN_TARGET = re.compile(rb"(\A[A-Z]+ [a-z]+://(?:[^\s/@]*@)?)[^\s/@]+")
ESCAPE = re.compile(rb"\\(r|n|t|0|x([0-9A-Fa-f]{2}))")
PLAIN = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}


@dataclass
class Vector:
    name: str
    raw: bytes
    # gunicorn's word for what is wrong; None for a valid one.
    error: str | None
    # How many requests there are; 0 where one is wrong.
    requests: int

    @property
    def is_cut_short(self):
        """Whether what is wrong is that more had to come."""
        return self.error in ("NoMoreData", "ChunkMissingTerminator")


def decode(text):
    def byte(found):
        return bytes.fromhex(found[2].decode()) if found[2] else PLAIN[found[1]]

    return ESCAPE.sub(byte, text.replace(b"\n", b""))


def addressed(raw, host):
    """The vector as sent to us: with our Host, where it has none or another's. Else the lack of it
    is what we would refuse, whatever is wrong. One with several Hosts is about them, and stays."""
    if len(HOST.findall(raw)) > 1:
        return raw
    if HOST.search(raw):
        raw = HOST_IN_TARGET.sub(rb"\g<1>" + host, raw)
        return HOST.sub(rb"\g<1>" + host, raw)
    return REQUEST_LINE.sub(rb"\g<1>Host: " + host + rb"\r\n", raw)


def meaning(file):
    """(error, number of requests) from a vector's Python file."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "request":
            if isinstance(node.value, ast.Name):
                return node.value.id, 0
            return None, len(node.value.elts) if isinstance(node.value, ast.List) else 1
    raise AssertionError(f"{file} doesn't say what its request is")


def load(folder, host):
    """The vectors of a folder, for a host with this name and port (bytes)."""
    vectors = []
    for file in sorted(folder.glob("*.http")):
        error, requests = meaning(file.with_suffix(".py"))
        raw = addressed(decode(file.read_bytes()), host)
        vectors.append(Vector(file.stem, raw, error, requests))
    return vectors
