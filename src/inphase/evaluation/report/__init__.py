"""An evaluation on disk and on the terminal: files, page, tables, pictures."""

from inphase.results.formats import FOLDER, Formats

FORMATS = Formats(
    __name__,
    {FOLDER: "evaluation.json, scores.csv, events.csv, sums.npz and report.html"},
)
COMPARISON_FORMATS = Formats(__name__, {".csv": "one row a score and run"})
