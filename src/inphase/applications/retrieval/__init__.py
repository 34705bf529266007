"""Fine-grained retrieval: the frames of other videos that show the same moment (supplement, 4)."""

from inphase.results.formats import Formats

FORMATS = Formats(
    __name__,
    {
        ".png": "a contact sheet",
        ".jpg": "a contact sheet",
        ".json": "names, times and distances",
    },
)
