"""Read the matching frames of many videos together, in bounded memory and with few open files."""

import math
import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import numpy as np
from numpy.typing import NDArray

from inphase.video import VideoReader, ahead

Picture = NDArray[np.uint8]

# What a decoder with its threads keeps: so many frames of 3 bytes a pixel, as 10 bits take.
_FRAMES_KEPT, _BYTES = 13, 3
# Bytes of all decoders that are open at the same time, and of the pictures read ahead.
_DECODERS, _PICTURES = 700_000_000, 400_000_000
# Some systems let a program open 256 files in all.
_FILES = 64


def in_step(
    readers: Sequence[VideoReader], mappings: Sequence[NDArray[np.int64]]
) -> Generator[list[Picture], None, None]:
    """For each step, one picture of each video.

    Videos that are too many or too large to be all open are read one after another, a stretch of
    steps at a time. Each is then decoded again from a key frame at the start of every stretch.

    Args:
        readers: of the videos.
        mappings: for each video, its frame at each step, never decreasing.

    Raises:
        VideoError: a video cannot be read.
    """
    needed = [_FRAMES_KEPT * _BYTES * one.info.width * one.info.height for one in readers]
    if len(readers) <= _FILES and (sum(needed) <= _DECODERS or len(readers) == 1):
        yield from _together(readers, mappings)
        return
    workers = min(_FILES, os.cpu_count() or 1, max(1, _DECODERS // max(needed)))
    step = sum(3 * math.prod(one.size) for one in readers)
    length = max(1, _PICTURES // step)
    for start in range(0, len(mappings[0]), length):
        yield from _stretch(readers, [one[start : start + length] for one in mappings], workers)


def _together(
    readers: Sequence[VideoReader], mappings: Sequence[NDArray[np.int64]]
) -> Generator[list[Picture], None, None]:
    """One pass over each file, in a thread of its own: a mapping never goes back."""
    with ExitStack() as stack:
        streams = [
            stack.enter_context(closing(ahead(reader.frames(mapping))))
            for reader, mapping in zip(readers, mappings, strict=True)
        ]
        for pictures in zip(*streams, strict=True):
            yield list(pictures)


def _stretch(
    readers: Sequence[VideoReader], mappings: Sequence[NDArray[np.int64]], workers: int
) -> Generator[list[Picture], None, None]:
    def read(video: int) -> list[Picture]:
        return list(readers[video].frames(mappings[video]))[::-1]

    with ThreadPoolExecutor(workers) as pool:
        waiting = list(pool.map(read, range(len(readers))))
    # From the end, so that a picture takes no memory any more once it is drawn.
    for _ in mappings[0]:
        yield [pictures.pop() for pictures in waiting]
