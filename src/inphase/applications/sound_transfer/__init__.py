"""Sound transfer: a silent video gets the sound of others that show the same action."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".mp4": "the target's pictures as they are, with the sound",
        ".wav": "the sound alone",
    },
)
