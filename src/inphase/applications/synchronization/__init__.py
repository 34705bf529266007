"""Synchronous playback: many videos at the pace of one (paper, section 5.3; supplement)."""

from inphase.results.formats import Form, Formats

_CLIP = "all videos in one picture, at the reference's pace and with its sound"
FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".mp4": _CLIP,
        ".mov": _CLIP,
        ".json": "the matched frames and times",
        ".csv": "the matched frames and times",
        ".otio": "a timeline for editing programs",
        ".edl": Form(
            "an edit list for editing programs, for one query", most=2, instead="write .otio"
        ),
        ".sh": "an ffmpeg script",
    },
    options=("width", "flip", "mark_doubt", "cut_error", "clip", "events", "tracks"),
    usual=".mp4",
)

EDIT_SUFFIXES = (".otio", ".edl", ".sh")
"""Formats made of pieces of constant speed, with cuts between them."""
