"""Make files in the background, those in view first."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from inphase.errors import InphaseError
from inphase.video import reading_apart

_log = logging.getLogger(__name__)
# Ends the current job when the server stops.
_PATIENCE = 5.0
_NICE = 10

Make = Callable[[Callable[[int], object]], Path]


@dataclass(frozen=True)
class Job:
    """A file to be made.

    Attributes:
        key: to ask for it.
        what: name of the file, for a person.
        make: makes it, and calls its argument with the number of frames just done.
    """

    key: str
    what: str
    make: Make


@dataclass(frozen=True)
class Progress:
    """Progress of the work.

    Attributes:
        done: number of files finished or given up.
        of: number of files in all.
        what: what is being made now.
    """

    done: int
    of: int
    what: str


class _StoppedError(Exception):
    pass


class Workshop:
    """Makes files one after another in its own thread.

    Args:
        jobs: in the order in which they are done, unless `prefer` changes it.
    """

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        self._waiting = {job.key: job for job in jobs}
        self._count = len(jobs)
        self._made: dict[str, Path] = {}
        self._failed: dict[str, str] = {}
        self._now: Job | None = None
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="workshop", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wait(self) -> None:
        """Return when all files are made."""
        self._thread.join()

    def close(self) -> None:
        """Stop, and remove a half-made file."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stop.is_set()

    def finished(self, key: str) -> Path | None:
        """The file, if it is made."""
        with self._lock:
            return self._made.get(key)

    def prefer(self, keys: Iterable[str]) -> None:
        """Make these next, in this order, if they are not made yet."""
        with self._lock:
            first = {key: self._waiting[key] for key in keys if key in self._waiting}
            self._waiting = {**first, **self._waiting}

    @property
    def failed(self) -> Mapping[str, str]:
        """The reason why a file could not be made, by its key."""
        with self._lock:
            return dict(self._failed)

    def progress(self) -> Progress:
        """How far the work has come."""
        with self._lock:
            done = len(self._made) + len(self._failed)
            return Progress(done, self._count, self._now.what if self._now else "")

    def _work(self) -> None:
        if sys.platform == "linux":
            # Playback comes first; the encoder's threads inherit this priority.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        while not self._stop.is_set():
            with self._lock:
                if not self._waiting:
                    self._now = None
                    return
                key = next(iter(self._waiting))
                job = self._now = self._waiting.pop(key)
            try:
                with reading_apart():
                    path = job.make(self._go_on)
            except _StoppedError:
                return
            except InphaseError as error:
                self._give_up(job, str(error))
            except Exception as error:
                # One bad file must not stop the others from being made.
                _log.exception("%s could not be made.", job.what)
                self._give_up(job, f"{job.what} could not be made: {error}.")
            else:
                with self._lock:
                    self._made[key] = path

    def _give_up(self, job: Job, reason: str) -> None:
        _log.warning("%s", reason)
        with self._lock:
            self._failed[job.key] = reason

    def _go_on(self, _frames: int) -> None:
        if self._stop.is_set():
            raise _StoppedError
