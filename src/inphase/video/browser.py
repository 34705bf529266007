"""Whether a browser can play a file as it is, frame by frame at its own times."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.packet import Packet

from inphase.video.opening import opened, time_origin, video_stream

# By the names that libav gives its containers: what plays in Chromium, Firefox and Safari alike.
_CONTAINERS = {"mp4": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
_VIDEO = {"video/mp4": {"h264", "av1"}, "video/webm": {"vp8", "vp9", "av1"}}
_AUDIO = {"video/mp4": {"aac", "mp3"}, "video/webm": {"opus", "vorbis"}}
_PIXELS = {"yuv420p", "yuvj420p"}
# A file's own clock may start this much off 0, in seconds: players disagree on what then is 0.
_ZERO = Fraction(1, 2000)
# Durations are rounded: to a tick of the file's clock, or a frame of its frame rate.
_SLACK = 1.4


@dataclass(frozen=True)
class Playback:
    """How a browser plays a file.

    Attributes:
        media_type: as which it is played.
        key_distance: frames from one key frame to the next, at most: so many are decoded to show
            the one that is sought.
    """

    media_type: str
    key_distance: int


def browser_playback(path: Path) -> Playback | None:
    """How browsers play a file as it is; None if it needs a proxy.

    Raises:
        VideoError: it cannot be opened.
    """
    if path.is_dir():
        return None
    with opened(path) as container:
        media_type = _container_type(container)
        if media_type is None or abs(time_origin(container)) > _ZERO:
            return None
        stream = video_stream(container, path)
        context = stream.codec_context
        if (
            context.codec.canonical_name not in _VIDEO[media_type]
            or context.pix_fmt not in _PIXELS
            # A player takes the first stream, not the best.
            or stream is not container.streams.video[0]
        ):
            return None
        for sound in container.streams.audio[:1]:
            if sound.codec_context.codec.canonical_name not in _AUDIO[media_type]:
                return None
        packets = list(container.demux(stream))
        if not _durations_are_true(packets):
            return None
    return Playback(media_type, _key_distance(packets))


def _key_distance(packets: Sequence["Packet[Any]"]) -> int:
    shown = sorted((p.pts, p.is_keyframe) for p in packets if p.pts is not None)
    keys = [place for place, (_, is_key) in enumerate(shown) if is_key]
    return max(after - before for before, after in pairwise([0, *keys, len(shown)]))


def _durations_are_true(packets: Sequence["Packet[Any]"]) -> bool:
    """Whether no frame claims to be shown for longer than until the next one.

    An MP4 file with a variable frame rate and frames out of order keeps durations that belong to
    other frames. Chromium goes by them where it seeks, and stops frames too early.
    """
    known = sorted((p.pts, p.duration or 0) for p in packets if p.pts is not None)
    gaps = (after - pts for (pts, _), (after, _) in pairwise(known))
    return all(
        duration <= _SLACK * gap for (_, duration), gap in zip(known[:-1], gaps, strict=True)
    )


def _container_type(container: InputContainer) -> str | None:
    names = container.format.name.split(",")
    if "webm" in names:
        # One reader for both; only the file's own header says which it is.
        with Path(container.name).open("rb") as file:
            return "video/webm" if b"webm" in file.read(64) else None
    return next((_CONTAINERS[name] for name in names if name in _CONTAINERS), None)
