"""Lists of videos: a text file with a path on each line, or a CSV with a column of files."""

from dataclasses import dataclass
from pathlib import Path

from inphase.data.csv_files import read_csv
from inphase.data.text_files import read_text
from inphase.errors import CollectionError
from inphase.video.unicode_forms import on_disk

LIST_SUFFIXES = {".txt", ".csv"}
_FILE_COLUMNS = ("file", "path", "video")
_ABOUT = ("split", "group", "action", "view")


@dataclass(frozen=True)
class ListedVideo:
    """A line of a list.

    Attributes:
        path: of the video, which need not exist.
        split: as in labels.json, where the list has it; so are `group`, `action` and `view`.
    """

    path: Path
    split: str | None = None
    group: str | None = None
    action: str | None = None
    view: str | None = None


def read_list(path: Path) -> tuple[ListedVideo, ...]:
    """Read a list of videos; relative paths start at the list's own folder.

    Args:
        path: a text file with a path on each line, or a CSV with a column `file` (or `path`, or
            `video`) and perhaps `split`, `group`, `action` and `view`.

    Raises:
        CollectionError: the file cannot be read, has no such column or names no video.
    """
    found = _from_csv(path) if path.suffix.lower() == ".csv" else _from_text(path)
    if not found:
        raise CollectionError(f"{path} names no videos; write a path on each line.")
    return found


def _from_text(path: Path) -> tuple[ListedVideo, ...]:
    text = read_text(path)
    if "\0" in text:
        raise CollectionError(f"{path} is not a list of videos; write a path on each line.")
    lines = (line.strip() for line in text.splitlines())
    return tuple(ListedVideo(_beside(path, line)) for line in lines if line)


def _from_csv(path: Path) -> tuple[ListedVideo, ...]:
    table = read_csv(path)
    column = next((name for name in _FILE_COLUMNS if name in table.columns), None)
    if column is None:
        raise CollectionError(
            f"{path} has the columns {', '.join(table.header)}; a list of videos has a column "
            "`file` with their paths."
        )
    return tuple(
        ListedVideo(
            _beside(path, table.cell(row, column)),
            **{name: table.cell(row, name) or None for name in _ABOUT},
        )
        for row in table.rows
        if table.cell(row, column)
    )


def _beside(file: Path, named: str) -> Path:
    return on_disk(file.parent / Path(named).expanduser())
