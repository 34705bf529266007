"""Scores of embeddings whose quality is known, and how actions and seeds are joined."""

import numpy as np
import pytest

from inphase.evaluation import ScoringOptions, metrics
from inphase.evaluation.metrics import event_alignment_error
from inphase.evaluation.pairs import compare_pairs
from inphase.evaluation.scores import Score, join_actions, merge_seeds, score_action
from inphase.evaluation.videos import Action, ScoredVideo
from tests.evaluation.conftest import MakeVideo

OPTIONS = ScoringOptions(draws=4, few_shot=(1, 2, 50))


def action(make_video: MakeVideo, *, noise: float = 0.0, name: str = "", seed: int = 0) -> Action:
    generator = np.random.default_rng(seed)

    def videos(prefix: str, count: int) -> tuple[ScoredVideo, ...]:
        made = []
        for index in range(count):
            frames = int(generator.integers(24, 40))
            events = sorted(generator.choice(np.arange(4, frames - 4), 2, replace=False).tolist())
            made.append(
                make_video(
                    f"{prefix}{index}",
                    frames=frames,
                    events=tuple(events),
                    noise=noise,
                    seed=seed * 100 + index + (50 if prefix == "test" else 0),
                    action=name,
                )
            )
        return tuple(made)

    return Action(name, ("one", "two"), videos("train", 5), videos("test", 4))


def scores(given: Action) -> dict[str, Score]:
    return score_action(given, compare_pairs(given.test), OPTIONS)


def test_perfect_embeddings_reach_the_best_scores(make_video: MakeVideo) -> None:
    found = scores(action(make_video))
    assert found["event_error_share"].value < 0.03
    assert found["tau_b"].value > 0.97
    assert found["phase_accuracy_100"].value > 0.9
    assert found["retrieval_other_5"].value > 0.9
    assert found["cycle_2"].value > 0.5


def test_noise_makes_every_score_worse(make_video: MakeVideo) -> None:
    good, bad = scores(action(make_video)), scores(action(make_video, noise=2.0))
    for key, score in good.items():
        if score.higher_is_better:
            assert bad[key].value < score.value, key
        else:
            assert bad[key].value > score.value, key


def test_values_are_those_of_the_metrics(make_video: MakeVideo) -> None:
    given = action(make_video, noise=0.7)
    found, pairs = scores(given), compare_pairs(given.test)
    train, test = given.train, given.test
    parts = {
        "train_embeddings": [video.embeddings for video in train],
        "test_embeddings": [video.embeddings for video in test],
    }
    labels = {
        "train_labels": [video.phases for video in train],
        "test_labels": [video.phases for video in test],
    }
    taus = metrics.kendalls_tau_pairs([video.embeddings for video in test])
    assert found["tau_b"].value == pytest.approx(taus.tau_b)
    assert found["tau_a"].value == pytest.approx(taus.tau_a)
    for result in metrics.classify_phases(**parts, **labels):  # type: ignore[arg-type]
        key = f"phase_accuracy_{round(100 * result.share)}"
        assert found[key].value == pytest.approx(result.accuracy)
    for shot in metrics.few_shot(**parts, **labels, videos=(1, 2), draws=4):  # type: ignore[arg-type]
        score = found[f"few_shot_{shot.videos}"]
        assert score.value == pytest.approx(shot.accuracy)
        assert f"{shot.low:.3f} to {shot.high:.3f} over 4 draws" in score.remark
    assert "few_shot_50" not in found
    progression = metrics.phase_progression(
        **parts,
        train_events=[video.events for video in train],
        test_events=[video.events for video in test],
    )
    assert found["progression_r2"].value == pytest.approx(progression.r2)
    embeddings, phases = parts["test_embeddings"], labels["test_labels"]
    for k in (5, 10, 15):
        for key, compute in (
            ("other", metrics.retrieval_other_videos),
            ("same", metrics.retrieval_same_video),
            ("ranked", metrics.retrieval_ranked_list),
        ):
            (expected,) = compute(embeddings, phases, ks=(k,))  # type: ignore[arg-type]
            assert found[f"retrieval_{key}_{k}"].value == pytest.approx(expected.ap)
    two = metrics.two_way_cycle_consistency(metrics.all_neighbours(embeddings))
    assert found["cycle_2"].value == pytest.approx(two.score)
    errors = []
    for i, a in enumerate(test):
        for j, b in enumerate(test):
            if i != j:
                error = event_alignment_error(
                    pairs.neighbours[i][j],
                    a.event_frames,
                    query_events=b.event_frames,
                    query_times=b.times,
                )
                errors += error.seconds.tolist()
    assert found["event_error_seconds_nearest"].value == pytest.approx(np.mean(errors))


