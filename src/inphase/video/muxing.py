"""Give a video another sound track, copying its picture packet by packet."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.video.audio import Sound
from inphase.video.audio_writer import AacTrack
from inphase.video.opening import opened, video_stream
from inphase.video.reader import time_origin
from inphase.video.span import find_span
from inphase.video.writing import output_errors

if TYPE_CHECKING:
    from av.packet import Packet

# Names of HEVC streams in an MP4; libav gives them one that Apple's players refuse.
_HEVC_TAGS = {"hvc1", "hev1", "dvh1", "dvhe"}


def write_with_sound(path: str | Path, video: str | Path, audio: Sound) -> None:
    """Write an MP4 with the picture of a video, without re-encoding it, and AAC sound.

    Frames that the video shows at the same time, as some recorders write them, move by a tick.

    Args:
        path: the file to write.
        video: the video to copy the picture from; its own sound is left out.
        audio: sample 0 is at time 0 of the video.

    Raises:
        OutputError: the file cannot be written, or MP4 does not support the video's codec.
        VideoError: the video cannot be read.
    """
    path, video = Path(path), Path(video)
    origin = time_origin(video)
    stamps = _stamps(video)
    with replacing(path) as beside, opened(video) as source:
        pictures = video_stream(source, video)
        options = {"movflags": "+faststart"}
        with (
            output_errors(path),
            av.open(str(beside), "w", format="mp4", options=options) as container,
        ):
            copied = _copied(container, pictures, video)
            track = AacTrack(container, audio)
            _begin(container, pictures, video)
            for packet, (pts, dts) in zip(_packets(source, pictures), stamps, strict=True):
                assert packet.time_base is not None
                offset = round(origin / packet.time_base)
                packet.pts, packet.dts = pts - offset, dts - offset
                track.write_until(float(packet.dts * packet.time_base))
                packet.stream = copied
                container.mux(packet)
            track.finish()


def check_picture_can_be_copied(video: str | Path) -> None:
    """Refuse a video that `write_with_sound` cannot copy, before minutes of work.

    Raises:
        OutputError: MP4 does not support its codec, the file does not state its times, or it is a
            folder of pictures.
        VideoError: the video cannot be read.
    """
    video = Path(video)
    if video.is_dir():
        raise OutputError(
            f"{video} is a folder of pictures, which cannot be copied into an .mp4; write a .wav "
            "instead."
        )
    if find_span(video) is not None:
        raise OutputError(
            f"{video} is a span of a file, whose picture cannot be copied by itself; write a .wav "
            "instead."
        )
    _stamps(video)
    with opened(video) as source:
        pictures = video_stream(source, video)
        with av.open(io.BytesIO(), "w", format="mp4") as container:
            _copied(container, pictures, video)
            _begin(container, pictures, video)


def _copied(container: OutputContainer, pictures: VideoStream, video: Path) -> VideoStream:
    """A stream for copies of the packets of another."""
    try:
        # Opaque, because there may be no encoder of this name, and none is needed.
        copied = container.add_stream_from_template(pictures, opaque=True)
    except (FFmpegError, ValueError) as error:
        raise _cannot_copy(pictures, video) from error
    if pictures.codec_context.codec.canonical_name == "hevc":
        tag = pictures.codec_context.codec_tag
        copied.codec_context.codec_tag = tag if tag in _HEVC_TAGS else "hvc1"
    return copied


def _begin(container: OutputContainer, pictures: VideoStream, video: Path) -> None:
    try:
        container.start_encoding()
    except (FFmpegError, ValueError) as error:
        raise _cannot_copy(pictures, video) from error


def _cannot_copy(pictures: VideoStream, video: Path) -> OutputError:
    name = pictures.codec_context.codec.canonical_name
    return OutputError(
        f"The picture of {video} cannot be copied into an .mp4 ({name}); write a .wav instead."
    )


def _packets(
    container: "av.container.InputContainer", pictures: "VideoStream"
) -> "Iterator[Packet[VideoStream]]":
    """The packets with a frame in them; libav's last packet only marks the end."""
    return (packet for packet in container.demux(pictures) if packet.size)


def _stamps(video: Path) -> list[tuple[int, int]]:
    """When to show and when to decode each packet, in ticks of the stream, in file order.

    Matroska stores presentation times only. If frames are reordered, libav gives the first packets
    no decoding time. The sorted presentation times then serve instead, shifted early enough that
    every frame is decoded before it is shown.

    Raises:
        OutputError: the file does not state when its frames are shown.
    """
    with opened(video) as container:
        packets = _packets(container, video_stream(container, video))
        stamps = [(packet.pts, packet.dts) for packet in packets]
    shown = [pts for pts, _ in stamps if pts is not None]
    if len(shown) < len(stamps):
        raise OutputError(
            f"The picture of {video} cannot be copied into an .mp4: the file does not state the "
            "times of its frames; write a .wav instead."
        )
    shown = _apart(shown)
    stored = [dts for _, dts in stamps if dts is not None]
    in_order = sorted(shown)
    if len(stored) == len(stamps) and stored == sorted(set(stored)):
        # Moved times may leave the decoder behind by as many ticks.
        behind = (dts - pts for pts, dts in zip(shown, stored, strict=True))
        late = max(0, max(behind, default=0))
        return [(pts, dts - late) for pts, dts in zip(shown, stored, strict=True)]
    ahead = max((there - pts for there, pts in zip(in_order, shown, strict=True)), default=0)
    return [(pts, there - ahead) for pts, there in zip(shown, in_order, strict=True)]


def _apart(times: Sequence[int]) -> list[int]:
    """The same times, each a tick or more after the one before it in order."""
    apart = list(times)
    last: int | None = None
    for place in sorted(range(len(times)), key=lambda place: (times[place], place)):
        apart[place] = times[place] if last is None else max(times[place], last + 1)
        last = apart[place]
    return apart
