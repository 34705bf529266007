"""Alignments of all pairs of a collection's videos, computed on demand."""

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from inphase.alignment import Alignment
from inphase.applications.anchors import Anchors
from inphase.applications.synchronization.mirroring import better_match
from inphase.applications.verdict import Verdict
from inphase.models import EmbeddedVideo
from inphase.viewer.videos import ViewedCollection

# Number of references whose alignments are kept, besides the collection's own.
_KEPT_REFERENCES = 8


@dataclass(frozen=True)
class AlignedPair:
    """A query aligned with a reference.

    Attributes:
        query: the query, or its mirror image if that matches clearly better.
        alignment: of the two videos.
        anchors: pairs (reference frame, query frame) that it passes through.
        verdict: how far it can be trusted, by the reference's time.
    """

    query: EmbeddedVideo
    alignment: Alignment
    anchors: tuple[tuple[int, int], ...]
    verdict: Verdict

    @cached_property
    def told(self) -> bytes:
        """The pair's entry in `alignments/{id}.json`."""
        path = self.alignment.path
        entry = {
            "frames": self.alignment.query_frames.tolist(),
            "confidence": [round(float(value), 4) for value in self.alignment.confidence],
            "path": np.stack([path.reference, path.query], axis=1).tolist(),
            "cost": float(self.alignment.cost),
            "anchors": [list(pair) for pair in self.anchors],
            "mirrored": self.query.mirrored,
            **self.verdict.to_dict(),
            "verdict": self.verdict.sentence,
        }
        return json.dumps(entry, separators=(",", ":")).encode()


class AlignedPairs:
    """The alignments of a collection; thread-safe.

    Args:
        viewed: the collection.
    """

    def __init__(self, viewed: ViewedCollection) -> None:
        self._viewed = viewed
        self._known: OrderedDict[str, dict[str, AlignedPair]] = OrderedDict()
        self._lock = threading.Lock()

    def pair(self, reference: str, query: str, anchors: Anchors) -> AlignedPair:
        """Align two videos, given by their ids, through their anchors.

        Raises:
            AlignmentError: they cannot be aligned with these options or through the anchors.
        """
        one, other = self._viewed[reference].embedded, self._viewed[query].embedded
        return self.through(reference, query, anchors.between(one, other))

    def through(self, reference: str, query: str, frames: Sequence[tuple[int, int]]) -> AlignedPair:
        """Align two videos, given by their ids, through pairs (reference frame, query frame).

        Raises:
            AlignmentError: the frames are outside the videos or do not increase in both, or no
                path with these options passes through them.
        """
        one, other = self._viewed[reference].embedded, self._viewed[query]
        with self._lock:
            kept = self._keep(reference)
            known = kept.get(query)
            if known is None or known.anchors != tuple(frames):
                taken, found = better_match(
                    one, other.embedded, other.mirror_image, self._viewed.options, anchors=frames
                )
                verdict = Verdict.of(taken.name, found.confidence, one.times)
                known = kept[query] = AlignedPair(taken, found, tuple(frames), verdict)
            return known

    def _keep(self, reference: str) -> dict[str, AlignedPair]:
        kept = self._known.setdefault(reference, {})
        self._known.move_to_end(reference)
        # The alignment file holds the collection's own reference, which each save needs.
        oldest = [one for one in self._known if one != self._viewed.reference]
        for one in oldest[:-_KEPT_REFERENCES]:
            del self._known[one]
        return kept
