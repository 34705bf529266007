"""Trajectories of videos through the embedding space, in a plane (supplement, section 3)."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".png": "a plot",
        ".svg": "a plot",
        ".html": "a page that shows the frame under the pointer",
        ".json": "the coordinates",
        ".csv": "the coordinates",
    },
    options=("width",),
)
