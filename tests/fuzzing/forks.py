"""Runs lines of inphase in processes of their own, forked from one that has loaded it already."""

import contextlib
import importlib
import os
import pkgutil
import resource
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

K = TypeVar("K")
SLOWEST = 30.0
"""Seconds after which a line counts as hanging."""
_ROOM = 8 * 2**30
_LARGEST_FILE = 2 * 2**30


def preload() -> None:
    """Load inphase and what it loads, without starting a thread that a fork would lose."""
    warnings.simplefilter("ignore")  # of forks
    import inphase

    for module in pkgutil.walk_packages(inphase.__path__, "inphase."):
        if "__main__" not in module.name:
            importlib.import_module(module.name)
    # Not lancedb and openvino: they start threads, which a fork loses and then waits for.
    for name in ("scipy.stats", "sklearn.svm", "torch._dynamo", "filelock"):
        importlib.import_module(name)
    if threading.active_count() > 1 or "lancedb" in sys.modules:
        raise RuntimeError(f"a fork would lose {threading.enumerate()}")
    import torch

    from inphase.models import engine

    torch.set_num_threads(1)

    def not_here(*_: object) -> None:
        raise RuntimeError("torch computes the networks here: OpenVINO takes a second for each")

    engine._in_openvino = not_here  # type: ignore[assignment]


@dataclass(frozen=True)
class Outcome:
    """How a line ended.

    Attributes:
        code: exit code; negative for the signal that ended it.
        seconds: time by the clock.
        processor: seconds of processor time.
        memory: largest resident memory in bytes.
        told: what it printed.
    """

    code: int
    seconds: float
    processor: float
    memory: int
    told: str

    @property
    def fault(self) -> str:
        """What is wrong, in a word; empty if it ended as it should."""
        if self.code == -signal.SIGALRM:
            return "hang"
        if self.code < 0:
            return "crash"
        if "Traceback (most recent call last)" in self.told:
            return "traceback"
        if self.code not in (0, 1, 2):
            return "exit code"
        if self.memory > 1.5e9 or "not enough memory" in self.told:
            return "memory"
        return ""


class Forks(Generic[K]):
    """Lines that run at the same time, each with a key of its own."""

    def __init__(self) -> None:
        self._running: dict[int, tuple[K, float, Path]] = {}

    def __len__(self) -> int:
        return len(self._running)

    def start(
        self, key: K, words: Sequence[str], folder: Path, *, cache: Path, limit: float = SLOWEST
    ) -> int:
        """Start a line; what it prints goes to `folder / "told"`. Returns the process's number."""
        sys.stdout.flush()
        sys.stderr.flush()
        begun = time.monotonic()
        process = os.fork()
        if process == 0:
            _run(words, folder, cache, limit)
        with contextlib.suppress(OSError):
            os.setpgid(process, process)
        self._running[process] = (key, begun, folder)
        return process

    def wait(self) -> tuple[K, Outcome]:
        """The key and the outcome of the next line that ends."""
        process, status, used = os.wait4(-1, 0)
        ended = time.monotonic()
        # What it has started itself.
        with contextlib.suppress(OSError):
            os.killpg(process, signal.SIGKILL)
        key, begun, folder = self._running.pop(process)
        told = ""
        with contextlib.suppress(FileNotFoundError):  # killed before it had said a word
            told = (folder / "told").read_bytes()[-100_000:].decode("utf-8", "replace")
        memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return key, Outcome(
            os.waitstatus_to_exitcode(status),
            ended - begun,
            used.ru_utime + used.ru_stime,
            memory,
            told,
        )


def _run(words: Sequence[str], folder: Path, cache: Path, limit: float) -> None:
    """The whole life of a forked process."""
    code = 70
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limit)
        resource.setrlimit(resource.RLIMIT_AS, (_used() + _ROOM,) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.environ["XDG_CACHE_HOME"] = str(cache)
        descriptor = os.open(folder / "told", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        from inphase.cli import main

        try:
            main(list(words))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 70
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def apart(work: Callable[[], object]) -> None:
    """Do some work in a forked process, without a word: this one starts no thread for it.

    Raises:
        RuntimeError: it failed.
    """
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    if os.waitpid(process, 0)[1]:
        raise RuntimeError("the whole inputs cannot be made")


def _used() -> int:
    """Bytes of address space of this process."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
