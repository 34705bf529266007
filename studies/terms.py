"""Question: why is `tcc+tcn` with equal weights no better than `tcn` alone?
Answer: the terms have different scales. With equal weights TCN's gradient is five times as long as
that of the cycles (8.7 and 1.6 on push-ups) and points against it, so the cycles are not learned:
their term stays at 2.92, near the 3.00 of an encoder that has learned nothing. With weight 0.1 the
event error is 0.043 (`tcc` alone 0.042, equal weights 0.054) and τ-b 0.54 (0.48 and 0.42). Written
up in docs/studies/objectives.md.

    PYTHONPATH=benchmarks python studies/terms.py DATA

Fits the preset `quick` for 120 steps with cycle-back classification and N-pairs at several weights.
After each fit it measures both terms, the lengths of their gradients with respect to the embedder's
weights (TCN's is weighted), the cosine between the gradients (means over batches of the training
videos), and event error and τ-b on the test split. Results go into studies/results/terms.csv.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from arguments import add_data, add_seeds, new_parser
from fitted import WORK, Fit, Fitted, fit_and_score
from methods import CLASSIFICATION
from result_tables import replace_rows, show_means
from rich.console import Console
from unseen_clips import unseen_clips

from inphase.data import Collection
from inphase.training import TrainingConfig, load_config
from inphase.training.module import TrainingModule

RESULTS = Path(__file__).parent / "results" / "terms.csv"
WEIGHTS = {"tcc": 0.0, "tcc+tcn:0.01": 0.01, "tcc+tcn:0.1": 0.1, "tcc+tcn": 1.0, "tcn": 1.0}
TERMS = ("tcc", "tcn", "tcc_gradient", "tcn_gradient", "cosine")
SCORES = ("event_error_share", "tau_b")


def main() -> None:
    """Fit, measure, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    add_seeds(parser)
    arguments = parser.parse_args()
    console = Console(stderr=True)
    name, collection = arguments.data.name, Collection.open(arguments.data)
    fits = [
        Fit({"data": name, "objective": objective, "seed": seed}, _config(objective, seed))
        for objective in WEIGHTS
        for seed in arguments.seeds
    ]
    rows = fit_and_score(
        collection,
        fits,
        WORK / "terms",
        console,
        scores=SCORES,
        measure=lambda one: _measured(one, collection.split("train"), console),
    )
    replace_rows(RESULTS, rows)
    columns = {column: column.replace("_", " ") for column in (*TERMS, *SCORES)}
    show_means(rows, ["objective"], columns, title=name)


def _config(objective: str, seed: object) -> TrainingConfig:
    overrides = ["steps=120", f"seed={seed}"]
    if "tcc" in objective:
        overrides.append(CLASSIFICATION)
    return load_config("quick", objective=objective, overrides=overrides)


def _measured(fitted: Fitted, videos: Collection, console: Console) -> Mapping[str, float]:
    """Both terms and their gradients on unseen batches of the training videos."""
    seed, weight = fitted.columns["seed"], WEIGHTS[str(fitted.columns["objective"])]
    encoder = fitted.encoder()
    modules = {name: TrainingModule(_config(name, seed), encoder) for name in ("tcc", "tcn")}
    batches = unseen_clips(videos, encoder, _config("tcc+tcn", seed), console)
    encoder.embedder.train()
    learned = [p for p in encoder.embedder.parameters() if p.requires_grad]
    found: dict[str, list[float]] = {name: [] for name in TERMS}
    for batch in batches:
        gradients = {}
        for name, module in modules.items():
            loss = module(batch)["loss"]
            parts = torch.autograd.grad(loss, learned, allow_unused=True)
            gradients[name] = torch.cat([g.flatten() for g in parts if g is not None])
            found[name].append(loss.item())
        tcc, tcn = gradients["tcc"], gradients["tcn"]
        found["tcc_gradient"].append(float(tcc.norm()))
        found["tcn_gradient"].append(weight * float(tcn.norm()))
        found["cosine"].append(float(torch.cosine_similarity(tcc, tcn, dim=0)))
    return {name: float(np.mean(values)) for name, values in found.items()}


if __name__ == "__main__":
    main()
