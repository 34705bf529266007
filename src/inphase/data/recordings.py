"""Sensor data recorded along with a video: a CSV of times and numbers."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import write_csv
from inphase.data.csv_files import CsvRow, CsvTable, read_csv
from inphase.errors import CollectionError

# Accepted names of the time column, in seconds.
TIME_COLUMNS = ("time", "seconds", "t", "timestamp")


@dataclass(frozen=True)
class Recording:
    """Numbers over time.

    Attributes:
        times: (n,) seconds, increasing; time 0 is that of the video.
        columns: names of the values.
        values: (n, columns), NaN where nothing was recorded.
    """

    times: NDArray[np.float64]
    columns: tuple[str, ...]
    values: NDArray[np.float64]

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """(len(times), columns) interpolated values; NaN outside the recorded times."""
        found = np.full((len(times), len(self.columns)), np.nan)
        for index in range(len(self.columns)):
            known = np.isfinite(self.values[:, index])
            if known.any():
                found[:, index] = np.interp(
                    times, self.times[known], self.values[known, index], left=np.nan, right=np.nan
                )
        return found


def read_recording(path: str | Path) -> Recording:
    """Read a CSV with a header and a column `time` (or seconds, t, timestamp), in seconds.

    Empty cells mean that the value was not recorded.

    Raises:
        CollectionError: the file cannot be read, has no time column or no other column, a cell is
            not a number, or the times do not increase.
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
        raise CollectionError(
            f"{path} has no data: it needs a time column, another column and at least one row."
        )
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
    """Write a CSV with a column `time` and the columns of the recording, atomically.

    Args:
        confidence: (n,) in 0..1, written as the last column.

    Raises:
        OutputError: the file cannot be written.
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
        number = table.number(cell)
        if np.isinf(number):
            raise ValueError
        return number
    except ValueError as error:
        where = f"{table.path}, line {row.line}, column {table.header[column]}"
        raise CollectionError(f"{where}: `{cell}` is not a number.") from error
