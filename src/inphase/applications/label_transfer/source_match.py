"""An annotated video, and where its moments are in another video."""

import functools

import numpy as np
from numpy.typing import NDArray

from inphase.alignment import Alignment, AlignmentOptions, align
from inphase.applications.anchors import Anchors
from inphase.data import Annotations, Recording
from inphase.errors import CollectionError
from inphase.models import EmbeddedVideo


class AnnotatedSource:
    """A source whose annotations are known to lie inside the video."""

    def __init__(self, video: EmbeddedVideo, annotations: Annotations) -> None:
        self.video = video
        self.annotations = annotations
        self.duration = video.duration
        marks = [*annotations.events.values(), *(cue.start for cue in annotations.cues)]
        outside = next((s for s in marks if not 0 <= s <= self.duration + 1e-3), None)
        if outside is not None:
            raise CollectionError(
                f"The annotations of {video.path} do not fit: one is at {outside:g} s, but the "
                f"video lasts {self.duration:.2f} s."
            )


class SourceMatch:
    """A source aligned with a target, both ways."""

    def __init__(
        self,
        source: AnnotatedSource,
        target: EmbeddedVideo,
        anchors: Anchors,
        options: AlignmentOptions,
    ) -> None:
        self.source = source
        video = source.video
        pairs = anchors.between(video, target)
        pace = video.frame_time / target.frame_time
        forward = align(video.embeddings, target.embeddings, options, anchors=pairs, pace=pace)
        mapped = np.flatnonzero(forward.query_frames >= 0)
        self._from = video.times[mapped]
        self._to = target.times[forward.query_frames[mapped]]
        self._confidence = forward.confidence[mapped].astype(np.float64)
        if len(mapped) and mapped[-1] == len(video.times) - 1:
            # What lasts until the end of one video lasts until the end of the other.
            self._from = np.append(self._from, source.duration)
            end = target.duration if self._to[-1] == target.times[-1] else self._to[-1]
            self._to = np.append(self._to, end)
            self._confidence = np.append(self._confidence, self._confidence[-1])
        self._target = target
        self._anchors = anchors
        self._options = options

    def instant(self, seconds: float) -> tuple[float, float]:
        """The time in the target, in seconds, of an instant of the source, and the confidence."""
        # An open alignment may leave the start or the end of the source unmatched.
        first = self._from[0] if self._from[0] > self.source.video.times[0] else 0.0
        if not first <= seconds <= self._from[-1] + 1e-3:
            return float("nan"), 0.0
        return (
            float(np.interp(seconds, self._from, self._to)),
            float(np.interp(seconds, self._from, self._confidence)),
        )

    def confidence(self) -> NDArray[np.float64]:
        """(frames,) of the match of each of the target's frames; 0 where there is none."""
        return self._back.confidence.astype(np.float64)

    def recorded(self, recording: Recording) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(frames, columns) values at the target's frames, and (frames,) confidence."""
        rows = self._back.query_frames
        values = recording.at(self.source.video.times[np.maximum(rows, 0)])
        values[rows < 0] = np.nan
        return values, self.confidence()

    @functools.cached_property
    def _back(self) -> Alignment:
        """The target aligned with the source."""
        video = self.source.video
        return align(
            self._target.embeddings,
            video.embeddings,
            self._options.swapped(),
            anchors=self._anchors.between(self._target, video),
            pace=self._target.frame_time / video.frame_time,
        )
