"""How a notebook shows a result: the video or picture that it can be saved as, or its table."""

import base64
import html
import itertools
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

from inphase.errors import InphaseError
from inphase.results.formats import Formats

# What is shown, the first that the result can be saved as.
_SHOWN = {".mp4": "video/mp4", ".png": "image/png"}
_WIDTH = 960
# A notebook keeps what it shows inside itself: of long videos a table, and no huge video.
_LARGEST_INPUT, _LARGEST_SHOWN = 50_000_000, 20_000_000
_MOST_ROWS, _MOST_COLUMNS = 20, 12


class Showable(Protocol):
    """What is needed of a result."""

    formats: ClassVar[Formats]

    @property
    def input_files(self) -> Sequence[Path]:
        """The videos it was made from."""

    def table(self) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
        """Columns and rows."""

    def save(self, path: str | Path, **options: Any) -> tuple[Path, ...]:
        """Write it in the format given by the suffix."""


def shown(result: Showable) -> str:
    """A result as HTML that needs nothing from anywhere else; texts in it are escaped."""
    title = f"<p><b>{html.escape(type(result).__name__)}</b></p>"
    return title + (_media(result) or _table(result))


def _media(result: Showable) -> str:
    """The video or picture; empty if there is none, or it would be too large."""
    suffix = next((one for one in _SHOWN if one in result.formats), None)
    if suffix is None or (suffix == ".mp4" and _size(result) > _LARGEST_INPUT):
        return ""
    options = {"width": _WIDTH} if "width" in result.formats.options else {}
    with tempfile.TemporaryDirectory() as room:
        try:
            (file,) = result.save(Path(room) / f"shown{suffix}", **options)
        except InphaseError:  # such as a format that holds only one video
            return ""
        content = file.read_bytes()
    if len(content) > _LARGEST_SHOWN:
        return ""
    address = f"data:{_SHOWN[suffix]};base64,{base64.b64encode(content).decode()}"
    if suffix == ".mp4":
        return f'<video controls loop width="{_WIDTH}" src="{address}"></video>'
    return f'<img width="{_WIDTH}" alt="{html.escape(type(result).__name__)}" src="{address}">'


def _size(result: Showable) -> int:
    return sum(path.stat().st_size for path in result.input_files if path.is_file())


def _table(result: Showable) -> str:
    try:
        columns, table = result.table()
    except NotImplementedError:
        return ""
    rows = list(itertools.islice(table, _MOST_ROWS + 1))
    head = _row(columns, "th")
    body = "".join(_row(row, "td") for row in rows[:_MOST_ROWS])
    whole = len(rows) <= _MOST_ROWS and len(columns) <= _MOST_COLUMNS
    more = "" if whole else "<p>All of it: <code>to_dataframe()</code></p>"
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{more}"


def _row(cells: Sequence[object], tag: str) -> str:
    shown = ["" if cell is None else html.escape(str(cell)) for cell in cells[:_MOST_COLUMNS]]
    if len(cells) > _MOST_COLUMNS:
        shown.append("…")
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in shown) + "</tr>"
