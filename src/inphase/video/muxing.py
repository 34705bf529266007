"""A video's own pictures, copied packet by packet, with another sound."""

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
    """Write an MP4 with the pictures of a video, not encoded again, and a sound track in AAC.

    Args:
        path: the file to write.
        video: whose pictures are copied; its own sound is left out.
        audio: mono or stereo; sample 0 is at time 0 of the video.

    Raises:
        OutputError: the file cannot be written, or MP4 cannot hold pictures coded like these.
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
                    f"An .mp4 cannot hold the pictures of {video} as they are "
                    f"({pictures.codec_context.name}); ask for a .wav."
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
    """Those that hold pictures: the last one that libav gives only says that it is the end."""
    return (packet for packet in container.demux(pictures) if packet.size)


def _decoding_stamps(video: Path) -> list[int]:
    """When each packet is to be decoded, in ticks of the stream, in the order of the file.

    Matroska stores only when a picture is shown; with pictures that are shown in another order
    than they are decoded in, libav leaves the first ones without. Then the times at which pictures
    are shown, in order, serve as well, moved so far forward that none is shown undecoded.

    Raises:
        OutputError: the file does not say when its pictures are shown.
    """
    with opened(video) as container:
        packets = _packets(container, video_stream(container, video))
        stamps = [(packet.pts, packet.dts) for packet in packets]
    shown = [pts for pts, _ in stamps if pts is not None]
    if len(shown) < len(stamps):
        raise OutputError(
            f"An .mp4 cannot hold the pictures of {video} as they are: the file does not say when "
            "each is shown; ask for a .wav."
        )
    stored = [dts for _, dts in stamps if dts is not None]
    if len(stored) == len(stamps):
        return stored
    in_order = sorted(shown)
    ahead = max(there - pts for there, pts in zip(in_order, shown, strict=True))
    return [there - ahead for there in in_order]
