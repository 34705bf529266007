"""Whether a browser can play a file as it is, frame by frame at its own times."""

from fractions import Fraction
from pathlib import Path

from av.container import InputContainer

from inphase.video.opening import opened, time_origin, video_stream

# By the names that libav gives its containers: what plays in Chromium, Firefox and Safari alike.
_CONTAINERS = {"mp4": "video/mp4", "mov": "video/mp4", "webm": "video/webm"}
_VIDEO = {"video/mp4": {"h264", "av1"}, "video/webm": {"vp8", "vp9", "av1"}}
_AUDIO = {"video/mp4": {"aac", "mp3"}, "video/webm": {"opus", "vorbis"}}
_PIXELS = {"yuv420p", "yuvj420p"}
# A file's own clock may start this much off 0, in seconds: players disagree on what then is 0.
_ZERO = Fraction(1, 2000)


def browser_media_type(path: Path) -> str | None:
    """The media type of a file that browsers play as it is; None if it needs a proxy.

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
    return media_type


def _container_type(container: InputContainer) -> str | None:
    names = container.format.name.split(",")
    if "webm" in names:
        # One reader for both; only the file's own header says which it is.
        with Path(container.name).open("rb") as file:
            return "video/webm" if b"webm" in file.read(64) else None
    return next((_CONTAINERS[name] for name in names if name in _CONTAINERS), None)