def test_undefined_pairs_are_counted_and_told(make_video: MakeVideo) -> None:
    given = action(make_video)
    frozen = given.test[0]
    still = type(frozen)(**{**vars(frozen), "embeddings": np.zeros_like(frozen.embeddings)})
    found = scores(Action("", given.events, given.train, (still, *given.test[1:])))
    # From the others, all neighbours are its first frame; from it, all are one frame of theirs.
    assert found["tau_b"].undefined == 6
    assert "6 of 12 pairs undefined, counted as 0" in found["tau_b"].remark
    assert found["tau_b"].value < 0.55


def test_without_training_videos_there_are_no_phases_but_alignment(make_video: MakeVideo) -> None:
    given = action(make_video)
    found = scores(Action("", given.events, (), given.test))
    assert "tau_b" in found
    assert "retrieval_other_5" in found
    assert not any(key.startswith(("phase", "few", "progression")) for key in found)


def test_a_video_without_an_event_is_left_out_of_phases_and_that_is_told(
    make_video: MakeVideo,
) -> None:
    given = action(make_video)
    holed = make_video("holed", events=(10, np.nan))
    found = scores(Action("", given.events, given.train, (*given.test, holed)))
    assert "without 1 that lack an event" in found["phase_accuracy_100"].remark
    assert found["phase_accuracy_100"].sums[0].videos == 4
    assert found["tau_b"].sums[0].videos == 5


def test_two_views_of_one_performance_know_the_truth_of_each_other(make_video: MakeVideo) -> None:
    left = make_video("left", group="take", view="left")
    right = make_video("right", group="take", view="right")
    late = make_video("late", events=(25, 28), group="take", view="right")
    other = make_video("other", group="else", view="left")
    found = scores(Action("", ("one", "two"), (), (left, right, other)))
    assert found["view_error_share"].value == pytest.approx(0, abs=1e-9)
    assert "2 pairs of views" in found["view_error_share"].remark
    found = scores(Action("", ("one", "two"), (), (left, late, other)))
    assert found["view_error_share"].value > 0.1


def test_actions_count_alike_however_many_videos_they_have(make_video: MakeVideo) -> None:
    good, bad = action(make_video), action(make_video, noise=2.0)
    few = scores(Action("few", good.events, good.train, good.test[:2]))
    many = scores(bad)
    joined = join_actions([few, many])
    for key in ("event_error_share", "tau_b", "phase_accuracy_100"):
        assert joined[key].value == pytest.approx((few[key].value + many[key].value) / 2)
    assert joined["cycle_3"].value == pytest.approx(many["cycle_3"].value)


def test_seeds_are_averaged_video_by_video(make_video: MakeVideo) -> None:
    runs = [scores(action(make_video, noise=noise)) for noise in (0.5, 1.5)]
    merged = merge_seeds(runs)
    for key, score in merged.items():
        expected = np.mean([run[key].value for run in runs])
        assert score.value == pytest.approx(expected), key
        assert score.sums[0].videos == runs[0][key].sums[0].videos
        assert score.sums[0].groups == runs[0][key].sums[0].groups


def test_an_interval_needs_videos_of_enough_groups(make_video: MakeVideo) -> None:
    def found(groups: int) -> dict[str, Score]:
        test = tuple(
            make_video(f"test{n}", noise=0.5, seed=n, group=f"person {n % groups}")
            for n in range(8)
        )
        return scores(Action("", ("one", "two"), test[:2], test))

    for key, score in found(5).items():
        assert np.isnan(score.interval(draws=50, seed=0).low), key
    score = found(6)["tau_b"]
    interval = score.interval(draws=200, seed=0)
    assert interval.low < score.value < interval.high
