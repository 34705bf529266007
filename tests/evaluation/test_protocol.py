"""The whole protocol on small videos, and its warnings."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

import inphase
from inphase.data import Collection, content_hash
from inphase.errors import CollectionError, EvaluationError, ModelError
from inphase.evaluation import (
    Evaluation,
    EvaluationOptions,
    ScoringOptions,
    evaluate,
    score_embedded,
)
from inphase.evaluation.report.tables import tables
from inphase.evaluation.variants import FROZEN, SHUFFLED, TRIMMED, EmbeddedSet, ModelEmbeddings
from inphase.evaluation.videos import ScoredVideo
from tests.evaluation.conftest import MakeVideo


def test_every_score_stands_beside_what_needs_no_learning(evaluation: Evaluation) -> None:
    assert list(evaluation.methods) == [
        "model",
        "time-stretching",
        "untrained features",
        "frame number",
        "frame number / length",
        "trimmed start",
        "frozen video",
        "shuffled frames",
    ]
    families = ("event_error", "tau", "phase", "few_shot", "progression", "retrieval", "cycle")
    for family in families:
        keys = [key for key in evaluation.scores if key.startswith(family)]
        assert keys, family
        for key in keys:
            assert np.isfinite(evaluation[key])
            for method in ("untrained features", "frame number"):
                assert key in evaluation.methods[method]
    assert set(evaluation.methods["time-stretching"]) == {
        "event_error_share",
        "event_error_frames",
        "event_error_seconds",
    }


def test_the_frame_number_has_the_scores_of_a_clock(evaluation: Evaluation) -> None:
    clock = evaluation.methods["frame number / length"]
    assert clock["tau_b"].value > 0.99
    assert clock["event_error_share"].value == pytest.approx(
        evaluation.methods["time-stretching"]["event_error_share"].value, abs=0.02
    )


def test_position_shortcuts_of_an_encoder_that_sees_single_moments(evaluation: Evaluation) -> None:
    frozen = evaluation.methods["frozen video"]
    assert frozen["tau_b"].value == 0.0
    assert frozen["tau_b"].undefined == 2 * 4 * 3
    assert abs(evaluation.methods["shuffled frames"]["tau_b"].value) < 0.3
    assert "event_error_share" not in evaluation.methods["shuffled frames"]
    assert "phase_accuracy_100" in frozen
    assert not any("clock" in warning for warning in evaluation.warnings)


def test_models_are_seeds_of_one_method(
    evaluation: Evaluation,
    labelled_set: Collection,
    model_folders: list[Path],
    options: EvaluationOptions,
) -> None:
    alone = evaluate(
        model_folders[1] / "model",
        labelled_set,
        options=dataclasses.replace(options, shortcuts=False),
    )
    for key, score in alone.scores.items():
        seeds = evaluation.figures["model"][key].seeds
        assert len(seeds) == 2
        assert seeds[1] == pytest.approx(score.value, nan_ok=True)
        assert evaluation[key] == pytest.approx(np.mean(seeds))
    assert "frozen video" not in alone.methods


def test_each_event_has_its_errors(evaluation: Evaluation, labelled_set: Collection) -> None:
    assert [row.event for row in evaluation.per_event] == list(labelled_set.events)
    shares = [row.methods["model"]["event_error_share"].value for row in evaluation.per_event]
    assert np.mean(shares) == pytest.approx(evaluation["event_error_share"])


def test_the_set_may_be_given_as_a_folder(
    labelled_set: Collection, model_folders: list[Path], options: EvaluationOptions
) -> None:
    folder = Path(labelled_set.source).parent
    result = inphase.evaluate(
        model_folders[0], folder, options=dataclasses.replace(options, shortcuts=False)
    )
    assert result.test == tuple(v.name for v in labelled_set if v.split == "test")


@pytest.mark.slow
def test_time_stretching_of_real_videos_is_what_their_labels_say(
    shared_data: Path, model_folders: list[Path], options: EvaluationOptions
) -> None:
    folder = shared_data / "utd_squat"
    result = evaluate(
        model_folders[0], folder, options=dataclasses.replace(options, shortcuts=False)
    )
    videos = [video for video in Collection.open(folder) if video.split == "test"]
    errors = []
    for a in videos:
        for b in videos:
            if a is b:
                continue
            assert a.frames is not None
            assert b.frames is not None
            for event in {*a.events} & {*b.events}:
                put = round(a.events[event] * (b.frames - 1) / (a.frames - 1) + 1e-9)
                errors.append(abs(put - b.events[event]) / b.frames)
    stretch = result.methods["time-stretching"]["event_error_share"]
    assert stretch.value == pytest.approx(np.mean(errors), abs=1e-3)
    assert len(result.test) == len(videos)
    assert result.skipped == ()


def test_one_test_video_is_too_few(labelled_set: Collection, model_folders: list[Path]) -> None:
    few = dataclasses.replace(labelled_set, videos=labelled_set.videos[:5])
    with pytest.raises(EvaluationError, match="no action has two test videos"):
        evaluate(model_folders[0], few)


def test_a_wrong_model_set_or_split_is_one_sentence(
    labelled_set: Collection, model_folders: list[Path], tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        evaluate(tmp_path / "none", labelled_set)
    with pytest.raises(CollectionError, match="no split `tset`"):
        evaluate(model_folders[0], labelled_set, options=EvaluationOptions(test_split="tset"))
    with pytest.raises(ModelError, match="No model"):
        evaluate([], labelled_set)


def embedded_by(
    make_video: MakeVideo, clock: bool, *, actions: tuple[str, ...] = ("",)
) -> EmbeddedSet:
    """A method that sees the action, or one that counts frames whatever it sees."""
    generator = np.random.default_rng(0)
    train: list[ScoredVideo] = []
    test: list[ScoredVideo] = []
    for action in actions:
        for index in range(8):
            events = tuple(sorted(generator.integers(3, 27, size=2).tolist()))
            video = make_video(
                f"{action}{index}", events=events, action=action, group=f"{action}{index}"
            )
            (train if index < 4 else test).append(video)

    def counted(video: ScoredVideo) -> ScoredVideo:
        return dataclasses.replace(video, embeddings=np.arange(len(video.times))[:, None] * 1.0)

    def seen(video: ScoredVideo, order: np.ndarray[tuple[int], np.dtype[np.int64]]) -> ScoredVideo:
        return dataclasses.replace(video, embeddings=video.embeddings[order])

    frames = 30
    middle, mixed = np.full(frames, 15), generator.permutation(frames)
    variants = {
        TRIMMED: tuple(counted(v) if clock else v for v in test),
        FROZEN: tuple(counted(v) if clock else seen(v, middle) for v in test),
        SHUFFLED: tuple(counted(v) if clock else seen(v, mixed) for v in test),
    }
    if clock:
        train, test = [counted(v) for v in train], [counted(v) for v in test]
    model = ModelEmbeddings(tuple(train), tuple(test), variants)
    return EmbeddedSet((model,), ModelEmbeddings((), (), {}), ())


@pytest.mark.parametrize("clock", [True, False])
def test_a_method_that_has_learned_the_clock_is_warned_of(
    make_video: MakeVideo, options: EvaluationOptions, clock: bool
) -> None:
    result = score_embedded(
        embedded_by(make_video, clock),
        models=[Path("model")],
        events={"": ("one", "two")},
        options=options,
        source="labels.json",
        files={},
    )
    told = [warning for warning in result.warnings if "has learned the clock" in warning]
    assert bool(told) == clock
    if clock:
        assert any("still scores τ-b 1.000" in warning for warning in told)
        assert any("Plain time-stretching" in warning for warning in result.warnings)


def test_groups_in_both_splits_are_warned_of(
    make_video: MakeVideo, options: EvaluationOptions
) -> None:
    whole = embedded_by(make_video, False)
    (model,) = whole.models
    for group, told in (("anna", 1), (None, 0)):
        train, test = (
            tuple(dataclasses.replace(video, group=group) for video in part)
            for part in (model.train, model.test)
        )
        result = score_embedded(
            EmbeddedSet((ModelEmbeddings(train, test, {}),), whole.untrained, ()),
            models=[Path("model")],
            events={"": ("one", "two")},
            options=options,
            source="labels.json",
            files={},
        )
        assert sum("in both splits (anna)" in one for one in result.warnings) == told


def test_an_action_with_one_test_video_gives_what_one_video_can(
    make_video: MakeVideo, options: EvaluationOptions
) -> None:
    whole = embedded_by(make_video, False, actions=("jump", "throw"))
    (model,) = whole.models
    few = ModelEmbeddings(model.train, model.test[:5], {})
    result = score_embedded(
        EmbeddedSet((few,), whole.untrained, ()),
        models=[Path("model")],
        events={"jump": ("one", "two"), "throw": ("up", "down")},
        options=options,
        source="labels.json",
        files={},
    )
    assert "tau_b" in result.per_action["jump"]
    assert "tau_b" not in result.per_action["throw"]
    assert "phase_accuracy_100" in result.per_action["throw"]
    assert result["tau_b"] == pytest.approx(result.per_action["jump"]["tau_b"].value)


def test_without_splits_alignment_is_scored_on_all_videos(
    labelled_set: Collection, model_folders: list[Path], options: EvaluationOptions, tmp_path: Path
) -> None:
    videos = tuple(dataclasses.replace(v, split=None) for v in labelled_set.videos[:3])
    result = evaluate(
        model_folders[0],
        dataclasses.replace(labelled_set, videos=videos),
        options=dataclasses.replace(options, shortcuts=False),
    )
    assert result.train == ()
    assert len(result.test) == 3
    assert "event_error_share" in result.scores
    assert not any(key.startswith("phase") for key in result.scores)
    assert "report.html" in {path.name for path in result.save(tmp_path)}
    assert len(list(tables(result))) >= 3


def test_several_actions_are_scored_apart_and_averaged(
    make_video: MakeVideo, options: EvaluationOptions
) -> None:
    result = score_embedded(
        embedded_by(make_video, False, actions=("jump", "throw")),
        models=[Path("model")],
        events={"jump": ("one", "two"), "throw": ("up", "down")},
        options=options,
        source="labels.json",
        files={},
    )
    assert list(result.per_action) == ["jump", "throw"]
    for key in ("event_error_share", "tau_b"):
        values = [scores[key].value for scores in result.per_action.values()]
        assert result[key] == pytest.approx(np.mean(values))
    assert [(row.action, row.event) for row in result.per_event] == [
        ("jump", "one"),
        ("jump", "two"),
        ("throw", "up"),
        ("throw", "down"),
    ]
    figures = result.figures["model"]["tau_b"]
    assert figures.low <= figures.value <= figures.high


def test_a_model_that_was_fitted_on_test_videos_is_flagged(
    labelled_set: Collection, model_folders: list[Path], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(model_folders[0], run)
    test = labelled_set.split("test").videos
    # Under other names: only the content tells.
    known = {"a": content_hash(test[1].path), "b": "0" * 64}
    (run / "inputs.yaml").write_text(yaml.safe_dump(known))
    scoring = ScoringOptions(shares=(), few_shot=(), ks=())
    quick = EvaluationOptions(scoring=scoring, shortcuts=False, bootstrap=10)
    result = evaluate(run, labelled_set, options=quick)
    assert result.fitted_on_test == (test[1].name,)
    assert f"fitted on 1 of the 4 test videos ({test[1].name})" in result.warnings[0]
    assert result.to_dict()["fitted_on_test"] == [test[1].name]
