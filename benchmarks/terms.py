"""What the terms of TCC+TCN do to each other: losses, gradients and event error by TCN's weight.

    python benchmarks/terms.py ../shared/data/pushup

Fits the preset `quick` for 120 steps with cycle-back classification and with N-pairs of several
weights, on the train split, and prints for each weight, after fitting: both terms and the lengths
of their gradients with regard to the embedder's weights (means over batches of the training
videos; of TCN's the weighted one), the cosine between the two, and event error and τ-b on the test
split as in benchmarks/quality.py. Fits that are there are kept; results go into
benchmarks/results/terms.csv.
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
from inphase.training.sources import feature_sources
from inphase.video import probe

RESULTS = Path(__file__).parent / "results" / "terms.csv"
WEIGHTS = {"tcc": 0.0, "tcc+tcn:0.01": 0.01, "tcc+tcn:0.1": 0.1, "tcc+tcn": 1.0, "tcn": 1.0}
STEPS, BATCHES = 120, 40
MEASURED = ("tcc", "tcn", "tcc_gradient", "tcn_gradient", "cosine", "event_error_share", "tau_b")


def main() -> None:
    """Fit, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments = parser.parse_args()
    console = Console(stderr=True)
    collection = Collection.open(arguments.data)
    work = WORK / f"terms-{arguments.data.name}"
    rows: list[dict[str, object]] = []
    models = []
    for objective, weight in WEIGHTS.items():
        for seed in arguments.seeds:
            config = _config(objective, seed)
            run = work / f"{objective} {seed}".replace(" ", "_").replace(":", "_")
            console.print(f"{objective}, seed {seed}")
            fitted = fit(collection, run, config, console)
            models.append(run / "model")
            row: dict[str, object] = {"data": arguments.data.name, "objective": objective}
            row |= {"seed": seed} | _measured(fitted.encoder, collection, weight, seed, console)
            rows.append(row)
    scored = score_alignment(models, collection, MEASURED[-2:], console)
    for row, scores in zip(rows, scored, strict=True):
        row |= scores
        row["machine"] = processor()
    replace_rows(RESULTS, arguments.data.name, rows)
    table = Table("objective", *MEASURED, title=arguments.data.name)
    for objective in WEIGHTS:
        own = [row for row in rows if row["objective"] == objective]
        values = [[float(str(row[name])) for row in own] for name in MEASURED]
        table.add_row(objective, *(f"{np.mean(v):.3f} ± {np.std(v, ddof=1):.3f}" for v in values))
    Console().print(table)


def _config(objective: str, seed: int) -> TrainingConfig:
    overrides = [f"steps={STEPS}", f"seed={seed}"]
    if "tcc" in objective:
        overrides.append("objectives.tcc.loss=classification")
    return load_config("quick", objective=objective, overrides=overrides)


def _measured(
    encoder: Encoder, collection: Collection, weight: float, seed: int, console: Console
) -> dict[str, float]:
    """Both terms and their gradients on batches that were not fitted to, of the same videos."""
    both = _config("tcc+tcn", seed)
    videos = [(video, probe(video.path)) for video in collection.split("train")]
    sources, _ = feature_sources(
        videos, encoder, both, phases=lambda *_: None, folder=WORK / "features", console=console
    )
    clips = Clips(sources, both)
    modules = {name: TrainingModule(_config(name, seed), encoder) for name in ("tcc", "tcn")}
    encoder.embedder.train()
    learned = [p for p in encoder.embedder.parameters() if p.requires_grad]
    found: dict[str, list[float]] = {name: [] for name in MEASURED[:-2]}
    for step in range(STEPS, STEPS + BATCHES):
        batch = clips[step]
        gradients = {}
        for name, module in modules.items():
            loss = module.training_step(batch, 0)["loss"]
            parts = torch.autograd.grad(loss, learned, allow_unused=True)
            gradients[name] = torch.cat([g.flatten() for g in parts if g is not None])
            found[name].append(loss.item())
        tcc, tcn = gradients["tcc"], gradients["tcn"]
        found["tcc_gradient"].append(float(tcc.norm()))
        found["tcn_gradient"].append(weight * float(tcn.norm()))
        found["cosine"].append(float(torch.cosine_similarity(tcc, tcn, dim=0)))
    encoder.eval()
    return {name: float(np.mean(values)) for name, values in found.items()}


if __name__ == "__main__":
    main()
