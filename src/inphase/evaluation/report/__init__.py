"""An evaluation on disk and on the terminal: files, page, tables, pictures."""

from inphase.results.formats import FOLDER, Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {FOLDER: "evaluation.json, scores.csv, events.csv, sums.npz and report.html"},
)
COMPARISON_FORMATS = Formats(None, {".csv": "one row a score and run"})
