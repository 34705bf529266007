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


def improved(evaluation: Evaluation, by: float) -> Evaluation:
    """The same evaluation with every ratio higher by a constant."""
    scores = {}
    for key, score in evaluation.scores.items():
        sums = [
            Sums(one.numerators + by * one.denominators, one.denominators) for one in score.sums
        ]
        scores[key] = dataclasses.replace(score, sums=tuple(sums))
    methods: dict[str, dict[str, Score]] = {**evaluation.methods, "model": scores}  # type: ignore[dict-item]
    return dataclasses.replace(evaluation, methods=methods)


@pytest.fixture(scope="module")
def folders(evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("compared")
    evaluation.save(root / "first" / "evaluation")
    improved(evaluation, 0.01).save(root / "second")
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
    result.save(tmp_path / "comparison.csv")
    with (tmp_path / "comparison.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(result.scores)
    assert float(rows[1]["difference"]) == pytest.approx(0.01)
    with pytest.raises(OutputError, match=r"must end in \.csv"):
        result.save(tmp_path / "comparison.txt")


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
    shutil.copytree(folders[1], tmp_path / "newer")
    told = json.loads((folders[1] / "evaluation.json").read_text())
    (tmp_path / "newer" / "evaluation.json").write_text(json.dumps({**told, "format_version": 99}))
    with pytest.raises(EvaluationError, match="newer inphase"):
        compare([folders[0], tmp_path / "newer"])


def test_sums_hold_no_pickle(folders: list[Path]) -> None:
    with np.load(folders[1] / "sums.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype == np.float64 for name in arrays.files)
