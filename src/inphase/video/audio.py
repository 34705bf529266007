"""Sound as float samples on the same clock as the frames: decoding and cutting."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.opening import opened, time_origin

# Sound is joined without a seam while its timestamps are off by at most this many seconds: some
# containers round them to milliseconds. A larger step is a gap (silence) or an overlap (cut).
_SEAM = 0.005
# A raw AAC file cannot say how many of its first samples are the encoder's priming: at least one
# frame, and exactly one with FFmpeg's encoder.
_RAW_AAC_PRIMING = 1024
# An encoder pads its last frame with fewer samples than this.
_MAX_PADDING = 2048

LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


@dataclass(frozen=True)
class Audio:
    """Sound.

    Attributes:
        samples: (samples, channels) float32, full scale is −1 to 1.
        rate: samples per second.
    """

    samples: NDArray[np.float32]
    rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                "samples must be float32 of shape (samples, channels), not "
                f"{self.samples.dtype} of shape {self.samples.shape}."
            )
        if self.rate < 1:
            raise ValueError(
                f"rate must be a positive number of samples per second, not {self.rate}."
            )

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[1])

    def cut(self, start: float, end: float) -> "Audio":
        """The sound from `start` to `end` seconds, silent where there is no sound.

        Both ends are rounded to the nearest sample, so consecutive cuts join without a seam.

        Raises:
            ValueError: `end` is before `start`.
        """
        if not start <= end:
            raise ValueError(f"a cut must not end ({end}) before it starts ({start}).")
        first, last = math.floor(start * self.rate + 0.5), math.floor(end * self.rate + 0.5)
        piece = np.zeros((last - first, self.channels), dtype=np.float32)
        low, high = max(first, 0), min(last, len(self.samples))
        if low < high:
            piece[low - first : high - first] = self.samples[low:high]
        return Audio(piece, self.rate)

    def resampled(self, rate: int) -> "Audio":
        """The same sound at another rate."""
        if rate == self.rate or not len(self.samples):
            return Audio(self.samples, rate)
        resampler = _Resampler(self.rate, rate, self.channels)
        pieces = [*resampler.push(self.samples), *resampler.finish()]
        return Audio(_joined(pieces, round(len(self.samples) * rate / self.rate)), rate)


def read_audio(path: str | Path, *, rate: int | None = None, mono: bool = False) -> Audio:
    """Decode the sound of a video or sound file.

    Sample 0 is at time 0 of `VideoReader.times`: the encoder's priming samples are dropped, and
    silence is inserted where the sound starts later than the picture or has gaps.

    Args:
        path: video or sound file.
        rate: samples per second to resample to; None keeps the file's rate.
        mono: average all channels into one.

    Raises:
        VideoError: there is no sound, or it cannot be decoded.
        ValueError: `rate` is not positive.
    """
    if rate is not None and rate < 1:
        raise ValueError(f"rate must be a positive number of samples per second, not {rate}.")
    path = Path(path)
    with opened(path) as container:
        if not container.streams.audio:
            raise VideoError(f"{path} has no sound.")
        stream = container.streams.audio[0]
        pieces = _placed(container, stream)
        first = next(pieces, None)
        if first is None:
            raise VideoError(f"None of the sound of {path} can be decoded.")
        source_rate, channels = stream.rate, first.shape[1]
        resampler = _Resampler(source_rate, rate or source_rate, 1 if mono else channels)
        decoded: list[NDArray[np.float32]] = []
        count = 0
        piece: NDArray[np.float32] | None = first
        while piece is not None:
            count += len(piece)
            mixed = piece.mean(axis=1, keepdims=True) if mono and channels > 1 else piece
            decoded.extend(resampler.push(mixed))
            piece = next(pieces, None)
        decoded.extend(resampler.finish())
    rate = rate or source_rate
    return Audio(_joined(decoded, round(count * rate / source_rate)), rate)


def _placed(container: InputContainer, stream: AudioStream) -> Iterator[NDArray[np.float32]]:
    """Decoded pieces (samples, channels) that together make up the sound from time 0 on."""
    origin = time_origin(container)
    rate = stream.rate
    position: int | None = None
    skip = _RAW_AAC_PRIMING if container.format.name == "aac" else 0
    end = _stated_end(container, stream, origin)
    to_float = AudioResampler(format="fltp", layout=stream.layout.name, rate=rate)
    for frame in _decoded(container, stream):
        pts, time_base = frame.pts, frame.time_base or stream.time_base
        samples = _samples(to_float, frame)
        if pts is not None and time_base is not None:
            wanted = round((pts * time_base - origin) * rate) - skip
        else:
            wanted = position if position is not None else -skip
        if position is None or abs(wanted - position) > _SEAM * rate:
            position = position or 0
            if wanted > position:
                yield np.zeros((wanted - position, samples.shape[1]), dtype=np.float32)
                position = wanted
            else:
                samples = samples[position - wanted :]
        if end is not None and 0 < position + len(samples) - end < _MAX_PADDING:
            samples = samples[: max(0, end - position)]
        if len(samples):
            position += len(samples)
            yield samples


def _stated_end(container: InputContainer, stream: AudioStream, origin: Fraction) -> int | None:
    """The sample after the last, if an MP4 states it; what follows is only padding."""
    if "mp4" not in container.format.name.split(",") or not stream.duration:
        return None
    start, time_base = stream.start_time, stream.time_base
    if start is None or time_base is None:
        return None
    return round(((start + stream.duration) * time_base - origin) * stream.rate)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Every frame that can be decoded; damaged ones are skipped and leave a gap in time."""
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except FFmpegError:
                continue
            yield from (frame for frame in frames if isinstance(frame, AudioFrame))
    except FFmpegError:
        return  # The file ends early.


def _samples(to_float: AudioResampler, frame: AudioFrame) -> NDArray[np.float32]:
    # The converter should only change the sample format; given timestamps, it would fill gaps.
    frame.pts = None
    planes = [piece.to_ndarray() for piece in to_float.resample(frame)]
    return np.ascontiguousarray(np.concatenate(planes, axis=1).T, dtype=np.float32)


class _Resampler:
    """Changes the rate of a stream of (samples, channels) pieces; a no-op at equal rates."""

    def __init__(self, source: int, target: int, channels: int) -> None:
        self._source = source
        self._layout = LAYOUTS[channels]
        self._swr = (
            None
            if source == target
            else AudioResampler(format="fltp", layout=self._layout, rate=target)
        )

    def push(self, samples: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        if self._swr is None:
            return [samples]
        planes = np.ascontiguousarray(samples.T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
        frame.sample_rate = self._source
        return _planes(self._swr.resample(frame))

    def finish(self) -> list[NDArray[np.float32]]:
        if self._swr is None:
            return []
        return _planes(self._swr.resample(None))


def _planes(frames: list[AudioFrame]) -> list[NDArray[np.float32]]:
    return [frame.to_ndarray().astype(np.float32, copy=False).T for frame in frames]


def _joined(pieces: list[NDArray[np.float32]], length: int) -> NDArray[np.float32]:
    """Join pieces into exactly `length` samples; resampling may be one or two off."""
    joined = np.concatenate(pieces).astype(np.float32, copy=False)[:length]
    missing = length - len(joined)
    return np.pad(joined, ((0, missing), (0, 0))) if missing else joined
