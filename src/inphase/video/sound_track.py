"""Which sound track of a file to use: the first of which anything can be decoded."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer

from inphase.video.audio_frames import SANE_RATES, decoded, is_sane_rate
from inphase.video.file_state import State, file_state
from inphase.video.opening import opened

# Sound that starts further away from the pictures than this has no believable time: seconds.
LONGEST_LEAD = 600


@dataclass(frozen=True)
class SoundTrack:
    """A sound track that can be decoded.

    Attributes:
        index: its place among the file's sound tracks.
        rate: samples per second of its first frame.
        channels: of its first frame.
        start: its start in seconds on the file's own clock; None if the file does not state it.
    """

    index: int
    rate: int
    channels: int
    start: Fraction | None


@dataclass(frozen=True)
class NoSound:
    """Why a file has no sound that can be used.

    Attributes:
        declared: whether the file claims to have some.
        reason: a sentence.
    """

    declared: bool
    reason: str


def is_near(start: Fraction | None, origin: Fraction) -> bool:
    """Whether sound that starts there, in seconds, can belong to pictures whose time 0 is there."""
    return start is None or abs(start - origin) <= LONGEST_LEAD


def find_sound(path: Path) -> SoundTrack | NoSound:
    """The first sound track of which anything can be decoded.

    Raises:
        VideoError: the file cannot be opened.
    """
    state = file_state(path)
    return _find(path) if state is None else _known(state, path)


@lru_cache(maxsize=256)
def _known(_state: State, path: Path) -> SoundTrack | NoSound:
    return _find(path)


def _find(path: Path) -> SoundTrack | NoSound:
    with opened(path) as container:
        streams = container.streams.audio
        if not streams:
            return NoSound(False, f"{path} has no sound.")
        reasons = [_why_not(stream) for stream in streams]
        first = reasons.index(None) if None in reasons else len(reasons)
        track = _first(container, first) if first < len(reasons) else None
    for index in range(first, len(reasons)):
        if index > first and reasons[index] is None:
            # Opened again, because every track starts at the start of the file.
            with opened(path) as container:
                track = _first(container, index)
        if track is not None:
            return track
        reasons[index] = reasons[index] or "nothing in it can be decoded"
    why = "; ".join(dict.fromkeys(str(reason) for reason in reasons))
    return NoSound(True, f"{path} has no sound that can be decoded ({why}).")


def _first(container: InputContainer, index: int) -> SoundTrack | None:
    stream = container.streams.audio[index]
    first = next(decoded(container, stream), None)
    if first is None:
        return None
    start = None
    if stream.start_time is not None and stream.time_base is not None:
        start = stream.start_time * stream.time_base
    return SoundTrack(index, first.rate, first.samples.shape[1], start)


def _why_not(stream: AudioStream) -> str | None:
    """Why a track cannot be decoded, as far as the file's header tells; None if it may."""
    if stream.codec_context is None:
        return "there is no decoder for it"
    rate = stream.codec_context.sample_rate
    # Not stated is no mistake: some formats tell only in their frames.
    if rate and not is_sane_rate(rate):
        return f"it claims {rate} samples per second, not {SANE_RATES[0]} to {SANE_RATES[1]}"
    return None
