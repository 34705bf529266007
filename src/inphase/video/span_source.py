"""The frames of a span of a file."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.info import VideoInfo, average_fps
from inphase.video.source import Pictures, Source
from inphase.video.span import Span

# Containers round times, some to a millisecond.
_TOLERANCE = 1e-3


class SpanOfSource:
    """The frames of a source from one time to another; time 0 is the start of the span.

    Raises:
        VideoError: the span has no frames.
    """

    def __init__(self, whole: Source, span: Span) -> None:
        times = whole.info.times
        first = int(np.searchsorted(times, span.start - _TOLERANCE))
        last = int(np.searchsorted(times, span.end - _TOLERANCE))
        if last <= first:
            raise VideoError(
                f"{span.path} has no frames: {span.file.name} is {whole.info.duration:.3f} seconds "
                "long."
            )
        self._whole = whole
        self._first = first
        self._start = Fraction(span.start)
        inside = np.maximum(times[first:last] - span.start, 0.0)
        self._info = replace(
            whole.info,
            path=span.path,
            frames=len(inside),
            fps=average_fps(inside, default=whole.info.fps),
            duration=min(span.end, whole.info.duration) - span.start,
            times=inside,
        )

    @property
    def info(self) -> VideoInfo:
        return self._info

    @property
    def origin(self) -> Fraction:
        return self._whole.origin + self._start

    def pictures(self, size: tuple[int, int]) -> Pictures:
        return _SpanPictures(self._whole.pictures(size), self._first)


class _SpanPictures:
    def __init__(self, whole: Pictures, first: int) -> None:
        self._whole = whole
        self._first = first

    def frame(self, index: int) -> NDArray[np.uint8]:
        return self._whole.frame(self._first + index)

    def close(self) -> None:
        self._whole.close()
