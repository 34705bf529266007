"""What takes long and nobody should wait for: computed once, in a thread of its own."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from inphase.errors import InphaseError, ModelError

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Background(Generic[T]):
    """A result that begins to be computed when it is first asked for.

    Args:
        what: it is, at the beginning of a sentence.
        compute: gives it.
    """

    def __init__(self, what: str, compute: Callable[[], T]) -> None:
        self._what = what
        self._compute = compute
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._result: T | None = None
        self._failure: tuple[type[InphaseError], str] | None = None

    def result(self) -> T | None:
        """The result, None as long as it is being computed.

        Raises:
            InphaseError: it cannot be computed.
        """
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._what, daemon=True)
                self._thread.start()
        if self._failure is not None:
            # Anew each time: an exception gathers the traceback of everyone who gets it.
            kind, sentence = self._failure
            raise kind(sentence)
        return self._result

    def wait(self) -> T:
        """The result, however long it takes.

        Raises:
            InphaseError: as :meth:`result`.
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
            # Nobody waits for this thread: without a word the page would wait for ever.
            _log.exception("%s cannot be computed.", self._what)
            self._failure = ModelError, f"{self._what} cannot be computed: {error}."
