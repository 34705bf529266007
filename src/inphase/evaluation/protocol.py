"""The protocol: embed once, score everything, beside what needs no learning."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from inphase.data import Collection
from inphase.errors import EvaluationError, ModelError
from inphase.evaluation.pairs import EventErrors, Pairs, compare_pairs, stretch_pairs
from inphase.evaluation.result import (
    MODEL,
    NEAREST,
    STRETCH,
    Evaluation,
    EvaluationOptions,
    EventRow,
    ModelRun,
)
from inphase.evaluation.scores import (
    Score,
    join_actions,
    merge_seeds,
    score_action,
    score_events,
)
from inphase.evaluation.variants import FROZEN, ModelEmbeddings, embed_set
from inphase.evaluation.videos import Action, ScoredVideo, actions_of, clean_splits, events_of
from inphase.models import Encoder
from inphase.progress import Bar, progress_bar

UNTRAINED = "untrained features"
FRAME_NUMBER, FRAME_SHARE = "frame number", "frame number / length"
# A frozen video whose τ is above this, or whose phases are told better than any constant answer
# could by this much, says that the method tells time without looking.
_FROZEN_TAU, _FROZEN_ACCURACY = 0.05, 0.01


def evaluate(
    models: str | Path | Sequence[str | Path],
    labels: Collection | str | Path,
    *,
    options: EvaluationOptions | None = None,
    console: Console | None = None,
) -> Evaluation:
    """Score trained encoders on a labelled set.

    Each video is embedded once by each model; then every score that the labels allow is computed
    on the test split, with 95 % intervals over its videos. Several models count as several seeds
    of one method: scores are their mean. Beside them stand plain time-stretching, the untrained
    base network, embeddings of nothing but the frame number, and the model on videos whose time
    cannot be told.

    Args:
        models: model folders, or run folders that hold one.
        labels: a labels.json, its folder, or a collection that was opened from one.
        options: how; the defaults are those of the docs.
        console: where progress goes; by default nowhere.

    Returns:
        The evaluation, which prints and saves itself.

    Raises:
        CollectionError: the set has no key events or no test split, or a group is in both splits.
        ModelError: a model folder cannot be used.
        VideoError: none of the test videos can be read.
        EvaluationError: no action has two test videos that can be read.
    """
    options = options or EvaluationOptions()
    paths = [models] if isinstance(models, (str, Path)) else list(models)
    folders = [model_folder(path) for path in paths]
    if not folders:
        raise ModelError("No model was given to evaluate.")
    collection = labels if isinstance(labels, Collection) else Collection.open(labels)
    train, test = clean_splits(collection, train=options.train_split, test=options.test_split)
    events = {
        action: events_of(
            [v for v in (*train, *test) if (v.action or "") == action], collection.events
        )
        for action in dict.fromkeys(video.action or "" for video in (*train, *test))
    }
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    encoders = [Encoder.load(folder).to(device) for folder in folders]
    embedded = embed_set(
        encoders,
        train,
        test,
        events=events,
        shortcuts=options.shortcuts,
        seed=options.scoring.seed,
        console=console,
    )
    first, untrained = embedded.models[0], embedded.untrained
    if not any(len(action.test) > 1 for action in actions_of(first.train, first.test, events)):
        raise EvaluationError(
            f"{collection.source}: no action has two test videos that can be read; alignment is "
            "scored between videos of one action."
        )
    judge = _Judge(options, events)
    total = judge.total_pairs(embedded.models, embedded.untrained)
    with progress_bar("Scoring", total, console=console) as bar:
        runs = tuple(
            judge.run(folder, one, bar)
            for folder, one in zip(folders, embedded.models, strict=True)
        )
        methods = {MODEL: merge_seeds([run.scores for run in runs])}
        methods[STRETCH] = judge.stretched(runs[0].actions)
        if untrained.test:
            methods[UNTRAINED] = judge.scores(untrained.train, untrained.test, bar)
        for name, embed in ((FRAME_NUMBER, _number), (FRAME_SHARE, _share)):
            seen, scored = ([embed(video) for video in part] for part in (first.train, first.test))
            methods[name] = judge.scores(seen, scored, bar)
        for name in first.variants:
            methods[name] = merge_seeds(
                [judge.scores(one.train, one.variants[name], bar) for one in embedded.models]
            )
    return Evaluation(
        source=collection.source,
        models=tuple(str(folder) for folder in folders),
        options=options,
        train=tuple(video.name for video in first.train),
        test=tuple(video.name for video in first.test),
        methods=methods,
        per_event=judge.per_event(runs),
        per_action=judge.per_action(runs),
        warnings=_warnings(methods, runs[0].actions),
        skipped=embedded.skipped,
        files={video.name: video.path for video in test},
        runs=runs,
    )


def model_folder(path: str | Path) -> Path:
    """The model folder at a path, or in the run folder at it."""
    path = Path(path)
    inside = path / "model"
    return inside if inside.is_dir() and not (path / "model.safetensors").is_file() else path


class _Judge:
    """Scores one model's embeddings after another in the same way."""

    def __init__(self, options: EvaluationOptions, events: dict[str, tuple[str, ...]]) -> None:
        self._options = options
        self._events = events

    def run(self, folder: Path, embedded: ModelEmbeddings, bar: Bar) -> ModelRun:
        """A model on the videos as filmed."""
        actions = actions_of(embedded.train, embedded.test, self._events)
        pairs = tuple(self._pairs(action.test, bar) for action in actions)
        per_action = {
            action.name: score_action(action, found, self._options.scoring)
            for action, found in zip(actions, pairs, strict=True)
        }
        return ModelRun(
            folder=folder,
            actions=actions,
            pairs=pairs,
            per_action=per_action,
            scores=join_actions(list(per_action.values())),
        )

    def scores(
        self, train: Sequence[ScoredVideo], test: Sequence[ScoredVideo], bar: Bar
    ) -> dict[str, Score]:
        """Any embeddings, scored as a model's are."""
        actions = actions_of(train, test, self._events)
        return join_actions(
            [
                score_action(action, self._pairs(action.test, bar), self._options.scoring)
                for action in actions
            ]
        )

    def stretched(self, actions: Sequence[Action]) -> dict[str, Score]:
        """Event errors of plain time-stretching."""
        return join_actions([score_events(stretch_pairs(action.test)) for action in actions])

    def per_event(self, runs: Sequence[ModelRun]) -> tuple[EventRow, ...]:
        """Errors of each key event of each action, beside time-stretching."""
        rows = []
        for index, action in enumerate(runs[0].actions):
            stretched = stretch_pairs(action.test)
            for event, name in enumerate(action.events):
                shown = {
                    MODEL: merge_seeds(
                        [score_events(_one(run.pairs[index].dtw, event)) for run in runs]
                    ),
                    NEAREST: merge_seeds(
                        [score_events(_one(run.pairs[index].nearest, event)) for run in runs]
                    ),
                    STRETCH: score_events(_one(stretched, event)),
                }
                if shown[MODEL]:
                    rows.append(EventRow(action.name, name, shown))
        return tuple(rows)

    def per_action(self, runs: Sequence[ModelRun]) -> dict[str, dict[str, Score]]:
        """Scores of each action, where there are several."""
        names = [action.name for action in runs[0].actions]
        if len(names) < 2:
            return {}
        return {name: merge_seeds([run.per_action[name] for run in runs]) for name in names}

    def total_pairs(self, models: Sequence[ModelEmbeddings], untrained: ModelEmbeddings) -> int:
        """How many pairs will be compared, for a progress bar."""
        sets = [one.test for one in models] + [untrained.test] + 2 * [models[0].test]
        sets += [videos for one in models for videos in one.variants.values()]
        counts = [
            sum(video.action == action for video in videos)
            for videos in sets
            for action in self._events
        ]
        return sum(count * (count - 1) for count in counts)

    def _pairs(self, videos: Sequence[ScoredVideo], bar: Bar) -> Pairs:
        return compare_pairs(
            videos,
            stride=self._options.scoring.stride,
            distance=self._options.distance,
            advance=bar.advance,
            **self._options.alignment,
        )


