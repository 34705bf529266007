"""Read videos in a child process, so that a file that makes the decoder crash harms no other.

The parent asks with a line of JSON; the child answers with another and, after it, as many raw bytes
as that announces. One child reads one video at a time. It waits for the next one, ignores
Ctrl-C, and ends when its parent does.
"""

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.file_state import file_state
from inphase.video.info import VideoInfo
from inphase.video.opening import reading_errors
from inphase.video.rates import assume_rate, given_rate
from inphase.video.source import Pictures, Source, open_source

_log = logging.getLogger(__name__)
# A file must not take all memory. The largest pictures that are read need half of this.
_MEMORY = 8 << 30
# Children that are kept for the next video, and seconds for a dying one to be gone.
_WAITING, _PATIENCE = 2, 5.0
# Without the folder the command is run in, in which a file may be called like a module.
_COMMAND = (
    "import sys; sys.path[:] = [one for one in sys.path if one]; "
    "from inphase.video.child import serve; serve()"
)


_apart: ContextVar[bool] = ContextVar("apart", default=False)


@contextmanager
def reading_apart() -> Iterator[None]:
    """Open and read every video in here in a child process.

    For files of unknown origin: one that kills its decoder is a `VideoError`, as any damaged file
    is. Reading is then 12 to 37 % slower, embedding 5 to 14 % (benchmarks/decoding.py).
    """
    before = _apart.set(True)
    try:
        yield
    finally:
        _apart.reset(before)


def is_apart() -> bool:
    """Whether videos are read in a child process here."""
    return _apart.get()


class ApartSource:
    """A source that is opened and read in a child process.

    Args:
        path: of the video.

    Raises:
        VideoError: the path is not a readable video, or reading it kills the child.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        child = _take()
        try:
            told, times = child.ask(path, open=True)
        finally:
            _give_back(child)
        self._info = VideoInfo(
            path=path, times=np.frombuffer(times, np.float64).copy(), **told["info"]
        )
        self._origin = Fraction(told["origin"])

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def origin(self) -> Fraction:
        return self._origin

    def pictures(self, size: tuple[int, int]) -> Pictures:
        return _ApartPictures(self._path, size)


class _ApartPictures:
    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._path = path
        self._shape = (size[1], size[0], 3)
        self._size = size
        self._child: _Child | None = None

    def frame(self, index: int) -> NDArray[np.uint8]:
        if self._child is None or not self._child.alive:
            self._child = _take()
        _, data = self._child.ask(self._path, frame=index, size=self._size)
        return np.frombuffer(data, np.uint8).reshape(self._shape)

    def close(self) -> None:
        if self._child is not None:
            child, self._child = self._child, None
            if child.alive:
                with suppress(VideoError):
                    child.ask(self._path, close=True)
            _give_back(child)


class _Child:
    """A process that reads one video at a time."""

    def __init__(self) -> None:
        self._parent = os.getpid()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    @property
    def alive(self) -> bool:
        """Whether this process can still ask it."""
        return self._parent == os.getpid() and self._process.poll() is None

    def ask(self, path: Path, **request: Any) -> tuple[dict[str, Any], bytearray]:
        """Send a request about a video, and wait for the answer and its bytes.

        Raises:
            VideoError: the child says why, or dies.
        """
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        # The parent may have moved to another folder since the child began.
        here = os.fsencode(os.getcwd()).hex()  # noqa: PTH109
        place = os.fsencode(path).hex()
        told = {"folder": here, "path": place, "rate": given_rate(path), **request}
        told["state"] = file_state(path)  # so that what was open of an older file is not used
        try:
            asked.write(json.dumps(told).encode() + b"\n")
            asked.flush()
            answer = json.loads(answers.readline())
            data = _read(answers, answer["bytes"])
        except (OSError, ValueError, EOFError):
            raise VideoError(f"{path} cannot be read: {self._death()}.") from None
        except BaseException:
            # Interrupted: the rest of the answer would be taken for that to the next question.
            self.close()
            raise
        for level, words in answer["log"]:
            _log.log(level, "%s", words)
        if "error" in answer:
            raise VideoError(answer["error"])
        return answer, data

    def close(self) -> None:
        """End it, if it is this process's."""
        if self.alive:
            self._process.kill()
            self._process.communicate()

    def _death(self) -> str:
        """What became of it, in words."""
        try:
            code = self._process.wait(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            self.close()
            return "its decoder answers nonsense"
        by = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"it makes the decoder crash ({by})"


def _read(file: IO[bytes], size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    done = 0
    while done < size:
        got = file.readinto(view[done:])  # type: ignore[attr-defined]  # a buffered reader has it
        if not got:
            raise EOFError
        done += got
    return data


_idle: list[_Child] = []
_lock = threading.Lock()


def _take() -> _Child:
    """A child that reads nothing: one that waits, or a new one."""
    with _lock:
        while _idle:
            child = _idle.pop()
            if child.alive:
                return child
    return _Child()


def _give_back(child: _Child) -> None:
    with _lock:
        if child.alive and len(_idle) < _WAITING:
            _idle.append(child)
            return
    child.close()


@atexit.register
def _end() -> None:
    while _idle:
        _idle.pop().close()


def serve() -> None:
    """Answer the parent until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)  # Nothing else may write there.
    notes: list[tuple[int, str]] = []
    logging.getLogger("inphase").addHandler(_Notes(notes))
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (limit, most))
    server = _Server()
    answer: dict[str, Any]
    for line in requests:
        request = json.loads(line)
        path = Path(os.fsdecode(bytes.fromhex(request["path"])))
        data: Any = b""
        try:
            with reading_errors(path):
                os.chdir(os.fsdecode(bytes.fromhex(request["folder"])))
                answer, data = server.answer(path, request)
        except VideoError as error:
            answer = {"error": str(error)}
        answer |= {"bytes": len(data), "log": notes}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.write(data)
        answers.flush()
        notes.clear()


class _Server:
    """What the child has open: one source, and its pictures in one size."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._pictures: Pictures | None = None
        self._of: list[Any] = []
        self._size: tuple[int, int] | None = None

    def answer(self, path: Path, request: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        if "close" in request:
            self._close()
            return {}, b""
        assume_rate(request["rate"])
        of = [request["folder"], request["path"], request["rate"], request["state"]]
        source = self._open(path, of, anew="open" in request)
        if "open" in request:
            info = dict(vars(source.info))
            times = info.pop("times")
            del info["path"]
            return {"info": info, "origin": str(source.origin)}, times.tobytes()
        size = (request["size"][0], request["size"][1])
        if self._pictures is None or self._size != size:
            self._close()
            self._pictures, self._size = source.pictures(size), size
        return {}, np.ascontiguousarray(self._pictures.frame(request["frame"])).data.cast("B")

    def _open(self, path: Path, of: list[Any], *, anew: bool) -> Source:
        if anew or self._source is None or self._of != of:
            self._close()
            self._source, self._of = open_source(path), of
        return self._source

    def _close(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
        self._pictures = None


class _Notes(logging.Handler):
    def __init__(self, notes: list[tuple[int, str]]) -> None:
        super().__init__(logging.WARNING)
        self._notes = notes

    def emit(self, record: logging.LogRecord) -> None:
        self._notes.append((record.levelno, record.getMessage()))
