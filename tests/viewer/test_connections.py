"""Connections that send nothing, or never all of it, keep nobody else away."""

import asyncio
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.types import Message, Receive, Scope, Send

from inphase.viewer import connections, guard, served
from inphase.viewer.guard import Access, Guard
from tests.viewer.raw_http import asking

TOKEN = "a-token-that-nobody-guesses"
ACCESS = Access(hosts=frozenset({"127.0.0.1"}), token=TOKEN)


async def _page(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        for kind in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{kind}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the page"})


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A page for those who have the token, where a request may take a fifth of a second."""
    monkeypatch.setattr(connections, "LONGEST_REQUEST", 0.2)
    monkeypatch.setattr(connections, "MOST_OPEN", 20)
    with served(Guard(_page, ACCESS)) as address:
        yield address


def _connect(address: str) -> socket.socket:
    server = urlsplit(address)
    return socket.create_connection((server.hostname, server.port), timeout=60)


def _cookie(address: str) -> str:
    status, headers, _ = asking(address)(f"/?token={TOKEN}")
    assert status == 303
    return headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf",
    ],
)
def test_a_request_that_never_finishes_is_closed(address: str, sent: bytes) -> None:
    with _connect(address) as connection:
        connection.sendall(sent)
        try:
            while connection.recv(1 << 16):
                pass  # perhaps an answer first
        except ConnectionResetError:
            pass


def test_a_body_that_never_ends_is_closed_for_one_who_has_the_token(address: str) -> None:
    head = (
        f"PUT / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {_cookie(address)}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    with _connect(address) as connection:
        connection.sendall(head.encode())
        try:
            while connection.recv(1 << 16):
                pass
        except ConnectionResetError:
            pass


def test_strangers_who_only_wait_keep_nobody_away(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LONGEST_REQUEST", 600)
    cookie = _cookie(address)
    idle = [_connect(address) for _ in range(60)]
    status, _, content = asking(address)("/", cookie=cookie)
    assert status == 200
    assert b"the page" in content
    for one in idle[:30]:  # the oldest made room
        assert one.recv(1 << 16) == b""
    for one in idle:
        one.close()


def test_a_stranger_is_answered_and_sent_away(address: str) -> None:
    with _connect(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = b""
        while part := connection.recv(1 << 16):
            answer += part
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"connection: close" in answer.lower()


def test_only_requests_with_the_token_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_MOST_REQUESTS", 1)

    async def run() -> list[int]:
        go_on = asyncio.Event()

        async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
            await go_on.wait()
            await _page(scope, receive, send)

        guarded = Guard(waiting, Access(hosts=frozenset({"127.0.0.1"}), token=TOKEN))
        statuses: list[int] = []
        cookies: list[bytes] = []

        async def ask(*, query: bytes = b"", with_token: bool = False) -> None:
            async def send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])
                    cookies.extend(v for n, v in message["headers"] if n == b"set-cookie")

            async def receive() -> Message:
                return {"type": "http.request", "body": b"", "more_body": False}

            own = [(b"cookie", cookies[0].partition(b";")[0])] if with_token else []
            scope: Scope = {
                "type": "http",
                "method": "GET",
                "path": "/",
                "query_string": query,
                "headers": [(b"host", b"127.0.0.1"), *own],
            }
            await guarded(scope, receive, send)

        await ask(query=b"token=" + TOKEN.encode())
        first = asyncio.ensure_future(ask(with_token=True))
        await asyncio.sleep(0)
        for _ in range(3):
            await ask()
        await ask(with_token=True)
        go_on.set()
        await first
        await ask(with_token=True)
        return statuses

    assert asyncio.run(run()) == [303, 401, 401, 401, 503, 200, 200]


def test_a_change_whose_sender_has_gone_is_not_made() -> None:
    reached = False

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        nonlocal reached
        reached = True

    async def run() -> None:
        arrived: list[Message] = [
            {"type": "http.request", "body": b"{}", "more_body": True},
            {"type": "http.disconnect"},
        ]

        async def receive() -> Message:
            return arrived.pop(0)

        async def send(_message: Message) -> None:
            pass

        headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
        scope: Scope = {"type": "http", "method": "PUT", "path": "/", "headers": headers}
        await Guard(app, Access(hosts=frozenset({"127.0.0.1"})))(scope, receive, send)

    asyncio.run(run())
    assert not reached
