"""Writes the table of docs/study.md and its picture, from benchmarks/results/quality.csv.

python benchmarks/quality.py DATA --methods study --split train
python docs/make_study.py
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).parent
TABLE = ROOT.parent / "benchmarks" / "results" / "quality.csv"
SETTINGS = "quick stride=2"
STEPS = {"50 steps": 50, "100 steps": 100, "200 steps": 200, "preset": 400, "800 steps": 800}
SETS = {"pushup": "push-ups", "utd_squat": "squats", "utd_tennis_serve": "tennis serves"}
CURVES = {"event_error_share": "event error, share of length", "tau_b": "Kendall's τ-b"}
DIGITS = {"event_error_share": 3, "tau_b": 2, "phase_accuracy_100": 2}
FLOORS = ("untrained features", "time-stretching")

Rows = Sequence[dict[str, str]]


def main() -> None:
    """Read the rows; write the table and the picture."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["split"], row["settings"]) == ("train", SETTINGS) and row["data"] in SETS
        ]
    _write_table(rows)
    _draw_curves([row for row in rows if row["seed"] == "0"])


def _write_table(rows: Rows) -> None:
    """Put a line for each method in the place of the page's table, the floors last."""
    methods = dict.fromkeys(row["method"] for row in rows)
    lines = [f"| | {' | '.join(SETS.values())} |", "|---" * (len(SETS) + 1) + "|"]
    for method in sorted(methods, key=lambda name: (name in FLOORS, name.startswith("alignment"))):
        of_sets = [[r for r in rows if (r["data"], r["method"]) == (s, method)] for s in SETS]
        lines.append(f"| {method} | {' | '.join(map(_cell, of_sets))} |")
    page = ROOT / "study.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(
        re.sub(r"^\| \|.*?(?=\n\n)", lambda _: "\n".join(lines), text, count=1, flags=re.S | re.M),
        encoding="utf-8",
    )


def _cell(rows: Rows) -> str:
    """Means over seeds, and of how many where there are several; empty where none was run."""
    if not rows:
        return ""
    means = {key: np.mean([float(row[key]) for row in rows]) for key in DIGITS}
    figures = [f"{means[k]:.{digits}f}" for k, digits in DIGITS.items() if np.isfinite(means[k])]
    if not figures:
        return "not always possible"
    return " · ".join(figures) + (f" ({len(rows)})" if len(rows) > 1 else "")


def _draw_curves(rows: Rows) -> None:
    """Scores over steps, a line a set."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for panel, (score, title) in zip(panels, CURVES.items(), strict=True):
        for color, (name, told) in zip(("C0", "C1", "C2"), SETS.items(), strict=True):
            of_set = {row["method"]: float(row[score]) for row in rows if row["data"] == name}
            points = [(s, of_set[method]) for method, s in STEPS.items() if method in of_set]
            panel.plot(*zip(*points, strict=True), "o-", color=color, label=told)
            if score == "event_error_share":
                panel.axhline(of_set["time-stretching"], color=color, linestyle=":", linewidth=1)
        panel.set(xscale="log", xlabel="steps", title=title, ylim=(0, None))
        panel.set_xticks(list(STEPS.values()), [str(s) for s in STEPS.values()], minor=False)
        panel.minorticks_off()
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].legend(frameon=False, title="dotted: time-stretching")
    figure.savefig(ROOT / "images" / "fitting.png", dpi=110)


if __name__ == "__main__":
    main()
