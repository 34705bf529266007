"""Quality on labelled videos: fit on one part, score on the other, beside what needs no learning.

    python benchmarks/quality.py ../shared/data/pushup                          # preset `quick`
    python benchmarks/quality.py ../shared/data/pushup --methods objectives     # every objective
    python benchmarks/quality.py ../shared/data/pushup --methods study --split train
    python benchmarks/quality.py synthetic

Each row of benchmarks/results/quality.csv is one method, set and seed, scored by
``inphase.evaluate``. Rows that are there already are left out, and a run that was stopped goes on
where it was: give the same command again. Beside the methods stand the frozen base network's
features averaged over space, and plain time-stretching. With `--split train` the test videos are
not touched: every third group of the train split is scored, the rest is fitted to. Of the preset
the pairs are aligned with other settings too. `synthetic` is drawn; its true alignment is known.
`--show` prints means and spreads over seeds, and fits nothing.
"""

import argparse
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from fitted import WORK, fit
from quality_methods import GROUPS, POOLINGS, Method
from result_tables import processor, read_rows, write_rows
from rich.console import Console
from rich.table import Table

from inphase.alignment import align
from inphase.data import Collection, corresponding_frames, read_truth, write_collection
from inphase.errors import AlignmentError
from inphase.evaluation import EvaluationOptions, ScoringOptions, evaluate
from inphase.evaluation.pairs import compare_pairs
from inphase.evaluation.protocol import UNTRAINED
from inphase.evaluation.result import STRETCH, ModelRun
from inphase.models import Encoder
from inphase.models.embedder import Embedder
from inphase.training import TrainingConfig, load_config

RESULTS = Path(__file__).parent / "results" / "quality.csv"
SCORES = {
    "event_error_share": "event error / length",
    "event_error_frames": "frames",
    "event_error_seconds": "s",
    "tau_b": "τ-b",
    "phase_accuracy_10": "phases 10 %",
    "phase_accuracy_50": "50 %",
    "phase_accuracy_100": "100 %",
    "few_shot_1": "1 video",
    "progression_r2": "progression",
    "truth_median_frames": "truth",
}
SHOWN = [key for key in SCORES if key not in ("event_error_frames", "event_error_seconds")]
KEY = ("data", "split", "method", "seed", "settings")
# Of the alignment, with the preset's embeddings: options of `align`.
ALIGNMENTS: dict[str, dict[str, Any]] = {
    "alignment: cosine distance": {"distance": "cosine"},
    "alignment: at most 2 frames in a row wait": {"max_slope": 2},
    "alignment: at most 4 frames in a row wait": {"max_slope": 4},
    "alignment: window of 0.2": {"window": 0.2},
    "alignment: nearest neighbour, no order": {"method": "nearest"},
    "alignment: open begin and end": {"open_begin": True, "open_end": True},
}


