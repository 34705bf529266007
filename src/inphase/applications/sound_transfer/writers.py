"""Write a sound transfer as a video or as sound alone."""

from pathlib import Path

from inphase.applications.sound_transfer.result import SoundTransfer
from inphase.video import write_audio
from inphase.video.muxing import write_with_sound


def mp4(result: SoundTransfer, path: Path) -> None:
    """Copy the target's pictures without re-encoding, and add the sound as AAC."""
    write_with_sound(path, result.target.path, result.audio)


def wav(result: SoundTransfer, path: Path) -> None:
    """Write the sound, in 16 bits."""
    write_audio(path, result.audio)
