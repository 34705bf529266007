"""Writing sound: WAV, and AAC on its own or as the sound track of a video."""

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.video.audio import LAYOUTS, Audio
from inphase.video.writing import output_errors

_AAC_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
_AAC_CHANNELS = (1, 2, 3, 5, 6)
_FRAME = 1024  # samples in an AAC frame
_BITS_PER_CHANNEL = 96_000


class AacTrack:
    """An AAC stream in a container being written, fed in step with the frames.

    Feeding in step interleaves sound and picture in the file, as playback over a network needs,
    and keeps the container from buffering one while it waits for the other.
    """

    def __init__(self, container: OutputContainer, audio: Audio) -> None:
        """
        Raises:
            ValueError: AAC has no layout for this number of channels.
        """
        if audio.channels not in _AAC_CHANNELS:
            raise ValueError(f"AAC cannot store {audio.channels} channels.")
        if audio.rate not in _AAC_RATES:
            audio = audio.resampled(48000)
        self._audio = audio
        self._container = container
        self._layout = LAYOUTS[audio.channels]
        stream = container.add_stream("aac", rate=audio.rate)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = self._layout
        stream.codec_context.format = "fltp"
        stream.codec_context.bit_rate = _BITS_PER_CHANNEL * audio.channels
        self._stream = stream
        self._written = 0

    def write_until(self, time: float) -> None:
        """Encode the sound up to `time` seconds, rounded down to whole AAC frames."""
        end = min(len(self._audio.samples), int(time * self._audio.rate))
        while self._written + _FRAME <= end:
            self._encode(_FRAME)

    def finish(self) -> None:
        """Encode what remains."""
        while self._written < len(self._audio.samples):
            self._encode(min(_FRAME, len(self._audio.samples) - self._written))
        self._container.mux(self._stream.encode(None))

    def _encode(self, count: int) -> None:
        samples = self._audio.samples[self._written : self._written + count]
        planes = np.ascontiguousarray(np.clip(samples, -1, 1).T)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=self._layout)
        frame.sample_rate = self._audio.rate
        frame.pts = self._written
        frame.time_base = Fraction(1, self._audio.rate)
        self._written += count
        self._container.mux(self._stream.encode(frame))


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
