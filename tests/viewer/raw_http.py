"""Exact requests through a socket, not tidied up by an HTTP client."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

Answer = tuple[int, dict[str, str], bytes]
Ask = Callable[..., Answer]


def asking(address: str) -> Ask:
    """A function that asks a server for a target, byte by byte as it is given."""
    server = urlsplit(address)
    assert server.hostname is not None

    def ask(target: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        told = {"host": server.netloc, "connection": "close", **headers}
        if body:
            told["content-length"] = str(len(body))
        lines = [f"{method} {target} HTTP/1.1", *(f"{n}: {v}" for n, v in told.items()), "", ""]
        with socket.create_connection((server.hostname, server.port), timeout=60) as connection:
            connection.sendall("\r\n".join(lines).encode("latin-1") + body)
            received = b""
            while part := connection.recv(1 << 16):
                received += part
        head, _, content = received.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        found = dict(line.split(": ", 1) for line in rest)
        return int(first.split()[1]), {n.lower(): v for n, v in found.items()}, content

    return ask
