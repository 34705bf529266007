"""Videos whose frames show their own number as bars, and how to read it from a clip."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inphase.applications.synchronization.clip import Clip
from inphase.applications.synchronization.picture.page import MARGIN, plan_page
from inphase.applications.synchronization.picture.windows import fitted
from inphase.video import Audio, VideoReader, VideoWriter

SIZE = (64, 48)
_BITS = 8
RATE = 48_000


def coded_video(
    path: Path, *, frames: int = 30, fps: float = 25, clicks: tuple[float, ...] = ()
) -> Path:
    """Write a video with its frame numbers, and clicks at some seconds in a quiet noise."""
    audio = None
    if clicks:
        noise = np.random.default_rng(0).standard_normal((round(frames / fps * RATE), 1))
        samples = (0.001 * noise).astype(np.float32)
        for click in clicks:
            at = round(click * RATE)
            samples[at : at + 240] += 0.8 * np.sign(noise[at : at + 240]).astype(np.float32)
        audio = Audio(samples, RATE)
    with VideoWriter(path, fps=fps, size=SIZE, quality=5, audio=audio) as out:
        for number in range(frames):
            bits = (number >> np.arange(_BITS)) & 1
            row = np.repeat(bits * 200 + 20, SIZE[0] // _BITS).astype(np.uint8)
            out.write(np.repeat(np.tile(row, (SIZE[1], 1))[..., None], 3, axis=2))
    return path


def codes(path: Path, clip: Clip, *, videos: int, width: int) -> NDArray[np.int64]:
    """(frames, videos) the numbers in a clip of coded videos beside each other."""
    page = plan_page(clip, [SIZE[0] / SIZE[1]] * videos, width=width)
    found = []
    for _, picture in VideoReader(path):
        numbers = []
        for cell in page.cells:
            wide, high = fitted(SIZE[0] / SIZE[1], cell.room)
            left = cell.left + (cell.width - wide) // 2
            row = picture[cell.top + MARGIN + high // 2, left : left + wide, 0]
            bars = row[((np.arange(_BITS) + 0.5) * wide / _BITS).astype(int)] > 120
            numbers.append(int((bars << np.arange(_BITS)).sum()))
        found.append(numbers)
    return np.array(found)


def click_times(sound: Audio) -> list[float]:
    """Seconds at which it gets loud."""
    loud = np.flatnonzero(np.abs(sound.samples[:, 0]) > 0.2) / sound.rate
    starts = [time for index, time in enumerate(loud) if not index or time - loud[index - 1] > 0.1]
    return [float(time) for time in starts]
