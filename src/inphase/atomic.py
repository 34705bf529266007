"""Atomic writing: outputs get a temporary name first, so that none is left half-written.

They are on the disk before they get their name, so that a power cut leaves the old or the new one.
Nothing is written over what `inphase.overwriting` keeps.
"""

import contextlib
import csv
import errno
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from inphase.errors import OutputError
from inphase.overwriting import check_replace
from inphase.rooms import temporary_room

# What makes a spreadsheet run a cell instead of showing it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@contextmanager
def replacing(path: str | Path, *, in_place: bool = False) -> Iterator[Path]:
    """Yield a temporary path next to `path`; rename it to `path` if the block succeeds.

    The temporary path has the same file name, for writers that depend on the suffix. If the block
    raises, the temporary file or folder is removed and `path` stays as it was.

    Args:
        path: file or folder to write.
        in_place: whether it is edited, so that it may be written although it was read.

    Raises:
        OutputError: something of the user's would be lost, the folder cannot be created or
            written, or the disk is full.
    """
    path = Path(path)
    if not in_place:
        check_replace(path)
    with contextlib.ExitStack() as stack:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = stack.enter_context(temporary_room(path.parent)) / path.name
        except OSError as error:
            raise OutputError(f"Cannot write {path}: {_reason(error)}.") from error
        try:
            yield beside
            _sync(beside)
            _move(beside, path)
            _sync_folder(path.parent)
        except OSError as error:
            raise OutputError(f"Cannot write {path}: {_reason(error)}.") from error


def _sync(path: Path) -> None:
    """Wait until a file, or a folder with all that is in it, is on the disk."""
    if not path.is_dir():
        # Some systems sync only what is open for writing.
        descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return
    for inside in path.iterdir():
        if not inside.is_symlink():
            _sync(inside)
    _sync_folder(path)


def _sync_folder(folder: Path) -> None:
    """The same for the names in a folder, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _move(source: Path, target: Path) -> None:
    if not (source.is_dir() and target.is_dir()):
        source.replace(target)
        return
    # A folder cannot replace a non-empty one: move the old one aside first.
    for attempt in (1, 2, 3):
        old = source.parent / f"old {attempt}"
        with contextlib.suppress(FileNotFoundError):  # Another process has just moved it.
            target.replace(old)
        try:
            source.replace(target)
        except OSError as error:
            # Another process may have put its own there.
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST) and attempt < 3:
                continue
            if old.is_dir():
                old.replace(target)
            raise
        return


def _reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


def write_text(path: str | Path, text: str, *, in_place: bool = False) -> None:
    """Write a text file in UTF-8, atomically; `in_place` as in `replacing`.

    Raises:
        OutputError: the file cannot be written.
    """
    with replacing(path, in_place=in_place) as beside:
        # A file's name that is not UTF-8 stays as it is.
        beside.write_text(text, encoding="utf-8", errors="surrogateescape")


def write_json(
    path: str | Path, content: object, *, indent: int | None = None, in_place: bool = False
) -> None:
    """Write plain values as a JSON file, atomically; `in_place` as in `replacing`.

    Raises:
        OutputError: the file cannot be written.
    """
    write_text(path, json_text(content, indent=indent) + "\n", in_place=in_place)


def json_text(content: object, *, indent: int | None = None, compact: bool = False) -> str:
    """Plain values as JSON, without escaping non-ASCII characters.

    Bytes of a file's name that are not UTF-8 are escaped, so that the name can be read back.
    """
    text = json.dumps(
        content, ensure_ascii=False, indent=indent, separators=(",", ":") if compact else None
    )
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)


def write_csv(path: str | Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file, atomically.

    A text that a spreadsheet would run as a formula, such as a video's name that starts with `=`,
    gets an apostrophe in front; `inphase.data.csv_files` takes it away again.

    Raises:
        OutputError: the file cannot be written.
    """
    with replacing(path) as beside, _opened(beside) as file:
        writer = csv.writer(file)
        writer.writerow(_as_text(cell) for cell in columns)
        writer.writerows([_as_text(cell) for cell in row] for row in rows)


def _as_text(cell: object) -> object:
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(_FORMULA):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell  # a negative number


def _opened(path: Path) -> TextIO:
    return path.open("w", newline="", encoding="utf-8", errors="surrogateescape")
