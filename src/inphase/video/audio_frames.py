"""Decode a sound track frame by frame, whatever the format of each."""

import ctypes
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

# Samples per second outside this range are damage. Recorders reach 384 000, DSD 705 600.
SANE_RATES = (1000, 768_000)
# What PyAV raises for a damaged packet, besides libav's own errors.
DECODING_ERRORS = (FFmpegError, ValueError, RuntimeError, OverflowError, MemoryError)
_SCALES = {"u8": 1 / 128, "s16": 1 / 32768, "s32": 1 / 2**31, "flt": 1.0, "dbl": 1.0}
# 40 dB above full scale: louder samples are damage.
_LOUDEST = 100.0
# libav keeps this many planes of a frame where PyAV looks for them, and the next entry is empty
# only if there are fewer: PyAV then reads on past the end.
_PLANES = 8
# Layouts that libav never stores as a list of channels.
_PLAIN = {"mono", "stereo"}


class Piece(NamedTuple):
    """One decoded frame.

    Attributes:
        samples: (samples, channels) float32.
        names: libav's names of the channels.
        rate: samples per second.
        time: of the first sample, in seconds on the file's own clock; None if it is not stated.
    """

    samples: NDArray[np.float32]
    names: tuple[str, ...]
    rate: int
    time: Fraction | None


def decoded(container: InputContainer, stream: AudioStream) -> Iterator[Piece]:
    """Every frame that can be decoded; damaged ones are left out and leave a gap in time.

    The track may change its format from one frame to the next.
    """
    unpacking = _Unpacking()
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except DECODING_ERRORS:
                continue
            for frame in frames:
                piece = unpacking.piece(frame) if isinstance(frame, AudioFrame) else None
                if piece is not None:
                    yield piece
    except DECODING_ERRORS:
        return  # The file ends early.


def is_sane_rate(rate: int) -> bool:
    """Whether sound can have this many samples per second."""
    return SANE_RATES[0] <= rate <= SANE_RATES[1]


class _Unpacking:
    """Turns decoded frames into arrays."""

    def __init__(self) -> None:
        self._packing: tuple[tuple[str, str, int], AudioResampler] | None = None

    def piece(self, frame: AudioFrame) -> Piece | None:
        """The frame as an array; None if its format makes no sense."""
        _keep_layout(frame)
        channels, rate = frame.layout.nb_channels, frame.sample_rate
        if channels < 1 or frame.samples < 1 or not is_sane_rate(rate):
            return None
        time = frame.pts * frame.time_base if frame.pts is not None and frame.time_base else None
        names = tuple(channel.name for channel in frame.layout.channels)
        try:
            return Piece(self._samples(frame, channels), names, rate, time)
        except DECODING_ERRORS:
            return None

    def _samples(self, frame: AudioFrame, channels: int) -> NDArray[np.float32]:
        name = frame.format.name.removesuffix("p")
        planar = frame.format.is_planar
        if name not in _SCALES or (planar and channels >= _PLANES):
            pieces = [packed.to_ndarray().reshape(-1, channels) for packed in self._packed(frame)]
            return _finite(np.concatenate(pieces).astype(np.float32, copy=False))
        raw = frame.to_ndarray()
        values = raw.T if planar else raw.reshape(-1, channels)
        levels = values.astype(np.float32)
        if name == "u8":
            levels -= 128
        levels *= np.float32(_SCALES[name])
        return np.ascontiguousarray(_finite(levels))

    def _packed(self, frame: AudioFrame) -> list[AudioFrame]:
        """The frame with its channels side by side instead of one after the other."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._packing is None or self._packing[0] != kind:
            self._packing = kind, AudioResampler(format="flt")
        # The converter should only change the format; given timestamps, it would fill gaps.
        frame.pts = None
        packed = self._packing[1].resample(frame)
        for one in packed:
            _keep_layout(one)
        return packed


def _finite(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same levels, silent where they are no sound: damaged files of floats hold anything."""
    good = np.abs(levels) <= _LOUDEST  # not true of what is not a number
    return levels if good.all() else np.where(good, levels, np.float32(0))


def _keep_layout(frame: AudioFrame) -> None:
    """Never free the description of a frame's channels.

    PyAV 18.0 and 18.1 copy it without what it points to, and free that twice, if the channels are
    in an order of the file's own. What stays behind is 40 bytes.
    """
    if frame.layout.name not in _PLAIN:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(frame.layout))
