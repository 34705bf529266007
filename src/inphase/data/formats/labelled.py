"""A labelled video, to be written for another program."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inphase.data.captions import Cue
from inphase.video import VideoInfo


@dataclass(frozen=True)
class Labelled:
    """A video with key events or captions.

    Attributes:
        name: of the video.
        info: its file, size and frame times.
        events: frame of each key event, in order; the number of frames is right after the last.
        cues: captions of spans.
    """

    name: str
    info: VideoInfo
    events: Mapping[str, int]
    cues: Sequence[Cue] = ()

    def start(self, frame: int) -> float:
        """Seconds at which a frame starts; right after the last, at which that one ends."""
        times = self.info.times
        return float(times[frame]) if frame < len(times) else self.info.duration

    def cues_as_spans(self) -> list[tuple[int, int, str]]:
        """Start and end of each caption in milliseconds, and its text on one line."""
        spans = []
        for cue in self.cues:
            start = whole_milliseconds(cue.start)
            end = max(whole_milliseconds(cue.end), start + 1)
            spans.append((start, end, " ".join(cue.text.split())))
        return spans


def whole_milliseconds(seconds: float) -> int:
    """Milliseconds, rounded down: up would be after the frame's time, and so the next frame."""
    return math.floor(seconds * 1000 + 1e-3)
