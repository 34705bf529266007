"""The sound of a file, decoded as it is needed."""

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.audio import Audio, gathered
from inphase.video.audio_frames import decoded
from inphase.video.mixdown import mixed
from inphase.video.opening import opened, reading_errors
from inphase.video.reader import time_origin
from inphase.video.sound_timeline import LONGEST_HOLE, HoleError, Timeline
from inphase.video.sound_track import NoSound, SoundTrack, find_sound, is_near
from inphase.video.span import find_span

_log = logging.getLogger(__name__)

# A raw AAC file cannot say how many of its first samples are the encoder's priming: at least one
# frame, and exactly one with FFmpeg's encoder.
_RAW_AAC_PRIMING = 1024
# An encoder pads its last frame with fewer samples than this.
_MAX_PADDING = 2048
# No ear needs more samples per second.
_HIGHEST_RATE = 96_000
# As many values of sound fit into 2 GB: an hour and a half of stereo at 48 kHz.
_MOST_VALUES = 1 << 29
# Less sound than this, in seconds, may be left out of overlaps without a word.
_OVERLAP = 0.5
# Pieces are collected into blocks of this many samples.
_BLOCK = 1 << 18


@dataclass(frozen=True)
class SoundFile:
    """The sound track of a file in one or two channels; nothing of it is kept in memory.

    Attributes:
        path: of the file.
        track: which sound track.
        origin: time 0 in seconds on the file's own clock.
        rate: samples per second to decode to.
        channels: 1 or 2.
        until: seconds after which nothing is decoded; None for the end.
    """

    path: Path
    track: SoundTrack
    origin: Fraction
    rate: int
    channels: int
    until: float | None = None

    @classmethod
    def open(cls, path: str | Path, *, rate: int | None = None, mono: bool = False) -> "SoundFile":
        """The sound of a video or sound file: its first track that can be decoded.

        Args:
            path: the file.
            rate: samples per second to resample to; None keeps the file's rate, up to 96 000.
            mono: mix all channels into one; otherwise, more than two become two.

        Raises:
            VideoError: there is no sound, it cannot be decoded, or it has no believable time.
            ValueError: `rate` is not positive.
        """
        if rate is not None and rate < 1:
            raise ValueError(f"rate must be a positive number of samples per second, not {rate}.")
        path = Path(path)
        track = find_sound(path)
        if isinstance(track, NoSound):
            raise VideoError(track.reason)
        rate = rate or min(track.rate, _HIGHEST_RATE)
        channels = 1 if mono else min(track.channels, 2)
        span = find_span(path)
        origin = time_origin(path if span is None else span.file)
        if track.start is not None and not is_near(track.start, origin):
            raise VideoError(
                f"The sound of {path} cannot be used: it claims to start "
                f"{float(abs(track.start - origin)):.0f} seconds away from the pictures."
            )
        if span is None:
            return cls(path, track, origin, rate, channels)
        until = None if math.isinf(span.end) else span.end - span.start
        return cls(path, track, origin + Fraction(span.start), rate, channels, until)

    def cut_at(self, end: float) -> "SoundFile":
        """The same sound, ending at `end` seconds at the latest."""
        return replace(self, until=end if self.until is None else min(end, self.until))

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Yield (samples, channels) end to end, from time 0 on.

        The encoder's priming samples are dropped, and silence is inserted where the sound starts
        later than the picture or has gaps.

        Raises:
            VideoError: the file can no longer be opened.
        """
        left = None if self.until is None else max(0, round(self.until * self.rate))
        for piece in self._placed():
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            if len(piece):
                yield piece
            if left == 0:
                return

    def _placed(self) -> Iterator[NDArray[np.float32]]:
        timeline = Timeline(self.rate, self.channels)
        with opened(self.path) as container:
            stream = container.streams.audio[self.track.index]
            end = _stated_end(container, stream)
            is_raw_aac = counted = container.format.name == "aac"
            try:
                for piece in decoded(container, stream):
                    samples = mixed(piece.samples, self.channels, piece.names)
                    time = None if piece.time is None else piece.time - self.origin
                    if is_raw_aac:
                        # Its times are counted in frames of the first rate.
                        counted = counted and piece.rate == self.track.rate
                        time = time if counted else None
                    if is_raw_aac and (time is not None or not timeline.end):
                        time = (time or 0) - Fraction(_RAW_AAC_PRIMING, piece.rate)
                    if end is not None:
                        at = timeline.end if time is None else time
                        room = round((end - self.origin - at) * piece.rate)
                        if 0 < len(samples) - room < _MAX_PADDING:
                            samples = samples[: max(0, room)]
                    yield from timeline.add(samples, piece.rate, time)
            except HoleError:
                _log.warning(
                    "%s: its sound has a hole of more than %d minutes; what comes after it is "
                    "left out.",
                    self.path,
                    LONGEST_HOLE // 60,
                )
            yield from timeline.finish()
            if timeline.repeated > _OVERLAP:
                _log.warning(
                    "%s: the timestamps of its sound go back; %.1f s of it are left out.",
                    self.path,
                    timeline.repeated,
                )


def sound_of(path: str | Path, *, what: str = "the video") -> SoundFile | None:
    """The sound of a video for a new one; None, with a warning if it claims to have some.

    Args:
        path: the video.
        what: is written without sound, for the warning.

    Raises:
        VideoError: the file cannot be opened.
    """
    path = Path(path)
    if path.is_dir():
        return None
    found = find_sound(path)
    if isinstance(found, NoSound) and not found.declared:
        return None
    try:
        return SoundFile.open(path)
    except VideoError as error:
        _log.warning("%s; %s is written without sound.", str(error).removesuffix("."), what)
        return None


def read_audio(path: str | Path, *, rate: int | None = None, mono: bool = False) -> Audio:
    """Decode the sound of a video or sound file, in one or two channels.

    Sample 0 is at time 0 of `VideoReader.times`: the encoder's priming samples are dropped, and
    silence is inserted where the sound starts later than the picture or has gaps of up to ten
    minutes. The first sound track is used of which anything can be decoded.

    Args:
        path: video or sound file.
        rate: samples per second to resample to; None keeps the file's rate, up to 96 000.
        mono: mix all channels into one; otherwise, more than two become two.

    Raises:
        VideoError: there is no sound, it cannot be decoded, or it is too long to be held in memory.
        ValueError: `rate` is not positive.
    """
    if rate is not None and rate < 1:
        raise ValueError(f"rate must be a positive number of samples per second, not {rate}.")
    with reading_errors(Path(path)):
        return _held(SoundFile.open(path, rate=rate, mono=mono))


def _held(sound: SoundFile) -> Audio:
    """All of a sound."""
    blocks: list[NDArray[np.float32]] = []
    count = 0
    for block in gathered(sound.blocks(), _BLOCK):
        blocks.append(block)
        count += len(block)
        if count * sound.channels > _MOST_VALUES:
            minutes = _MOST_VALUES // (sound.rate * sound.channels * 60)
            raise VideoError(
                f"The sound of {sound.path} is longer than {minutes} minutes, which is more than "
                "can be held in memory; give a shorter piece."
            )
    joined = np.empty((count, sound.channels), dtype=np.float32)
    at = 0
    for index, block in enumerate(blocks):
        joined[at : at + len(block)] = block
        at += len(block)
        blocks[index] = block[:0].copy()  # Free it: the sound is never in memory twice.
    return Audio(joined, sound.rate)


def _stated_end(container: InputContainer, stream: AudioStream) -> Fraction | None:
    """The end in seconds on the file's clock, if an MP4 states it; what follows is only padding."""
    if "mp4" not in container.format.name.split(",") or not stream.duration:
        return None
    start, time_base = stream.start_time, stream.time_base
    if start is None or time_base is None:
        return None
    return (start + stream.duration) * time_base
