"""Read CSV files as spreadsheets write them, the same way for every purpose."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inphase.data.text_files import read_text
from inphase.errors import CollectionError
from inphase.video.unicode_forms import nfc

_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class CsvRow:
    """One row.

    Attributes:
        line: its line number in the file, from 1.
        cells: as many as the header has; empty if the file leaves out the last ones.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CsvTable:
    """The rows of a CSV file.

    Attributes:
        path: the file.
        header: names of the columns, as written.
        rows: the rows, without empty lines.
        decimal_comma: whether numbers have a decimal comma.
    """

    path: Path
    header: tuple[str, ...]
    rows: tuple[CsvRow, ...]
    decimal_comma: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The header in lower case."""
        return tuple(name.lower() for name in self.header)

    def cell(self, row: CsvRow, column: str) -> str:
        """The cell in a column, named in lower case; empty if there is no such column."""
        return row.cells[self.columns.index(column)] if column in self.columns else ""

    def number(self, cell: str) -> float:
        """The number in a cell.

        Raises:
            ValueError: the cell is not a number.
        """
        return float(cell.replace(",", ".", 1) if self.decimal_comma else cell)


def read_csv(path: str | Path) -> CsvTable:
    """Read a CSV file with a header.

    Commas, semicolons or tabs separate the cells. With semicolons or tabs, a comma in a number is
    a decimal comma. Excel's `sep=;` line is understood.

    Raises:
        CollectionError: the file cannot be read, or a row is longer than the header.
    """
    path = Path(path)
    lines = nfc(read_text(path, kind="CSV")).splitlines()
    first = 1
    separator = ""
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == len("sep=x"):
        separator, lines, first = lines[0][-1], lines[1:], 2
    head = next((line for line in lines if line.strip()), "")
    separator = separator or max(_SEPARATORS, key=head.count)
    reader = csv.reader(lines, delimiter=separator)
    table: list[CsvRow] = []
    try:
        for cells in reader:
            stripped = tuple(_shown(cell) for cell in cells)
            if any(stripped):
                table.append(CsvRow(reader.line_num + first - 1, stripped))
    except csv.Error as error:
        raise CollectionError(f"{path} is not a CSV file: {error}.") from error
    if not table:
        raise CollectionError(f"{path} is empty.")
    header, *rows = table
    names = _without_empty_end(header.cells)
    return CsvTable(
        path=path,
        header=names,
        rows=tuple(CsvRow(row.line, _fitted(path, row, len(names))) for row in rows),
        decimal_comma=separator != ",",
    )


def _shown(cell: str) -> str:
    """The text of a cell, without the apostrophe that keeps spreadsheets from running it."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text


def _fitted(path: Path, row: CsvRow, count: int) -> tuple[str, ...]:
    cells = _without_empty_end(row.cells)
    if len(cells) > count:
        raise CollectionError(
            f"{path}, line {row.line} has {len(cells)} cells; its header has {count}."
        )
    return (*cells, *[""] * (count - len(cells)))


def _without_empty_end(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((index for index, cell in enumerate(cells) if cell), default=-1)
    return tuple(cells[: last + 1])
