"""Writing sound: WAV, and AAC on its own or as the sound track of a video."""

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.video.audio import Audio, Sound
from inphase.video.resampling import Resampler
from inphase.video.writing import output_errors

_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_USUAL_RATE = 48000
_FRAME = 1024  # samples in an AAC frame
_BITS_PER_CHANNEL = 96_000


class AacTrack:
    """An AAC stream in a container being written, fed in step with the frames.

    Feeding in step interleaves sound and picture in the file, as playback over a network needs,
    and keeps the container from buffering one while it waits for the other. Sound from a file is
    decoded only as far as it is written.

    Args:
        container: to add the stream to.
        sound: to write; more than two channels are mixed into two.
    """

    def __init__(self, container: OutputContainer, sound: Sound) -> None:
        if isinstance(sound, Audio):
            sound = sound.stereo()
        self._container = container
        self._layout = {1: "mono", 2: "stereo"}[sound.channels]
        self._rate = sound.rate if sound.rate in _AAC_RATES else _USUAL_RATE
        self._blocks = _resampled(sound, self._rate)
        stream = container.add_stream("aac", rate=self._rate)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = self._layout
        stream.codec_context.format = "fltp"
        stream.codec_context.bit_rate = _BITS_PER_CHANNEL * sound.channels
        self._stream = stream
        self._waiting = np.zeros((0, sound.channels), dtype=np.float32)
        self._written = 0

    def write_until(self, time: float) -> None:
        """Encode the sound up to `time` seconds, rounded down to whole AAC frames."""
        end = int(time * self._rate)
        while self._written + _FRAME <= end and self._has(_FRAME):
            self._encode(_FRAME)

    def finish(self) -> None:
        """Encode what remains."""
        while self._has(1):
            self._has(_FRAME)
            self._encode(min(_FRAME, len(self._waiting)))
        self._container.mux(self._stream.encode(None))

    def _has(self, count: int) -> bool:
        """Whether this many samples are left; they then wait to be encoded."""
        while len(self._waiting) < count:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._waiting = np.concatenate([self._waiting, block]) if len(self._waiting) else block
        return True

    def _encode(self, count: int) -> None:
        samples, self._waiting = self._waiting[:count], self._waiting[count:]
        planes = np.ascontiguousarray(np.clip(samples, -1, 1).T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = self._written
        frame.time_base = Fraction(1, self._rate)
        self._written += count
        self._container.mux(self._stream.encode(frame))


def _resampled(sound: Sound, rate: int) -> Iterator[NDArray[np.float32]]:
    resampler = Resampler(sound.rate, rate, sound.channels)
    taken = given = 0
    for block in sound.blocks():
        taken += len(block)
        for piece in resampler.push(block):
            given += len(piece)
            yield piece
    for piece in resampler.finish():
        left = round(taken * rate / sound.rate) - given
        given += len(piece)
        yield piece[: max(0, left)]


def write_audio(path: str | Path, audio: Audio) -> None:
    """Write sound in the format of the suffix: `.wav` (16-bit PCM), `.m4a` or `.aac`.

    Prefer `.m4a` to `.aac`: a raw AAC file does not tell other programs about the encoder's 1024
    priming samples, which they then play as silence at the start.

    Raises:
        OutputError: the suffix is none of these, or the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in {".wav", ".m4a", ".aac"}:
        raise OutputError(f"Cannot write sound to {path}: name it .wav, .m4a or .aac.")
    with replacing(path) as beside:
        if suffix == ".wav":
            _write_wav(beside, audio)
        else:
            _write_aac(beside, audio, target=path)


def _write_wav(path: Path, audio: Audio) -> None:
    levels = np.clip(np.rint(audio.samples * 32768), -32768, 32767).astype("<i2")
    with path.open("wb") as file, wave.open(file, "wb") as out:
        out.setnchannels(audio.channels)
        out.setsampwidth(2)
        out.setframerate(audio.rate)
        out.writeframes(levels.tobytes())


def _write_aac(path: Path, audio: Audio, *, target: Path) -> None:
    options = {"movflags": "+faststart"} if path.suffix.lower() == ".m4a" else {}
    kind = "ipod" if options else "adts"
    with output_errors(target), av.open(str(path), "w", format=kind, options=options) as container:
        track = AacTrack(container, audio)
        track.finish()
