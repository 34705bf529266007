"""Small files whose sound is odd: many channels, no decoder, damaged headers, changing formats."""

import struct
import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from tests.video.odd_videos import RATE, SIZE, numbered

# QuickTime's film order of 5.1: left, centre, right, left and right surround, low frequencies.
_FILM_ORDER = 123 << 16 | 6


def tone(seconds: float = 1.0, rate: int = 48000) -> NDArray[np.float32]:
    """(samples,) of a tone at half of full scale."""
    return (0.5 * np.sin(np.arange(round(seconds * rate)) / 20)).astype(np.float32)


def wav(path: Path, channels: Sequence[NDArray[np.float32]], rate: int = 48000) -> Path:
    """A WAV of any number of channels, which it does not name."""
    levels = np.rint(np.stack(channels, axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(levels.tobytes())
    return path


def encode_with_sound(
    path: Path,
    channels: Sequence[NDArray[np.float32]] | None = None,
    *,
    codec: str = "pcm_s16le",
    layout: str = "stereo",
    rate: int = 48000,
    starts: Sequence[float] = (0.0,),
    pictures: Sequence[NDArray[np.uint8]] | int = RATE,
    pictures_start: float = 0.0,
) -> Path:
    """A video with sound.

    Args:
        path: its suffix sets the container.
        channels: (samples,) of each channel at `rate`; None declares a track and leaves it empty.
        codec: encoder of the sound.
        layout: libav's name of the layout.
        rate: samples per second.
        starts: seconds at which the sound starts; it is written again for each.
        pictures: the pictures, or the number of numbered ones.
        pictures_start: seconds at which the pictures start.
    """
    if isinstance(pictures, int):
        pictures = [numbered(number) for number in range(pictures)]
    with av.open(str(path), "w") as container:
        video = container.add_stream("mpeg4" if path.suffix == ".avi" else "libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.codec_context.max_b_frames = 0
        sound = container.add_stream(codec, rate=rate)
        assert isinstance(sound, AudioStream)
        sound.codec_context.layout = layout
        for start in starts if channels is not None else ():
            for frame in frames(np.stack(channels or []), layout, rate, start):
                container.mux(sound.encode(frame))
        if channels is not None:
            container.mux(sound.encode(None))
        for index, picture in enumerate(pictures):
            shown = av.VideoFrame.from_ndarray(picture, format="rgb24")
            shown.pts = index + round(pictures_start * RATE)
            shown.time_base = Fraction(1, RATE)
            container.mux(video.encode(shown))
        container.mux(video.encode(None))
    return path


def frames(
    channels: NDArray[np.float32], layout: str, rate: int, start: float = 0.0
) -> list[av.AudioFrame]:
    """Frames of (channels, samples), for an encoder of any format."""
    made = []
    for at in range(0, channels.shape[1], 1024):
        packed = np.ascontiguousarray(channels[:, at : at + 1024].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate = rate
        frame.pts = at + round(start * rate)
        frame.time_base = Fraction(1, rate)
        made.append(frame)
    return made


def film_order(path: Path, channels: Sequence[NDArray[np.float32]]) -> Path:
    """A QuickTime film of six channels in an order that libav stores as a list."""
    encode_with_sound(path, channels, layout="5.1")
    content = bytearray(path.read_bytes())
    # After the name: version and flags, then the layout and a set of channels.
    place = content.index(b"chan") + 8
    content[place : place + 8] = struct.pack(">II", _FILM_ORDER, 0)
    path.write_bytes(content)
    return path


def without_decoder(path: Path) -> Path:
    """The first AAC track of an MP4 or QuickTime file in a codec that nobody knows."""
    content = path.read_bytes().replace(b"mp4a", b"apac", 1).replace(b"esds", b"edsx", 1)
    path.write_bytes(content)
    return path


def avi_that_claims(
    path: Path, *, rate: int | None = None, channels: int | None = None, ticks: int | None = None
) -> Path:
    """An AVI whose header lies about its sound; `ticks` are those of its clock in a second."""
    encode_with_sound(path, [tone()], layout="mono")
    content = bytearray(path.read_bytes())
    if ticks is not None:
        clock = content.index(b"auds") + 20
        content[clock : clock + 8] = struct.pack("<II", 1, ticks)
    place = content.index(b"strf", content.index(b"auds")) + 8
    kind, count, stated = struct.unpack("<HHI", content[place : place + 8])
    lie = (kind, count if channels is None else channels, stated if rate is None else rate)
    content[place : place + 8] = struct.pack("<HHI", *lie)
    path.write_bytes(content)
    return path


def changing(path: Path) -> Path:
    """A transport stream: a second of mono at 44.1 kHz, then one of stereo at 48 kHz."""
    parts = (("mono", 44100, 0), ("stereo", 48000, 1))
    with av.open(str(path), "w", format="mpegts") as container:
        stream = container.add_stream("mp2", rate=44100)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "mono"
        container.start_encoding()
        for layout, rate, start in parts:
            encoder = av.CodecContext.create("mp2", "w")
            assert isinstance(encoder, AudioCodecContext)
            encoder.sample_rate, encoder.layout, encoder.format = rate, layout, "s16"
            count = 1 if layout == "mono" else 2
            both = np.repeat(tone(1.0, rate)[None], count, axis=0)
            made = [
                packet for frame in frames(both, layout, rate) for packet in encoder.encode(frame)
            ]
            for packet in [*made, *encoder.encode(None)]:
                assert packet.pts is not None
                seconds = Fraction(packet.pts, rate) + start
                packet.stream = stream
                packet.time_base = Fraction(1, 90000)
                packet.pts = packet.dts = round(seconds * 90000)
                packet.duration = round(Fraction(1152, rate) * 90000)
                container.mux(packet)
    return path
