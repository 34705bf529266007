"""All scores of one model's embeddings, each with the sums needed for its interval over videos."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from inphase.evaluation import metrics
from inphase.evaluation.metrics import Interval, Sums, bootstrap_interval, mean_sums
from inphase.evaluation.metrics.phases import DRAWS, SHARES, Classifier
from inphase.evaluation.metrics.retrieval import KS
from inphase.evaluation.pairs import EventErrors, Pairs
from inphase.evaluation.videos import Action, ScoredVideo

_EVENT_UNITS = {"share": "share", "frames": "frames", "seconds": "s"}


@dataclass(frozen=True)
class ScoringOptions:
    """How scores are computed.

    Attributes:
        stride: for Kendall's τ, use every `stride`-th frame.
        classifier: of phases, see [`classify_phases`][inphase.evaluation.metrics.classify_phases].
        shares: fractions of the training videos to train the phase classifier on.
        few_shot: numbers of labelled videos; those larger than the number available are skipped.
        draws: random choices of labelled videos, for each of those numbers.
        ks: K of AP@K.
        tolerance: how many frames off still count as cycle-consistent.
        seed: random seed.
    """

    stride: int = 1
    classifier: Classifier = "svc"
    shares: tuple[float, ...] = SHARES
    few_shot: tuple[int, ...] = (1, 5)
    draws: int = DRAWS
    ks: tuple[int, ...] = KS
    tolerance: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Score:
    """A score, and the sums over videos that it is computed from.

    Attributes:
        key: name in files, e.g. `event_error_share`.
        title: name for people.
        unit: of the value; empty for a pure number.
        higher_is_better: whether more is better.
        sums: one per action; their scores are averaged.
        note: what a reader needs to know to compare it.
        undefined: number of pairs without a value, which count as 0; None if there can be none.
        over_draws: whether the parts of the sums are random choices of labelled videos.
    """

    key: str
    title: str
    unit: str
    higher_is_better: bool
    sums: tuple[Sums, ...] = field(repr=False)
    note: str = ""
    undefined: int | None = None
    over_draws: bool = False

    @property
    def remark(self) -> str:
        """The note, with the number of undefined pairs or the interval over draws."""
        if self.undefined is not None:
            pairs = int(sum(one.denominators.sum() for one in self.sums))
            return f"{self.note}; {self.undefined} of {pairs} pairs undefined, counted as 0"
        if self.over_draws:
            ratios = [one.numerators.sum(1) / one.denominators.sum(1) for one in self.sums]
            draws = np.mean(ratios, axis=0)
            half = float(stats.sem(draws) * stats.t.ppf(0.975, len(draws) - 1))
            low, high = self.value - half, self.value + half
            return f"{self.note}; {low:.3f} to {high:.3f} over {len(draws)} draws"
        return self.note

    @property
    def value(self) -> float:
        """Mean over actions."""
        values = [one.value for one in self.sums]
        return float(np.mean(values)) if values else float("nan")

    def interval(self, *, draws: int, seed: int) -> Interval:
        """95 % bootstrap interval over groups of test videos; NaN below `FEWEST_GROUPS`."""
        return bootstrap_interval(self.sums, draws=draws, seed=seed)


def merge_seeds(runs: Sequence[Mapping[str, Score]]) -> dict[str, Score]:
    """The mean of each score over several models, on the same videos."""
    merged = {}
    for key, first in runs[0].items():
        scores = [run[key] for run in runs if key in run]
        sums = tuple(
            Sums(
                np.concatenate([score.sums[action].numerators for score in scores]),
                np.concatenate([score.sums[action].denominators for score in scores]),
                first.sums[action].groups,
            )
            for action in range(len(first.sums))
        )
        notes = dict.fromkeys(score.note for score in scores if score.note)
        merged[key] = replace(
            first, sums=sums, note="; ".join(notes), undefined=_total_undefined(scores)
        )
    return merged


def score_action(action: Action, pairs: Pairs, options: ScoringOptions) -> dict[str, Score]:
    """Every score of one action that the labels allow.

    Args:
        action: with the embeddings of a model.
        pairs: of its test videos.
        options: how to score.

    Returns:
        Scores by key, in display order.
    """
    return {score.key: score for score in _of_action(action, pairs, options)}


def score_events(errors: EventErrors, videos: Sequence[ScoredVideo]) -> dict[str, Score]:
    """Only the event alignment errors of these test videos, as in `score_action`."""
    return {score.key: score for score in _grouped(_event_errors(errors, "DTW", ""), videos)}


def join_actions(actions: Sequence[Mapping[str, Score]]) -> dict[str, Score]:
    """The mean of each score over the actions that have it."""
    parts: dict[str, list[Score]] = {}
    for scores in actions:
        for key, score in scores.items():
            parts.setdefault(key, []).append(score)
    return {key: _join(scores) for key, scores in parts.items()}


def event_sums(values: NDArray[np.float64]) -> Sums:
    """Sums of the mean of `(videos, videos, events)` errors that are known (not NaN)."""
    known = np.isfinite(values)
    return Sums(
        np.where(known, values, 0.0).sum(axis=2)[None], known.sum(axis=2).astype(float)[None]
    )


def _of_action(action: Action, pairs: Pairs, options: ScoringOptions) -> Iterator[Score]:
    test = action.test
    with_phases = [video for video in test if video.phases is not None]
    if len(test) > 1:
        if action.events:
            yield from _grouped(_event_errors(pairs.dtw, "DTW", ""), test)
            yield from _grouped(_event_errors(pairs.nearest, "nearest", "_nearest"), test)
        yield from _grouped(_taus(pairs, options.stride), test)
    yield from _grouped(_phases(action, options), with_phases)
    yield from _grouped(_progression(action), test)
    yield from _grouped(_retrieval(action, options), with_phases)
    yield from _grouped(_cycles(pairs, options), test)
    yield from _grouped(_views(action, pairs), test)


def _grouped(scores: Iterable[Score], videos: Sequence[ScoredVideo]) -> Iterator[Score]:
    """The scores, with the group of each of their videos."""
    groups = tuple(video.drawn_with for video in videos)
    for score in scores:
        yield replace(score, sums=tuple(replace(one, groups=groups) for one in score.sums))


def _event_errors(errors: EventErrors, method: str, suffix: str) -> Iterator[Score]:
    for unit, words in _EVENT_UNITS.items():
        values: NDArray[np.float64] = getattr(errors, unit)
        if np.isfinite(values).any():
            title = f"Event error, {method}"
            yield Score(f"event_error_{unit}{suffix}", title, words, False, (event_sums(values),))


def _taus(pairs: Pairs, stride: int) -> Iterator[Score]:
    off_diagonal = 1.0 - np.eye(len(pairs.tau_b))
    undefined = int((np.isnan(pairs.tau_b) & (off_diagonal > 0)).sum())
    for key, name, tau in (("tau_b", "τ-b", pairs.tau_b), ("tau_a", "τ-a", pairs.tau_a)):
        sums = Sums(np.nan_to_num(tau)[None], off_diagonal[None])
        yield Score(key, f"Kendall's {name}", "", True, (sums,), f"stride {stride}", undefined)


def _phases(action: Action, options: ScoringOptions) -> Iterator[Score]:
    train = [video for video in action.train if video.phases is not None]
    test = [video for video in action.test if video.phases is not None]
    if not train or not test:
        return
    given = {
        "train_embeddings": [video.embeddings for video in train],
        "train_labels": [video.phases for video in train],
        "test_embeddings": [video.embeddings for video in test],
        "test_labels": [video.phases for video in test],
        "classifier": options.classifier,
    }
    left_out = len(action.train) + len(action.test) - len(train) - len(test)
    named = {"svc": "RBF SVC", "logistic": "logistic regression"}[options.classifier]
    note = named + (f"; without {left_out} that lack an event" if left_out else "")
    for result in metrics.classify_phases(**given, shares=options.shares):  # type: ignore[arg-type]
        yield Score(
            f"phase_accuracy_{round(100 * result.share)}",
            f"Phase accuracy, {round(100 * result.share)} % of labels",
            "",
            True,
            (Sums(result.correct[None].astype(float), result.frames[None].astype(float)),),
            f"{result.videos} video{'s' * (result.videos > 1)}; {note}",
        )
    counts = [count for count in options.few_shot if count <= len(train)]
    shots = metrics.few_shot(
        **given,  # type: ignore[arg-type]
        videos=counts,
        draws=options.draws,
        seed=options.seed,
    )
    for shot in shots:
        frames = np.broadcast_to(shot.frames, shot.correct.shape).astype(float)
        yield Score(
            f"few_shot_{shot.videos}",
            f"Phase accuracy, {shot.videos} labelled video" + "s" * (shot.videos > 1),
            "",
            True,
            (Sums(shot.correct.astype(float), frames),),
            note,
            over_draws=True,
        )


def _progression(action: Action) -> Iterator[Score]:
    has = np.array([np.isfinite(video.events) for video in action.train])
    if not action.events or not len(has) or not has.any(axis=0).all() or not action.test:
        return
    result = metrics.phase_progression(
        [video.embeddings for video in action.train],
        [video.events for video in action.train],
        test_embeddings=[video.embeddings for video in action.test],
        test_events=[video.events for video in action.test],
    )
    if not np.isfinite(result.r2):
        return
    sums, note = (_r2_sums(result),), "linear regression"
    yield Score("progression_r2", "Phase progression, R²", "", True, sums, note)


def _r2_sums(result: metrics.PhaseProgression) -> Sums:
    """R² of each event as a ratio of sums: (spread − squared errors) / spread.

    The spread is around the mean of all test frames, even in bootstrap samples.
    """
    targets = result.targets
    mean = np.nanmean(np.concatenate(targets), axis=0)
    spread = np.array([np.nansum((one - mean) ** 2, axis=0) for one in targets]).T
    wrong = np.array(
        [
            np.nansum((one - guess) ** 2, axis=0)
            for one, guess in zip(targets, result.predictions, strict=True)
        ]
    ).T
    return Sums(spread - wrong, spread)


def _retrieval(action: Action, options: ScoringOptions) -> Iterator[Score]:
    videos = [video for video in action.test if video.phases is not None]
    if len(videos) < 2 or not options.ks:
        return
    embeddings = [video.embeddings for video in videos]
    phases = [video.phases for video in videos]
    for key, title, compute in (
        ("retrieval_other", "other videos", metrics.retrieval_other_videos),
        ("retrieval_same", "same video, as LAV's code", metrics.retrieval_same_video),
        ("retrieval_ranked", "ranked list, as AE2", metrics.retrieval_ranked_list),
    ):
        for result in compute(embeddings, phases, ks=options.ks):  # type: ignore[arg-type]
            weights = result.frames if key == "retrieval_ranked" else np.ones(len(videos))
            sums = Sums((result.per_video * weights)[None], weights[None].astype(float))
            yield Score(f"{key}_{result.k}", f"AP@{result.k}, {title}", "", True, (sums,))


def _cycles(pairs: Pairs, options: ScoringOptions) -> Iterator[Score]:
    count = len(pairs.neighbours)
    for least, name, compute in (
        (2, "two", metrics.two_way_cycle_consistency),
        (3, "three", metrics.three_way_cycle_consistency),
    ):
        if count >= least:
            result = compute(pairs.neighbours, tolerance=options.tolerance)
            yield Score(
                f"cycle_{least}",
                f"Cycle consistency, {name}-way",
                "",
                True,
                (mean_sums(result.per_video),),
                f"{result.ways} ways, within {result.tolerance} frame"
                + "s" * (result.tolerance != 1),
            )


def _views(action: Action, pairs: Pairs) -> Iterator[Score]:
    videos = action.test
    shape = (1, len(videos), len(videos))
    errors, known = np.zeros(shape), np.zeros(shape)
    for i, first in enumerate(videos):
        for j, second in enumerate(videos):
            other_view = first.view != second.view
            if i != j and other_view and first.group is not None and first.group == second.group:
                error = metrics.multi_view_alignment_error(
                    pairs.neighbours[i][j], first.times, other_times=second.times
                )
                errors[0, i, j], known[0, i, j] = error.share.mean(), 1.0
    if known.any():
        yield Score(
            "view_error_share",
            "Multi-view alignment error",
            "share",
            False,
            (Sums(errors, known),),
            f"{int(known.sum())} pairs of views, nearest neighbours",
        )


def _join(scores: Iterable[Score]) -> Score:
    scores = list(scores)
    notes = dict.fromkeys(score.note for score in scores if score.note)
    note = "; ".join(notes) if len(notes) <= 1 else f"{len(scores)} actions"
    sums = tuple(one for score in scores for one in score.sums)
    return replace(scores[0], sums=sums, note=note, undefined=_total_undefined(scores))


def _total_undefined(scores: Iterable[Score]) -> int | None:
    counts = [score.undefined for score in scores if score.undefined is not None]
    return sum(counts) if counts else None
