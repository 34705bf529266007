"""Background work: in order, preferred files first, and continuing after a failure."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from inphase.errors import VideoError
from inphase.viewer.workshop import Job, Workshop

PATIENCE = 60


class Bench:
    """Jobs that wait until they are released, and record the order in which they started."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)

    def job(self, key: str, error: Exception | None = None) -> Job:
        def make(advance: Callable[[int], object]) -> Path:
            self.began.append(key)
            self.begun.release()
            assert self.go.acquire(timeout=PATIENCE)
            advance(1)
            if error is not None:
                raise error
            return Path(key)

        return Job(key, f"file {key}", make)

    def await_begun(self) -> None:
        assert self.begun.acquire(timeout=PATIENCE)


def test_what_is_preferred_is_made_next() -> None:
    bench = Bench()
    workshop = Workshop(tuple(bench.job(key) for key in "abcd"))
    workshop.start()
    bench.await_begun()
    assert workshop.finished("c") is None
    workshop.prefer(["c", "nothing", "a"])
    assert workshop.progress().what == "file a"
    for _ in range(3):
        bench.go.release()
        bench.await_begun()
    assert bench.began == ["a", "c", "b", "d"]
    assert workshop.finished("c") == Path("c")
    assert workshop.finished("d") is None
    assert (workshop.progress().done, workshop.progress().of) == (3, 4)
    bench.go.release()
    workshop.close()


@pytest.mark.parametrize("error", [VideoError("b is broken."), RuntimeError("odd")])
def test_a_failure_is_told_and_the_rest_is_made(error: Exception) -> None:
    bench = Bench()
    workshop = Workshop((bench.job("a", error), bench.job("b")))
    workshop.start()
    bench.await_begun()
    bench.go.release()
    bench.await_begun()
    assert str(error).rstrip(".") in workshop.failed["a"]
    assert workshop.finished("a") is None
    bench.go.release()
    workshop.wait()
    assert workshop.finished("b") == Path("b")


def test_closing_stops_what_is_being_made() -> None:
    bench = Bench()
    workshop = Workshop((bench.job("a"), bench.job("b")))
    workshop.start()
    bench.await_begun()
    closing = threading.Thread(target=workshop.close)
    closing.start()
    # The job goes on only once the stop is known.
    while not workshop.is_stopping:
        threading.Event().wait(0.01)
    bench.go.release()
    closing.join(PATIENCE)
    assert bench.began == ["a"]
    assert workshop.finished("a") is None
