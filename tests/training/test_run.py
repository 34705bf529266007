"""A run from videos to a model folder: what it writes, and that a kill does not change it."""

import csv
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import filelock
import numpy as np
import pytest
import torch
import yaml
from rich.console import Console

from inphase.data import Collection
from inphase.errors import ModelError, OutputError, TrainingError
from inphase.models import Encoder
from inphase.synthetic import write_collection
from inphase.training import TrainingConfig, dump_config, fit_or_reuse, load_config, train
from inphase.training.module import TrainingModule
from inphase.training.reports import CollapseWatch

WEIGHTS = "model/model.safetensors"

# Trains according to its arguments, and kills itself with SIGKILL at step 6.
PROGRAM = """
import os, signal, sys
import torch
torch.set_num_threads(1)
from inphase.training import load_config, train
from inphase.training.module import TrainingModule
step = TrainingModule.forward
def watched(self, batch):
    if batch.step == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch)
TrainingModule.forward = watched
videos, output, config, cache = sys.argv[1:]
train(videos, output, config=load_config(file=config), cache=cache)
"""


@pytest.mark.slow
@pytest.mark.parametrize("train_base", ["frozen", "batch_norm"])
def test_a_killed_run_ends_with_the_weights_it_would_have_had(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, train_base: str
) -> None:
    # With dropout, drawn cycles, positives and triplets, so that every kind of random draw has to
    # be repeated; and with parameters of the objectives' own, which have to be kept.
    encoder = tiny.encoder.model_copy(update={"dropout": 0.2, "train_base": train_base})
    tcc = {"cycle_length": 3, "num_cycles": 4, "learn_temperature": True}
    config = tiny.model_copy(
        update={"encoder": encoder, "objectives": {"tcc": tcc, "tcn": {"weight": 0.1}, "sal": {}}}
        | {"steps": 8, "frames_per_clip": 6}
    )
    file, cache = tmp_path / "config-of-runs.yaml", tmp_path / "cache"
    file.write_text(dump_config(config))
    arguments = [str(each) for each in (pouring.source, tmp_path / "killed", file, cache)]
    killed_run = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], stderr=subprocess.PIPE, check=False
    )
    assert killed_run.returncode == -signal.SIGKILL, killed_run.stderr.decode()
    assert not (tmp_path / "killed" / WEIGHTS).exists()
    for name in ("whole", "killed"):
        train(pouring.source, tmp_path / name, config=config, cache=cache)
    whole, killed = (tmp_path / name / WEIGHTS for name in ("whole", "killed"))
    assert whole.read_bytes() == killed.read_bytes()
    losses = [_losses(tmp_path / name) for name in ("whole", "killed")]
    assert losses[0] == losses[1]
    assert len(losses[0]) == config.steps


def _losses(folder: Path) -> list[tuple[str, str]]:
    with (folder / "metrics.csv").open(newline="") as file:
        return [(row["step"], row["loss"]) for row in csv.DictReader(file)]


def test_a_run_leaves_config_logs_and_a_model_that_loads(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    run = train(pouring, tmp_path / "run", config=tiny, split="train", cache=tmp_path / "cache")
    assert (run.skipped, run.collapsed) == ((), False)
    left = {path.name for path in run.folder.iterdir()}
    assert left == {
        ".lock", "checkpoints", "config.yaml", "inputs.yaml", "metrics.csv", "model", "tensorboard"
    }  # fmt: skip
    assert yaml.safe_load((run.folder / "config.yaml").read_text())["steps"] == tiny.steps
    assert list((run.folder / "tensorboard").iterdir())
    loaded = Encoder.load(run.model).state_dict()
    assert all(
        torch.equal(loaded[name], tensor) for name, tensor in run.encoder.state_dict().items()
    )
    card = (run.model / "README.md").read_text()
    assert "4 from pouring" in card
    assert "tcc" in card


def test_each_term_of_a_combination_is_logged_apart_and_learns(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    tcc = {"learn_temperature": True, "weight": 2}
    config = tiny.model_copy(update={"objectives": {"tcc": tcc, "tcn": {"weight": 0.1}, "sal": {}}})
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    with (run.folder / "metrics.csv").open(newline="") as file:
        rows = [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    assert list(rows[0])[1:8] == [
        "loss", "collapsed_loss", "tcc", "tcc_temperature", "tcn", "sal", "sal_accuracy"
    ]  # fmt: skip
    for row in rows:
        total = 2 * row["tcc"] + 0.1 * row["tcn"] + row["sal"]
        assert row["loss"] == pytest.approx(total, rel=1e-5)
        assert 0 <= row["sal_accuracy"] <= 1
    assert len({row["tcc_temperature"] for row in rows}) == len(rows)
    assert sum(row["tcn"] for row in rows[-4:]) < sum(row["tcn"] for row in rows[:4])


def test_the_seed_decides_the_objectives_own_weights(tiny: TrainingConfig) -> None:
    config = tiny.model_copy(update={"objectives": {"sal": {}}})

    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed + 100)
        chosen = config.model_copy(update={"seed": seed})
        module = TrainingModule(chosen, Encoder(chosen.encoder))
        return torch.cat([p.flatten() for p in module.objectives.parameters()])

    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))


