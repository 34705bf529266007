"""The check of a collection as it stands on the terminal."""

import io

from rich.console import Console
from rich.table import Table

from inphase.applications.collection_check.result import CheckedVideo, CollectionCheck, Finding
from inphase.applications.collection_check.table import finding_lines, summary_table


def checked(
    name: str, frames: int, *, width: int = 640, split: str | None = None, action: str | None = None
) -> CheckedVideo:
    return CheckedVideo(
        name=name,
        frames=frames,
        fps=25.0,
        duration=frames / 25,
        width=width,
        height=480,
        split=split,
        action=action,
        missing=(),
    )


def rows(table: Table) -> list[list[str]]:
    """The cells as they are shown, without the headings."""
    shown = io.StringIO()
    Console(file=shown, width=200).print(table)
    cells = [
        [cell.strip() for cell in line.split("  ") if cell.strip()]
        for line in shown.getvalue().splitlines()
    ]
    return [row for row in cells if len(row) == 6][1:]


def test_each_action_and_split_has_a_row() -> None:
    videos = (
        checked("a", 50, split="train", action="squat"),
        checked("b", 100, split="train", action="squat"),
        checked("c", 75, split="test", action="squat", width=800),
        checked("d", 25, split="test", action="bowl"),
        checked("e", 25, split="test", action="bowl", width=320),
    )
    assert rows(summary_table(CollectionCheck("set", videos, ()))) == [
        ["squat train", "2", "2.0 to 4.0", "25.0", "50 to 100", "640×480"],
        ["squat test", "1", "3.0", "25.0", "75", "800×480"],
        ["bowl test", "2", "1.0", "25.0", "25", "2 sizes"],
    ]


def test_videos_without_labels_are_one_row() -> None:
    videos = (checked("a", 50), checked("b", 50))
    ((name, number, *_),) = rows(summary_table(CollectionCheck("folder", videos, ())))
    assert (name, number) == ("the collection", "2")


def test_each_finding_is_a_line_in_the_colour_of_its_weight() -> None:
    findings = (
        Finding("broken", True, ("a",), "a.mp4 is no video."),
        Finding("length", False, ("b",), "b has 3 frames [only]."),
    )
    serious, other = finding_lines(CollectionCheck("set", (), findings))
    assert serious.plain == "broken: a.mp4 is no video."
    assert other.plain == "length: b has 3 frames [only]."
    assert [line.spans[0].style for line in (serious, other)] == ["red", "yellow"]
    (nothing,) = finding_lines(CollectionCheck("set", (), ()))
    assert nothing.plain == "No problems found."
