"""Writes the tables of docs/study.md and its picture, from what the benchmarks measured.

python benchmarks/quality.py DATA --methods study --split train
python benchmarks/early_stopping.py DATA
python benchmarks/quality.py DATA --set steps=50 --seeds 0     # 100, 200, 800, and without
python docs/make_study.py
"""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).parent
RESULTS = ROOT.parent / "benchmarks" / "results"
SETTINGS = "quick stride=2"
STEPS = {"50 steps": 50, "100 steps": 100, "200 steps": 200, "preset": 400, "800 steps": 800}
SETS = {"pushup": "push-ups", "utd_squat": "squats", "utd_tennis_serve": "tennis serves"}
# Not in the study: their curves are of the test split.
OTHERS = {"xmagical_sweep": "sweeping bodies", "robot_g1_bottle": "robot"}
CURVES = {"event_error_share": "event error, share of length", "tau_b": "Kendall's τ-b"}
DIGITS = {"event_error_share": 3, "tau_b": 2, "phase_accuracy_100": 2}
STOPPING_DIGITS = {"cycle_2": 2, "event_error_share": 3, "tau_b": 2}
FLOORS = ("untrained features", "time-stretching")

Rows = Sequence[dict[str, str]]


def main() -> None:
    """Read the rows; write the tables and the picture."""
    measured = _read("quality.csv")
    study = [
        row
        for row in measured
        if (row["split"], row["settings"]) == ("train", SETTINGS) and row["data"] in SETS
    ]
    others = _of_others(measured)
    _write_table("", "method", study, DIGITS, SETS)
    _write_table("test split", "method", others, DIGITS, OTHERS)
    _write_table("steps", "steps", _read("early_stopping.csv"), STOPPING_DIGITS, SETS)
    _draw_curves([row for row in [*study, *others] if row["seed"] == "0"])


def _of_others(measured: Rows) -> Rows:
    """Rows of the preset with more and fewer steps, named as in the study, and of the floors."""
    names = {SETTINGS.replace(" ", f" steps={n} "): name for name, n in STEPS.items()}
    names[SETTINGS] = "preset"
    rows = [r for r in measured if r["data"] in OTHERS and (r["split"], r["seed"]) == ("test", "0")]
    presets = [
        {**row, "method": names[row["settings"]]}
        for row in rows
        if row["method"] == "preset" and row["settings"] in names
    ]
    floors = [row for row in rows if row["method"] in FLOORS and row["settings"] == SETTINGS]
    return [*sorted(presets, key=lambda row: STEPS[row["method"]]), *floors]


def _read(name: str) -> Rows:
    with (RESULTS / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _write_table(
    corner: str, key: str, rows: Rows, digits: Mapping[str, int], sets: Mapping[str, str]
) -> None:
    """Put a line for each value of a column into the page's table with this corner, floors last."""
    names = dict.fromkeys(row[key] for row in rows)
    first = f"| {corner} |".replace("  ", " ")
    lines = [f"{first} {' | '.join(sets.values())} |", "|---" * (len(sets) + 1) + "|"]
    for name in sorted(names, key=lambda name: (name in FLOORS, name.startswith("alignment"))):
        of_sets = [[r for r in rows if (r["data"], r[key]) == (s, name)] for s in sets]
        lines.append(f"| {name} | {' | '.join(_cell(r, digits) for r in of_sets)} |")
    page = ROOT / "study.md"
    table = re.compile(rf"^{re.escape(first)}.*?(?=\n\n)", flags=re.S | re.M)
    text = page.read_text(encoding="utf-8")
    page.write_text(table.sub(lambda _: "\n".join(lines), text, count=1), encoding="utf-8")


def _cell(rows: Rows, digits: Mapping[str, int]) -> str:
    """Means over seeds, and of how many where there are several; empty where none was run."""
    if not rows:
        return ""
    means = {key: np.mean([float(row[key]) for row in rows]) for key in digits}
    figures = [f"{means[k]:.{n}f}" for k, n in digits.items() if np.isfinite(means[k])]
    if not figures:
        return "not always possible"
    return " · ".join(figures) + (f" ({len(rows)})" if len(rows) > 1 else "")


def _draw_curves(rows: Rows) -> None:
    """Scores over steps, a line a set."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for panel, (score, title) in zip(panels, CURVES.items(), strict=True):
        for number, (name, told) in enumerate({**SETS, **OTHERS}.items()):
            color = f"C{number}"
            of_set = {row["method"]: float(row[score]) for row in rows if row["data"] == name}
            points = [(s, of_set[method]) for method, s in STEPS.items() if method in of_set]
            panel.plot(*zip(*points, strict=True), "o-", color=color, label=told)
            if score == "event_error_share":
                panel.axhline(of_set["time-stretching"], color=color, linestyle=":", linewidth=1)
        panel.set(xscale="log", xlabel="steps", title=title, ylim=(0, None))
        panel.set_xticks(list(STEPS.values()), [str(s) for s in STEPS.values()], minor=False)
        panel.minorticks_off()
        panel.spines[["top", "right"]].set_visible(False)
    panels[1].legend(frameon=False, ncols=2, title="dotted: time-stretching", loc="lower left")
    figure.savefig(ROOT / "images" / "fitting.png", dpi=110)


if __name__ == "__main__":
    main()
