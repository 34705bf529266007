"""Statistics of a LeRobot dataset: least, largest, mean and spread of each feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Statistics:
    """Of one feature.

    Attributes:
        least: (dims,) or, of pictures, (3, 1, 1) in 0..1.
        largest: the same shape.
        mean: the same shape.
        spread: the same shape, the standard deviation.
        count: number of frames.
    """

    least: Values
    largest: Values
    mean: Values
    spread: Values
    count: int

    def plain(self) -> dict[str, Any]:
        """Under LeRobot's names, as plain values."""
        return {
            "min": self.least.tolist(),
            "max": self.largest.tolist(),
            "mean": self.mean.tolist(),
            "std": self.spread.tolist(),
            "count": [self.count],
        }


def of_table(table: "pa.Table") -> dict[str, Statistics]:
    """Statistics of each column of numbers, or of lists of numbers of one length."""
    import pyarrow as pa

    found = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        width = 1
        while pa.types.is_list(column.type) or pa.types.is_fixed_size_list(column.type):
            column = column.flatten()
            width = len(column) // max(1, table.num_rows)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.uint8())
        is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
        if is_number and len(column) == width * table.num_rows:
            found[name] = _of(column.to_numpy(zero_copy_only=False).reshape(-1, width))
    return found


def of_pictures(pictures: Sequence[NDArray[np.uint8]]) -> Statistics:
    """Statistics of the colours of pictures, (height, width, 3)."""
    values = np.concatenate([picture.reshape(-1, 3) for picture in pictures]) / 255.0
    one = _of(values)
    shape = (3, 1, 1)
    return Statistics(
        one.least.reshape(shape),
        one.largest.reshape(shape),
        one.mean.reshape(shape),
        one.spread.reshape(shape),
        len(pictures),
    )


def joined(parts: Sequence[Statistics]) -> Statistics:
    """The statistics of several parts together."""
    counts = np.array([part.count for part in parts], dtype=np.float64)
    weights = counts / counts.sum()
    mean = np.tensordot(weights, np.stack([part.mean for part in parts]), 1)
    squares = np.stack([part.spread**2 + (part.mean - mean) ** 2 for part in parts])
    return Statistics(
        np.min([part.least for part in parts], axis=0),
        np.max([part.largest for part in parts], axis=0),
        mean,
        np.sqrt(np.tensordot(weights, squares, 1)),
        int(counts.sum()),
    )


def _of(values: NDArray[Any]) -> Statistics:
    values = values.astype(np.float64)
    return Statistics(
        values.min(axis=0), values.max(axis=0), values.mean(axis=0), values.std(axis=0), len(values)
    )
