"""Comparing evaluations."""

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from inphase.data import Collection
from inphase.errors import EvaluationError, OutputError
from inphase.evaluation import Evaluation, EvaluationOptions, compare, evaluate
from inphase.evaluation.metrics import Sums
from inphase.evaluation.scores import Score


def of_more_groups(evaluation: Evaluation) -> Evaluation:
    """The same evaluation with every test video three times, each in a group of its own."""
    scores = {}
    for key, score in evaluation.scores.items():
        sums = []
        for one in score.sums:
            times = (1, *[3] * (one.numerators.ndim - 1))
            numerators, denominators = (
                np.tile(part, times) for part in (one.numerators, one.denominators)
            )
            groups = tuple(f"group {n}" for n in range(3 * one.videos))
            sums.append(Sums(numerators, denominators, groups))
        scores[key] = dataclasses.replace(score, sums=tuple(sums))
    methods: dict[str, dict[str, Score]] = {**evaluation.methods, "model": scores}  # type: ignore[dict-item]
    return dataclasses.replace(evaluation, methods=methods)


def improved(evaluation: Evaluation, by: float) -> Evaluation:
    """The same evaluation with every ratio higher by a constant."""
    scores = {}
    for key, score in evaluation.scores.items():
        sums = [
            Sums(one.numerators + by * one.denominators, one.denominators, one.groups)
            for one in score.sums
        ]
        scores[key] = dataclasses.replace(score, sums=tuple(sums))
    methods: dict[str, dict[str, Score]] = {**evaluation.methods, "model": scores}  # type: ignore[dict-item]
    return dataclasses.replace(evaluation, methods=methods)


