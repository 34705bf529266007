"""Serving the viewer on this machine, or to others who have the token."""

import ipaddress
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from inphase.errors import ConfigError
from inphase.interrupts import ended_by_interrupt
from inphase.viewer.app import create_app
from inphase.viewer.connections import Connection
from inphase.viewer.documents import Documents
from inphase.viewer.guard import LOCAL, Access
from inphase.viewer.shelf import Shelf

_GRACE = 2


@dataclass(frozen=True)
class Place:
    """Where the viewer is served.

    Attributes:
        listening: the socket.
        address: for the browser, with the token if one is needed.
        access: who may connect.
    """

    listening: socket.socket
    address: str
    access: Access


def open_place(host: str, port: int) -> Place:
    """Start listening: for this machine only, or (on a host other than loopback) with a token.

    Args:
        host: address or name to listen on.
        port: to listen on; 0 for any free one.

    Raises:
        ConfigError: the host is unknown, or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, backlog=1024)
    except (OSError, OverflowError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"The viewer cannot listen on {host}, port {port}: {reason.lower()}; give another "
            "--port (0 takes any free one) or --host."
        ) from error
    number = listening.getsockname()[1]
    if ipaddress.ip_address(address[0]).is_loopback:
        shown = f"[{host}]" if ":" in host else host
        hosts = frozenset({*LOCAL.hosts, host.lower()})
        return Place(listening, f"http://{shown}:{number}/", Access(hosts=hosts))
    anywhere = ipaddress.ip_address(address[0]).is_unspecified
    name = socket.gethostname() if anywhere else host
    hosts = frozenset({*LOCAL.hosts, name.lower(), socket.getfqdn().lower()})
    token = secrets.token_urlsafe(32)
    shown = f"[{name}]" if ":" in name else name
    return Place(
        listening,
        f"http://{shown}:{number}/?token={token}",
        Access(hosts=hosts, any_address=True, token=token),
    )


def serve(
    documents: Documents,
    shelf: Shelf,
    place: Place,
    *,
    open_browser: bool = False,
    on_ready: Callable[[], object] | None = None,
) -> None:
    """Serve until interrupted (Ctrl-C).

    Args:
        documents: of the collection.
        shelf: its media.
        place: where to serve it.
        open_browser: whether to open the page in this machine's browser.
        on_ready: called when the server can answer requests.
    """
    app = create_app(documents, shelf, access=place.access)
    server = _Server(_config(app), place.address if open_browser else None, on_ready)
    try:
        with ended_by_interrupt():  # Ctrl-C is how to stop a viewer
            server.run(sockets=[place.listening])
    finally:
        place.listening.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve on this machine, in a thread, while the block runs, for example in a notebook.

    Args:
        app: from `create_app`.

    Yields:
        The address. A browser that connects before the server is ready waits for it.
    """
    place = open_place("127.0.0.1", 0)
    server = uvicorn.Server(_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [place.listening]})
    thread.start()
    try:
        yield place.address
    finally:
        server.should_exit = True
        thread.join()
        place.listening.close()


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        http=Connection,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=_GRACE,
        ws="none",
    )


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, address: str | None, on_ready: Callable[[], object] | None
    ) -> None:
        super().__init__(config)
        self._address = address
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready()
        if self._address is not None:
            # Some browsers return only when they are closed.
            threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()
