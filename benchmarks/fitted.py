"""Fit an encoder and score alignment with it, as several benchmarks do on labelled sets."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs
from rich.console import Console

from inphase.data import Collection
from inphase.evaluation import EvaluationOptions, ScoringOptions, evaluate
from inphase.training import TrainedRun, TrainingConfig, train

WORK = Path(platformdirs.user_cache_dir("inphase")) / "benchmark"


def fit(collection: Collection, run: Path, config: TrainingConfig, console: Console) -> TrainedRun:
    """Fit to the train split; a run that is there already is kept, one that was stopped goes on."""
    return train(
        collection, run, config=config, split="train", cache=WORK / "features", console=console
    )


def score_alignment(
    models: Sequence[Path], collection: Collection, names: Sequence[str], console: Console
) -> list[Mapping[str, float]]:
    """These scores of each model on the test split; none of phases or retrieval."""
    evaluation = evaluate(
        models,
        collection,
        options=EvaluationOptions(
            scoring=ScoringOptions(stride=2, shares=(), few_shot=(), ks=()),
            shortcuts=False,
            shared_groups=True,
        ),
        console=console,
    )
    return [{name: run.scores[name].value for name in names} for run in evaluation.runs]
