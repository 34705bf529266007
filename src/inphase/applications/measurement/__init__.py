"""Numbers that a coach asks for: angles, speeds, tempo and distances, over aligned time."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".png": "the curves of all videos, and what differs most",
        ".svg": "the curves of all videos, and what differs most",
        ".json": "everything",
        ".csv": "angles, speeds and distances of each video at each frame of the reference",
    },
    options=("width",),
)
