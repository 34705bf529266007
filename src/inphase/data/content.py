"""Identify a video by a hash of its bytes, whatever its name and folder."""

import hashlib
from functools import lru_cache
from pathlib import Path

from inphase.errors import VideoError
from inphase.video.file_state import State, file_state
from inphase.video.rates import IMAGE_FPS, given_rate, lacks_times
from inphase.video.span import find_span

_READ = 1 << 20


def content_hash(path: Path) -> str:
    """sha256 of a file's bytes, or of the names and bytes of the images in a folder.

    Of a span of a file, also of its start and end.

    A frame rate that is given for a video without times of its own counts as content.

    Raises:
        VideoError: the file cannot be read.
    """
    span = find_span(path)
    if span is not None:
        told = f"{content_hash(span.file)} from {span.start!r} to {span.end!r}"
        return hashlib.sha256(told.encode()).hexdigest()
    try:
        # A file is read once, and again only when it changes.
        state = file_state(path)
        return _hashed(path) if state is None else _known(state, given_rate(path), path)
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}.") from error


@lru_cache(maxsize=4096)
def _known(_state: State, _rate: float, path: Path) -> str:
    return _hashed(path)


def _hashed(path: Path) -> str:
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(f for f in path.iterdir() if f.is_file())
    for file in files:
        if file != path:
            digest.update(file.name.encode() + b"\0")
        with file.open("rb") as stream:
            while block := stream.read(_READ):
                digest.update(block)
    rate = given_rate(path)
    if rate != IMAGE_FPS and (path.is_dir() or lacks_times(path)):
        digest.update(f"{rate:g} frames per second".encode())
    return digest.hexdigest()