@pytest.mark.parametrize(("share", "videos"), [(1.0, 6), (0.5, 3), (0.3, 2)])
def test_supervised_training_sees_a_share_of_the_labels(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, share: float, videos: int
) -> None:
    config = tiny.model_copy(
        update={"objectives": {"supervised": {}}, "labelled_share": share, "steps": 40}
        | {"learning_rate": 3e-3, "checkpoint_every": 40}
    )
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    assert f"{videos} from pouring" in (run.model / "README.md").read_text()
    with (run.folder / "metrics.csv").open(newline="") as file:
        accuracies = [float(row["supervised_accuracy"]) for row in csv.DictReader(file)]
    assert sum(accuracies[-10:]) > sum(accuracies[:10])


def test_beside_other_objectives_videos_without_labels_stay(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = tiny.model_copy(
        update={"objectives": {"tcc": {}, "supervised": {}}, "labelled_share": 0.3, "steps": 2}
    )
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    assert "6 from pouring" in (run.model / "README.md").read_text()


def test_supervised_training_without_labels_is_refused(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = tiny.model_copy(update={"objectives": {"supervised": {}}})
    files = [video.path for video in pouring]
    with pytest.raises(TrainingError, match="key events labelled"):
        train(files, tmp_path / "run", config=config, cache=tmp_path / "cache")


def test_two_cameras_of_one_event_train_multi_view(tiny: TrainingConfig, tmp_path: Path) -> None:
    events = write_collection(
        tmp_path / "set", action="swing", count=2, views=2, fps=12, size=(96, 72)
    )
    config = tiny.model_copy(update={"objectives": {"tcn": {"views": "multi"}}, "steps": 30})
    run = train(events, tmp_path / "run", config=config, cache=tmp_path / "cache")
    losses = [float(loss) for _, loss in _losses(run.folder)]
    assert sum(losses[-5:]) < 0.5 * sum(losses[:5])


def test_training_learns_and_leaves_the_frozen_base_network_alone(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = tiny.model_copy(update={"steps": 60, "checkpoint_every": 30})
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    losses = [float(loss) for _, loss in _losses(run.folder)]
    # The median, because the regression loss has rare peaks where the variance is near 0.
    assert np.median(losses[-10:]) < 0.9 * np.median(losses[:10])
    fresh = Encoder(config.encoder, seed=config.seed).state_dict()
    for name, tensor in run.encoder.state_dict().items():
        assert torch.equal(tensor, fresh[name]) == name.startswith("base."), name


def test_the_seed_decides_the_weights(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = tiny.model_copy(update={"augment": False, "steps": 4})

    def weights(name: str, seed: int) -> bytes:
        chosen = config.model_copy(update={"seed": seed})
        run = train(pouring, tmp_path / name, config=chosen, cache=tmp_path / "cache")
        return (run.folder / WEIGHTS).read_bytes()

    first = weights("first", 3)
    assert weights("second", 3) == first
    assert weights("third", 4) != first


@pytest.mark.parametrize(("base", "pretrained"), [("efficientnet_lite0", True), ("vgg_m", False)])
def test_a_base_network_that_learns_does(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, base: str, pretrained: bool
) -> None:
    encoder = tiny.encoder.model_copy(
        update={
            "base_network": base,
            "pretrained": pretrained,
            "train_base": "all",
            "image_size": 32,
        }
    )
    config = tiny.model_copy(update={"encoder": encoder, "steps": 1, "frames_per_clip": 4})
    run = train(pouring, tmp_path / "run", config=config)
    fresh = Encoder(encoder, seed=config.seed).state_dict()
    weights = run.encoder.state_dict()
    first = next(name for name in weights if name.startswith("base.") and name.endswith("weight"))
    assert not torch.equal(weights[first], fresh[first])


def test_a_finished_run_is_returned_and_not_trained_again(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    before = (tmp_path / "run" / WEIGHTS).stat().st_mtime_ns
    monkeypatch.setattr("inphase.training.run.fit", None)
    again = train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    assert (again.folder / WEIGHTS).stat().st_mtime_ns == before


def test_a_run_killed_between_the_last_step_and_the_model_writes_the_model(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    run = train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    wanted = (run.folder / WEIGHTS).read_bytes()
    shutil.rmtree(run.model)
    train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    assert (run.folder / WEIGHTS).read_bytes() == wanted


def test_the_folder_of_another_run_is_refused(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    other = tiny.model_copy(update={"learning_rate": 0.5})
    with pytest.raises(TrainingError, match=r"learning_rate.*0\.001.*0\.5"):
        train(pouring, tmp_path / "run", config=other, cache=tmp_path / "cache")
    with pytest.raises(TrainingError, match="other videos"):
        train(pouring, tmp_path / "run", config=tiny, split="train", cache=tmp_path / "cache")


def test_the_message_names_the_keys_that_differ(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    (run / "config.yaml").write_text(dump_config(tiny))
    (run / "inputs.yaml").write_text("{}\n")
    encoder = tiny.encoder.model_copy(update={"conv_width": 9})
    other = tiny.model_copy(update={"encoder": encoder, "objectives": {"tcn": {"window": 3}}})
    with pytest.raises(TrainingError) as caught:
        train(pouring, run, config=other)
    told = str(caught.value)
    assert "`encoder.conv_width` was 8, now 9" in told
    assert "`objectives.tcc` was set, now not set" in told
    assert "{" not in told
    assert "image_size" not in told


def test_a_start_that_failed_does_not_block_the_corrected_command(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = tiny.encoder.model_copy(update={"base_network": "vgg_m"})
    failing = tiny.model_copy(update={"encoder": encoder})
    with pytest.raises(ModelError, match="no pretrained weights"):
        train(pouring, tmp_path / "run", config=failing, cache=tmp_path / "cache")
    monkeypatch.setattr("inphase.training.run._fitted", lambda *_args, **_more: None)
    train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    assert load_config(file=tmp_path / "run" / "config.yaml") == tiny


def test_a_folder_with_other_things_is_refused(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(OutputError, match="not empty"):
        train(pouring, tmp_path, config=tiny)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("content", ["", "pouring_000: a\n"])
def test_a_folder_killed_between_its_first_two_files_is_taken(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "inputs.yaml").write_text(content)
    (folder / ".inphase-abcd").mkdir()  # the configuration, about to be written
    config = tiny.model_copy(update={"steps": 1})
    run = train(pouring, folder, config=config, cache=tmp_path / "cache")
    assert run.model.is_dir()
    train(pouring, folder, config=config, cache=tmp_path / "cache")


def test_a_folder_in_which_another_process_trains_is_refused(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    with (
        filelock.FileLock(tmp_path / "run" / ".lock"),
        pytest.raises(TrainingError, match="Another process is training in") as caught,
    ):
        train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    assert "run the command again when it has ended" in str(caught.value)
    assert [path.name for path in (tmp_path / "run").iterdir()] == [".lock"]


def test_the_same_fit_in_two_processes_waits_and_is_done_once(
    pouring: Collection,
    tiny: TrainingConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("inphase.locks._SILENT", 0.01)
    first = fit_or_reuse(pouring, config=tiny, cache=tmp_path)
    model = first.model.rename(tmp_path / "finished")
    other = filelock.FileLock(first.folder / ".lock")
    other.acquire()

    def finish(_message: object, *_values: object) -> None:
        """The other process ends when this one says that it waits."""
        model.rename(first.model)
        other.release()

    monkeypatch.setattr("inphase.locks._log.warning", finish)
    monkeypatch.setattr("inphase.training.run.fit", None)
    assert fit_or_reuse(pouring, config=tiny, cache=tmp_path).folder == first.folder
    assert not model.exists()


def test_a_finished_run_is_read_while_another_process_locks_it(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = tiny.model_copy(update={"steps": 1})
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    with filelock.FileLock(run.folder / ".lock"):
        train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")


def test_bad_files_are_passed_over_and_listed(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    for video in pouring.videos[:3]:
        shutil.copy(video.path, videos)
    (videos / "empty.mp4").touch()
    (videos / "letter.mp4").write_text("Dear Sir or Madam")
    run = train(str(videos), tmp_path / "run", config=tiny, cache=tmp_path / "cache")
    assert [one.name for one in run.skipped] == ["empty", "letter"]
    assert all(one.name in one.reason for one in run.skipped)


def test_one_readable_video_is_not_enough(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(TrainingError, match=r"1 of 2.*empty\.mp4"):
        train([pouring.videos[0].path, tmp_path / "empty.mp4"], tmp_path / "run", config=tiny)
    assert not (tmp_path / "run").exists()


def test_the_same_fit_is_reused(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fit_or_reuse(pouring, config=tiny, cache=tmp_path)
    other = fit_or_reuse(pouring, config=tiny.model_copy(update={"seed": 9}), cache=tmp_path)
    assert other.folder != first.folder
    monkeypatch.setattr("inphase.training.run.fit", None)
    assert fit_or_reuse(pouring, config=tiny, cache=tmp_path).folder == first.folder


def test_progress_tells_steps_loss_and_time_left(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    console = Console(record=True, width=100, force_terminal=True, quiet=False)
    train(pouring, tmp_path / "run", config=tiny, cache=tmp_path / "cache", console=console)
    shown = console.export_text()
    assert "Features" in shown
    assert "12/12" in shown
    assert "loss" in shown


def test_collapse_is_told_only_when_the_plateau_lasts() -> None:
    watch = CollapseWatch()
    assert not any(watch.seen(2.99, 3.0) for _ in range(99))
    assert watch.seen(2.99, 3.0)
    learning = CollapseWatch()
    assert not any(learning.seen(3.0 - 0.01 * step, 3.0) for step in range(200))
    # A variance-regularized loss of constant embeddings can be negative or zero.
    assert not any(CollapseWatch().seen(-2.0, 0.0) for _ in range(200))
