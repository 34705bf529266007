"""Sound transfer: give a silent video the sound of other videos of the same action."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".mp4": "the target's pictures, unchanged, with the sound",
        ".wav": "the sound alone",
    },
)
