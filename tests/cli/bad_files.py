"""Files that are wrong in as many ways, to lie beside good ones."""

import os
import struct
import zlib
from pathlib import Path

from tests.video.odd_videos import encode


def add_bad_files(folder: Path) -> list[str]:
    """Put bad files into a folder, and return the names of the videos that they would be.

    There is also a good one whose name is not UTF-8.
    """
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("no video")
    _cut_off(encode(folder / "half.mp4", 30))
    _for_centuries(encode(folder / "centuries.avi", 12, codec="mpeg4"))
    names = ["empty", "text", "half", "centuries", "bomb", "claim"]
    for name, side in (("bomb", 20_000), ("claim", 2**31 - 1)):
        (folder / name).mkdir()
        for number in range(2):
            (folder / name / f"{number}.png").write_bytes(_png(side))
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.mp4")
        names.append("pipe")
    (folder / "gone.mp4").symlink_to(folder / "nowhere.mp4")
    names.append("gone")
    for link in ("back", "forth"):
        (folder / link).symlink_to(folder)
    try:
        odd = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.mp4"))
        odd.write_bytes(encode(folder / "spare.mp4", 5).read_bytes())
    except OSError:
        pass  # a file system that takes only UTF-8
    (folder / "spare.mp4").unlink()
    return names


def _cut_off(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"moov") - 100])


def _for_centuries(path: Path) -> None:
    """Let an AVI claim one frame in 136 years."""
    content = bytearray(path.read_bytes())
    # After the name: size, type, codec, flags, priority, language, delay; then scale and rate.
    struct.pack_into("<II", content, content.index(b"strh") + 28, 2**32 - 2, 1)
    path.write_bytes(content)


def _png(side: int) -> bytes:
    """A few bytes that claim a square picture of this many pixels a side."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 << 16))
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