@pytest.fixture(scope="module")
def folders(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("compared")
    many = of_more_groups(evaluation)
    many.save(root / "first" / "evaluation")
    improved(many, 0.01).save(root / "second")
    return [root / "first", root / "second"]


def test_a_constant_gain_is_significant_and_its_direction_is_known(
    folders: list[Path], evaluation: Evaluation
) -> None:
    result = compare(folders, draws=200)
    by_key = {score.key: score for score in result.scores}
    assert set(by_key) == set(evaluation.scores)
    for key in ("tau_b", "event_error_share"):
        (difference,) = by_key[key].differences
        assert difference.difference == pytest.approx(0.01)
        assert (difference.low, difference.high) == pytest.approx((0.01, 0.01))
        assert difference.p < 0.05
        assert by_key[key].values[0] == pytest.approx(evaluation[key])
    assert by_key["tau_b"].better(1) is True
    assert by_key["event_error_share"].better(1) is False


def test_a_run_does_not_differ_from_itself(folders: list[Path]) -> None:
    result = compare([folders[0], folders[0], folders[1]], draws=50)
    assert all(score.differences[0].p == 1.0 for score in result.scores)
    assert all(score.better(1) is None for score in result.scores)
    assert all(len(score.values) == 3 for score in result.scores)


def test_the_comparison_is_written_as_a_table(folders: list[Path], tmp_path: Path) -> None:
    result = compare(folders, draws=50)
    assert result.groups == 12
    assert result.warnings == ()
    result.save(tmp_path / "comparison.csv")
    with (tmp_path / "comparison.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(result.scores)
    assert float(rows[1]["difference"]) == pytest.approx(0.01)
    for suffix in (".md", ".tex"):
        result.save(tmp_path / f"comparison{suffix}")
    lines = (tmp_path / "comparison.md").read_text().splitlines()
    assert len(lines) == 2 + len(rows)
    assert {line.count("|") for line in lines} == {8}
    assert "+0.010 | 0.010 to 0.010" in lines[3]
    latex = (tmp_path / "comparison.tex").read_text()
    assert latex.startswith(r"\begin{tabular}{lrrrrrr}")
    assert r"Kendall's $\tau$-b" in latex
    assert r"\% of labels" in latex
    with pytest.raises(OutputError, match=r"must end in one of \.csv, \.md, \.tex"):
        result.save(tmp_path / "comparison.txt")


def test_few_groups_get_differences_without_p_values(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    evaluation.save(tmp_path / "first")
    improved(evaluation, 0.01).save(tmp_path / "second")
    result = compare([tmp_path / "first", tmp_path / "second"], draws=50)
    assert result.groups == 4
    assert "they need 6 independent groups of test videos, not 4" in result.warnings[0]
    for score in result.scores:
        assert score.differences[0].difference == pytest.approx(0.01)
        assert np.isnan([score.differences[0].low, score.differences[0].p]).all()
        assert score.better(1) is None
    result.save(tmp_path / "comparison.csv")
    with (tmp_path / "comparison.csv").open(newline="") as file:
        assert {row["p"] for row in csv.DictReader(file)} == {""}
    result.save(tmp_path / "comparison.md")
    assert result.warnings[0] in (tmp_path / "comparison.md").read_text()


def test_several_runs_are_corrected_by_holm(folders: list[Path]) -> None:
    result = compare([folders[0], folders[1], folders[1], folders[0]], draws=200)
    for score in result.scores:
        plain = [one.p for one in score.differences]
        assert score.p_holm == pytest.approx([3 * plain[0], 3 * plain[1], 1.0])


def test_a_run_that_was_fitted_on_test_videos_is_named(
    folders: list[Path], evaluation: Evaluation, tmp_path: Path
) -> None:
    seen = dataclasses.replace(of_more_groups(evaluation), fitted_on_test=evaluation.test[:1])
    seen.save(tmp_path / "seen")
    (warning,) = compare([folders[0], tmp_path / "seen"], draws=50).warnings
    assert warning.startswith(f"{tmp_path / 'seen'} was fitted on 1 of the 4 test videos")


def test_an_evaluation_from_before_groups_is_compared_with_a_warning(
    folders: list[Path], tmp_path: Path
) -> None:
    shutil.copytree(folders[1], tmp_path / "old")
    with np.load(folders[1] / "sums.npz") as arrays:
        kept = {name: arrays[name] for name in arrays.files if not name.startswith("groups/")}
    np.savez(tmp_path / "old" / "sums.npz", **kept)
    result = compare([folders[0], tmp_path / "old"], draws=50)
    assert "older inphase" in result.warnings[0]
    assert result.scores[0].differences[0].difference == pytest.approx(0.01)


def test_only_what_was_scored_alike_is_compared(
    folders: list[Path],
    labelled_set: Collection,
    model_folders: list[Path],
    options: EvaluationOptions,
    tmp_path: Path,
) -> None:
    quick = dataclasses.replace(options, shortcuts=False)
    fewer = dataclasses.replace(labelled_set, videos=labelled_set.videos[:7])
    evaluate(model_folders[0], fewer, options=quick).save(tmp_path / "fewer")
    with pytest.raises(EvaluationError, match="test videos differ"):
        compare([folders[0], tmp_path / "fewer"])
    scoring = dataclasses.replace(options.scoring, stride=3)
    other = dataclasses.replace(quick, scoring=scoring)
    evaluate(model_folders[0], labelled_set, options=other).save(tmp_path / "stride")
    with pytest.raises(EvaluationError, match="scored with different options"):
        compare([folders[0], tmp_path / "stride"])


def test_what_is_no_evaluation_is_one_sentence(folders: list[Path], tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="at least two runs, not 1"):
        compare(folders[:1])
    with pytest.raises(EvaluationError, match="run `inphase evaluate` on it first"):
        compare([folders[0], tmp_path / "empty"])
    shutil.copytree(folders[1], tmp_path / "torn")
    (tmp_path / "torn" / "sums.npz").unlink()
    with pytest.raises(EvaluationError, match="complete evaluation"):
        compare([folders[0], tmp_path / "torn"])
    shutil.copytree(folders[1], tmp_path / "damaged")
    damaged = tmp_path / "damaged" / "sums.npz"
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(EvaluationError, match="complete evaluation"):
        compare([folders[0], tmp_path / "damaged"])
    shutil.copy(folders[1] / "sums.npz", damaged)
    told = json.loads((folders[1] / "evaluation.json").read_text())
    changes: list[dict[str, object]] = [
        {"options": -1e308}, {"test": 3}, {"methods": {"model": {"x": []}}}
    ]  # fmt: skip
    for change in changes:
        (tmp_path / "damaged" / "evaluation.json").write_text(json.dumps({**told, **change}))
        with pytest.raises(EvaluationError, match="complete evaluation"):
            compare([folders[0], tmp_path / "damaged"])
    shutil.copytree(folders[1], tmp_path / "newer")
    told = json.loads((folders[1] / "evaluation.json").read_text())
    (tmp_path / "newer" / "evaluation.json").write_text(json.dumps({**told, "format_version": 99}))
    with pytest.raises(EvaluationError, match="newer inphase"):
        compare([folders[0], tmp_path / "newer"])


def test_sums_hold_no_pickle(folders: list[Path]) -> None:
    with np.load(folders[1] / "sums.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} == {"f", "U"}
