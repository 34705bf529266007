"""An evaluation as files, as a page with pictures, and as tables for the terminal."""

from inphase.results.formats import FOLDER, Formats

FORMATS = Formats(
    f"{__name__}.writers",
    {FOLDER: "evaluation.json, scores (.csv, .md, .tex), events.csv, sums.npz, report.html"},
)
COMPARISON_FORMATS = Formats(
    f"{__name__}.paper",
    {
        ".csv": "one row per score and run",
        ".md": "a table in Markdown",
        ".tex": "a table in LaTeX, which needs `booktabs`",
    },
)
