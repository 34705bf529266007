"""The check of a collection, for the terminal."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from inphase.applications.collection_check.result import CheckedVideo, CollectionCheck


def summary_table(check: CollectionCheck) -> Table:
    """One row per split and action: number of videos, length, frame rate and size."""
    table = Table(title=escape(check.source), box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("videos of")
    for name in ("number", "seconds", "frames/s", "frames", "pixels"):
        table.add_column(name, justify="right")
    groups: dict[str, list[CheckedVideo]] = {}
    for video in check.videos:
        name = " ".join(filter(None, (video.action, video.split))) or "the collection"
        groups.setdefault(name, []).append(video)
    for name, videos in groups.items():
        sizes = dict.fromkeys(f"{video.width}×{video.height}" for video in videos)
        table.add_row(
            escape(name),
            str(len(videos)),
            _span([video.duration for video in videos], 1),
            _span([video.fps for video in videos], 1),
            _span([video.frames for video in videos], 0),
            next(iter(sizes)) if len(sizes) == 1 else f"{len(sizes)} sizes",
        )
    return table


def finding_lines(check: CollectionCheck) -> Iterator[Text]:
    """A line for each finding, red if it is serious."""
    for finding in check.findings:
        colour = "red" if finding.serious else "yellow"
        yield Text.assemble((f"{finding.kind}: ", colour), finding.sentence)
    if not check.findings:
        yield Text("No problems found.", "green")


def _span(values: Sequence[float], digits: int) -> str:
    low, high = f"{min(values):.{digits}f}", f"{max(values):.{digits}f}"
    return low if low == high else f"{low} to {high}"
