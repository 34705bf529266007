"""CSV tables of segments, or of single instants."""

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from inphase.data.formats.marks import Marks, Mistake, MistakeError, Segment, boundaries
from inphase.errors import CollectionError

_ABOUT = ("split", "group", "action", "view")
_FORMS = (
    "a CSV of segments has the columns video, start, end, label (seconds); one of instants has "
    "video, event and time (seconds) or frame (counted from 0)"
)


def read_segments_csv(
    path: str | Path, *, events: Sequence[str] | None = None
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read a table with a header and one row a segment or instant.

    Segments: ``video,start,end,label`` in seconds; key events are where one ends and the next
    begins. Instants: ``video,event,time`` in seconds, or ``video,event,frame``. Further columns
    ``split``, ``group``, ``action`` and ``view`` describe the row's video; others are not read.

    Args:
        path: the file; separated by commas, semicolons or tabs.
        events: names of the events between segments; by default the label that begins there.

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: the file is missing, not text, or lacks a column.
    """
    path = Path(path)
    rows, columns = _rows(path)
    if {"video", "start", "end", "label"} <= columns:
        kind: Literal["segments", "time", "frame"] = "segments"
    elif {"video", "event", "time"} <= columns:
        kind = "time"
    elif {"video", "event", "frame"} <= columns:
        kind = "frame"
    else:
        raise CollectionError(f"{path} has the columns {', '.join(sorted(columns))}; {_FORMS}.")
    by_video: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, row in rows:
        by_video.setdefault(row["video"].strip(), []).append((number, row))
    marks, mistakes = {}, []
    for video, its in by_video.items():
        try:
            if kind == "segments":
                spans = [_segment(number, row) for number, row in its]
                found: Mapping[str, float] = boundaries(spans, names=events)
            else:
                found = _instants(its, kind)
            marks[video] = Marks(
                found,
                unit="frames" if kind == "frame" else "seconds",
                **_about(its),
            )
        except MistakeError as mistake:
            mistakes.append(Mistake(video, str(mistake)))
    return marks, mistakes


def _rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], set[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise CollectionError(f"{path} does not exist.") from error
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CollectionError(f"{path} is not a CSV file: it is not UTF-8 text.") from error
    head = text.splitlines()[0] if text.strip() else ""
    separator = max(",;\t", key=head.count)
    reader = csv.DictReader(text.splitlines(), delimiter=separator)
    columns = {name.strip().lower() for name in reader.fieldnames or ()}
    rows = [
        # Spreadsheets leave empty lines, and short rows where the last cells are empty.
        (
            reader.line_num,
            {key.strip().lower(): (value or "") for key, value in row.items() if key is not None},
        )
        for row in reader
        if any(isinstance(value, str) and value.strip() for value in row.values())
    ]
    if not rows:
        raise CollectionError(f"{path} holds no rows; {_FORMS}.")
    return rows, columns


def _segment(number: int, row: Mapping[str, str]) -> Segment:
    return Segment(_number(number, row, "start"), _number(number, row, "end"), row["label"].strip())


def _instants(its: Sequence[tuple[int, Mapping[str, str]]], column: str) -> dict[str, float]:
    events: dict[str, float] = {}
    for number, row in its:
        event = row["event"].strip()
        if event in events:
            raise MistakeError(f"event `{event}` stands there twice (line {number}).")
        events[event] = _number(number, row, column)
        if column == "frame" and events[event] != int(events[event]):
            raise MistakeError(f"line {number}: frame {row[column]} is no whole number.")
    return events


def _number(line: int, row: Mapping[str, str], column: str) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise MistakeError(f"line {line}: `{row[column]}` in column {column} is no number.")
    return value


def _about(its: Sequence[tuple[int, Mapping[str, str]]]) -> dict[str, str | None]:
    about: dict[str, str | None] = {}
    for column in _ABOUT:
        values = dict.fromkeys(row.get(column, "").strip() for _, row in its)
        values.pop("", None)
        if len(values) > 1:
            raise MistakeError(f"its rows name several values of {column}: {', '.join(values)}.")
        about[column] = next(iter(values), None)
    return about
