"""A sound transfer as a video or as sound alone."""

from pathlib import Path

from inphase.applications.sound_transfer.result import SoundTransfer
from inphase.video import write_audio
from inphase.video.muxing import write_with_sound


def mp4(result: SoundTransfer, path: Path) -> None:
    """Copy the target's pictures without encoding them again, with the sound in AAC."""
    write_with_sound(path, result.target.path, result.audio)


def wav(result: SoundTransfer, path: Path) -> None:
    """Write the sound, 16-bit."""
    write_audio(path, result.audio)
