"""Every objective on equal terms: same videos, encoder, augmentation, steps; only the loss differs.

    python benchmarks/objectives.py ../shared/data/pushup ../shared/data/robot_g1_bottle

Each row of benchmarks/results/objectives.csv is one objective, set and seed, fitted to the train
split and scored on the test split by ``inphase.evaluate``. Rows that are there already are left
out, and a run that was stopped goes on where it was: give the same command again. The floors are
the encoder before training (random embedder), the frozen base network's features averaged over
space, and plain time-stretching. ``--show`` prints means and spreads over seeds, and fits nothing.
"""

import argparse
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import platformdirs
from result_tables import machine, read_rows, write_rows
from rich.console import Console
from rich.table import Table

from inphase.data import Collection
from inphase.evaluation import EvaluationOptions, ScoringOptions, evaluate
from inphase.evaluation.protocol import UNTRAINED
from inphase.evaluation.result import STRETCH
from inphase.models import Encoder
from inphase.training import TrainingConfig, load_config, train

RESULTS = Path(__file__).parent / "results" / "objectives.csv"
RUNS = Path(platformdirs.user_cache_dir("inphase")) / "benchmark"

# Options of load_config by the name of the row. Terms weigh the same, as in the released code.
CLASSIFICATION = "objectives.tcc.loss=classification"
METHODS: dict[str, tuple[str, list[str]]] = {
    "tcc": ("tcc", [CLASSIFICATION]),
    "tcc regression": ("tcc", ["objectives.tcc.loss=regression"]),
    "tcn": ("tcn", []),
    "sal": ("sal", []),
    "tcc+tcn": ("tcc+tcn", [CLASSIFICATION]),
    "tcc+sal": ("tcc+sal", [CLASSIFICATION]),
    "tcc+tcn+sal": ("tcc+tcn+sal", [CLASSIFICATION]),
    "supervised 10 %": ("supervised", ["labelled_share=0.1"]),
    "supervised 50 %": ("supervised", ["labelled_share=0.5"]),
    "supervised 100 %": ("supervised", ["labelled_share=1.0"]),
}
NOT_TRAINED = "untrained encoder"
SCORES = {
    "event_error_share": "event error / length",
    "event_error_frames": "frames",
    "tau_b": "τ-b",
    "phase_accuracy_10": "phases 10 %",
    "phase_accuracy_50": "50 %",
    "phase_accuracy_100": "100 %",
    "progression_r2": "progression",
}
KEY = ("data", "method", "seed", "settings")


def main() -> None:
    """Parse, fit and score what is missing, show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="*", help="folders with labels.json and two splits")
    parser.add_argument("--methods", nargs="+", default=[*METHODS, NOT_TRAINED])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--stride", type=int, default=2, help="frames between two of τ's")
    parser.add_argument("--show", action="store_true", help="only print the table")
    arguments = parser.parse_args()
    unknown = set(arguments.methods) - {*METHODS, NOT_TRAINED}
    if unknown:
        parser.error(f"unknown methods: {', '.join(sorted(unknown))}")
    console = Console(stderr=True)
    if not arguments.show:
        for folder in map(Path, arguments.data):
            for method in arguments.methods:
                _fill(folder, method, arguments, console)
    names = [Path(folder).name for folder in arguments.data]
    _show([row for row in read_rows(RESULTS) if not names or row["data"] in names])


def _fill(data: Path, method: str, arguments: argparse.Namespace, console: Console) -> None:
    """Fit and score one method on one set, for the seeds whose rows are missing."""
    objective, own = METHODS.get(method, (None, []))
    overrides = [*own, *arguments.overrides]
    settings = " ".join([arguments.preset, *arguments.overrides, f"stride={arguments.stride}"])
    done = {tuple(row[key] for key in KEY) for row in read_rows(RESULTS)}
    seeds = [
        seed for seed in arguments.seeds if (data.name, method, str(seed), settings) not in done
    ]
    if not seeds:
        return
    collection = Collection.open(data)
    models, seconds = [], []
    for seed in seeds:
        console.print(f"{data.name}: {method}, seed {seed}")
        config = load_config(
            arguments.preset, objective=objective, overrides=[*overrides, f"seed={seed}"]
        )
        folder = RUNS / data.name / settings.replace(" ", "_").replace("/", "_")
        folder = folder / f"{method} {seed}".replace(" ", "_")
        start = time.monotonic()
        if method == NOT_TRAINED:
            Encoder(config.encoder, seed=seed).save(folder / "model")
        else:
            _fit(collection, folder, config, console)
        seconds.append(time.monotonic() - start)
        models.append(folder / "model")
    scoring = ScoringOptions(stride=arguments.stride, few_shot=())
    evaluation = evaluate(
        models,
        collection,
        options=EvaluationOptions(scoring=scoring, shortcuts=False),
        console=console,
    )
    rows = []
    for seed, run, spent in zip(seeds, evaluation.runs, seconds, strict=True):
        given = {key: score.value for key, score in run.scores.items()}
        undefined = run.scores["tau_b"].undefined or 0
        rows.append(_row(data.name, method, seed, settings, given, undefined, spent))
    for floor in (UNTRAINED, STRETCH):
        if (data.name, floor, "0", settings) not in done and floor in evaluation.methods:
            scores = evaluation.methods[floor]
            given = {key: score.value for key, score in scores.items()}
            undefined = (scores["tau_b"].undefined or 0) if "tau_b" in scores else 0
            rows.append(_row(data.name, floor, 0, settings, given, undefined, 0.0))
    write_rows(RESULTS, [*read_rows(RESULTS), *rows])
    for model in models:
        shutil.rmtree(model.parent)


def _fit(collection: Collection, folder: Path, config: TrainingConfig, console: Console) -> None:
    train(
        collection, folder, config=config, split="train", cache=RUNS / "features", console=console
    )


def _row(
    data: str,
    method: str,
    seed: int,
    settings: str,
    scores: Mapping[str, float],
    undefined: int,
    seconds: float,
) -> dict[str, object]:
    values: dict[str, object] = {"data": data, "method": method, "seed": seed, "settings": settings}
    values |= {key: scores.get(key, float("nan")) for key in SCORES}
    return values | {"tau_undefined": undefined, "fit_seconds": seconds, "machine": machine()}


def _show(rows: Sequence[Mapping[str, str]]) -> None:
    """Means and, over several seeds, their sample standard deviations; a table a set."""
    sets: dict[tuple[str, str], dict[str, list[Mapping[str, str]]]] = {}
    for row in rows:
        methods = sets.setdefault((row["data"], row["settings"]), {})
        methods.setdefault(row["method"], []).append(row)
    for (data, settings), methods in sets.items():
        table = Table("method", "seeds", *SCORES.values(), title=f"{data} ({settings})")
        for method, group in methods.items():
            table.add_row(method, str(len(group)), *(_cell(group, key) for key in SCORES))
        Console(width=140).print(table)


def _cell(group: Sequence[Mapping[str, str]], key: str) -> str:
    values = np.array([float(row[key]) for row in group])
    if not np.isfinite(values).all():
        return "–"
    spread = f" ± {values.std(ddof=1):.3f}" if len(values) > 1 else ""
    return f"{values.mean():.3f}{spread}"


if __name__ == "__main__":
    main()
