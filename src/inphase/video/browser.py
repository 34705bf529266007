"""Whether a browser can play a file unchanged, with every frame at its own time."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from av.container import InputContainer
from av.error import FFmpegError

from inphase.video.opening import opened, video_stream
from inphase.video.reader import time_origin
from inphase.video.span import find_span

# What Chromium, Firefox and Safari all play, by libav's names for the containers.
_CONTAINERS = {"mp4": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
_VIDEO = {"video/mp4": {"h264", "av1"}, "video/webm": {"vp8", "vp9", "av1"}}
_AUDIO = {"video/mp4": {"aac", "mp3"}, "video/webm": {"opus", "vorbis"}}
_PIXELS = {"yuv420p", "yuvj420p"}
# A file's clock may start at most this many seconds away from 0: beyond that, players disagree
# about what time 0 is.
_ZERO = Fraction(1, 2000)
# Durations are rounded to a tick of the file's clock, or to a frame at its frame rate.
_SLACK = 1.4


@dataclass(frozen=True)
class Playback:
    """How a browser plays a file.

    Attributes:
        media_type: MIME type to serve the file with.
        key_distance: largest number of frames from one key frame to the next: a seek may have to
            decode this many.
    """

    media_type: str
    key_distance: int


class _Stamp(NamedTuple):
    """What a packet tells without its content."""

    pts: int
    duration: int
    is_key: bool


def browser_playback(path: Path) -> Playback | None:
    """How browsers play the file unchanged; None if it needs a proxy.

    Raises:
        VideoError: the file cannot be opened.
    """
    if path.is_dir() or find_span(path) is not None:
        return None
    with opened(path) as container:
        media_type = _container_type(container)
        if media_type is None or abs(time_origin(path)) > _ZERO:
            return None
        stream = video_stream(container, path)
        context = stream.codec_context
        if (
            context.codec.canonical_name not in _VIDEO[media_type]
            or context.pix_fmt not in _PIXELS
            # A player shows the first stream, not the best.
            or stream is not container.streams.video[0]
        ):
            return None
        for sound in container.streams.audio[:1]:
            # Nor the sound that can be decoded.
            decoder = sound.codec_context
            if decoder is None or decoder.codec.canonical_name not in _AUDIO[media_type]:
                return None
        try:
            packets = [
                _Stamp(packet.pts, packet.duration or 0, packet.is_keyframe)
                for packet in container.demux(stream)
                if packet.pts is not None
            ]
        except FFmpegError:
            return None  # Damaged: a proxy holds what can be decoded.
        if not _durations_are_true(packets):
            return None
    return Playback(media_type, _key_distance(packets))


def _key_distance(packets: Sequence["_Stamp"]) -> int:
    shown = sorted((packet.pts, packet.is_key) for packet in packets)
    keys = [place for place, (_, is_key) in enumerate(shown) if is_key]
    return max(after - before for before, after in pairwise([0, *keys, len(shown)]))


def _durations_are_true(packets: Sequence["_Stamp"]) -> bool:
    """Whether no frame claims to last beyond the start of the next one.

    In an MP4 file with a variable frame rate and reordered frames, durations may belong to other
    frames. Chromium relies on them when seeking, and then lands some frames too early.
    """
    known = sorted((packet.pts, packet.duration) for packet in packets)
    gaps = (after - pts for (pts, _), (after, _) in pairwise(known))
    return all(
        duration <= _SLACK * gap for (_, duration), gap in zip(known[:-1], gaps, strict=True)
    )


def _container_type(container: InputContainer) -> str | None:
    names = container.format.name.split(",")
    if "webm" in names:
        # libav reads Matroska and WebM alike; only the file's header says which it is.
        with Path(container.name).open("rb") as file:
            return "video/webm" if b"webm" in file.read(64) else None
    return next((_CONTAINERS[name] for name in names if name in _CONTAINERS), None)
