"""Repetitions: a video of twenty push-ups becomes twenty clips."""

from inphase.results.formats import FOLDER, Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {FOLDER: "the clips with their sound, their times (.json, .csv) and a picture (.png)"},
    options=("on_failure",),
)
