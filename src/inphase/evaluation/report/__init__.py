"""An evaluation as files, as a page with pictures, and as tables for the terminal."""

from inphase.results.formats import FOLDER, Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {FOLDER: "evaluation.json, scores.csv, events.csv, sums.npz and report.html"},
)
COMPARISON_FORMATS = Formats(None, {".csv": "one row per score and run"})
