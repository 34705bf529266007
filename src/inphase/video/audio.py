"""Sound: decoded to float32, cut exactly by time, written as WAV or AAC."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.errors import OutputError, VideoError

AUDIO_SUFFIXES = (".wav", ".m4a")
# A hole in the times of decoded sound that is longer than this is silence, not rounding.
_HOLE = 0.05
_BLOCK = 1024


@dataclass(frozen=True)
class Audio:
    """Sound.

    Attributes:
        samples: (samples, channels) float32, full scale ±1.
        rate: samples per second.
    """

    samples: NDArray[np.float32]
    rate: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(
                f"samples must be float32 (samples, channels), not {self.samples.dtype} "
                f"{self.samples.shape}."
            )

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    def cut(self, start: float, end: float) -> "Audio":
        """The sound from ``start`` to ``end`` seconds, to the sample; silence where there is none.

        Raises:
            ValueError: ``end`` is before ``start``.
        """
        first, last = round(start * self.rate), round(end * self.rate)
        if last < first:
            raise ValueError(f"the end of a cut ({end} s) is before its start ({start} s).")
        inside = self.samples[max(first, 0) : max(last, 0)]
        before = min(max(-first, 0), last - first)
        after = last - first - before - len(inside)
        return Audio(np.pad(inside, ((before, after), (0, 0))), self.rate)


def read_audio(path: str | Path, *, rate: int | None = None, mono: bool = False) -> Audio:
    """Decode the sound of a file.

    Sample 0 belongs to the instant at which the file's first picture is shown (in a file without
    pictures, to its first sample). An encoder's priming samples are dropped.

    Args:
        rate: samples per second to convert to; by default the file's own.
        mono: mix all channels into one.

    Raises:
        VideoError: the file cannot be read or has no sound.
    """
    path = Path(path)
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            if not container.streams.audio:
                raise VideoError(f"{path} has no sound.")
            stream = container.streams.audio[0]
            origin = _origin(container)
            rate = rate or stream.rate
            resampler = AudioResampler("fltp", "mono" if mono else stream.layout, rate)
            parts: list[NDArray[np.float32]] = []
            length = 0
            for frame in _resampled(container, stream, resampler):
                block = frame.to_ndarray().T
                place = length
                if frame.pts is not None and frame.time_base is not None:
                    place = round((float(frame.pts * frame.time_base) - origin) * rate)
                if place < 0:
                    block, place = block[-place:], 0
                if not parts or place > length + _HOLE * rate:
                    hole = np.zeros((max(place - length, 0), block.shape[1]), np.float32)
                    parts.append(hole)
                    length += len(hole)
                parts.append(block)
                length += len(block)
    except av.error.FFmpegError as error:
        raise VideoError(f"The sound of {path} cannot be read: {error.strerror}.") from error
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror or error}.") from error
    if not length:
        raise VideoError(f"{path} has no sound that can be decoded.")
    return Audio(np.ascontiguousarray(np.concatenate(parts), dtype=np.float32), rate)


def write_audio(path: str | Path, audio: Audio) -> None:
    """Write sound as 16-bit WAV or as AAC (``.m4a``), whole or not at all.

    Raises:
        OutputError: another suffix, or the place cannot be written.
    """
    path = Path(path)
    if path.suffix not in AUDIO_SUFFIXES:
        raise OutputError(f"{path} must end in {' or '.join(AUDIO_SUFFIXES)}.")
    wav = path.suffix == ".wav"
    with replacing(path) as beside:
        try:
            with av.open(str(beside), "w", format="wav" if wav else "ipod") as container:
                track = AudioTrack(container, audio, codec="pcm_s16le" if wav else "aac")
                track.write_until(audio.duration)
                track.close()
        except av.error.FFmpegError as error:
            raise OSError(error.errno, error.strerror) from error


class AudioTrack:
    """The sound of a file that is being written, encoded piece by piece."""

    def __init__(
        self, container: av.container.OutputContainer, audio: Audio, *, codec: str = "aac"
    ) -> None:
        channels = audio.samples.shape[1]
        self._layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")
        self._container = container
        self._audio = audio
        self._done = 0
        self._stream = container.add_stream(codec, rate=audio.rate, layout=self._layout)

    def write_until(self, time: float) -> None:
        """Encode what sounds before ``time`` seconds and is not encoded yet."""
        end = min(round(time * self._audio.rate), len(self._audio.samples))
        while self._done < end:
            block = self._audio.samples[self._done : min(self._done + _BLOCK, end)]
            # Resampling may overshoot full scale; an encoder would wrap it round.
            planes = np.ascontiguousarray(np.clip(block, -1.0, 1.0).T)
            frame = AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
            frame.rate = self._audio.rate
            frame.pts = self._done
            frame.time_base = Fraction(1, self._audio.rate)
            self._container.mux(self._stream.encode(frame))
            self._done += len(block)

    def close(self) -> None:
        """Encode what the encoder still holds."""
        self._container.mux(self._stream.encode(None))


def _resampled(
    container: av.container.InputContainer,
    stream: av.audio.stream.AudioStream,
    resampler: AudioResampler,
) -> Iterator[AudioFrame]:
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.EOFError:
            break
        except av.error.FFmpegError:
            continue  # a damaged packet: the next ones may be whole
        for frame in frames:
            yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _origin(container: av.container.InputContainer) -> float:
    """The instant, in the file's own seconds, from which inphase counts."""
    streams = [*container.streams.video, *container.streams.audio]
    first = streams[0]
    if first.start_time is None or first.time_base is None:
        return 0.0
    start = float(first.start_time * first.time_base)
    # Priming samples lie before zero and are dropped by the decoder.
    return start if first.type == "video" else max(start, 0.0)
