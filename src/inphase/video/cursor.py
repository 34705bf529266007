"""Move through the decoded frames of a file, forwards and by exact seeks."""

import logging
from collections.abc import Generator
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from inphase.errors import VideoError
from inphase.video.frame_table import FrameTable, decode_packet
from inphase.video.opening import open_container, video_stream

_log = logging.getLogger(__name__)

# Decoding this many frames costs no more than a seek, which empties the decoder's threads.
_SEEK_WORTHWHILE = 12


class FrameCursor:
    """A position in a video file, with its own decoder.

    A frame that cannot be decoded is replaced by the one before it, as a player does, so that an
    index means the same frame however it is reached. Closing logs how many were replaced.
    """

    def __init__(self, path: Path, table: FrameTable) -> None:
        self._path = path
        self._table = table
        self._current: VideoFrame | None = None
        self._current_index = -1
        self._pending: tuple[int, VideoFrame] | None = None
        self._ended = False
        self._lost: set[int] = set()
        self._open()

    def frame(self, index: int) -> VideoFrame:
        """The frame shown at `index`.

        Raises:
            VideoError: no frame can be decoded.
        """
        if not self._is_here(index) and not self._is_ahead(index):
            self._go_back_to(index)
        while not self._is_here(index):
            if self._pending is None:
                self._pending = next(self._decoded, None)
                self._ended = self._pending is None
            elif self._pending[0] <= index or self._current is None:
                self._current_index, self._current = self._pending
                self._pending = None
                if self._current_index > index:
                    break
            if self._ended and self._current is None:
                raise VideoError(f"None of the frames of {self._path} can be decoded.")
        assert self._current is not None
        if self._current_index != index:
            self._lost.add(index)
        return self._current

    def close(self) -> None:
        # The generator refers to this cursor: without this, decoder and frames would stay until
        # Python looks for circles.
        self._restart(after_key=None)
        self._decoded.close()
        self._container.close()
        del self._decoded, self._stream, self._container
        if self._lost:
            _log.warning(
                "%s: %d of %d frames cannot be decoded; each repeats the frame before it.",
                self._path,
                len(self._lost),
                len(self._table.times),
            )
            self._lost.clear()

    def _open(self) -> None:
        self._container = open_container(self._path)
        self._stream = video_stream(self._container, self._path)
        self._restart(after_key=None)

    def _restart(self, *, after_key: int | None) -> None:
        self._current = None
        self._current_index = -1
        self._pending = None
        self._ended = False
        self._decoded = self._decode(after_key)

    def _is_here(self, index: int) -> bool:
        """Whether the current frame is the one to show at `index`, its own or a substitute."""
        if self._current is None or self._current_index > index:
            return False
        if self._current_index == index or self._ended:
            return True
        return self._pending is not None and self._pending[0] > index

    def _is_ahead(self, index: int) -> bool:
        """Whether to reach `index` by decoding on rather than by seeking."""
        if self._current_index > index:
            return False
        here = max(self._current_index, 0)
        if self._table.pts is None or index - here < _SEEK_WORTHWHILE:
            return True
        key = self._key_of(index)
        return key < 0 or int(self._table.key_pts[key]) <= int(self._table.pts[here])

    def _key_of(self, index: int) -> int:
        assert self._table.pts is not None
        pts = self._table.pts[index]
        return int(np.searchsorted(self._table.key_pts, pts, side="right")) - 1

    def _go_back_to(self, index: int) -> None:
        """Move the decoder to the latest key frame from which `index` can be decoded."""
        if self._table.pts is not None:
            key = self._key_of(index)
            while key > 0:
                if self._seek(key) and self._starts_by(index):
                    return
                # The container landed late, or the key frame is not a clean start: try earlier.
                key -= max(1, key // 2)
        self._container.close()
        self._open()

    def _seek(self, key: int) -> bool:
        try:
            self._container.seek(int(self._table.key_seek[key]), stream=self._stream)
        except FFmpegError:
            return False
        self._restart(after_key=int(self._table.key_pts[key]))
        return True

    def _starts_by(self, index: int) -> bool:
        self._pending = next(self._decoded, None)
        return self._pending is not None and self._pending[0] <= index

    def _decode(self, after_key: int | None) -> Generator[tuple[int, VideoFrame], None, None]:
        """Decoded frames with their indices, ascending.

        Args:
            after_key: after a seek, the pts of the intended key frame. Packets before the first
                key frame are skipped; if that one is later than intended, nothing is yielded.
        """
        pts = self._table.pts
        last, count = -1, 0
        started = after_key is None
        try:
            for packet in self._container.demux(self._stream):
                if not started and packet.size:
                    if not packet.is_keyframe:
                        continue
                    if packet.pts is None or packet.pts > (after_key or 0):
                        return
                    started = True
                for frame in decode_packet(packet):
                    if pts is None:
                        index = count
                        count += 1
                    else:
                        index = _find(pts, frame.pts, likely=last + 1)
                    if index > last:
                        last = index
                        yield index, frame
        except FFmpegError:
            return  # The file ends early.


def _find(pts: NDArray[np.int64], value: int | None, *, likely: int) -> int:
    """Index of the frame with this pts, or −1."""
    if value is None:
        return -1
    if likely < len(pts) and pts[likely] == value:
        return likely
    index = int(np.searchsorted(pts, value))
    return index if index < len(pts) and pts[index] == value else -1
