"""The time of each frame and where decoding can start, mostly found without decoding."""

import gc
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
from inphase.video.conversion import Look
from inphase.video.opening import opened, video_stream
from inphase.video.sound_track import LONGEST_LEAD

# In these formats each packet is one displayed frame and key frames can be trusted. In others (GIF,
# where every packet claims to be a key frame; VP8, with its invisible frames), frames are counted.
_INDEXABLE = {
    "h264", "hevc", "vp9", "av1", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "prores", "ffv1",
    "dnxhd", "h263", "png", "rawvideo", "huffyuv", "ffvhuff", "utvideo", "jpeg2000", "dvvideo",
}  # fmt: skip
# The pts of packets are trusted if the decoder gives the first frames the same pts.
_CHECKED_FRAMES = 3
# Seconds for which one frame may be shown. Damaged files claim centuries.
_LONGEST_STILL = 3600


@dataclass(frozen=True)
class FrameTable:
    """The frames of a file in presentation order.

    Attributes:
        times: (frames,) seconds from `origin`, strictly increasing, at least 0.
        origin: time 0 of picture and sound, in seconds on the file's own clock: the start of
            whichever comes first.
        last_duration: how long the last frame is shown, in seconds.
        pts: (frames,) strictly increasing stream timestamps that identify decoded frames, or None
            if timestamps are missing or wrong: frames are then identified by counting.
        key_pts: (keys,) ascending pts of the frames at which decoding can start.
        key_seek: (keys,) the stream timestamp to seek to for each of them.
        look: of the first frame; its rotation and size apply to all.
    """

    times: NDArray[np.float64]
    origin: Fraction
    last_duration: float
    pts: NDArray[np.int64] | None
    key_pts: NDArray[np.int64]
    key_seek: NDArray[np.int64]
    look: Look


@dataclass(frozen=True)
class _Packets:
    pts: list[int | None]
    keys: list[tuple[int, int]]
    last_duration: int


def read_frame_table(path: Path, *, sound_start: Fraction | None = None) -> FrameTable:
    """Read the time of each frame.

    Timestamps come from the packets, without decoding, if the format allows that and the first
    frames confirm it. Otherwise the file is decoded once to count its frames. Missing timestamps
    are replaced by the average frame rate; ones out of order, by interpolation.

    Args:
        path: of the file.
        sound_start: where its sound starts, in seconds on the file's own clock.

    Raises:
        VideoError: the file is not a video, none of its frames can be decoded, or it claims that
            one is shown for more than an hour.
    """
    with opened(path) as container:
        stream = video_stream(container, path)
        packets = _scan(container, stream)
        indexable = stream.codec_context.codec.canonical_name in _INDEXABLE
        reorders = stream.codec_context.has_b_frames
    if not packets.pts:
        raise VideoError(f"{path} has a video stream without frames.")
    table = None
    if indexable:
        table = _from_packets(path, packets, reorders=reorders, sound_start=sound_start)
    if table is None:
        table = _from_decoding(path, packets, sound_start=sound_start)
    # In PyAV a frame whose side data were read is part of a circle. It is young: a quick search
    # finds it, before many files leave one large frame each.
    gc.collect(1)
    return _believable(path, table)


def decode_packet(packet: "Packet[VideoStream]") -> list[VideoFrame]:
    """Decode a packet; a damaged one gives no frames instead of an error."""
    try:
        return packet.decode()
    except FFmpegError:
        return []


def _believable(path: Path, table: FrameTable) -> FrameTable:
    """The table, if memory for its length may be taken.

    Raises:
        VideoError: a frame would be shown for too long.
    """
    spans = np.diff(table.times, prepend=0.0)
    longest = float(spans.max())
    if spans.min() < 0:  # numbers too large to count with
        raise VideoError(
            f"{path} has timestamps that make no sense; convert it with another program first."
        )
    if longest > _LONGEST_STILL:
        raise VideoError(
            f"{path} claims that one of its frames is shown for {longest:.0f} seconds: its "
            "timestamps are damaged; convert it with another program first."
        )
    return table


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


