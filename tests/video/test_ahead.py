"""Working ahead in a thread: the same items, the same errors, and no thread left."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from inphase.video import ahead


def test_items_arrive_in_order() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead([])) == []


def test_it_works_ahead_but_not_far() -> None:
    made: list[int] = []

    def items() -> Iterator[int]:
        for index in range(100):
            made.append(index)
            yield index

    with closing(ahead(items())) as got:
        assert next(got) == 0
        for _ in range(200):
            if len(made) > 3:
                break
            time.sleep(0.01)
        assert 3 < len(made) < 10


def test_an_error_is_raised_where_the_items_are_used() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    got = ahead(items())
    assert next(got) == 1
    with pytest.raises(ValueError, match="broken"):
        next(got)


def test_left_early_it_ends_the_thread_and_closes_the_source() -> None:
    before, closed = threading.active_count(), []

    def items() -> Iterator[int]:
        try:
            while True:
                yield 0
        finally:
            closed.append(True)

    with closing(ahead(items())) as got:
        next(got)
    assert closed == [True]
    assert threading.active_count() == before
