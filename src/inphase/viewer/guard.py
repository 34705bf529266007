"""Protect the viewer: who may connect, from which page, and how much they may send."""

import ipaddress
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inphase.viewer.connections import make_known

_CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
_LARGEST_BODY = 8 << 20
# More requests at once are refused (503) instead of piling up open files and memory.
_MOST_REQUESTS = 256
_LONGEST_QUERY = 2048
_TOKEN = "token"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Access:
    """Who may connect.

    Attributes:
        hosts: host names that requests may use. A foreign page can point its own name at this
            machine (DNS rebinding), but not these.
        any_address: whether plain IP addresses are also allowed; no name can be pointed at one.
        token: that a visitor must present once; None if only this machine can connect.
    """

    hosts: frozenset[str]
    any_address: bool = False
    token: str | None = None


LOCAL = Access(hosts=frozenset({"localhost", "127.0.0.1", "::1"}))


class Guard:
    """Refuses requests that must not reach the app, and adds headers that isolate the page.

    Args:
        app: the app to protect.
        access: who may connect.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        # All ports of a host share cookies.
        self._cookie = f"inphase-{secrets.token_hex(4)}"
        self._serving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = _headers(scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal.send(send)
            return
        # Only now: strangers must not use up the places of those who have the token.
        make_known(scope)
        if self._serving >= _MOST_REQUESTS:
            await _Answer(503, "Too many requests at once.", [("retry-after", "1")]).send(send)
            return
        self._serving += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._serving -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request on."""
        if scope["method"] in _CHANGING:
            body = await _body(receive)
            if body is None:
                await _too_large().send(send)
                return
            receive = _replayed(body, receive)
        await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: dict[str, list[str]]) -> "_Answer | None":
        host = headers.get("host", [])
        if len(host) != 1 or not self._is_ours(host[0]):
            return _Answer(421, "The viewer does not answer to this name; use the printed address.")
        query = scope.get("query_string", b"")
        if len(query) > _LONGEST_QUERY:
            return _Answer(414, "The address is too long.")
        if self._access.token is not None:
            answer = self._identify(scope, headers, query.decode("latin-1"))
            if answer is not None:
                return answer
        if scope["method"] in _CHANGING:
            return self._refused_change(headers, host[0])
        return None

    def _refused_change(self, headers: dict[str, list[str]], host: str) -> "_Answer | None":
        # A browser always states which page a change comes from; other programs need not.
        origins = headers.get("origin", [])
        if any(_site(origin) != host.lower() for origin in origins):
            return _Answer(403, "Changes are taken from the viewer's own page only.")
        if headers.get("sec-fetch-site", ["same-origin"]) != ["same-origin"]:
            return _Answer(403, "Changes are taken from the viewer's own page only.")
        kind = headers.get("content-type", [""])[0].split(";")[0].strip().lower()
        if kind != "application/json":
            return _Answer(415, "Send JSON, with the content type application/json.")
        length = headers.get("content-length", ["0"])[0]
        if not length.isdecimal() or int(length) > _LARGEST_BODY:
            return _too_large()
        return None

    def _identify(
        self, scope: Scope, headers: dict[str, list[str]], query: str
    ) -> "_Answer | None":
        assert self._access.token is not None
        given = parse_qs(query, keep_blank_values=True)
        if _TOKEN in given:
            if not _same(given.pop(_TOKEN)[0], self._access.token):
                return _Answer(401, "The token is wrong; use the printed address.")
            # Only the root is a page; below it the token would be lost in the redirect.
            rest = f"?{urlencode(given, doseq=True)}" if given else ""
            cookie = f"{self._cookie}={self._access.token}; HttpOnly; SameSite=Strict; Path=/"
            # Two leading slashes, or what a browser takes for them, would redirect elsewhere.
            path = "/" + "/".join(part for part in re.split(r"[/\\]", scope["path"]) if part)
            return _Answer(303, "", [("location", f"{quote(path)}{rest}"), ("set-cookie", cookie)])
        if any(_same(value, self._access.token) for value in self._cookies(headers)):
            return None
        return _Answer(401, "A token is missing; use the address that `inphase view` printed.")

    def _cookies(self, headers: dict[str, list[str]]) -> Iterable[str]:
        for line in headers.get("cookie", []):
            try:
                cookies: SimpleCookie = SimpleCookie(line)
            except CookieError:
                continue
            if self._cookie in cookies:
                yield cookies[self._cookie].value

    def _is_ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name in self._access.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return self._access.any_address


@dataclass(frozen=True)
class _Answer:
    status: int
    detail: str
    headers: list[tuple[str, str]] | None = None

    async def send(self, send: Send) -> None:
        body = json.dumps({"detail": self.detail}).encode() if self.detail else b""
        listed = [
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("cache-control", "no-store"),
            # Whoever is refused has no reason to stay.
            *([("connection", "close")] if self.status in (401, 421) else []),
            *HEADERS.items(),
            *(self.headers or []),
        ]
        encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in listed]
        await send({"type": "http.response.start", "status": self.status, "headers": encoded})
        await send({"type": "http.response.body", "body": body})


def _too_large() -> _Answer:
    return _Answer(413, f"More than {_LARGEST_BODY >> 20} MB cannot be sent.")


async def _body(receive: Receive) -> bytes | None:
    """The whole body, None if it is too large or its sender has gone."""
    taken = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        taken += message.get("body", b"")
        if len(taken) > _LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(taken)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send) -> Send:
    added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return adding


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _site(origin: str) -> str | None:
    """Host and port of an origin; None if it is invalid."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