def _from_packets(
    path: Path, packets: _Packets, *, reorders: bool, sound_start: Fraction | None
) -> FrameTable | None:
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
        origin = _origin(int(pts[0]) * time_base, sound_start)
        times = _seconds(pts, time_base, origin)
    keys = np.array(sorted(packets.keys), dtype=np.int64)
    return FrameTable(
        times=times,
        origin=origin,
        last_duration=_last_duration(packets, time_base, times, rate),
        pts=pts,
        key_pts=keys[:, 0],
        key_seek=keys[:, 1],
        look=Look.of(start[0]),
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


def _from_decoding(path: Path, packets: _Packets, *, sound_start: Fraction | None) -> FrameTable:
    look: Look | None = None
    shown: list[int | None] = []
    with opened(path) as container:
        stream = video_stream(container, path)
        try:
            for packet in container.demux(stream):
                for frame in decode_packet(packet):
                    look = look or Look.of(frame)
                    shown.append(frame.pts)
        except FFmpegError:
            pass
        rate = _rate(stream)
        time_base = _time_base(stream)
        seekable = stream.codec_context.codec.canonical_name in _INDEXABLE
    if look is None:
        raise VideoError(f"None of the frames of {path} can be decoded.")
    known = np.array([value for value in shown if value is not None], dtype=np.int64)
    complete = len(known) == len(shown) and bool(np.all(np.diff(known) > 0))
    # A frame can be found by its pts only if its packet carried that pts.
    by_pts = complete and seekable and bool(packets.keys) and set(shown) <= set(packets.pts)
    keys = np.array(sorted(packets.keys), dtype=np.int64).reshape(-1, 2)
    if complete:
        origin = _origin(int(known[0]) * time_base, sound_start)
        times = _seconds(known, time_base, origin)
    elif len(known) == len(shown):
        base = int(known.min()) * time_base
        since = _repaired(_seconds(known, time_base, base), rate)
        start = base + Fraction(float(since[0]))
        origin = _origin(start, sound_start)
        times = since - since[0] + float(start - origin)
    else:
        # Without a time of its own, the picture starts with the sound.
        stated = shown[0] is not None
        start = int(shown[0] or 0) * time_base if stated else sound_start or Fraction(0)
        origin = _origin(start, sound_start)
        times = np.arange(len(shown)) / float(rate) + float(start - origin)
    return FrameTable(
        times=times,
        origin=origin,
        last_duration=_last_duration(packets, time_base, times, rate),
        pts=known if by_pts else None,
        key_pts=keys[:, 0],
        key_seek=keys[:, 1],
        look=look,
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
    return np.asarray(repaired, dtype=np.float64)


def _origin(first: Fraction, sound_start: Fraction | None) -> Fraction:
    """Time 0: the first frame or the start of the sound, whichever comes first.

    The first frame, not the start of its stream, which in an AVI is earlier.
    """
    if sound_start is None or not 0 < first - sound_start <= LONGEST_LEAD:
        return first
    return sound_start


def _seconds(pts: NDArray[np.int64], time_base: Fraction, origin: Fraction) -> NDArray[np.float64]:
    numerator, denominator = time_base.numerator, time_base.denominator
    ticks = origin / time_base
    if ticks.denominator == 1:
        seconds = (pts - ticks.numerator) * numerator / denominator
    else:
        seconds = pts * numerator / denominator - float(origin)
    return np.asarray(seconds, dtype=np.float64)


def _last_duration(
    packets: _Packets, time_base: Fraction, times: NDArray[np.float64], rate: Fraction
) -> float:
    """How long the last frame is shown: as stated, if that makes sense, or as the one before."""
    stated = float(packets.last_duration * time_base)
    return stated if 0 < stated <= _LONGEST_STILL else _last_gap(times, rate)


def _last_gap(times: NDArray[np.float64], rate: Fraction) -> float:
    return float(times[-1] - times[-2]) if len(times) > 1 else 1 / float(rate)


def _rate(stream: VideoStream) -> Fraction:
    """The stream's nominal frame rate; 25 if the file states none."""
    return stream.average_rate or stream.guessed_rate or stream.base_rate or Fraction(25)


def _time_base(stream: VideoStream) -> Fraction:
    return stream.time_base or Fraction(1, 1000)
