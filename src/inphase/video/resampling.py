"""Change the rate of sound."""

from collections.abc import Sequence

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray


class Resampler:
    """Changes the rate of a stream of (samples, channels) pieces; a no-op at equal rates."""

    def __init__(self, source: int, target: int, channels: int) -> None:
        self._source = source
        self._channels = channels
        # Unnamed channels: libav resamples each and mixes none.
        self._layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}C")
        self._swr = (
            None
            if source == target
            else AudioResampler(format="flt", layout=self._layout, rate=target)
        )

    def push(self, samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """What is ready after these samples."""
        if self._swr is None or not len(samples):
            return [samples]
        # Packed: libav keeps only eight channels of a planar frame where PyAV looks for them.
        packed = np.ascontiguousarray(samples, dtype=np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=self._layout)
        frame.sample_rate = self._source
        return self._unpacked(self._swr.resample(frame))

    def finish(self) -> list[NDArray[np.float32]]:
        """What is left at the end."""
        return [] if self._swr is None else self._unpacked(self._swr.resample(None))

    def _unpacked(self, frames: Sequence[AudioFrame]) -> list[NDArray[np.float32]]:
        return [
            frame.to_ndarray().astype(np.float32, copy=False).reshape(-1, self._channels)
            for frame in frames
        ]


def of_length(pieces: Sequence[NDArray[np.float32]], length: int) -> NDArray[np.float32]:
    """Join pieces into exactly `length` samples; resampling may be one or two off."""
    joined = np.concatenate(pieces).astype(np.float32, copy=False)[:length]
    missing = length - len(joined)
    return np.pad(joined, ((0, missing), (0, 0))) if missing else joined
