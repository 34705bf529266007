"""TCC's own labels: JSON of segments in microseconds, from several annotators."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inphase.data.formats.marks import Marks, Mistake, MistakeError, Segment, boundaries
from inphase.data.json_files import read_json
from inphase.errors import CollectionError

_MICROSECONDS = 1e6
# A hundred days: what is beyond is no time in a video.
_LONGEST = 100 * 86_400 * _MICROSECONDS


def read_tcc_json(
    path: str | Path, *, events: Sequence[str] | None = None
) -> tuple[dict[str, Marks], list[Mistake]]:
    """Read `{video: {annotator: {"0": [start, end], "1": …}}}` in microseconds.

    Segments are averaged over the annotators; a key event is in the middle of the gap between two
    segments. Source: the released code of Dwibedi et al., CVPR 2019
    (`dataset_preparation/dataset_utils.py`).

    Args:
        path: the file.
        events: names of the events between the segments; by default `event_1`, `event_2`, ….

    Returns:
        The marks of each video that has no mistake, and the mistakes.

    Raises:
        CollectionError: the file is missing or has another form.
    """
    path = Path(path)
    content = read_json(path)
    marks, mistakes = {}, []
    for video, annotators in content.items():
        if not isinstance(annotators, dict) or not annotators:
            raise CollectionError(
                f"{path}, video {video}: it has no annotators with segments; write it as "
                '{video: {annotator: {"0": [start, end], …}}} in microseconds.'
            )
        try:
            merged = _merged([_segments(one) for one in annotators.values()])
            names = events
            if names is None:
                names = [f"event_{number}" for number in range(1, len(merged))]
            marks[video] = Marks(boundaries(merged, names=names))
        except MistakeError as mistake:
            mistakes.append(Mistake(video, str(mistake)))
    return marks, mistakes


def _segments(annotation: Any) -> list[Segment]:
    if not isinstance(annotation, dict) or not annotation:
        raise MistakeError("an annotator has no segments.")
    segments = []
    for number in range(len(annotation)):
        span = annotation.get(str(number))
        if span is None:
            raise MistakeError(
                f"segment {number} is missing; segments are numbered 0..{len(annotation) - 1}."
            )
        if not isinstance(span, list) or len(span) != 2 or not all(_is_number(end) for end in span):
            raise MistakeError(f"segment {number} must be [start, end] in microseconds.")
        segments.append(Segment(span[0] / _MICROSECONDS, span[1] / _MICROSECONDS, str(number)))
    return segments


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < _LONGEST


def _merged(annotators: Sequence[Sequence[Segment]]) -> list[Segment]:
    counts = {len(one) for one in annotators}
    if len(counts) > 1:
        raise MistakeError(f"its annotators disagree on the number of segments: {sorted(counts)}.")
    merged = []
    for same in zip(*annotators, strict=True):
        start = sum(segment.start for segment in same) / len(same)
        end = sum(segment.end for segment in same) / len(same)
        merged.append(Segment(start, end, same[0].label))
    for before, after in itertools.pairwise(merged):
        if after.start < before.start:
            raise MistakeError(
                f"segment {after.label} starts at {after.start:g} s, before segment "
                f"{before.label} at {before.start:g} s."
            )
    return merged
