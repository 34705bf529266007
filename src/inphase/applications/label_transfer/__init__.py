"""Label transfer: events, captions and sensor data from a few videos to others."""

from collections.abc import Sequence
from pathlib import Path

from inphase.errors import OutputError, hint
from inphase.results.formats import FOLDER, Form, Formats

FILE_FORMATS = ("json", "csv", "vtt", "srt", "eaf", "boris", "xml", "mp4")
"""What `--format` accepts for a folder."""

FORMATS = Formats(
    f"{__name__}.writers",
    {
        FOLDER: "what the sources hold, or the formats of --format",
        ".json": "a labels.json with the key events of all videos",
        ".csv": "the events or captions of all videos, or the recording of one",
        ".vtt": Form("the captions, or the phases, of one video", most=1, instead="give a folder"),
        ".srt": Form("the captions, or the phases, of one video", most=1, instead="give a folder"),
        ".eaf": Form("one video's events and captions for ELAN", most=1, instead="give a folder"),
        ".boris": "the events and captions of all videos for BORIS",
        ".xml": Form("the events of one video for CVAT", most=1, instead="give a folder"),
        ".mp4": Form("one video with everything burned in", most=1, instead="give a folder"),
    },
    options=("formats",),
    standard=(),
)


def check_formats(path: Path, formats: Sequence[str] | None) -> None:
    """Refuse formats that cannot be written, before minutes of work.

    Raises:
        OutputError: a format is unknown, or the path is one file.
    """
    odd = next((one for one in formats or () if one not in FILE_FORMATS), None)
    if odd is not None:
        raise OutputError(f"There is no format {odd}; {hint(odd, FILE_FORMATS)}")
    if path.suffix and formats:
        raise OutputError(f"{path} is a single file; give a folder to choose formats.")
