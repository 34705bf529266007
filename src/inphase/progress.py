"""A progress bar for anything that takes long: what, how far, how much longer."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


class Bar:
    """What a piece of work tells: that it has come further."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=total)
        self.done = 0

    def advance(self, count: int) -> None:
        """``count`` more are done."""
        self.done += count
        self._progress.update(self._task, completed=self.done)

    def describe(self, what: str) -> None:
        """Say what is being worked on now."""
        self._progress.update(self._task, description=what)


@contextmanager
def progress_bar(what: str, total: int, *, console: Console | None = None) -> Iterator[Bar]:
    """Show a bar while the block runs.

    Args:
        what: is being done, in a word or two.
        total: how many steps the whole has.
        console: where; by default nowhere.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console or Console(quiet=True)) as progress:
        yield Bar(progress, what, total)
