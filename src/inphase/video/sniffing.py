"""Whether a file of an unknown type is a video: by its first bytes, and then by opening it."""

import re
from pathlib import Path

from inphase.errors import VideoError
from inphase.video.opening import opened, video_stream

# Longest distance between two packets of a transport stream, and a few of them.
_READ = 204 * 4
_STARTS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG-1 and 2
    b"\x00\x00\x00\x01",  # H.264, H.265
    b"\x00\x00\x01",
    b"FLV\x01",
    b"0&\xb2u\x8ef\xcf\x11",  # ASF, WMV
    b"OggS",
    b"\x06\x0e+4\x02\x05\x01\x01",  # MXF
    b"\x1f\x07\x00",  # DV
    b"DKIF",
    b".RMF",
)
# Boxes with which QuickTime and MP4 files start, after the length.
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
# Still pictures in the same container.
_STILLS = (b"heic", b"heix", b"heif", b"mif1", b"avif", b"crx ")
_PACKET_LENGTHS = (188, 192, 204)


def looks_like_video(path: Path) -> bool:
    """Whether a file holds a video, whatever its suffix. Most other files are not opened."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_READ)
        if not _starts_like_video(head):
            return False
        with opened(path) as container:
            return video_stream(container, path) is not None
    except (OSError, VideoError):
        return False


def _starts_like_video(head: bytes) -> bool:
    if head[4:8] in _BOXES:
        return not (head[4:8] == b"ftyp" and head[8:12] in _STILLS)
    if head.startswith(b"RIFF"):
        return head[8:12] == b"AVI "
    return head.startswith(_STARTS) or any(
        # A transport stream may begin in the middle of a packet, or with a time before each.
        re.match(rb"(?s).{0,%d}?G.{%d}G.{%d}G" % (length - 1, length - 1, length - 1), head)
        for length in _PACKET_LENGTHS
    )
