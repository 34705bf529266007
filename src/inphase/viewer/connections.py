"""Connections that waste no one's time: a request that never finishes is closed.

Whoever may connect can also open connections and send nothing. They must not keep the page from
those who were given its address.
"""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

# Seconds for a whole request to arrive; what the page sends takes a small part of one.
LONGEST_REQUEST = 20.0
# Of connections; beyond it, the oldest one of a stranger is closed for each new one.
MOST_OPEN = 512
_KNOWN = "inphase_known"


def make_known(scope: MutableMapping[str, Any]) -> None:
    """Note that whoever sent this request may see the page."""
    scope.setdefault("state", {})[_KNOWN] = True


class Connection(H11Protocol):
    """A connection that must send each request whole within `LONGEST_REQUEST` seconds."""

    _limit: asyncio.TimerHandle | None = None

    @property
    def is_known(self) -> bool:
        """Whether its last request came from someone who may see the page."""
        return self.scope is not None and bool(self.scope["state"].get(_KNOWN))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; make room if there are too many who only wait."""
        self._make_room()
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a part of a request, and wait for the rest of it."""
        super().data_received(data)
        if self.conn.their_state in (h11.IDLE, h11.SEND_BODY):
            self._wait()
        else:
            self._wait_no_longer()

    def on_response_complete(self) -> None:
        """Wait for another request, or for the rest of this one."""
        if self.conn.their_state is not h11.SEND_BODY:
            self._wait_no_longer()
        super().on_response_complete()

    def _wait(self) -> None:
        if self._limit is None:
            self._limit = self.loop.call_later(LONGEST_REQUEST, self.transport.abort)

    def _wait_no_longer(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _make_room(self) -> None:
        if len(self.connections) < MOST_OPEN:
            return
        strangers = [
            one
            for one in self.connections
            if isinstance(one, Connection) and not one.is_known and one._limit is not None
        ]
        if strangers:
            oldest = min(strangers, key=lambda one: one._limit.when() if one._limit else 0.0)
            # At once, not when it has ended: the next newcomer of a burst must find another one.
            self.connections.discard(oldest)
            oldest.transport.abort()
