"""Does shuffle-and-learn learn its own task, and does that align? By steps of fitting.

    python benchmarks/order.py ../shared/data/utd_tennis_serve ../shared/data/pushup

Fits the preset `quick` with the objective `sal` on the train split, and prints how many triplets
its classifier tells right, of videos it was fitted to and of the test split's (who says `shuffled`
each time is right in 0.75), beside event error and τ-b on the test split as in
benchmarks/quality.py. Fits that are there are kept; results go into benchmarks/results/order.csv.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from fitted import WORK, fit, score_alignment
from result_tables import processor, replace_rows
from rich.console import Console
from rich.table import Table

from inphase.data import Collection
from inphase.models import Encoder
from inphase.training import TrainingConfig, load_config
from inphase.training.clips import Clips
from inphase.training.module import TrainingModule
from inphase.training.run import LAST
from inphase.training.sources import feature_sources
from inphase.video import probe

RESULTS = Path(__file__).parent / "results" / "order.csv"
BATCHES = 40
MEASURED = ("train_accuracy", "test_accuracy", "event_error_share", "tau_b")


def main() -> None:
    """Fit, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, nargs="+", default=[120, 800])
    arguments = parser.parse_args()
    console = Console(stderr=True)
    for data in arguments.data:
        collection = Collection.open(data)
        rows: list[dict[str, object]] = []
        models = []
        for steps in arguments.steps:
            for seed in arguments.seeds:
                run = WORK / f"order-{data.name}" / f"{steps} {seed}".replace(" ", "_")
                config = load_config(
                    "quick", objective="sal", overrides=[f"steps={steps}", f"seed={seed}"]
                )
                console.print(f"{data.name}: {steps} steps, seed {seed}")
                fitted = fit(collection, run, config, console)
                models.append(run / "model")
                row: dict[str, object] = {"data": data.name, "steps": steps, "seed": seed}
                for split in ("train", "test"):
                    row[f"{split}_accuracy"] = _accuracy(
                        fitted.encoder, run, config, collection.split(split), console
                    )
                rows.append(row)
        scored = score_alignment(models, collection, MEASURED[2:], console)
        for row, scores in zip(rows, scored, strict=True):
            row |= scores
            row["machine"] = processor()
        replace_rows(RESULTS, data.name, rows)
        table = Table("steps", *MEASURED, title=data.name)
        for steps in arguments.steps:
            own = [row for row in rows if row["steps"] == steps]
            values = [[float(str(row[name])) for row in own] for name in MEASURED]
            table.add_row(
                str(steps), *(f"{np.mean(v):.3f} ± {np.std(v, ddof=1):.3f}" for v in values)
            )
        Console().print(table)


def _accuracy(
    encoder: Encoder, run: Path, config: TrainingConfig, videos: Collection, console: Console
) -> float:
    """Share of triplets told right, of clips that were not drawn while fitting."""
    sources, _ = feature_sources(
        [(video, probe(video.path)) for video in videos],
        encoder,
        config,
        phases=lambda *_: None,
        folder=WORK / "features",
        console=console,
    )
    module = TrainingModule(config, encoder)
    checkpoint = torch.load(run / LAST, weights_only=True)
    module.on_load_checkpoint(checkpoint)
    module.load_state_dict(checkpoint["state_dict"])
    module.eval()
    clips = Clips(sources, config)
    with torch.no_grad():
        found = [
            module.training_step(clips[step], 0)["sal_accuracy"].item()
            for step in range(config.steps, config.steps + BATCHES)
        ]
    return float(np.mean(found))


if __name__ == "__main__":
    main()
