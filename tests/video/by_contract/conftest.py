"""Makes small video files of any codec whose frames have their number drawn into them."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from numpy.typing import NDArray

_BITS, _COLUMNS = 12, 4


class Numbers:
    """Frames with their number in them, as a grid of 4 × 3 dark or light cells: 12 bits."""

    def draw(self, number: int, size: tuple[int, int] = (96, 64)) -> NDArray[np.uint8]:
        width, height = size
        bits = [(number >> bit) & 1 for bit in range(_BITS)]
        cells = np.array(bits, dtype=np.uint8).reshape(-1, _COLUMNS) * np.uint8(190) + np.uint8(30)
        rows = np.arange(height) * len(cells) // height
        columns = np.arange(width) * _COLUMNS // width
        return np.repeat(cells[rows][:, columns][:, :, None], 3, axis=2)

    def read(self, frame: NDArray[np.uint8]) -> int:
        height, width, _ = frame.shape
        grey = frame.mean(axis=2)
        number = 0
        for bit in range(_BITS):
            row, column = divmod(bit, _COLUMNS)
            y = int((row + 0.5) * height * _COLUMNS / _BITS)
            x = int((column + 0.5) * width / _COLUMNS)
            number |= int(grey[y, x] > 125) << bit
        return number


@pytest.fixture(scope="session")
def numbers() -> Numbers:
    return Numbers()


@pytest.fixture
def encode(tmp_path: Path, numbers: Numbers) -> Callable[..., Path]:
    """Write a file; see `_encode` for what can be asked for."""

    def make(name: str, **wishes: Any) -> Path:
        return _encode(tmp_path / name, numbers, **wishes)

    return make


def _encode(
    path: Path,
    numbers: Numbers,
    *,
    codec: str = "libx264",
    count: int = 40,
    frames: Sequence[NDArray[np.uint8]] | None = None,
    size: tuple[int, int] = (96, 64),
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    setup: Callable[[VideoStream], None] | None = None,
    ticks: Sequence[int] | None = None,
    packet_ticks: Callable[[int], int] | None = None,
    container_format: str | None = None,
    movflags: str = "",
) -> Path:
    """
    Args:
        frames: pictures; None draws `count` numbers.
        setup: called with the stream before encoding.
        ticks: presentation times of the frames in milliseconds; None is 25 frames a second.
        packet_ticks: changes the pts of the packets, as given at 25 frames a second.
    """
    if frames is None:
        frames = [numbers.draw(number, size) for number in range(count)]
    else:
        size = (frames[0].shape[1], frames[0].shape[0])
    container_options = {"movflags": movflags} if movflags else {}
    milliseconds = Fraction(1, 1000)
    with av.open(str(path), "w", format=container_format, options=container_options) as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = pix_fmt
        if ticks is not None:
            stream.codec_context.time_base = milliseconds
        if setup is not None:
            setup(stream)

        def mux(packets: Sequence[Any]) -> None:
            for packet in packets:
                if packet_ticks is not None:
                    packet.pts = packet_ticks(packet.pts)
                container.mux(packet)

        for index, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            if ticks is not None:
                frame.pts, frame.time_base = ticks[index], milliseconds
            mux(stream.encode(frame))
        mux(stream.encode(None))
    return path
