"""Sound at another speed, at the same pitch."""

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as Ended
from av.filter import Graph
from numpy.typing import NDArray

from inphase.video.sound_cursor import SoundCursor

SLOWEST, FASTEST = 0.2, 2.0
"""At other speeds a sound is smeared over more than a frame or lost (`studies/sound_tempo.py`)."""

# libav's `atempo` joins windows of the power of two at or above a 24th of a second, and takes
# speeds from a half up. Told a lower rate, it takes shorter windows, and a sound stays nearer to
# its place.
_WINDOW, _FINER = 24, 2
_LEAST = 0.5
# Seconds pushed at a time, and after the end, so that the last window is full.
_BLOCK, _AFTER = 1.0, 0.5


def at_tempo(
    sound: SoundCursor, start: float, end: float, samples: int
) -> Iterator[NDArray[np.float32]]:
    """Yield the sound from `start` to `end` seconds, stretched to so many samples.

    What is heard at a moment stays there: `atempo` is early by half a window in slow motion, and
    late in fast motion, which is made up for.

    Args:
        sound: to read from.
        start: seconds.
        end: seconds, after the start.
        samples: number of samples at the sound's own rate; the speed that this makes should be
            between `SLOWEST` and `FASTEST`.
    """
    rate, channels = sound.rate, sound.channels
    speed = (end - start) * rate / samples
    claimed = rate // _FINER
    early = _window(claimed) / rate / 2 * (1 / speed - 1)
    graph = _graph(claimed, channels, speed)
    left, at, pushed = samples, start - early * speed, 0
    while left > 0 and at < end + _AFTER:
        piece = sound.cut(at, at + _BLOCK).samples
        at += _BLOCK
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(piece).reshape(1, -1), format="flt", layout=_LAYOUTS[channels]
        )
        frame.sample_rate, frame.pts, frame.time_base = claimed, pushed, Fraction(1, claimed)
        pushed += len(piece)
        graph.push(frame)
        if at >= end + _AFTER:
            graph.push(None)
        for made in _pulled(graph, channels):
            yield made[:left]
            left -= min(left, len(made))
    if left > 0:
        yield np.zeros((left, channels), dtype=np.float32)


_LAYOUTS = {1: "mono", 2: "stereo"}


def _window(rate: int) -> int:
    return 1 << (rate // _WINDOW - 1).bit_length()


def _graph(rate: int, channels: int, speed: float) -> Graph:
    graph = Graph()
    last = graph.add_abuffer(
        format="flt",
        sample_rate=rate,
        layout=_LAYOUTS[channels],
        time_base=Fraction(1, rate),
    )
    factors = []
    while speed < _LEAST:
        factors.append(_LEAST)
        speed /= _LEAST
    for factor in (*factors, speed):
        tempo = graph.add("atempo", f"{factor:.9f}")
        last.link_to(tempo)
        last = tempo
    last.link_to(graph.add("abuffersink"))
    graph.configure()
    return graph


def _pulled(graph: Graph, channels: int) -> Iterator[NDArray[np.float32]]:
    while True:
        try:
            made = graph.pull()
        except (NothingYet, Ended):
            return
        yield made.to_ndarray().astype(np.float32, copy=False).reshape(-1, channels)
