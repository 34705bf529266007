"""Background results: computed once for everyone, and one sentence each time they fail."""

import threading

import pytest

from inphase.errors import InphaseError, ModelError, VideoError
from inphase.viewer.background import Background

PATIENCE = 60


def test_many_who_ask_at_once_have_it_computed_once() -> None:
    computed: list[int] = []
    go = threading.Event()

    def compute() -> str:
        computed.append(1)
        assert go.wait(PATIENCE)
        return "a map"

    document = Background("The map", compute)
    assert document.result() is None
    asking = [threading.Thread(target=document.wait) for _ in range(8)]
    for one in asking:
        one.start()
    assert document.result() is None
    go.set()
    for one in asking:
        one.join(PATIENCE)
    assert document.wait() == document.result() == "a map"
    assert computed == [1]


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (VideoError("There are too few frames."), VideoError, "There are too few frames."),
        (ZeroDivisionError("no"), ModelError, "The map cannot be computed: no."),
    ],
)
def test_a_failure_is_told_each_time_anew(
    error: Exception, kind: type[InphaseError], told: str
) -> None:
    def compute() -> str:
        raise error

    document = Background("The map", compute)
    caught = []
    for _ in range(3):
        with pytest.raises(kind, match=told) as info:
            document.wait()
        caught.append(info.value)
    assert len({id(one) for one in caught}) == 3
    depths = [len(_frames(one)) for one in caught]
    assert len(set(depths)) == 1


def _frames(error: BaseException) -> list[object]:
    found: list[object] = []
    trace = error.__traceback__
    while trace is not None:
        found.append(trace)
        trace = trace.tb_next
    return found
