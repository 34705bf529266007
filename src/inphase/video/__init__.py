"""Read frames by time, write videos, read and write sound; knows nothing about learning."""

from inphase.video.ahead import ahead
from inphase.video.audio import Audio, read_audio
from inphase.video.audio_writer import write_audio
from inphase.video.info import VideoInfo, average_fps, frame_at
from inphase.video.rates import IMAGE_FPS, assume_rate
from inphase.video.reader import VideoReader, probe
from inphase.video.source import IMAGE_SUFFIXES, VIDEO_SUFFIXES, read_image
from inphase.video.writer import VideoWriter

__all__ = [
    "IMAGE_FPS",
    "IMAGE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "Audio",
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
    "write_audio",
]
