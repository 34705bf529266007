"""Results that take long, computed once in a background thread."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from inphase.errors import InphaseError, ModelError

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Background(Generic[T]):
    """A result that is computed from the first time it is asked for.

    Args:
        what: name of the result, to start a sentence.
        compute: returns the result.
    """

    def __init__(self, what: str, compute: Callable[[], T]) -> None:
        self._what = what
        self._compute = compute
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._result: T | None = None
        self._failure: tuple[type[InphaseError], str] | None = None

    def result(self) -> T | None:
        """The result, None while it is being computed.

        Raises:
            InphaseError: it cannot be computed.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._what, daemon=True)
                self._thread.start()
        if self._failure is not None:
            # A new exception each time, as one collects the traceback of everyone who raises it.
            kind, sentence = self._failure
            raise kind(sentence)
        return self._result

    def wait(self) -> T:
        """The result, however long it takes.

        Raises:
            InphaseError: it cannot be computed.
        """
        self.result()
        assert self._thread is not None
        self._thread.join()
        result = self.result()
        assert result is not None
        return result

    def _work(self) -> None:
        try:
            self._result = self._compute()
        except InphaseError as error:
            self._failure = type(error), str(error)
        except Exception as error:
            # Nobody joins this thread: without a message, the page would wait forever.
            _log.exception("%s cannot be computed.", self._what)
            self._failure = ModelError, f"{self._what} cannot be computed: {error}."
