"""The protocol: embed once, score everything, and compare with baselines."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from inphase.data import Collection, Video, content_hash
from inphase.errors import EvaluationError, ModelError, VideoError
from inphase.evaluation.judge import (
    Judge,
    few_groups_warnings,
    fitted_on_warnings,
    frame_number,
    frame_share,
    shared_group_warnings,
    shortcut_warnings,
)
from inphase.evaluation.result import MODEL, STRETCH, Evaluation, EvaluationOptions
from inphase.evaluation.scores import merge_seeds
from inphase.evaluation.variants import EmbeddedSet, embed_set
from inphase.evaluation.videos import actions_of, clean_splits, events_of
from inphase.models.encoder import ready_encoder
from inphase.models.model_folder import fitted_on
from inphase.progress import progress_bar

UNTRAINED = "untrained features"
FRAME_NUMBER, FRAME_SHARE = "frame number", "frame number / length"


def evaluate(
    models: str | Path | Sequence[str | Path],
    labels: Collection | str | Path,
    *,
    options: EvaluationOptions | None = None,
    console: Console | None = None,
) -> Evaluation:
    """Score trained encoders on a labelled set.

    Each video is embedded once by each model. Then every score that the labels allow is computed
    on the test split, with 95 % intervals over its videos. Several models are treated as seeds of
    one method: scores are their mean. Baselines are plain time-stretching, the untrained base
    network and the frame number alone; the model is also scored on videos that hide the time.

    Args:
        models: model folders, or run folders that contain one.
        labels: a labels.json, its folder, or a collection opened from one.
        options: how to score.
        console: where progress goes; by default nowhere.

    Returns:
        The evaluation, which can save itself.

    Raises:
        CollectionError: the set has no key events or no test split, or a group is in both splits.
        ModelError: a model folder cannot be used.
        VideoError: none of the test videos can be read.
        EvaluationError: no action has two readable test videos.
    """
    options = options or EvaluationOptions()
    paths = [models] if isinstance(models, (str, Path)) else list(models)
    folders = [model_folder(path) for path in paths]
    if not folders:
        raise ModelError("No model was given to evaluate.")
    collection = labels if isinstance(labels, Collection) else Collection.open(labels)
    train, test = clean_splits(
        collection,
        train=options.train_split,
        test=options.test_split,
        shared_groups=options.shared_groups,
    )
    events = {
        action: events_of(
            [v for v in (*train, *test) if (v.action or "") == action], collection.events
        )
        for action in dict.fromkeys(video.action or "" for video in (*train, *test))
    }
    encoders = [ready_encoder(folder) for folder in folders]
    embedded = embed_set(
        encoders,
        train,
        test,
        events=events,
        shortcuts=options.shortcuts,
        seed=options.scoring.seed,
        console=console,
    )
    return score_embedded(
        embedded,
        models=folders,
        events=events,
        options=options,
        source=collection.source,
        files={video.name: video.path for video in test},
        fitted_on_test=_fitted_on(folders, test),
        console=console,
    )


def score_embedded(
    embedded: EmbeddedSet,
    *,
    models: Sequence[Path],
    events: Mapping[str, tuple[str, ...]],
    options: EvaluationOptions,
    source: str,
    files: Mapping[str, Path],
    fitted_on_test: Sequence[str] = (),
    console: Console | None = None,
) -> Evaluation:
    """Score existing embeddings of any method.

    Args:
        embedded: embeddings by each model, of the videos and of their variants that hide the time.
        models: names of the models, as folders.
        events: names of the key events, by action.
        options: how to score.
        source: of the labels, for messages.
        files: of the test videos, by name, for the pictures.
        fitted_on_test: names of the test videos that a model was fitted on.
        console: where progress goes; by default nowhere.

    Raises:
        EvaluationError: no action has two test videos.
    """
    first, untrained = embedded.models[0], embedded.untrained
    if not any(len(action.test) > 1 for action in actions_of(first.train, first.test, events)):
        raise EvaluationError(
            f"{source}: no action has two test videos that can be read; alignment is scored "
            "between videos of the same action."
        )
    judge = Judge(options, events)
    total = judge.total_pairs(embedded.models, embedded.untrained)
    with progress_bar("Scoring", total, console=console) as bar:
        runs = tuple(
            judge.run(folder, one, bar) for folder, one in zip(models, embedded.models, strict=True)
        )
        methods = {MODEL: merge_seeds([run.scores for run in runs])}
        methods[STRETCH] = judge.stretched(runs[0].actions)
        if untrained.test:
            methods[UNTRAINED] = judge.scores(untrained.train, untrained.test, bar)
        for name, embed in ((FRAME_NUMBER, frame_number), (FRAME_SHARE, frame_share)):
            seen, scored = ([embed(video) for video in part] for part in (first.train, first.test))
            methods[name] = judge.scores(seen, scored, bar)
        for name in first.variants:
            methods[name] = merge_seeds(
                [
                    judge.scores(one.train, one.variants[name], bar, brief=True)
                    for one in embedded.models
                ]
            )
    return Evaluation(
        source=source,
        models=tuple(str(folder) for folder in models),
        options=options,
        train=tuple(video.name for video in first.train),
        test=tuple(video.name for video in first.test),
        methods=methods,
        per_event=judge.per_event(runs),
        per_action=judge.per_action(runs),
        fitted_on_test=tuple(fitted_on_test),
        warnings=(
            *fitted_on_warnings(fitted_on_test, first.test),
            *few_groups_warnings(first.test),
            *shared_group_warnings(first.train, first.test),
            *shortcut_warnings(methods, runs[0].actions),
        ),
        skipped=embedded.skipped,
        files=dict(files),
        runs=runs,
    )


def _fitted_on(models: Sequence[Path], test: Sequence[Video]) -> tuple[str, ...]:
    """Names of the test videos that a model was fitted on, as far as its run folder tells."""
    known = set().union(*(fitted_on(folder) for folder in models))
    return tuple(v.name for v in test if known and _content(v) in known)


def _content(video: Video) -> str | None:
    with contextlib.suppress(VideoError):  # embedding skips it, and says why
        return content_hash(video.path)
    return None


def model_folder(path: str | Path) -> Path:
    """The model folder at a path, or in the run folder there."""
    path = Path(path)
    inside = path / "model"
    return inside if inside.is_dir() and not (path / "model.safetensors").is_file() else path
