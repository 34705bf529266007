"""A progress bar for long work: what is being done, how far it is, how long it will take."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from inphase.interrupts import check_interrupt


class Bar:
    """A progress bar, for the work to report its progress to."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task(what, total=total)
        self.done = 0

    def advance(self, count: int) -> None:
        """Report that `count` more steps are done.

        Raises:
            KeyboardInterrupt: the user wants to stop.
        """
        check_interrupt()
        self.done += count
        self._progress.update(self._task, completed=self.done)

    def describe(self, what: str) -> None:
        """Show what is being worked on now."""
        self._progress.update(self._task, description=what)


@contextmanager
def progress_bar(what: str, total: int, *, console: Console | None = None) -> Iterator[Bar]:
    """Show a progress bar while the block runs.

    Args:
        what: what is being done, in a word or two.
        total: the total number of steps.
        console: where to show it; by default nowhere.
    """
    columns = (
        # File names may have brackets, which are no markup.
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console or Console(quiet=True)) as progress:
        yield Bar(progress, what, total)
