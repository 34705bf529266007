"""Give a video another sound track, copying its picture packet by packet."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.video.audio import Audio
from inphase.video.audio_writer import AacTrack
from inphase.video.opening import opened, time_origin, video_stream
from inphase.video.writing import output_errors

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.stream import VideoStream


def write_with_sound(path: str | Path, video: str | Path, audio: Audio) -> None:
    """Write an MP4 with the picture of a video, without re-encoding it, and AAC sound.

    Args:
        path: the file to write.
        video: the video to copy the picture from; its own sound is left out.
        audio: mono or stereo; sample 0 is at time 0 of the video.

    Raises:
        OutputError: the file cannot be written, or MP4 does not support the video's codec.
        VideoError: the video cannot be read.
    """
    path, video = Path(path), Path(video)
    with replacing(path) as beside, opened(video) as source:
        pictures = video_stream(source, video)
        origin = time_origin(source)
        decoding = _decoding_stamps(video)
        with (
            output_errors(path),
            av.open(
                str(beside), "w", format="mp4", options={"movflags": "+faststart"}
            ) as container,
        ):
            try:
                copied = container.add_stream_from_template(pictures)
                track = AacTrack(container, audio)
                container.start_encoding()
            except (FFmpegError, ValueError) as error:
                raise OutputError(
                    f"The picture of {video} cannot be copied into an .mp4 "
                    f"({pictures.codec_context.name}); write a .wav instead."
                ) from error
            for packet, stamp in zip(_packets(source, pictures), decoding, strict=True):
                assert packet.pts is not None
                assert packet.time_base is not None
                offset = round(origin / packet.time_base)
                packet.dts = stamp - offset
                packet.pts -= offset
                track.write_until(float(packet.dts * packet.time_base))
                packet.stream = copied
                container.mux(packet)
            track.finish()


def _packets(
    container: "av.container.InputContainer", pictures: "VideoStream"
) -> "Iterator[Packet[VideoStream]]":
    """The packets with a frame in them; libav's last packet only marks the end."""
    return (packet for packet in container.demux(pictures) if packet.size)


def _decoding_stamps(video: Path) -> list[int]:
    """When to decode each packet, in ticks of the stream, in file order.

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
    stored = [dts for _, dts in stamps if dts is not None]
    if len(stored) == len(stamps):
        return stored
    in_order = sorted(shown)
    ahead = max(there - pts for there, pts in zip(in_order, shown, strict=True))
    return [there - ahead for there in in_order]
