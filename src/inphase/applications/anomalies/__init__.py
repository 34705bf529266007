"""Anomaly detection: where a video deviates from typical ones (paper, section 5.3)."""

from inphase.results.formats import Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {
        ".png": "the curve, with the frames at its peaks",
        ".svg": "the curve, with the frames at its peaks",
        ".html": "a page with the curve and a table",
        ".json": "everything",
        ".csv": "the segments",
    },
    options=("width",),
)
