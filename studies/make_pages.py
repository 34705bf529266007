"""Write the tables and the picture of docs/studies/preset.md from the result tables.

    PYTHONPATH=benchmarks python studies/make_pages.py

The tables come from studies/preset.py, studies/early_stopping.py and benchmarks/quality.py.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from measured_quality import FLOORS, Settings
from result_tables import read_rows

STUDIES = Path(__file__).parent
DOCS = STUDIES.parent / "docs"
STEPS = {"50 steps": 50, "100 steps": 100, "200 steps": 200, "preset": 400, "800 steps": 800}
SETS = {"pushup": "push-ups", "utd_squat": "squats", "utd_tennis_serve": "tennis serves"}
# These two sets were scored on their test splits.
OTHERS = {"xmagical_sweep": "sweeping bodies", "robot_g1_bottle": "robot"}
CURVES = {"event_error_share": "event error, share of length", "tau_b": "Kendall's τ-b"}
DIGITS = {"event_error_share": 3, "tau_b": 2, "phase_accuracy_100": 2}
STOPPING_DIGITS = {"cycle_2": 2, "event_error_share": 3, "tau_b": 2}

Rows = Sequence[dict[str, str]]


def main() -> None:
    """Read the rows; write the tables and the picture."""
    changes = read_rows(STUDIES / "results" / "preset.csv")
    preset = read_rows(STUDIES.parent / "benchmarks" / "results" / "quality.csv")
    study = [row for row in changes if row["split"] == "train" and row["data"] in SETS]
    others = [
        row
        for row in [*changes, *preset]
        if row["data"] in OTHERS and row["method"] in (*STEPS, *FLOORS)
        if (row["split"], row["seed"], row["settings"]) == ("test", "0", str(Settings()))
    ]
    others.sort(key=lambda row: [*STEPS, *FLOORS].index(row["method"]))
    _write_table("", "method", study, DIGITS, SETS)
    _write_table("test split", "method", others, DIGITS, OTHERS)
    stopping = read_rows(STUDIES / "results" / "early_stopping.csv")
    _write_table("steps", "steps", stopping, STOPPING_DIGITS, SETS)
    _draw_curves([row for row in [*study, *others] if row["seed"] == "0"])


def _write_table(
    corner: str, key: str, rows: Rows, digits: Mapping[str, int], sets: Mapping[str, str]
) -> None:
    """Replace the page's table with this corner: a line for each value of a column, floors last."""
    names = dict.fromkeys(row[key] for row in rows)
    first = f"| {corner} |".replace("  ", " ")
    lines = [f"{first} {' | '.join(sets.values())} |", "|---" * (len(sets) + 1) + "|"]
    for name in sorted(names, key=lambda name: (name in FLOORS, name.startswith("alignment"))):
        of_sets = [[r for r in rows if (r["data"], r[key]) == (s, name)] for s in sets]
        lines.append(f"| {name} | {' | '.join(_cell(r, digits) for r in of_sets)} |")
    page = DOCS / "studies" / "preset.md"
    table = re.compile(rf"^{re.escape(first)}.*?(?=\n\n)", flags=re.S | re.M)
    text = page.read_text(encoding="utf-8")
    page.write_text(table.sub(lambda _: "\n".join(lines), text, count=1), encoding="utf-8")


def _cell(rows: Rows, digits: Mapping[str, int]) -> str:
    """Means over seeds, and the number of seeds if there are several; empty without rows."""
    if not rows:
        return ""
    means = {key: np.mean([float(row[key]) for row in rows]) for key in digits}
    figures = [f"{means[k]:.{n}f}" for k, n in digits.items() if np.isfinite(means[k])]
    if not figures:
        return "not always possible"
    return " · ".join(figures) + (f" ({len(rows)})" if len(rows) > 1 else "")


def _draw_curves(rows: Rows) -> None:
    """Scores over steps, a line for each set."""
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
    figure.savefig(DOCS / "images" / "fitting.png", dpi=110)


if __name__ == "__main__":
    main()
