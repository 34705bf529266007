"""Would cycle consistency, which needs no labels, choose the number of steps that labels would?

    python benchmarks/early_stopping.py ../shared/data/pushup ../shared/data/utd_squat

Fits the preset `quick` with several numbers of steps to two thirds of the train split's groups, as
`benchmarks/quality.py --split train` does, and prints for the other third the share of frames that
return home within a frame (two-way cycle consistency), event error and τ-b. Fits that are there are
kept; results go into benchmarks/results/early_stopping.csv.
"""

import argparse
from pathlib import Path

import numpy as np
from fitted import WORK, fit, score_alignment
from quality import open_part
from result_tables import processor, replace_rows
from rich.console import Console
from rich.table import Table

from inphase.training import load_config

RESULTS = Path(__file__).parent / "results" / "early_stopping.csv"
MEASURED = ("cycle_2", "event_error_share", "tau_b")


def main() -> None:
    """Fit, score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--steps", type=int, nargs="+", default=[50, 100, 200, 400, 800])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    arguments = parser.parse_args()
    console = Console(stderr=True)
    for data in arguments.data:
        collection, _ = open_part(str(data), "train")
        rows: list[dict[str, object]] = []
        models = []
        for steps in arguments.steps:
            for seed in arguments.seeds:
                console.print(f"{data.name}: {steps} steps, seed {seed}")
                run = WORK / f"early_stopping-{data.name}" / f"{steps}_{seed}"
                config = load_config("quick", overrides=[f"steps={steps}", f"seed={seed}"])
                fit(collection, run, config, console)
                models.append(run / "model")
                rows.append({"data": data.name, "steps": steps, "seed": seed})
        scored = score_alignment(models, collection, MEASURED, console)
        for row, scores in zip(rows, scored, strict=True):
            row |= scores
            row["machine"] = processor()
        replace_rows(RESULTS, data.name, rows)
        table = Table("steps", *MEASURED, title=data.name)
        for steps in arguments.steps:
            own = [row for row in rows if row["steps"] == steps]
            means = [np.mean([float(str(row[name])) for row in own]) for name in MEASURED]
            table.add_row(str(steps), *(f"{mean:.3f}" for mean in means))
        Console().print(table)


if __name__ == "__main__":
    main()
