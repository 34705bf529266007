"""Fine-grained retrieval: the frames of other videos that show the same moment (supplement, 4)."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".png": "a contact sheet",
        ".jpg": "a contact sheet",
        ".json": "names, times and distances",
    },
    options=("width",),
)
