"""A video's own pictures, copied packet by packet, with another sound."""

from pathlib import Path

import av
from av.error import FFmpegError

from inphase.atomic import replacing
from inphase.errors import OutputError
from inphase.video.audio import Audio
from inphase.video.audio_writer import AacTrack
from inphase.video.opening import opened, time_origin, video_stream
from inphase.video.writing import output_errors


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
            for packet in source.demux(pictures):
                if packet.dts is None or packet.time_base is None:
                    continue
                offset = round(origin / packet.time_base)
                packet.dts -= offset
                if packet.pts is not None:
                    packet.pts -= offset
                track.write_until(float(packet.dts * packet.time_base))
                packet.stream = copied
                container.mux(packet)
            track.finish()
