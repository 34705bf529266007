"""Read frames by time, write videos, read and write sound; knows nothing about learning."""

from inphase.video.ahead import ahead
from inphase.video.audio import Audio, Sound
from inphase.video.audio_writer import write_audio
from inphase.video.child import reading_apart
from inphase.video.images import IMAGE_SUFFIXES, read_image
from inphase.video.info import VideoInfo, average_fps, frame_at
from inphase.video.rates import IMAGE_FPS, assume_rate
from inphase.video.reader import VideoReader, probe
from inphase.video.sound_cursor import SoundCursor
from inphase.video.sound_file import SoundFile, read_audio, sound_of
from inphase.video.source import VIDEO_SUFFIXES
from inphase.video.writer import VideoWriter

__all__ = [
    "IMAGE_FPS",
    "IMAGE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "Audio",
    "Sound",
    "SoundCursor",
    "SoundFile",
    "VideoInfo",
    "VideoReader",
    "VideoWriter",
    "ahead",
    "assume_rate",
    "average_fps",
    "frame_at",
    "probe",
    "read_audio",
    "read_image",
    "reading_apart",
    "sound_of",
    "write_audio",
]
