"""Result tables as the benchmarks keep them: CSV files, and on what machine they were made."""

import csv
import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

from inphase.atomic import replacing


def processor() -> str:
    """Name of the CPU and how many of its threads there are."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model n"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name} ({os.cpu_count()} threads)"


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table; none, if there is no such file yet."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write a table anew, whole or not at all; numbers have five digits."""
    with replacing(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()})


def replace_rows(path: Path, data: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Write a table anew with these rows of a set in the place of those it had of it."""
    write_rows(path, [*(row for row in read_rows(path) if row["data"] != data), *rows])
