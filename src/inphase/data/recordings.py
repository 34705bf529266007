"""What sensors recorded along with a video: a CSV of a time and numbers."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import replacing
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
    path = Path(path)
    header, rows = read_csv(path)
    lowered = [name.lower() for name in header]
    place = next((lowered.index(name) for name in TIME_COLUMNS if name in lowered), None)
    if place is None:
        raise CollectionError(
            f"{path} has no column {TIME_COLUMNS[0]} (seconds); its columns are: "
            f"{', '.join(header)}."
        )
    columns = tuple(name for index, name in enumerate(header) if index != place)
    if not columns or not rows:
        raise CollectionError(f"{path} records nothing: it needs a time and at least one number.")
    numbers = np.array(
        [
            [_number(cell, f"{path}, line {line}, column {header[i]}") for i, cell in enumerate(r)]
            for line, r in enumerate(rows, start=2)
        ]
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
    header = ["time", *recording.columns]
    with replacing(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header if confidence is None else [*header, "confidence"])
        for index, (time, values) in enumerate(zip(recording.times, recording.values, strict=True)):
            cells = ["" if np.isnan(value) else f"{value:.6g}" for value in values]
            if confidence is not None:
                cells.append(f"{confidence[index]:.4f}")
            writer.writerow([f"{time:.6f}", *cells])


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, all as long as the header, without empty lines.

    Raises:
        CollectionError: the file cannot be read, or a row is longer or shorter than the header.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *rows = [[cell.strip() for cell in row] for row in csv.reader(file) if row]
    except FileNotFoundError as error:
        raise CollectionError(f"{path} does not exist.") from error
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CollectionError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except csv.Error as error:
        raise CollectionError(f"{path} is not a CSV file: {error}.") from error
    except ValueError as error:
        raise CollectionError(f"{path} is empty.") from error
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise CollectionError(
                f"{path}, line {line} has {len(row)} cells; its header has {len(header)}."
            )
    return header, rows


def _number(cell: str, where: str) -> float:
    if not cell:
        return float("nan")
    try:
        return float(cell)
    except ValueError as error:
        raise CollectionError(f"{where}: `{cell}` is no number.") from error


def columns_of(path: Path) -> Sequence[str]:
    """The header of a CSV file, in lower case.

    Raises:
        CollectionError: the file cannot be read.
    """
    return [name.lower() for name in read_csv(path)[0]]
