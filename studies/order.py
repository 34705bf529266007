"""Question: does shuffle-and-learn (`sal`) learn its own task, and does that align videos?
Answer: it learns the task and does not align. On tennis serves its classifier judges 0.82 of the
triplets of unseen people correctly after 120 steps and 0.93 after 800 (always answering `shuffled`
scores 0.75). τ-b rises from 0.32 to 0.62, but the event error stays at 0.050 and 0.047, where
time-stretching has 0.050. Written up in docs/studies/objectives.md.

    PYTHONPATH=benchmarks python studies/order.py DATA [DATA ...] --seeds 0 1

Fits the preset `quick` with the objective `sal` to the train split. Prints the share of triplets
that the classifier judges correctly, on videos it was fitted to and on those of the test split,
beside event error and τ-b on the test split. Results go into studies/results/order.csv.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from arguments import add_data, add_seeds, new_parser
from fitted import WORK, Fit, Fitted, fit_and_score
from result_tables import replace_rows, show_means
from rich.console import Console
from unseen_clips import unseen_clips

from inphase.data import Collection
from inphase.training import load_config
from inphase.training.module import TrainingModule
from inphase.training.run import LAST

RESULTS = Path(__file__).parent / "results" / "order.csv"
ACCURACIES = {"train_accuracy": "seen videos", "test_accuracy": "unseen videos"}
SCORES = {"event_error_share": "event error", "tau_b": "τ-b"}


def main() -> None:
    """Fit, measure, print, write."""
    parser = new_parser(__doc__)
    add_data(parser, "+")
    add_seeds(parser)
    parser.add_argument("--steps", type=int, nargs="+", default=[120, 800])
    arguments = parser.parse_args()
    console = Console(stderr=True)
    for data in arguments.data:
        collection = Collection.open(data)
        fits = [
            Fit(
                {"data": data.name, "steps": steps, "seed": seed},
                load_config("quick", objective="sal", overrides=[f"steps={steps}", f"seed={seed}"]),
            )
            for steps in arguments.steps
            for seed in arguments.seeds
        ]

        def measure(one: Fitted, collection: Collection = collection) -> Mapping[str, float]:
            return {
                f"{split}_accuracy": _accuracy(one, collection.split(split), console)
                for split in ("train", "test")
            }

        rows = fit_and_score(
            collection, fits, WORK / "order", console, scores=list(SCORES), measure=measure
        )
        replace_rows(RESULTS, rows)
        show_means(rows, ["steps"], {**ACCURACIES, **SCORES}, title=data.name)


def _accuracy(fitted: Fitted, videos: Collection, console: Console) -> float:
    """Share of triplets that the classifier judges correctly."""
    encoder = fitted.encoder()
    module = TrainingModule(fitted.config, encoder)
    module.load_learned(torch.load(fitted.run / LAST, weights_only=True)["module"])
    module.eval()
    batches = unseen_clips(videos, encoder, fitted.config, console)
    with torch.no_grad():
        found = [module(batch)["sal_accuracy"].item() for batch in batches]
    return float(np.mean(found))


if __name__ == "__main__":
    main()
