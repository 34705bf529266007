"""Trajectories of videos through the embedding space, in a plane (supplement, section 3)."""

from inphase.results.formats import Formats

FORMATS = Formats(
    __name__,
    {
        ".png": "a plot",
        ".svg": "a plot",
        ".html": "a page that shows the frame under the pointer",
        ".json": "the coordinates",
        ".csv": "the coordinates",
    },
)
