"""The time of each frame and where decoding can start, mostly found without decoding."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.opening import opened, time_origin, video_stream

# In these formats each packet is one displayed frame and key frames can be trusted. In others (GIF,
# where every packet claims to be a key frame; VP8, with its invisible frames), frames are counted.
_INDEXABLE = {
    "h264", "hevc", "vp9", "av1", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "prores", "ffv1",
    "dnxhd", "h263", "png", "rawvideo", "huffyuv", "ffvhuff", "utvideo", "jpeg2000", "dvvideo",
}  # fmt: skip
# The pts of packets are trusted if the decoder gives the first frames the same pts.
_CHECKED_FRAMES = 3


@dataclass(frozen=True)
class FrameTable:
    """The frames of a file in presentation order.

    Attributes:
        times: (frames,) seconds, strictly increasing, at least 0.
        last_duration: how long the last frame is shown, in seconds.
        pts: (frames,) strictly increasing stream timestamps that identify decoded frames, or None
            if timestamps are missing or wrong: frames are then identified by counting.
        key_pts: (keys,) ascending pts of the frames at which decoding can start.
        key_seek: (keys,) the stream timestamp to seek to for each of them.
        first: the first frame, decoded; its rotation and size apply to all.
    """

    times: NDArray[np.float64]
    last_duration: float
    pts: NDArray[np.int64] | None
    key_pts: NDArray[np.int64]
    key_seek: NDArray[np.int64]
    first: VideoFrame


@dataclass(frozen=True)
class _Packets:
    pts: list[int | None]
    keys: list[tuple[int, int]]
    last_duration: int


def read_frame_table(path: Path) -> FrameTable:
    """Read the time of each frame.

    Timestamps come from the packets, without decoding, if the format allows that and the first
    frames confirm it. Otherwise the file is decoded once to count its frames. Missing timestamps
    are replaced by the average frame rate; ones out of order, by interpolation.

    Raises:
        VideoError: the file is not a video, or none of its frames can be decoded.
    """
    with opened(path) as container:
        stream = video_stream(container, path)
        packets = _scan(container, stream)
        indexable = stream.codec_context.codec.canonical_name in _INDEXABLE
        reorders = stream.codec_context.has_b_frames
    if not packets.pts:
        raise VideoError(f"{path} has a video stream without frames.")
    if indexable:
        table = _from_packets(path, packets, reorders=reorders)
        if table is not None:
            return table
    return _from_decoding(path, packets)


def decode_packet(packet: "Packet[VideoStream]") -> list[VideoFrame]:
    """Decode a packet; a damaged one gives no frames instead of an error."""
    try:
        return packet.decode()
    except FFmpegError:
        return []


def _scan(container: InputContainer, stream: VideoStream) -> _Packets:
    pts: list[int | None] = []
    keys: list[tuple[int, int]] = []
    last: tuple[int, int] = (-(2**62), 0)
    count = 0
    try:
        for packet in container.demux(stream):
            count += packet.size > 0
            # Discarded packets come before an edit list's start: decoded, but never shown.
            if packet.size == 0 or packet.is_discard:
                continue
            pts.append(packet.pts)
            if packet.pts is None:
                continue
            if packet.is_keyframe:
                seek_to = packet.pts if packet.dts is None else packet.dts
                keys.append((packet.pts, min(seek_to, packet.pts)))
            last = max(last, (packet.pts, packet.duration or 0))
    except FFmpegError:
        pass  # The file ends early: keep what came before.
    duration = last[1]
    if stream.codec_context.has_b_frames and count == stream.frames and stream.duration:
        # A packet's duration is the gap to the next packet in decoding order. If frames are
        # displayed in another order, use the end that a complete file states.
        duration = max(0, (stream.start_time or 0) + stream.duration - last[0])
    return _Packets(pts, keys, duration)


def _from_packets(path: Path, packets: _Packets, *, reorders: bool) -> FrameTable | None:
    """The table according to the packets, or None if they cannot be trusted."""
    known = [pts for pts in packets.pts if pts is not None]
    pts = np.unique(np.array(known, dtype=np.int64))
    if len(pts) != len(packets.pts) or not packets.keys:
        return None
    if not reorders and known != sorted(known):
        return None
    with opened(path) as container:
        stream = video_stream(container, path)
        start = _first_frames(container, stream)
        if not start:
            return None
        shown = [frame.pts for frame in start]
        # The stream may start with frames that refer to a part that was cut off: undecodable.
        pts = pts[pts >= (shown[0] if shown[0] is not None else pts[-1])]
        if shown != pts[: len(shown)].tolist():
            return None
        rate = _rate(stream)
        time_base = _time_base(stream)
        times = _seconds(pts, time_base, _origin(container, pts, time_base))
    keys = np.array(sorted(packets.keys), dtype=np.int64)
    return FrameTable(
        times=times,
        last_duration=float(packets.last_duration * time_base) or _last_gap(times, rate),
        pts=pts,
        key_pts=keys[:, 0],
        key_seek=keys[:, 1],
        first=start[0],
    )


def _first_frames(container: InputContainer, stream: VideoStream) -> list[VideoFrame]:
    frames: list[VideoFrame] = []
    try:
        for packet in container.demux(stream):
            frames.extend(decode_packet(packet))
            if len(frames) >= _CHECKED_FRAMES:
                break
    except FFmpegError:
        pass
    return frames[:_CHECKED_FRAMES]


def _from_decoding(path: Path, packets: _Packets) -> FrameTable:
    first: VideoFrame | None = None
    shown: list[int | None] = []
    with opened(path) as container:
        stream = video_stream(container, path)
        try:
            for packet in container.demux(stream):
                for frame in decode_packet(packet):
                    first = first or frame
                    shown.append(frame.pts)
        except FFmpegError:
            pass
        rate = _rate(stream)
        time_base = _time_base(stream)
        seekable = stream.codec_context.codec.canonical_name in _INDEXABLE
    if first is None:
        raise VideoError(f"None of the frames of {path} can be decoded.")
    known = np.array([value for value in shown if value is not None], dtype=np.int64)
    complete = len(known) == len(shown) and bool(np.all(np.diff(known) > 0))
    origin = Fraction(0)
    if len(known) == len(shown):
        with opened(path) as container:
            origin = _origin(container, known, time_base)
    # A frame can be found by its pts only if its packet carried that pts.
    by_pts = complete and seekable and bool(packets.keys) and set(shown) <= set(packets.pts)
    keys = np.array(sorted(packets.keys), dtype=np.int64).reshape(-1, 2)
    if complete:
        times = _seconds(known, time_base, origin)
    elif len(known) == len(shown):
        times = _repaired(_seconds(known, time_base, origin), rate)
    else:
        times = np.arange(len(shown)) / float(rate)
    return FrameTable(
        times=times,
        last_duration=float(packets.last_duration * time_base) or _last_gap(times, rate),
        pts=known if by_pts else None,
        key_pts=keys[:, 0],
        key_seek=keys[:, 1],
        first=first,
    )


def _repaired(times: NDArray[np.float64], rate: Fraction) -> NDArray[np.float64]:
    """Make times strictly increasing, changing only those that are out of order.

    The frames are in presentation order. A time that is not above all times before it and below all
    times after it is interpolated between the nearest ones that are.
    """
    before = np.maximum.accumulate(np.concatenate([[-np.inf], times[:-1]]))
    after = np.minimum.accumulate(np.concatenate([times[1:], [np.inf]])[::-1])[::-1]
    good = np.flatnonzero((times > before) & (times < after))
    everywhere = np.arange(len(times))
    if len(good) < 2:
        return everywhere / float(rate)
    repaired = np.interp(everywhere, good, times[good])
    step = 1 / float(rate)
    head, tail = everywhere < good[0], everywhere > good[-1]
    repaired[head] -= (good[0] - everywhere[head]) * step
    repaired[tail] += (everywhere[tail] - good[-1]) * step
    return np.asarray(repaired - min(0.0, repaired[0]), dtype=np.float64)


def _origin(container: InputContainer, pts: NDArray[np.int64], time_base: Fraction) -> Fraction:
    """Time 0: the start of picture or sound, whichever comes first.

    Without sound it is the first frame; do not ask the stream, which in an AVI states an earlier
    start.
    """
    return time_origin(container) if container.streams.audio else int(pts.min()) * time_base


def _seconds(pts: NDArray[np.int64], time_base: Fraction, origin: Fraction) -> NDArray[np.float64]:
    numerator, denominator = time_base.numerator, time_base.denominator
    ticks = origin / time_base
    if ticks.denominator == 1:
        seconds = (pts - ticks.numerator) * numerator / denominator
    else:
        seconds = pts * numerator / denominator - float(origin)
    return np.asarray(seconds - min(0.0, float(seconds.min())), dtype=np.float64)


def _last_gap(times: NDArray[np.float64], rate: Fraction) -> float:
    return float(times[-1] - times[-2]) if len(times) > 1 else 1 / float(rate)


def _rate(stream: VideoStream) -> Fraction:
    """The stream's nominal frame rate; 25 if the file states none."""
    return stream.average_rate or stream.guessed_rate or stream.base_rate or Fraction(25)


def _time_base(stream: VideoStream) -> Fraction:
    return stream.time_base or Fraction(1, 1000)
