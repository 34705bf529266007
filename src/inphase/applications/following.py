"""Following a live video along a reference, frame by frame."""

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

from inphase.alignment import RunningTrust
from inphase.alignment.online import OnlineAligner
from inphase.applications.verdict import Verdict
from inphase.errors import AlignmentError, OutputError
from inphase.interrupts import ended_by_interrupt
from inphase.models import Encoder
from inphase.models.encoder import ready_encoder
from inphase.models.pose import Place
from inphase.models.streaming import Background, StreamEmbedder
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
        confidence: 0..1, see `inphase.alignment.online.Place`; 0 where nobody is seen.
        nobody: whether poses are compared and nobody is seen.
        doubtful: whether the confidence, averaged over the last frames, is low.
        verdict: on all frames so far, by the query's time.
        revised: current matches of the last query frames, newest last.
        latency: seconds from the decoded frame to this match.
    """

    frame: int
    time: float
    reference_frame: int
    reference_time: float
    confidence: float
    nobody: bool
    doubtful: bool
    verdict: Verdict
    revised: tuple[int, ...]
    latency: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as in a JSON line."""
        return {
            "frame": self.frame,
            "time": round(self.time, 6),
            "reference_frame": self.reference_frame,
            "reference_time": round(self.reference_time, 6),
            "confidence": round(self.confidence, 4),
            "nobody": self.nobody,
            "reliable": self.verdict.reliable,
            "doubtful": self.doubtful,
            "revised": list(self.revised),
            "latency": round(self.latency, 6),
        }


def follow(
    query: str | Path,
    reference: str | Path,
    model: Encoder | str | Path,
    *,
    subject: Place | None = None,
    look_back: float = 0.0,
    wait: float = 2.0,
    background: Background = "running",
    max_speed: float = 3,
    open_begin: bool = False,
) -> Iterator[FollowedFrame]:
    """Follow a growing file or a camera along a reference, in constant memory.

    All errors except those of the query are raised by the call, before the first frame is read.

    Args:
        query: a growing file (.ts, .mkv, .webm), a complete one, or a camera (`/dev/video0`).
        reference: the video to follow it along; it is embedded first.
        model: a trained encoder, or its model folder.
        subject: whom to follow in the reference, if the model looks at poses; by default whoever
            acts.
        look_back: how many seconds of earlier matches may still be revised.
        wait: seconds without a new frame after which a growing file counts as complete.
        background: see `inphase.models.streaming.StreamEmbedder`.
        max_speed: how much faster than the query the reference may pass, at whatever frame rates.
        open_begin: the query may start anywhere in the reference.

    Raises:
        VideoError: a video cannot be read.
        ModelError: the model folder cannot be used.
        AlignmentError: an option is out of range.
        ConfigError: nobody is at the place of the subject, or the model does not look at poses.
    """
    if not 0 <= look_back < math.inf:
        raise AlignmentError(f"look_back must be 0 or more seconds, not {look_back:g}.")
    encoder = ready_encoder(model)
    stream = StreamEmbedder(encoder, background=background, reference=reference, subject=subject)
    known = stream.frames.embed(reference)
    aligner = OnlineAligner(
        known.embeddings,
        times=known.times,
        max_speed=max_speed,
        look_back=look_back,
        open_begin=open_begin,
    )

    name = Path(query).stem

    def followed() -> Iterator[FollowedFrame]:
        running = RunningTrust(len(known.times))
        for time, frame in live_frames(query, size=stream.frame_size, wait=wait):
            begun = clock.perf_counter()
            place = aligner.push(stream.push(frame, time), time)
            confidence = 0.0 if stream.sees_nobody else place.confidence
            doubtful = running.push(confidence, time)
            yield FollowedFrame(
                frame=place.frame,
                time=time,
                reference_frame=place.reference_frame,
                reference_time=float(known.times[place.reference_frame]),
                confidence=confidence,
                nobody=stream.sees_nobody,
                doubtful=doubtful,
                verdict=Verdict(name, running.reliable, running.stretches),
                revised=tuple(int(one) for one in place.revised) if look_back else (),
                latency=clock.perf_counter() - begun,
            )

    return followed()


@dataclass(frozen=True)
class Followed:
    """What is known when a live video has ended.

    Attributes:
        frames: their number.
        nobody: in how many of them nobody was seen, if poses are compared.
        verdict: on all of them; None if there are none.
    """

    frames: int = 0
    nobody: int = 0
    verdict: Verdict | None = None


def show(
    frames: Iterator[FollowedFrame],
    *,
    duration: float,
    console: Console,
    lines: TextIO | None = None,
) -> Followed:
    """Show the current position on one line, and write JSON lines.

    Args:
        frames: from `follow`.
        duration: of the reference, in seconds.
        console: where the line is shown.
        lines: where one JSON object per frame is written, without delay.

    Returns:
        What was seen until the video ended or was interrupted (a camera never ends).

    Raises:
        OutputError: the lines can no longer be written.
    """
    seen = Followed()
    shown = Live(console=console, auto_refresh=False, transient=False)
    with shown as live, ended_by_interrupt():
        for one in frames:
            seen = Followed(seen.frames + 1, seen.nobody + one.nobody, one.verdict)
            if lines is not None:
                try:
                    lines.write(json.dumps(one.to_dict()) + "\n")
                    lines.flush()
                except BrokenPipeError:  # the reader has gone
                    break
                except OSError as error:
                    raise OutputError(f"Cannot write the lines: {error.strerror}.") from error
            share = min(one.reference_time / duration, 1.0) if duration else 0.0
            done = round(share * _BAR)
            bar = "━" * done + "─" * (_BAR - done)
            sure = "nobody is seen" if one.nobody else f"confidence {one.confidence:.2f}"
            live.update(
                Text(
                    f"{one.time:7.2f} s is {one.reference_time:6.2f} s of the reference {bar} "
                    f"{sure}, {1000 * one.latency:.0f} ms"
                ),
                refresh=True,
            )
    return seen
