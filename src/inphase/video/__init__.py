"""Video and sound in and out; knows nothing of learning."""

from inphase.video.audio import Audio, read_audio, write_audio
from inphase.video.image_source import IMAGE_SUFFIXES
from inphase.video.info import VideoInfo
from inphase.video.reader import VIDEO_SUFFIXES, VideoReader, probe
from inphase.video.writer import VideoWriter

__all__ = [
    "IMAGE_SUFFIXES",
    "VIDEO_SUFFIXES",
    "Audio",
    "VideoInfo",
    "VideoReader",
    "VideoWriter",
    "probe",
    "read_audio",
    "write_audio",
]
