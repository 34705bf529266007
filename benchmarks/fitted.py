"""Fit encoders and score them. Every benchmark and study that fits an encoder does it here."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from result_tables import processor
from rich.console import Console

from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.evaluation import EvaluationOptions, ScoringOptions, evaluate
from inphase.models import Encoder
from inphase.training import TrainingConfig, train

WORK = cache_folder() / "benchmark"
FEATURES = WORK / "features"


@dataclass(frozen=True)
class Fit:
    """An encoder to fit.

    Attributes:
        columns: what identifies it in a result table: its set, method, seed.
        config: how to fit it.
        trained: False leaves the encoder as it was initialized.
    """

    columns: Mapping[str, object]
    config: TrainingConfig
    trained: bool = True


@dataclass(frozen=True)
class Fitted:
    """A fitted encoder.

    Attributes:
        columns: of its ``Fit``.
        config: of its ``Fit``.
        run: the run folder.
        seconds: how long fitting took.
    """

    columns: Mapping[str, object]
    config: TrainingConfig
    run: Path
    seconds: float

    @property
    def model(self) -> Path:
        """The model folder."""
        return self.run / "model"

    def encoder(self) -> Encoder:
        """Load the encoder."""
        return Encoder.load(self.model)


def fit_all(
    collection: Collection,
    fits: Sequence[Fit],
    folder: Path,
    console: Console,
    *,
    split: str | None = "train",
) -> list[Fitted]:
    """Fit each encoder, in a run folder of its own below ``folder``.

    Finished runs are kept and interrupted ones continue.

    Args:
        collection: the set.
        fits: the encoders.
        folder: the place for run folders.
        console: for progress.
        split: the videos to fit to; None takes all.
    """
    done = []
    for number, one in enumerate(fits):
        name = " ".join(str(value) for value in one.columns.values())
        console.print(f"Fit {number + 1} of {len(fits)}: {name}", highlight=False)
        run = folder / re.sub(r"[^\w+.%-]+", "_", name)
        clock = run / "seconds.txt"
        if not clock.is_file():
            start = time.monotonic()
            if one.trained:
                train(
                    collection, run, config=one.config, split=split, cache=FEATURES, console=console
                )
            else:
                Encoder(one.config.encoder, seed=one.config.seed).save(run / "model")
            clock.write_text(f"{time.monotonic() - start}\n", encoding="utf-8")
        seconds = float(clock.read_text(encoding="utf-8"))
        done.append(Fitted(one.columns, one.config, run, seconds))
    return done


def evaluation_options(scoring: ScoringOptions) -> EvaluationOptions:
    """How benchmarks evaluate: both splits may share groups; position shortcuts are not tested."""
    return EvaluationOptions(scoring=scoring, shortcuts=False, shared_groups=True)


def fit_and_score(
    collection: Collection,
    fits: Sequence[Fit],
    folder: Path,
    console: Console,
    *,
    scores: Sequence[str],
    measure: Callable[[Fitted], Mapping[str, float]] = lambda _: {},
) -> list[dict[str, object]]:
    """Fit encoders to the train split and score their alignment of the test split.

    Args:
        collection: the set, with both splits.
        fits: the encoders.
        folder: the place for run folders.
        console: for progress.
        scores: names of the evaluation's scores; those of phases and retrieval are not computed.
        measure: what else to measure of each encoder.

    Returns:
        A row for each encoder: its columns, what was measured, the scores and the machine.
    """
    fitted = fit_all(collection, fits, folder, console)
    measured = [measure(one) for one in fitted]
    scoring = ScoringOptions(stride=2, shares=(), few_shot=(), ks=())
    evaluation = evaluate(
        [one.model for one in fitted],
        collection,
        options=evaluation_options(scoring),
        console=console,
    )
    return [
        {
            **one.columns,
            **more,
            **{name: run.scores[name].value for name in scores},
            "machine": processor(),
        }
        for one, more, run in zip(fitted, measured, evaluation.runs, strict=True)
    ]
