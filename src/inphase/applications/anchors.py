"""Anchors: frames that a person matched by hand, and the alignment file that keeps them.

The file is the JSON that `Synchronization.save` writes. Only its `anchors` are read back: a list of
`{"reference": name, "query": name, "reference_frame", "query_frame", "reference_time",
"query_time"}`. Times (seconds) take precedence over frames, so that anchors stay valid when a video
is replaced by one at another frame rate; a file written by hand may have either.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StrictInt

from inphase.data.json_files import read_json
from inphase.errors import AlignmentError, CollectionError, ConfigError
from inphase.models import EmbeddedVideo
from inphase.settings import Settings, parse_settings

_ANCHORS = "anchors"


class Anchor(Settings):
    """A frame of one video and the frame of another that it matches.

    Attributes:
        reference: name of the first video.
        query: name of the second video.
        reference_frame: counted from 0.
        query_frame: counted from 0.
        reference_time: seconds; takes precedence over the frame.
        query_time: seconds; takes precedence over the frame.
    """

    reference: str
    query: str
    reference_frame: StrictInt | None = Field(default=None, ge=0, le=10**9)
    query_frame: StrictInt | None = Field(default=None, ge=0, le=10**9)
    reference_time: float | None = Field(default=None, ge=0, le=1e8)
    query_time: float | None = Field(default=None, ge=0, le=1e8)

    def turned(self) -> "Anchor":
        """The same anchor with reference and query exchanged."""
        return Anchor(
            reference=self.query,
            query=self.reference,
            reference_frame=self.query_frame,
            query_frame=self.reference_frame,
            reference_time=self.query_time,
            query_time=self.reference_time,
        )


@dataclass(frozen=True)
class Anchors:
    """All anchors of a collection; an anchor of (a, b) also applies to (b, a).

    Attributes:
        all: in any order.
        source: the file they came from, for messages.
    """

    all: tuple[Anchor, ...] = ()
    source: str = "The alignment"

    def __len__(self) -> int:
        return len(self.all)

    def between(self, reference: EmbeddedVideo, query: EmbeddedVideo) -> list[tuple[int, int]]:
        """Pairs (reference frame, query frame) of two videos, in order.

        Raises:
            AlignmentError: an anchor lies outside its video, or the anchors do not increase in
                both videos.
        """
        found = {
            (
                self._frame(one, reference, one.reference_frame, one.reference_time),
                self._frame(one, query, one.query_frame, one.query_time),
            )
            for one in self._by_pair.get((reference.name, query.name), ())
        }
        pairs = sorted(found)
        for before, after in itertools.pairwise(pairs):
            if not (before[0] < after[0] and before[1] < after[1]):
                raise AlignmentError(
                    f"{self.source}: the anchors of {reference.name} and {query.name} must "
                    f"increase in both videos: {after} does not come after {before}."
                )
        return pairs

    def with_pair(
        self, reference: EmbeddedVideo, query: EmbeddedVideo, frames: Iterable[tuple[int, int]]
    ) -> "Anchors":
        """The same anchors, with those of these two videos replaced by `frames`."""
        names = {reference.name, query.name}
        others = [one for one in self.all if {one.reference, one.query} != names]
        made = [
            Anchor(
                reference=reference.name,
                query=query.name,
                reference_frame=r,
                query_frame=q,
                reference_time=round(float(reference.times[r]), 6),
                query_time=round(float(query.times[q]), 6),
            )
            for r, q in frames
        ]
        return Anchors((*others, *made), self.source)

    def check(self, names: Sequence[str]) -> None:
        """Refuse anchors that all belong to other videos.

        Raises:
            AlignmentError: there are anchors, and none is between two of `names`.
        """
        if self.all and not any({one.reference, one.query} <= set(names) for one in self.all):
            one = self.all[0]
            raise AlignmentError(
                f"{self.source} has no anchor between any two of these videos; its first anchor is "
                f"between {one.reference} and {one.query}."
            )

    def to_list(self) -> list[dict[str, Any]]:
        """The anchors as plain values."""
        return [one.model_dump(exclude_none=True) for one in self.all]

    @cached_property
    def _by_pair(self) -> dict[tuple[str, str], list[Anchor]]:
        found: dict[tuple[str, str], list[Anchor]] = {}
        for one in self.all:
            found.setdefault((one.reference, one.query), []).append(one)
            found.setdefault((one.query, one.reference), []).append(one.turned())
        return found

    def _frame(
        self, anchor: Anchor, video: EmbeddedVideo, frame: int | None, time: float | None
    ) -> int:
        times = video.times
        if time is not None:
            frame = _nearest(times, time)
            # A frame is shown until the next one starts.
            lasts = float(np.diff(times).max()) if len(times) > 1 else np.inf
            if time > times[-1] + lasts:
                frame = len(times)
        assert frame is not None  # reading refuses an anchor without both
        if frame >= len(times):
            at = f"{time:g} s" if time is not None else f"frame {frame}"
            raise AlignmentError(
                f"{self.source}: the anchor of {anchor.reference} and {anchor.query} at {at} is "
                f"outside {video.name}, which has {len(times)} frames."
            )
        return frame


def read_alignment_file(path: str | Path) -> Anchors:
    """Read the anchors of an alignment file.

    Raises:
        AlignmentError: the file is missing, not JSON or not an alignment file, or an anchor is
            wrong.
    """
    path = Path(path)
    try:
        content = read_json(path)
    except CollectionError as error:
        raise AlignmentError(str(error)) from error
    if "videos" in content or _ANCHORS not in content:
        kind = "labels of videos" if "videos" in content else f"no list `{_ANCHORS}`"
        raise AlignmentError(
            f"{path} is not an alignment file, as it holds {kind}; give one that `inphase view` "
            f"or `inphase synchronize -o X.json` wrote, or a new name."
        )
    listed = content[_ANCHORS]
    if not isinstance(listed, list):
        raise AlignmentError(f"{path}: `{_ANCHORS}` must be a list.")
    return Anchors(
        tuple(_parsed(one, f"{path}, anchor {n}") for n, one in enumerate(listed, start=1)),
        str(path),
    )


def _parsed(given: object, source: str) -> Anchor:
    if not isinstance(given, dict):
        raise AlignmentError(f"{source} must be a JSON object, not {given!r}.")
    try:
        anchor = parse_settings(Anchor, given, source=source)
    except ConfigError as error:
        raise AlignmentError(str(error)) from error
    for side in ("reference", "query"):
        if getattr(anchor, f"{side}_frame") is None and getattr(anchor, f"{side}_time") is None:
            raise AlignmentError(f"{source} needs a `{side}_time` or a `{side}_frame`.")
    return anchor


def _nearest(times: NDArray[np.float64], time: float) -> int:
    return int(np.abs(times - time).argmin())