def main() -> None:
    """Parse, fit and score what is missing, show."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="*", help="folders with labels.json, or `synthetic`")
    parser.add_argument("--methods", default="preset", choices=GROUPS)
    parser.add_argument("--only", nargs="+", metavar="ROW", help="some methods, by name")
    parser.add_argument("--split", default="test", choices=("test", "train"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--stride", type=int, default=2, help="frames between two of τ's")
    parser.add_argument("--show", action="store_true", help="only print the table")
    arguments = parser.parse_args()
    known = GROUPS[arguments.methods]
    for name in arguments.only or []:
        if name not in known:
            parser.error(f"no row `{name}` among: {', '.join(known)}")
    console = Console(stderr=True)
    if not arguments.show:
        for data in arguments.data:
            for pooling, pool in POOLINGS.items():
                with patch.object(Embedder, "pool", pool):
                    _fill(data, pooling, arguments, console)
    names = [Path(data).name for data in arguments.data]
    _show([row for row in read_rows(RESULTS) if not names or row["data"] in names])


def _fill(data: str, pooling: str, arguments: argparse.Namespace, console: Console) -> None:
    """Fit what is missing of one set, then score all of it in one go: videos are read once.

    Of the methods only those with this pooling, which is that of all embedders now.
    """
    collection, folder = open_part(data, arguments.split)
    settings = " ".join([arguments.preset, *arguments.overrides, f"stride={arguments.stride}"])
    place = {"data": Path(data).name, "split": arguments.split, "settings": settings}
    done = {tuple(row[key] for key in KEY) for row in read_rows(RESULTS)}
    missing = [
        (name, method, seed)
        for name, method in GROUPS[arguments.methods].items()
        for seed in arguments.seeds
        if method.pooling == pooling and (not arguments.only or name in arguments.only)
        if tuple(str({**place, "method": name, "seed": seed}[key]) for key in KEY) not in done
    ]
    if not missing:
        return
    work = WORK / "_".join(place.values()).replace(" ", "_").replace("/", "_")
    models, seconds = [], []
    for name, method, seed in missing:
        console.print(f"{place['data']}: {name}, seed {seed}")
        config = load_config(
            arguments.preset,
            objective=method.objective,
            overrides=[*arguments.overrides, *method.overrides, f"seed={seed}"],
        )
        fitted = work / f"{name} {seed}".replace(" ", "_").replace("/", "_")
        seconds.append(_fit(collection, fitted, method, config, console))
        models.append(fitted / "model")
    evaluation = evaluate(
        models,
        collection,
        options=EvaluationOptions(
            # Fifty draws of a labelled video take longer than all else: for the preset alone.
            scoring=ScoringOptions(
                stride=arguments.stride, few_shot=(1,) if arguments.methods == "preset" else ()
            ),
            shortcuts=False,
            shared_groups=True,
        ),
        console=console,
    )
    rows = []
    for (name, _, seed), run, spent in zip(missing, evaluation.runs, seconds, strict=True):
        scores = {key: score.value for key, score in run.scores.items()}
        if folder is not None:
            scores["truth_median_frames"] = _truth(run, folder)
        undefined = run.scores["tau_b"].undefined or 0
        rows.append(_row(place, name, seed, scores, undefined, spent))
        if arguments.methods == "study" and name == "preset":
            for told, options in ALIGNMENTS.items():
                scores = {"event_error_share": _event_error(run, options)}
                rows.append(_row(place, told, seed, scores, 0, 0.0))
    for floor in (UNTRAINED, STRETCH):
        key = {**place, "method": floor, "seed": 0}
        if tuple(str(key[one]) for one in KEY) not in done and floor in evaluation.methods:
            given = evaluation.methods[floor]
            undefined = (given["tau_b"].undefined or 0) if "tau_b" in given else 0
            scores = {name: score.value for name, score in given.items()}
            rows.append(_row(place, floor, 0, scores, undefined, 0.0))
    write_rows(RESULTS, [*read_rows(RESULTS), *rows])
    shutil.rmtree(work)


def open_part(data: str, split: str) -> tuple[Collection, Path | None]:
    """The set, and the folder that the truth about it is in, if it is drawn.

    Of the split `train` the set's test videos are left out; every third group is to be scored.
    """
    folder = None
    if data == "synthetic":
        folder = WORK / "pouring"
        if not (folder / "labels.json").is_file():
            write_collection(folder, action="pouring", count=24, test_share=1 / 3)
    collection = Collection.open(folder or data)
    if split == "test":
        return collection, folder
    videos = collection.split("train").videos
    groups = sorted({video.group or video.name for video in videos})
    scored = set(groups[2::3])
    return (
        replace(
            collection,
            videos=tuple(
                replace(v, split="test" if (v.group or v.name) in scored else "train")
                for v in videos
            ),
        ),
        folder,
    )


def _fit(
    collection: Collection, run: Path, method: Method, config: TrainingConfig, console: Console
) -> float:
    """Seconds that it took; a model that is there already is kept, its time in a file beside."""
    clock = run / "seconds.txt"
    if clock.is_file():
        return float(clock.read_text(encoding="utf-8"))
    start = time.monotonic()
    if method.trained:
        fit(collection, run, config, console)
    else:
        Encoder(config.encoder, seed=config.seed).save(run / "model")
    seconds = time.monotonic() - start
    clock.write_text(f"{seconds}\n", encoding="utf-8")
    return seconds


def _event_error(run: ModelRun, options: Mapping[str, Any]) -> float:
    """Mean event error as a share of the length, over all pairs, with these options of `align`.

    NaN where they do not allow to align some pair: a slope limit, of lengths too different.
    """
    try:
        shares = [np.nanmean(compare_pairs(a.test, **options).dtw.share) for a in run.actions]
    except AlignmentError:
        return float("nan")
    return float(np.mean(shares))


def _truth(run: ModelRun, folder: Path) -> float:
    """Median error of all matches, in frames, where the true alignment is known."""
    states = {name: state for name, (_, state) in read_truth(folder).items()}
    errors: list[float] = []
    for action in run.actions:
        for reference in action.test:
            for query in action.test:
                if reference is query:
                    continue
                known = corresponding_frames(states[reference.name], states[query.name])
                found = align(reference.embeddings, query.embeddings).query_frames
                errors += np.abs(found - known).tolist()
    return float(np.median(errors))


def _row(
    place: Mapping[str, str],
    method: str,
    seed: int,
    scores: Mapping[str, float],
    undefined: int,
    seconds: float,
) -> dict[str, object]:
    values: dict[str, object] = {key: {**place, "method": method, "seed": seed}[key] for key in KEY}
    values |= {key: scores.get(key, float("nan")) for key in SCORES}
    return values | {"tau_undefined": undefined, "fit_seconds": seconds, "machine": processor()}


def _show(rows: Sequence[Mapping[str, str]]) -> None:
    """Means and, over several seeds, their sample standard deviations; a table a set."""
    sets: dict[tuple[str, ...], dict[str, list[Mapping[str, str]]]] = {}
    for row in rows:
        methods = sets.setdefault((row["data"], row["split"], row["settings"]), {})
        methods.setdefault(row["method"], []).append(row)
    for place, methods in sets.items():
        headings = [SCORES[key] for key in SHOWN]
        table = Table("method", "seeds", *headings, "fit s", title=" · ".join(place))
        for method, group in methods.items():
            cells = [_cell(group, key) for key in SHOWN]
            seconds = np.median([float(row["fit_seconds"]) for row in group])
            table.add_row(method, str(len(group)), *cells, f"{seconds:.0f}")
        Console(width=160).print(table)


def _cell(group: Sequence[Mapping[str, str]], key: str) -> str:
    values = np.array([float(row[key]) for row in group])
    if not np.isfinite(values).all():
        return "–"
    spread = f" ± {values.std(ddof=1):.3f}" if len(values) > 1 else ""
    return f"{values.mean():.3f}{spread}"


if __name__ == "__main__":
    main()
