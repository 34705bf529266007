"""The base of what every job returns: plain data that can save itself."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.console import Console

from inphase.errors import OutputError
from inphase.results.formats import FOLDER, Formats

if TYPE_CHECKING:
    import pandas


class Table(NamedTuple):
    """Rows of a CSV file, and the names of their columns."""

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


class Result(ABC):
    """The base of every result.

    Attributes:
        formats: that it can be saved in, as registered by the job.
        json_indent: indentation of its JSON; None for one long line.
    """

    formats: ClassVar[Formats]
    json_indent: ClassVar[int | None] = None

    @property
    @abstractmethod
    def input_files(self) -> Sequence[Path]:
        """The videos it was made from, which saving must not overwrite."""

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values, as in the JSON file."""
        raise NotImplementedError(f"{type(self).__name__} cannot be written as plain values.")

    def table(self) -> Table:
        """The result as rows, as in the CSV file, a DataFrame or a notebook."""
        raise NotImplementedError(f"{type(self).__name__} has no table.")

    def to_dataframe(self) -> "pandas.DataFrame":
        """The table as a pandas DataFrame: `pip install inphase[pandas]`.

        Raises:
            OutputError: pandas is not installed.
            NotImplementedError: the result has no table.
        """
        try:
            import pandas
        except ImportError as error:
            raise OutputError(
                "A DataFrame needs pandas: `pip install inphase[pandas]` installs it."
            ) from error
        columns, rows = self.table()
        return pandas.DataFrame([list(row) for row in rows], columns=list(columns))

    def _repr_html_(self) -> str:
        """What a notebook shows: the video or picture of this job, or the table."""
        from inphase.results.notebook import shown

        return shown(self)

    def save(
        self, path: str | Path, *, console: Console | None = None, **options: Any
    ) -> tuple[Path, ...]:
        """Write the result in the format given by the suffix, whole or not at all.

        `result.formats.help()` lists the formats, and so does `-o` in the verb's `--help`.

        Args:
            path: a file, or a folder if the job writes several files. Without a suffix, some jobs
                add their usual one.
            console: where a progress bar goes; by default nowhere.
            **options: options of this job's writers, such as `width` (pixels); ignored if the
                chosen format does not use them.

        Returns:
            The files.

        Raises:
            OutputError: no format has this suffix, a video would be overwritten, or the path
                cannot be written.
            VideoError: a video can no longer be read.
            TypeError: no writer takes one of the options.
        """
        path = self.formats.named(path)
        suffix = self.formats.check_output(path, self.input_files)
        write = self.formats.writer(suffix)
        chosen = self.formats.chosen(suffix, {**options, "console": console})
        written = write(self, path, **chosen)
        return tuple(written) if suffix == FOLDER else (path,)
