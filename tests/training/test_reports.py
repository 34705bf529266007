"""What follows a run step by step, by name."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inphase.data import Collection
from inphase.errors import TrainingError
from inphase.training import TrainingConfig, train
from inphase.training.reports import StepLog, check_loggers


class _Wandb(SimpleNamespace):
    """Notes what is asked of the package `wandb`."""

    def __init__(self) -> None:
        super().__init__(begun=[], logged=[], finished=0, __spec__=SimpleNamespace())

    def init(self, **options: Any) -> "_Wandb":
        self.begun.append(options)
        return self

    def log(self, values: dict[str, float], *, step: int) -> None:
        self.logged.append((step, values["loss"]))

    def finish(self) -> None:
        self.finished += 1


@pytest.fixture
def wandb(monkeypatch: pytest.MonkeyPatch) -> _Wandb:
    package = _Wandb()
    monkeypatch.setitem(sys.modules, "wandb", package)
    return package


@pytest.mark.parametrize("harm", [b"\xff\xfe\n", b"\x00,\n", b'"' * 300_000, b"9" * 5000 + b",1\n"])
def test_a_damaged_log_does_not_stop_a_run(harm: bytes, tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(b"step,loss,learning_rate,seconds\n1,5,1,1\n2,4,1,1\n" + harm + b"3,3,1,1\n")
    log = StepLog(tmp_path, ["loss"], tensorboard=False)
    log.start(2)
    log.step(3, {"loss": 7.0, "learning_rate": 1.0})
    log.close()
    lines = path.read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["step", "1", "2", "3"]


def test_a_run_is_logged_offline_and_continued_as_the_same(
    pouring: Collection,
    tiny: TrainingConfig,
    wandb: _Wandb,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WANDB_MODE", raising=False)
    log = wandb.log

    def killed(values: dict[str, float], *, step: int) -> None:
        log(values, step=step)
        if step == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr(wandb, "log", killed)
    with pytest.raises(KeyboardInterrupt):
        train(pouring, tmp_path / "run", config=tiny, loggers=["wandb"])
    monkeypatch.setattr(wandb, "log", log)
    train(pouring, tmp_path / "run", config=tiny, loggers=["wandb"])
    assert wandb.finished == 2
    first, second = wandb.begun
    assert (first["mode"], first["resume"], second["resume"]) == ("offline", None, "allow")
    assert first["id"] == second["id"]
    assert first["config"]["steps"] == tiny.steps
    # The second process goes on from the checkpoint of step 4.
    assert [step for step, _ in wandb.logged] == [*range(1, 7), *range(5, tiny.steps + 1)]
    # Only what was named, and the table by which a run resumes.
    assert (tmp_path / "run/metrics.csv").is_file()
    assert not (tmp_path / "run/tensorboard").exists()


def test_a_logger_that_cannot_be_had_is_told_before_the_work(
    pouring: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingError, match="no logger tensorbord; did you mean tensorboard"):
        train(pouring, tmp_path / "run", loggers=["tensorbord"])
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(TrainingError, match="`pip install wandb`"):
        train(pouring, tmp_path / "run", loggers=["wandb"])
    assert check_loggers(None) == {"csv"}
    assert not (tmp_path / "run").exists()
