"""Work ahead in a thread, so that decoding overlaps with what is done with the frames."""

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")
# Enough to even out how long frames take to decode; pictures may be large.
_ITEMS = 4


def ahead(items: Iterable[T]) -> Generator[T, None, None]:
    """The same items, made by a thread that runs a little ahead.

    Close the generator (`contextlib.closing`) if you may leave it early: the thread then ends.
    """
    room: queue.Queue[tuple[T | None, BaseException | None]] = queue.Queue(_ITEMS)
    abandoned = threading.Event()

    def put(item: T | None, error: BaseException | None) -> bool:
        while not abandoned.is_set():
            try:
                room.put((item, error), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        end: BaseException = StopIteration()
        try:
            for item in items:
                if not put(item, None):
                    if isinstance(items, Generator):
                        items.close()
                    return
        except BaseException as error:  # raised again where the items are used
            end = error
        put(None, end)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while True:
            item, error = room.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]  # None only ever comes with an error
    finally:
        abandoned.set()
        worker.join()
