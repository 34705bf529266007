"""Ctrl-C stops a command, even where a library swallows the exception.

Python raises `KeyboardInterrupt` wherever the program happens to be. In a callback of an import it
is printed and forgotten, and some libraries catch everything. So the interrupt is noted as well,
and raised again at the next step of the work.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Never

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_noted = False


@contextmanager
def noting_interrupts() -> Iterator[None]:
    """Note interrupts while the block, one command, runs."""
    global _noted
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield  # Another program handles interrupts, or the command ignores them.
        return
    hook = sys.unraisablehook

    def unraisable(lost: "UnraisableHookArgs", /) -> None:
        # It is raised again, so that nobody needs its traceback.
        if not (_noted and lost.exc_type is KeyboardInterrupt):
            hook(lost)

    _noted = False
    sys.unraisablehook = unraisable
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = hook
        _noted = False


def check_interrupt() -> None:
    """Raise `KeyboardInterrupt` if the user pressed Ctrl-C and nothing has come of it."""
    if _noted and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


@contextmanager
def ended_by_interrupt() -> Iterator[None]:
    """Let Ctrl-C end the block, and only the block: for what has no end of its own."""
    global _noted
    try:
        yield
    except KeyboardInterrupt:
        _noted = False


def _note(_signal: int, _frame: FrameType | None) -> Never:
    global _noted
    _noted = True
    raise KeyboardInterrupt
