"""What sensors recorded along with a video: a CSV of a time and numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import write_csv
from inphase.data.csv_files import CsvRow, CsvTable, read_csv
from inphase.errors import CollectionError

# Names of the column that holds the seconds.
TIME_COLUMNS = ("time", "seconds", "t", "timestamp")


@dataclass(frozen=True)
class Recording:
    """Numbers over time.

    Attributes:
        times: (n,) seconds, increasing; time 0 is the video's.
        columns: names of the numbers.
        values: (n, columns), NaN where nothing was recorded.
    """

    times: NDArray[np.float64]
    columns: tuple[str, ...]
    values: NDArray[np.float64]

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """(len(times), columns) interpolated; NaN outside of what was recorded."""
        found = np.full((len(times), len(self.columns)), np.nan)
        for index in range(len(self.columns)):
            known = np.isfinite(self.values[:, index])
            if known.any():
                found[:, index] = np.interp(
                    times, self.times[known], self.values[known, index], left=np.nan, right=np.nan
                )
        return found


def read_recording(path: str | Path) -> Recording:
    """Read a CSV whose header has a column ``time`` (or seconds, t, timestamp), in seconds.

    Empty cells are values that were not recorded.

    Raises:
        CollectionError: the file cannot be read, has no such column or no other, a cell is no
            number, or the times do not increase.
    """
    table = read_csv(path)
    place = next(
        (table.columns.index(name) for name in TIME_COLUMNS if name in table.columns), None
    )
    if place is None:
        raise CollectionError(
            f"{path} has no column {TIME_COLUMNS[0]} (seconds); its columns are: "
            f"{', '.join(table.header)}."
        )
    columns = tuple(name for index, name in enumerate(table.header) if index != place)
    if not columns or not table.rows:
        raise CollectionError(f"{path} records nothing: it needs a time and at least one number.")
    numbers = np.array(
        [[_number(table, row, i) for i in range(len(row.cells))] for row in table.rows]
    )
    times = numbers[:, place]
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise CollectionError(f"{path}: its times must increase from line to line.")
    return Recording(times, columns, np.delete(numbers, place, axis=1))


def write_recording(
    path: str | Path, recording: Recording, *, confidence: NDArray[np.float64] | None = None
) -> None:
    """Write a CSV with a column ``time`` and the recording's, whole or not at all.

    Args:
        confidence: (n,) in 0..1, as a last column.

    Raises:
        OutputError: the place cannot be written.
    """
    columns = ["time", *recording.columns, *([] if confidence is None else ["confidence"])]
    rows = []
    for index, (time, values) in enumerate(zip(recording.times, recording.values, strict=True)):
        cells = ["" if np.isnan(value) else f"{value:.6g}" for value in values]
        if confidence is not None:
            cells.append(f"{confidence[index]:.4f}")
        rows.append([f"{time:.6f}", *cells])
    write_csv(path, columns, rows)


def _number(table: CsvTable, row: CsvRow, column: int) -> float:
    cell = row.cells[column]
    if not cell:
        return float("nan")
    try:
        return table.number(cell)
    except ValueError as error:
        where = f"{table.path}, line {row.line}, column {table.header[column]}"
        raise CollectionError(f"{where}: `{cell}` is not a number.") from error
