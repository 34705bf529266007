"""Following a video while it is being made along a reference, frame by frame."""

import contextlib
import json
import math
import time as clock
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from inphase.alignment.online import OnlineAligner
from inphase.errors import AlignmentError, OutputError
from inphase.models import Encoder, FrameEmbedder
from inphase.models.encoder import ready_encoder
from inphase.models.streaming import Background, StreamEmbedder
from inphase.video import probe
from inphase.video.live import live_frames

_BAR = 40


@dataclass(frozen=True)
class FollowedFrame:
    """Where a live frame is in the reference.

    Attributes:
        frame: of the query, from 0.
        time: seconds since the query's first frame.
        reference_frame: its match.
        reference_time: the same in seconds.
        confidence: 0..1, as :class:`inphase.alignment.online.Place` has it.
        revised: reference frames of the last frames as they are seen now, the newest last.
        latency: seconds from the decoded frame to this answer.
    """

    frame: int
    time: float
    reference_frame: int
    reference_time: float
    confidence: float
    revised: tuple[int, ...]
    latency: float

    def to_dict(self) -> dict[str, Any]:
        """As plain values: one JSON line."""
        return {
            "frame": self.frame,
            "time": round(self.time, 6),
            "reference_frame": self.reference_frame,
            "reference_time": round(self.reference_time, 6),
            "confidence": round(self.confidence, 4),
            "revised": list(self.revised),
            "latency": round(self.latency, 6),
        }


def follow(
    query: str | Path,
    reference: str | Path,
    model: Encoder | str | Path,
    *,
    look_back: float = 0.0,
    wait: float = 2.0,
    background: Background = "running",
    max_speed: int = 3,
    open_begin: bool = False,
) -> Iterator[FollowedFrame]:
    """Follow a growing file or a camera along a reference; memory does not grow with it.

    What can be wrong but the query is told at the call, before the first frame is asked for.

    Args:
        query: a growing file (.ts, .mkv, .webm), a complete one, or a camera (``/dev/video0``).
        reference: the video it is followed along; embedded first.
        model: a trained encoder, or its model folder.
        look_back: seconds before the newest frame whose matches may still be revised.
        wait: seconds without a new frame after which a growing file is complete.
        background: as :class:`inphase.models.streaming.StreamEmbedder` takes it.
        max_speed: reference frames that may pass from one query frame to the next, at most.
        open_begin: the query may begin anywhere in the reference.

    Raises:
        VideoError: a video cannot be read.
        ModelError: the model folder cannot be used.
        AlignmentError: an option is out of range.
    """
    if not 0 <= look_back < math.inf:
        raise AlignmentError(f"look_back must be 0 or more seconds, not {look_back:g}.")
    encoder = ready_encoder(model)
    info = probe(reference)
    known = FrameEmbedder(encoder).embed(reference)
    aligner = OnlineAligner(
        known.embeddings,
        max_speed=max_speed,
        look_back=round(look_back * info.fps),
        open_begin=open_begin,
    )
    stream = StreamEmbedder(encoder, background=background, reference=reference)
    size = encoder.config.image_size

    def followed() -> Iterator[FollowedFrame]:
        for time, frame in live_frames(query, size=(size, size), wait=wait):
            begun = clock.perf_counter()
            place = aligner.push(stream.push(frame, time))
            yield FollowedFrame(
                frame=place.frame,
                time=time,
                reference_frame=place.reference_frame,
                reference_time=float(known.times[place.reference_frame]),
                confidence=place.confidence,
                revised=tuple(int(one) for one in place.revised) if look_back else (),
                latency=clock.perf_counter() - begun,
            )

    return followed()


def show(
    frames: Iterator[FollowedFrame],
    *,
    duration: float,
    console: Console,
    lines: TextIO | None = None,
) -> int:
    """Show where the query is, on one line that is kept up to date, and write JSON lines.

    Args:
        frames: of :func:`follow`.
        duration: of the reference, in seconds.
        console: where the line is shown.
        lines: where one JSON object a frame goes, at once.

    Returns:
        How many frames there were until the video ended, or an interrupt, the only end of a camera.

    Raises:
        OutputError: the lines can no longer be written.
    """
    count = 0
    shown = Live(console=console, auto_refresh=False, transient=False)
    with shown as live, contextlib.suppress(KeyboardInterrupt):
        for one in frames:
            count += 1
            if lines is not None:
                try:
                    lines.write(json.dumps(one.to_dict()) + "\n")
                    lines.flush()
                except BrokenPipeError:  # whoever read them has left
                    break
                except OSError as error:
                    raise OutputError(f"Cannot write the lines: {error.strerror}.") from error
            share = min(one.reference_time / duration, 1.0) if duration else 0.0
            done = round(share * _BAR)
            bar = "━" * done + "─" * (_BAR - done)
            live.update(
                Text(
                    f"{one.time:7.2f} s is {one.reference_time:6.2f} s of the reference {bar} "
                    f"confidence {one.confidence:.2f}, {1000 * one.latency:.0f} ms"
                ),
                refresh=True,
            )
    return count
