"""Small videos of every kind, each frame with its number drawn into it.

Twelve blocks, black for 0 and white for 1, encode the number so that it survives compression,
scaling and conversion to grey: a test can tell from the picture which frame it got.
"""

import io
import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray
from PIL import Image

SIZE = (64, 48)  # width, height
RATE = 25
_COLUMNS, _ROWS = 4, 3


def numbered(number: int, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A picture (height, width, 3) that shows `number`, below 4096."""
    bits = np.array([number >> bit & 1 for bit in range(_COLUMNS * _ROWS)], dtype=np.uint8)
    width, height = size
    rows = np.arange(height) * _ROWS // height
    columns = np.arange(width) * _COLUMNS // width
    grey = bits.reshape(_ROWS, _COLUMNS)[rows][:, columns] * np.uint8(255)
    return np.repeat(grey[:, :, None], 3, axis=2)


def heavy(count: int) -> list[NDArray[np.uint8]]:
    """Numbered pictures under noise, so that the pictures are most of the file."""
    generator = np.random.default_rng(0)
    size = (160, 120)
    noise = generator.integers(0, 60, (count, size[1], size[0], 3), dtype=np.uint8)
    return [numbered(number, size) // 255 * 195 + noise[number] for number in range(count)]


def number_in(picture: NDArray[np.uint8]) -> int:
    """The number that a picture shows; fails if a block is neither black nor white."""
    height, width, _ = picture.shape
    number = 0
    for bit in range(_COLUMNS * _ROWS):
        row, column = divmod(bit, _COLUMNS)
        block = picture[
            _inner(row, _ROWS, height),
            _inner(column, _COLUMNS, width),
        ]
        level = float(block.mean())
        assert level < 70 or level > 185, f"block {bit} is grey: {level:.0f}"
        number |= int(level > 128) << bit
    return number


def numbers_in(pictures: Iterable[NDArray[np.uint8]]) -> list[int]:
    """The numbers of several pictures."""
    return [number_in(picture) for picture in pictures]


def corners(size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A picture that looks different in all eight orientations: red, green, blue, white."""
    width, height = size
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    picture[: height // 2, : width // 2] = (255, 0, 0)
    picture[: height // 2, width // 2 :] = (0, 255, 0)
    picture[height // 2 :, : width // 2] = (0, 0, 255)
    picture[height // 2 :, width // 2 :] = 255
    return picture


def encode(
    path: Path,
    pictures: int | Sequence[NDArray[np.uint8]] = 20,
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = SIZE,
    times: Sequence[float] | None = None,
    gop: int = 12,
    b_frames: int = 0,
    aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
    faststart: bool = False,
    container_format: str | None = None,
    sound: tuple[NDArray[np.float32], float] | None = None,
) -> Path:
    """Write a video with nothing but PyAV, and return its path.

    Args:
        path: the file to write; its suffix decides the container.
        pictures: the number of numbered pictures, or the pictures themselves.
        codec: encoder.
        pix_fmt: pixel format.
        size: (width, height) of numbered pictures.
        times: seconds of each frame, to a millisecond; by default regular at `RATE`.
        gop: exact number of frames from one key frame to the next.
        b_frames: number of B-frames between two other frames.
        aspect: pixel aspect ratio.
        options: encoder options.
        faststart: put the index of an MP4 at the start.
        container_format: needed if the suffix does not say.
        sound: (samples,) at 48 kHz and its start in seconds, as AAC.
    """
    if isinstance(pictures, int):
        pictures = [numbered(number, size) for number in range(pictures)]
    height, width, _ = pictures[0].shape
    muxing = {"movflags": "+faststart"} if faststart else {}
    with av.open(str(path), "w", format=container_format, options=muxing) as container:
        stream = container.add_stream(codec, rate=RATE)
        assert isinstance(stream, VideoStream)
        context = stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, pix_fmt
        if times is not None:
            context.time_base = Fraction(1, 1000)
        context.gop_size = gop
        context.max_b_frames = b_frames
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        context.options = _options(codec) | (options or {})
        track = _sound_track(container, sound) if sound else []
        for packet in track:
            container.mux(packet)
        for index, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
            frame.pts = index if times is None else round(times[index] * 1000)
            frame.time_base = Fraction(1, RATE) if times is None else Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def remux(source: Path, path: Path, *, pts: Sequence[int], time_base: Fraction) -> Path:
    """Copy a video without B-frames, stamping its packets with any `pts`."""
    with av.open(str(source)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        packets = [packet for packet in old.demux(old.streams.video[0]) if packet.size]
        first = min(pts) - len(packets)
        for index, (packet, stamp) in enumerate(zip(packets, pts, strict=True)):
            packet.stream = stream
            packet.time_base = time_base
            packet.pts = stamp
            packet.dts = first + index
            new.mux(packet)
    return path


def packets(path: Path) -> "list[Packet[VideoStream]]":
    """The packets of a file's video stream, in file order."""
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(container.streams.video[0]) if packet.size]


def damage(path: Path, first: int, last: int, *, keep: int = 0) -> Path:
    """Overwrite packets `first` to `last` of a file but for their first `keep` bytes."""
    content = bytearray(path.read_bytes())
    for packet in packets(path)[first : last + 1]:
        start = content.index(bytes(packet), packet.pos or 0) + keep
        content[start : start + packet.size - keep] = b"\x00" * (packet.size - keep)
    path.write_bytes(content)
    return path


def turn(path: Path, a: int, b: int, c: int, d: int) -> Path:
    """Put a display matrix into an MP4: x' = a x + c y, y' = b x + d y (y downwards)."""
    content = bytearray(path.read_bytes())
    # After the name: version and flags (4), times, id, duration (20), reserved and layer (16).
    matrix = content.index(b"tkhd") + 4 + 40
    one = 1 << 16
    values = (a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    content[matrix : matrix + 36] = struct.pack(">9i", *values)
    path.write_bytes(content)
    return path


def trim(path: Path, first: int) -> Path:
    """Let an MP4's edit list start at frame `first`, which is how phones and editors cut."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        ticks = int(Fraction(first, RATE) / stream.time_base)
        milliseconds = 1000 * first // RATE
    content = bytearray(path.read_bytes())
    # After the name: version, flags, the number of entries (8), then length and start.
    entry = content.index(b"elst") + 4 + 8
    length, start = struct.unpack(">Ii", content[entry : entry + 8])
    content[entry : entry + 8] = struct.pack(">Ii", length - milliseconds, start + ticks)
    path.write_bytes(content)
    return path


def boxes(path: Path) -> list[str]:
    """The names of an MP4's outermost boxes, in order."""
    content, names, at = path.read_bytes(), [], 0
    while at < len(content):
        length = int(struct.unpack(">I", content[at : at + 4])[0])
        names.append(content[at + 4 : at + 8].decode())
        at += length or len(content)
    return names


def _inner(part: int, parts: int, length: int) -> slice:
    """The middle half of one of `parts` parts of a side."""
    start, end = part * length / parts, (part + 1) * length / parts
    margin = (end - start) / 4
    return slice(round(start + margin), round(end - margin))


def _options(codec: str) -> dict[str, str]:
    if codec == "libx264":
        # Key frames only at the start of a GOP, and B-frames wherever they are allowed.
        return {"preset": "ultrafast", "sc_threshold": "0", "x264-params": "b-adapt=0", "crf": "18"}
    if codec == "libx265":
        return {"preset": "ultrafast", "x265-params": "log-level=none"}
    return {}


def _sound_track(
    container: OutputContainer, sound: tuple[NDArray[np.float32], float]
) -> "list[Packet[AudioStream]]":
    samples, start = sound
    stream = container.add_stream("aac", rate=48000)
    assert isinstance(stream, AudioStream)
    stream.codec_context.layout = "mono"
    stream.codec_context.format = "fltp"
    encoded: list[Packet[AudioStream]] = []
    for at in range(0, len(samples), 1024):
        frame = av.AudioFrame.from_ndarray(
            samples[None, at : at + 1024].copy(), format="fltp", layout="mono"
        )
        frame.sample_rate = 48000
        frame.pts = at + round(start * 48000)
        frame.time_base = Fraction(1, 48000)
        encoded += stream.encode(frame)
    return [*encoded, *stream.encode(None)]


def tagged_mp3(path: Path) -> Path:
    """A song with a cover picture, which libav presents as a video stream."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libmp3lame", rate=48000)
        assert isinstance(stream, AudioStream)
        stream.codec_context.layout = "mono"
        stream.codec_context.format = "fltp"
        for at in range(0, 11520, 1152):
            frame = av.AudioFrame.from_ndarray(
                np.zeros((1, 1152), dtype=np.float32), format="fltp", layout="mono"
            )
            frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with io.BytesIO() as file:
        Image.fromarray(numbered(5)).save(file, "PNG")
        cover = file.getvalue()
    body = b"\x00image/png\x00\x03\x00" + cover
    tag = b"APIC" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    length = bytes(len(tag) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\x00\x00" + length + tag + path.read_bytes())
    return path