def _one(errors: EventErrors, event: int) -> EventErrors:
    chosen = slice(event, event + 1)
    return EventErrors(
        predicted=errors.predicted[:, :, chosen],
        frames=errors.frames[:, :, chosen],
        seconds=errors.seconds[:, :, chosen],
        share=errors.share[:, :, chosen],
    )


def _number(video: ScoredVideo) -> ScoredVideo:
    return replace(video, embeddings=np.arange(len(video.times), dtype=np.float32)[:, None])


def _share(video: ScoredVideo) -> ScoredVideo:
    frames = np.arange(len(video.times), dtype=np.float32)[:, None]
    return replace(video, embeddings=frames / len(video.times))


def _warnings(
    methods: Mapping[str, Mapping[str, Score]], actions: Sequence[Action]
) -> tuple[str, ...]:
    """What a reader must be told before believing the figures."""
    told = []
    frozen = methods.get(FROZEN, {})
    tau = frozen["tau_b"].value if "tau_b" in frozen else 0.0
    if abs(tau) > _FROZEN_TAU:
        told.append(
            f"A video frozen to one frame still scores τ-b {tau:.3f}: the model has learned the "
            "clock, and its scores say little about the action."
        )
    constant = _best_constant_accuracy(actions)
    for key, score in frozen.items():
        if key.startswith("phase_accuracy") and score.value > constant + _FROZEN_ACCURACY:
            told.append(
                f"In a video frozen to one frame {score.value:.1%} of the frames are put into the "
                f"right phase ({score.title}), more than any constant answer could reach "
                f"({constant:.1%}): the model has learned the clock."
            )
            break
    model, stretch = (methods[name].get("event_error_share") for name in (MODEL, STRETCH))
    if model and stretch and model.value >= stretch.value:
        told.append(
            f"Plain time-stretching puts key events nearer ({stretch.value:.3f} of the length) "
            f"than the model does ({model.value:.3f})."
        )
    undefined = methods[MODEL]["tau_b"].undefined if "tau_b" in methods[MODEL] else 0
    if undefined:
        told.append(
            f"Kendall's τ is undefined for {undefined} pairs, which count 0: all frames of one "
            "video have the same nearest neighbour in the other."
        )
    return tuple(told)


def _best_constant_accuracy(actions: Sequence[Action]) -> float:
    """Accuracy of the best answer that is the same for all frames of a video, mean over actions."""
    shares = []
    for action in actions:
        phases = [video.phases for video in action.test if video.phases is not None]
        if phases:
            right = sum(int(np.bincount(one).max()) for one in phases)
            shares.append(right / sum(len(one) for one in phases))
    return float(np.mean(shares)) if shares else 1.0
