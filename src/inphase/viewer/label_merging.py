"""Key events that two windows change at the same time."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from inphase.errors import LabelConflictError

Marks = Mapping[str, Mapping[str, int]]


class LabelState(NamedTuple):
    """The key events of a collection.

    Attributes:
        events: names, in order.
        marks: the frame of each event, by the video's id.
    """

    events: Sequence[str]
    marks: Marks


def merged_labels(
    known: LabelState,
    before: LabelState,
    after: LabelState,
    *,
    names: Mapping[str, str],
    insist: bool,
) -> LabelState:
    """The known labels, with the change from `before` to `after` applied.

    Args:
        known: what is saved, perhaps by another window.
        before: what this window last knew.
        after: what this window wants to save.
        names: of the videos by id, for the message.
        insist: whether `after` prevails where both changed the same mark.

    Raises:
        LabelConflictError: both changed the same mark in different ways.
    """
    marks: dict[str, dict[str, int]] = {}
    clashes: list[str] = []
    for video in dict.fromkeys([*known.marks, *after.marks, *before.marks]):
        theirs, old, ours = (state.marks.get(video, {}) for state in (known, before, after))
        marks[video] = {}
        for event in dict.fromkeys([*theirs, *ours, *old]):
            frame = ours.get(event)
            if frame == old.get(event):
                frame = theirs.get(event)
            elif theirs.get(event) not in (old.get(event), frame):
                clashes.append(
                    f"{event} of {names.get(video, video)} ({_told(theirs.get(event))} there, "
                    f"{_told(frame)} here)"
                )
            if frame is not None:
                marks[video][event] = frame
    if clashes and not insist:
        more = f" and {len(clashes) - 3} more" if len(clashes) > 3 else ""
        raise LabelConflictError(
            f"Another window or program has saved other frames meanwhile: "
            f"{', '.join(clashes[:3])}{more}."
        )
    return LabelState(_merged_events(known.events, before.events, after.events, marks), marks)


def _merged_events(
    known: Sequence[str], before: Sequence[str], after: Sequence[str], marks: Marks
) -> list[str]:
    """Names in this window's order; those added elsewhere come last."""
    used = {event for marked in marks.values() for event in marked}
    gone = (set(before) - set(known)) | (set(before) - set(after))
    names = dict.fromkeys([*after, *known] if list(after) != list(before) else [*known, *after])
    return [name for name in names if name in used or name not in gone]


def _told(frame: int | None) -> str:
    return "none" if frame is None else f"frame {frame}"
