"""A retrieval as a contact sheet."""

from pathlib import Path

from rich.console import Console

from inphase.applications.retrieval.contact_sheet import Cell, Row, write_contact_sheet
from inphase.applications.retrieval.result import Retrieval
from inphase.results.texts import clock


def png(
    result: Retrieval, path: Path, *, width: int = 1600, console: Console | None = None
) -> None:
    """Draw a sheet like the supplement's Figure 2, at most `width` pixels wide: a row per query."""
    write_contact_sheet(path, _rows(result), width=width, console=console)


jpg = png


def _rows(result: Retrieval) -> list[Row]:
    return [
        Row(
            Cell(query.path, query.frame, query.name, _moment(query.seconds)),
            tuple(
                Cell(
                    one.video.path,
                    one.frame,
                    one.video.name,
                    f"{clock(one.seconds)}   d {one.distance:.3g}",
                )
                for one in found
            ),
        )
        for query, found in zip(result.queries, result.neighbours, strict=True)
    ]


def _moment(seconds: float | None) -> str:
    return "picture" if seconds is None else clock(seconds)
