"""Progress as a signal: how far an action has come, and how far it is from the goal."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".csv": "progress and distance to the goal of each frame",
        ".json": "progress and distance to the goal of each frame",
        ".png": "a plot",
        ".svg": "a plot",
    },
    options=("width",),
)
