"""Draws docs/images/fitting.png: quality over fitting time, from benchmarks/results/quality.csv.

python benchmarks/quality.py DATA --methods study --split train --seeds 0
python docs/make_study_picture.py
"""

import csv
from pathlib import Path

import matplotlib.pyplot as plt

ROOT = Path(__file__).parent
STEPS = {"50 steps": 50, "100 steps": 100, "200 steps": 200, "preset": 400, "800 steps": 800}
SETS = {"pushup": "push-ups", "utd_tennis_serve": "tennis serves", "utd_squat": "squats"}
SCORES = {"event_error_share": "event error, share of length", "tau_b": "Kendall's τ-b"}


def main() -> None:
    """Read the rows, draw a curve a set."""
    table = ROOT.parent / "benchmarks" / "results" / "quality.csv"
    with table.open(newline="", encoding="utf-8") as file:
        rows = [
            row for row in csv.DictReader(file) if row["split"] == "train" and row["seed"] == "0"
        ]
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for panel, (score, title) in zip(panels, SCORES.items(), strict=True):
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
