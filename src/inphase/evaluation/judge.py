"""Score models, baselines and videos without a clock, all in the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from inphase.evaluation.metrics.bootstrap import FEWEST_GROUPS
from inphase.evaluation.pairs import EventErrors, Pairs, compare_pairs, stretch_pairs
from inphase.evaluation.result import (
    MODEL,
    NEAREST,
    STRETCH,
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
from inphase.evaluation.variants import FROZEN, ModelEmbeddings
from inphase.evaluation.videos import Action, ScoredVideo, actions_of
from inphase.progress import Bar

# The method tells time without looking if the τ of frozen videos is above this, or if their phase
# accuracy exceeds that of any constant answer by this much.
_FROZEN_TAU, _FROZEN_ACCURACY = 0.05, 0.01


class Judge:
    """Scores the embeddings of every model in the same way."""

    def __init__(self, options: EvaluationOptions, events: Mapping[str, tuple[str, ...]]) -> None:
        self._options = options
        self._events = events

    def run(self, folder: Path, embedded: ModelEmbeddings, bar: Bar) -> ModelRun:
        """Score a model on the original videos."""
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
        self,
        train: Sequence[ScoredVideo],
        test: Sequence[ScoredVideo],
        bar: Bar,
        *,
        brief: bool = False,
    ) -> dict[str, Score]:
        """Score any embeddings like those of a model.

        Args:
            train: videos to train classifiers on.
            test: videos to score.
            bar: advanced by each compared pair.
            brief: only compute the scores that reveal position shortcuts.
        """
        options = self._options.scoring
        if brief:
            options = replace(options, shares=(1.0,), few_shot=(), ks=())
        return join_actions(
            [
                score_action(action, self._pairs(action.test, bar), options)
                for action in actions_of(train, test, self._events)
            ]
        )

    def stretched(self, actions: Sequence[Action]) -> dict[str, Score]:
        """Event errors of plain time-stretching."""
        return join_actions(
            [score_events(stretch_pairs(action.test), action.test) for action in actions]
        )

    def per_event(self, runs: Sequence[ModelRun]) -> tuple[EventRow, ...]:
        """Errors of each key event of each action, compared with time-stretching."""
        rows = []
        for index, action in enumerate(runs[0].actions):
            stretched = stretch_pairs(action.test)
            for event, name in enumerate(action.events):
                errors = {
                    MODEL: [run.pairs[index].dtw for run in runs],
                    NEAREST: [run.pairs[index].nearest for run in runs],
                    STRETCH: [stretched],
                }
                shown = {
                    method: merge_seeds([score_events(_one(one, event), action.test) for one in of])
                    for method, of in errors.items()
                }
                if shown[MODEL]:
                    rows.append(EventRow(action.name, name, shown))
        return tuple(rows)

    def per_action(self, runs: Sequence[ModelRun]) -> dict[str, dict[str, Score]]:
        """Scores of each action, if there are several."""
        names = [action.name for action in runs[0].actions]
        if len(names) < 2:
            return {}
        return {name: merge_seeds([run.per_action[name] for run in runs]) for name in names}

    def total_pairs(self, models: Sequence[ModelEmbeddings], untrained: ModelEmbeddings) -> int:
        """The number of pairs to compare, for a progress bar."""
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
            options=self._options.alignment,
            advance=bar.advance,
        )


def _one(errors: EventErrors, event: int) -> EventErrors:
    chosen = slice(event, event + 1)
    return EventErrors(
        predicted=errors.predicted[:, :, chosen],
        frames=errors.frames[:, :, chosen],
        seconds=errors.seconds[:, :, chosen],
        share=errors.share[:, :, chosen],
    )


def frame_number(video: ScoredVideo) -> ScoredVideo:
    """The video with only the number of each frame as its embedding."""
    return replace(video, embeddings=np.arange(len(video.times), dtype=np.float32)[:, None])


def frame_share(video: ScoredVideo) -> ScoredVideo:
    """The video with only each frame's relative position as its embedding."""
    frames = np.arange(len(video.times), dtype=np.float32)[:, None]
    return replace(video, embeddings=frames / len(video.times))


def fitted_on_warnings(seen: Sequence[str], test: Sequence[ScoredVideo]) -> tuple[str, ...]:
    """Warn the reader if a model was fitted on test videos, given by name."""
    if not seen:
        return ()
    named = ", ".join(seen[:3]) + (", …" if len(seen) > 3 else "")
    return (
        f"A model was fitted on {len(seen)} of the {len(test)} test videos ({named}): the scores "
        "do not show how well it does on new ones.",
    )


def few_groups_warnings(test: Sequence[ScoredVideo]) -> tuple[str, ...]:
    """Warn the reader if there are too few independent groups for intervals."""
    groups = len({video.drawn_with for video in test})
    if groups >= FEWEST_GROUPS:
        return ()
    return (
        f"The test videos are of {groups} independent group{'s' * (groups != 1)}; intervals need "
        f"{FEWEST_GROUPS} (a video without `group` counts as one).",
    )


def shared_group_warnings(
    train: Sequence[ScoredVideo], test: Sequence[ScoredVideo]
) -> tuple[str, ...]:
    """Warn the reader if test videos belong to groups that were trained on."""
    shared = {video.group for video in train} & {video.group for video in test} - {None}
    if not shared:
        return ()
    named = ", ".join(sorted(map(str, shared))[:3]) + (", …" if len(shared) > 3 else "")
    return (
        f"Groups are in both splits ({named}): the scores do not show how well new ones would do.",
    )


def shortcut_warnings(
    methods: Mapping[str, Mapping[str, Score]], actions: Sequence[Action]
) -> tuple[str, ...]:
    """Warn the reader if the figures may not mean what they seem to."""
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
                f"In a video frozen to one frame, {score.value:.1%} of the frames get the right "
                f"phase ({score.title}), more than any constant answer could reach "
                f"({constant:.1%}): the model has learned the clock."
            )
            break
    model, stretch = (methods[name].get("event_error_share") for name in (MODEL, STRETCH))
    if model and stretch and model.value >= stretch.value:
        told.append(
            f"Plain time-stretching places key events more accurately ({stretch.value:.3f} of the "
            f"length off) than the model ({model.value:.3f})."
        )
    undefined = methods[MODEL]["tau_b"].undefined if "tau_b" in methods[MODEL] else 0
    if undefined:
        told.append(
            f"Kendall's τ is undefined for {undefined} pairs, which count as 0: all frames of one "
            "video have the same nearest neighbour in the other."
        )
    return tuple(told)


def _best_constant_accuracy(actions: Sequence[Action]) -> float:
    """Accuracy of the best constant answer for all frames of a video, averaged over actions."""
    shares = []
    for action in actions:
        phases = [video.phases for video in action.test if video.phases is not None]
        if phases:
            right = sum(int(np.bincount(one).max()) for one in phases)
            shares.append(right / sum(len(one) for one in phases))
    return float(np.mean(shares)) if shares else 1.0
