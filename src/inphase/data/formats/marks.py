"""Key events as other tools write them, before they are matched to the frames of videos."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from inphase.errors import CollectionError


@dataclass(frozen=True)
class Segment:
    """A named span of a video.

    Attributes:
        start: in seconds.
        end: in seconds.
        label: its name.
    """

    start: float
    end: float
    label: str


@dataclass(frozen=True)
class Marks:
    """What a labels file says about one video.

    Attributes:
        events: instant of each key event, in file order.
        unit: of these instants: seconds, or frame numbers counted from 0.
        precision: seconds by which the program may have rounded a frame's time up.
        split: the part of the data set it belongs to.
        group: what it shares with other videos.
        action: what is done in it.
        view: the camera it was filmed with.
    """

    events: Mapping[str, float]
    unit: Literal["seconds", "frames"] = "seconds"
    precision: float = 0.0
    split: str | None = None
    group: str | None = None
    action: str | None = None
    view: str | None = None


@dataclass(frozen=True)
class Mistake:
    """Something wrong in a labels file.

    Attributes:
        video: the video whose labels are wrong; empty for the file as a whole.
        sentence: what is wrong.
    """

    video: str
    sentence: str


class MistakeError(CollectionError):
    """A mistake in one video's labels, raised to be collected as a `Mistake`."""


def instants(marked: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Key events that are instants, in order of time.

    Args:
        marked: name and instant of each.

    Raises:
        MistakeError: one has no name, or two have the same.
    """
    events: dict[str, float] = {}
    for name, instant in sorted(marked, key=lambda one: one[1]):
        if not name:
            raise MistakeError(f"the annotation at {instant:g} has no text.")
        if name in events:
            raise MistakeError(f"event `{name}` is marked twice.")
        events[name] = instant
    return events


def boundaries(
    segments: Sequence[Segment], *, names: Sequence[str] | None = None
) -> dict[str, float]:
    """Key events at the boundaries between segments, or in the middle of the gaps between them.

    The start of the first segment and the end of the last are not events: the first phase starts
    with the video and the last ends with it. Source: the released code of Dwibedi et al., "Temporal
    Cycle-Consistency Learning", CVPR 2019 (`merge_annotations`).

    Args:
        segments: in any order.
        names: names of the events; by default the label of the segment that starts there.

    Returns:
        Seconds by event, ascending.

    Raises:
        MistakeError: a segment ends before it starts or lies inside another, two have the same
            name, or the number of boundaries differs from that of `names`.
    """
    ordered = sorted(segments, key=lambda segment: segment.start)
    for segment in ordered:
        if segment.end < segment.start:
            raise MistakeError(
                f"segment `{segment.label}` ends at {segment.end:g} s, before it starts at "
                f"{segment.start:g} s."
            )
    labels = [segment.label for segment in ordered[1:]] if names is None else list(names)
    if len(labels) != len(ordered) - 1:
        raise MistakeError(
            f"it has {len(ordered)} segments, so {len(ordered) - 1} key events between them, but "
            f"{len(labels)} are expected ({', '.join(labels)})."
        )
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if twice:
        raise MistakeError(f"`{twice[0]}` starts twice; each key event needs its own name.")
    events = {}
    for (before, after), label in zip(itertools.pairwise(ordered), labels, strict=True):
        if after.end < before.end:
            raise MistakeError(f"segment `{after.label}` lies inside `{before.label}`.")
        events[label] = (before.end + after.start) / 2
    return events


def common_order(marks: Mapping[str, Marks]) -> tuple[str, ...]:
    """The order of the key events that fits most videos: by mean rank."""
    ranks: dict[str, list[float]] = {}
    for video in marks.values():
        ordered = sorted(video.events, key=lambda event: video.events[event])
        for rank, event in enumerate(ordered):
            ranks.setdefault(event, []).append(rank / max(len(ordered) - 1, 1))
    return tuple(sorted(ranks, key=lambda event: sum(ranks[event]) / len(ranks[event])))
