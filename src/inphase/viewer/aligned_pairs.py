"""Every pair of a collection's videos, aligned when it is asked for, and again if it changed."""

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from inphase.alignment import Alignment, align
from inphase.applications.anchors import Anchors
from inphase.viewer.videos import ViewedCollection

# References whose alignments are kept beside the collection's own.
_KEPT_REFERENCES = 8


@dataclass(frozen=True)
class AlignedPair:
    """A query aligned with a reference.

    Attributes:
        alignment: of the two.
        anchors: pairs (reference frame, query frame) that it passes through.
    """

    alignment: Alignment
    anchors: tuple[tuple[int, int], ...]

    @cached_property
    def told(self) -> bytes:
        """The entry of the pair in ``alignments/{id}.json``."""
        path = self.alignment.path
        entry = {
            "frames": self.alignment.query_frames.tolist(),
            "confidence": [round(float(value), 4) for value in self.alignment.confidence],
            "path": np.stack([path.reference, path.query], axis=1).tolist(),
            "cost": float(self.alignment.cost),
            "anchors": [list(pair) for pair in self.anchors],
        }
        return json.dumps(entry, separators=(",", ":")).encode()


class AlignedPairs:
    """The alignments of a collection; for any number of threads.

    Args:
        viewed: the collection.
    """

    def __init__(self, viewed: ViewedCollection) -> None:
        self._viewed = viewed
        self._known: OrderedDict[str, dict[str, AlignedPair]] = OrderedDict()
        self._lock = threading.Lock()

    def pair(self, reference: str, query: str, anchors: Anchors) -> AlignedPair:
        """Two videos, by their ids, aligned through those anchors that are theirs.

        Raises:
            AlignmentError: they cannot be aligned within the options, or through the anchors.
        """
        one, other = self._viewed[reference].embedded, self._viewed[query].embedded
        return self.through(reference, query, anchors.between(one, other))

    def through(self, reference: str, query: str, frames: Sequence[tuple[int, int]]) -> AlignedPair:
        """Two videos, by their ids, aligned through pairs (reference frame, query frame).

        Raises:
            AlignmentError: the frames are outside of the videos or do not increase in both, or no
                path within the options passes through them.
        """
        one, other = self._viewed[reference].embedded, self._viewed[query].embedded
        with self._lock:
            kept = self._keep(reference)
            known = kept.get(query)
            if known is None or known.anchors != tuple(frames):
                found = align(
                    one.embeddings, other.embeddings, self._viewed.options, anchors=frames
                )
                known = kept[query] = AlignedPair(found, tuple(frames))
            return known

    def _keep(self, reference: str) -> dict[str, AlignedPair]:
        kept = self._known.setdefault(reference, {})
        self._known.move_to_end(reference)
        # The collection's own reference is what the alignment file is of: needed at each save.
        oldest = [one for one in self._known if one != self._viewed.reference]
        for one in oldest[:-_KEPT_REFERENCES]:
            del self._known[one]
        return kept
