"""The result tables: CSV files that say which machine made them, and how to print them."""

import csv
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from inphase.atomic import replacing

Row = Mapping[str, object]


def processor() -> str:
    """Name of the processor and its number of threads."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model n"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    return f"{name} ({os.cpu_count()} threads)"


def this_command() -> str:
    """The command being run, with each path cut down to its last part."""
    program, *arguments = sys.argv
    name = "/".join(Path(program).parts[-2:])
    return " ".join(["python", name, *(Path(one).name if "/" in one else one for one in arguments)])


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table; an empty list if the file does not exist yet."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write a whole table, or leave the old one if that fails. Floats keep five digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as beside, beside.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.5g}" if isinstance(v, float) else v for k, v in row.items()})


def replace_rows(path: Path, rows: Sequence[Row], by: Sequence[str] = ("data",)) -> None:
    """Add rows to a table, dropping old rows that agree with a new one in the columns ``by``."""
    new = {_key(row, by) for row in rows}
    write_rows(path, [*(row for row in read_rows(path) if _key(row, by) not in new), *rows])


def show(rows: Iterable[Row], columns: Mapping[str, str], title: str | None = None) -> None:
    """Print columns of rows.

    Args:
        rows: to print.
        columns: by name, with their formats, such as ``.3f``; "" prints the value as it is.
        title: above the table.
    """
    table = Table(*(name.replace("_", " ") for name in columns), title=title)
    for row in rows:
        table.add_row(*(format(row[name], form) for name, form in columns.items()))
    Console(width=160).print(table)


def show_means(
    rows: Iterable[Row], by: Sequence[str], columns: Mapping[str, str], title: str | None = None
) -> None:
    """Print the mean, and over several rows the sample standard deviation, of each group of rows.

    Args:
        rows: to print.
        by: the columns that a group's rows share.
        columns: the columns to average, with their headings.
        title: above the table.
    """
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(_key(row, by), []).append(row)
    table = Table(*by, "rows", *columns.values(), title=title)
    for key, group in groups.items():
        table.add_row(*key, str(len(group)), *(_mean(group, name) for name in columns))
    Console(width=160).print(table)


def _key(row: Row, by: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in by)


def _mean(group: Sequence[Row], name: str) -> str:
    values = np.array([float(str(row[name])) for row in group])
    if not np.isfinite(values).all():
        return "–"
    spread = f" ± {values.std(ddof=1):.3f}" if len(values) > 1 else ""
    return f"{values.mean():.3f}{spread}"
