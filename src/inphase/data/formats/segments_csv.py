"""CSV tables of segments or instants."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from inphase.data.csv_files import CsvRow, CsvTable, read_csv
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
    """Read a table with a header and one row per segment or instant.

    Segments: `video,start,end,label` in seconds; key events are where one ends and the next
    starts. Instants: `video,event,time` in seconds, or `video,event,frame`. The optional columns
    `split`, `group`, `action` and `view` describe the row's video; others are ignored.

    Args:
        path: the file, separated by commas, semicolons or tabs.
        events: names of the events between segments; by default the label of the next segment.

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: the file is missing or not text, or a column is missing.
    """
    table = read_csv(path)
    columns = set(table.columns)
    if {"video", "start", "end", "label"} <= columns:
        kind: Literal["segments", "time", "frame"] = "segments"
    elif {"video", "event", "time"} <= columns:
        kind = "time"
    elif {"video", "event", "frame"} <= columns:
        kind = "frame"
    else:
        raise CollectionError(f"{path} has the columns {', '.join(sorted(columns))}; {_FORMS}.")
    if not table.rows:
        raise CollectionError(f"{path} has no rows; {_FORMS}.")
    by_video: dict[str, list[CsvRow]] = {}
    for row in table.rows:
        by_video.setdefault(table.cell(row, "video"), []).append(row)
    marks, mistakes = {}, []
    for video, rows in by_video.items():
        try:
            if kind == "segments":
                spans = [_segment(table, row) for row in rows]
                found: Mapping[str, float] = boundaries(spans, names=events)
            else:
                found = _instants(table, rows, kind)
            about = _about(table, rows)
            marks[video] = Marks(
                found,
                unit="frames" if kind == "frame" else "seconds",
                split=about["split"],
                group=about["group"],
                action=about["action"],
                view=about["view"],
            )
        except MistakeError as mistake:
            mistakes.append(Mistake(video, str(mistake)))
    return marks, mistakes


def _segment(table: CsvTable, row: CsvRow) -> Segment:
    start, end = _number(table, row, "start"), _number(table, row, "end")
    return Segment(start, end, table.cell(row, "label"))


def _instants(table: CsvTable, rows: Sequence[CsvRow], column: str) -> dict[str, float]:
    events: dict[str, float] = {}
    for row in rows:
        event = table.cell(row, "event")
        if event in events:
            raise MistakeError(f"event `{event}` is marked twice (line {row.line}).")
        events[event] = _number(table, row, column)
        if column == "frame" and events[event] != int(events[event]):
            cell = table.cell(row, column)
            raise MistakeError(f"line {row.line}: frame {cell} is not a whole number.")
    return events


def _number(table: CsvTable, row: CsvRow, column: str) -> float:
    cell = table.cell(row, column)
    try:
        value = table.number(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise MistakeError(f"line {row.line}: `{cell}` in column {column} is not a number.")
    return value


def _about(table: CsvTable, rows: Sequence[CsvRow]) -> dict[str, str | None]:
    about: dict[str, str | None] = {}
    for column in _ABOUT:
        values = dict.fromkeys(table.cell(row, column) for row in rows)
        values.pop("", None)
        if len(values) > 1:
            raise MistakeError(f"its rows have different values of {column}: {', '.join(values)}.")
        about[column] = next(iter(values), None)
    return about
