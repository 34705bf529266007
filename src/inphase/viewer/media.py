"""Media for the browser: proxies of files that it cannot play or seek fast, and thumbnails."""

import io
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from PIL import Image

from inphase.atomic import replacing
from inphase.data import content_hash
from inphase.video import VideoReader, VideoWriter, probe, sound_of

THUMBNAIL_HEIGHT, THUMBNAIL_COLUMNS = 90, 10
_THUMBNAILS = 400
_WIDEST_THUMBNAIL = 320
_JPEG_QUALITY = 75
_PROXY_SIDE = 1280
_QUICK_SIDE = 854
# If every frame is a key frame, a proxy is several times larger: too large for hours of video.
_MOST_KEY_FRAMES = 5000
# A player decodes from the preceding key frame; with 12 this takes a few milliseconds.
PROXY_KEY_EVERY = 12
_PROXY_QUALITY = 23
# Increased whenever the same file would give a different proxy or sprite.
_VERSION = 4

Advance = Callable[[int], object]


def thumbnail_step(frames: int) -> int:
    """The number of frames from one thumbnail to the next."""
    return -(-frames // _THUMBNAILS)


def make_thumbnails(path: Path, cache: Path, *, advance: Advance | None = None) -> Path:
    """Draw a video's thumbnails, row by row, into one JPEG in the cache, if it is missing.

    Args:
        path: the video.
        cache: folder for the JPEG; its name is derived from the video's content.
        advance: called with the number of frames just done.

    Raises:
        VideoError: the video cannot be read.
        OutputError: the cache cannot be written.
    """
    target = cache / f"{_key(path, 'thumbnails', THUMBNAIL_HEIGHT, THUMBNAIL_COLUMNS)}.jpg"
    if target.is_file():
        return target
    reader = VideoReader(path)
    width = round(THUMBNAIL_HEIGHT * reader.info.width / reader.info.height)
    size = (min(max(width, 1), _WIDEST_THUMBNAIL), THUMBNAIL_HEIGHT)
    reader = VideoReader(path, size=size)
    chosen = range(0, len(reader), thumbnail_step(len(reader)))
    rows = -(-len(chosen) // THUMBNAIL_COLUMNS)
    sprite = Image.new("RGB", (size[0] * THUMBNAIL_COLUMNS, size[1] * rows))
    for place, frame in enumerate(reader.frames(chosen)):
        row, column = divmod(place, THUMBNAIL_COLUMNS)
        sprite.paste(Image.fromarray(frame), (column * size[0], row * size[1]))
        if advance:
            advance(1)
    encoded = io.BytesIO()
    sprite.save(encoded, "jpeg", quality=_JPEG_QUALITY)
    with replacing(target) as beside:
        beside.write_bytes(encoded.getvalue())
    return target


def make_proxy(
    path: Path,
    cache: Path,
    *,
    side: int = _PROXY_SIDE,
    key_every: int = PROXY_KEY_EVERY,
    advance: Advance | None = None,
) -> Path:
    """Re-encode a video as H.264 and AAC in the cache, if it is missing.

    The proxy has the same frames at the same times, on a clock that starts at 0.

    Args:
        path: the video.
        cache: folder for the proxy; its name is derived from the video's content.
        side: maximum width and height, in pixels.
        key_every: number of frames from one key frame to the next.
        advance: called with the number of frames just done.

    Raises:
        VideoError: the video cannot be read.
        OutputError: the cache cannot be written.
    """
    settings = (side, _PROXY_QUALITY, key_every)
    target = cache / f"{_key(path, 'proxy', *settings)}.mp4"
    if target.is_file():
        return target
    info = VideoReader(path).info
    scale = min(1.0, side / max(info.width, info.height))
    size = (max(2, round(info.width * scale / 2) * 2), max(2, round(info.height * scale / 2) * 2))
    reader = VideoReader(path, size=size)
    sound = sound_of(path, what="its copy for the browser")
    with VideoWriter(
        target,
        fps=info.fps,
        size=size,
        audio=None if sound is None else sound.cut_at(info.duration),
        quality=_PROXY_QUALITY,
        key_every=key_every,
    ) as writer:
        for time, frame in reader:
            writer.write(frame, time=time)
            if advance:
                advance(1)
    return target


def make_quick_proxy(path: Path, cache: Path, *, advance: Advance | None = None) -> Path:
    """Re-encode a video in the cache so that seeking is instant, if it is missing.

    Like `make_proxy`, but smaller and, unless the video is very long, with key frames only.

    Raises:
        VideoError: the video cannot be read.
        OutputError: the cache cannot be written.
    """
    key_every = 1 if probe(path).frames <= _MOST_KEY_FRAMES else PROXY_KEY_EVERY
    return make_proxy(path, cache, side=_QUICK_SIDE, key_every=key_every, advance=advance)


def _key(path: Path, *settings: object) -> str:
    told = json.dumps([_VERSION, content_hash(path), *settings])
    return sha256(told.encode()).hexdigest()[:32]
