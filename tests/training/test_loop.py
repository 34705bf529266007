"""The training loop: what it logs, saves and refuses."""

import csv
import math
import pickle
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from inphase.data import Collection
from inphase.errors import TrainingError
from inphase.models import Encoder
from inphase.models.embedder import Embedder
from inphase.training import TrainingConfig, train
from inphase.training.clips import Clips
from inphase.training.loop import fit
from inphase.training.module import TrainingModule
from inphase.training.sources import feature_sources, labelled
from inphase.video import probe


class Recorder:
    """A report that notes its calls."""

    def __init__(self) -> None:
        self.calls: list[object] = []
        self.rates: list[float] = []

    def start(self, done: int) -> None:
        self.calls.append(("start", done))

    def step(self, done: int, values: Mapping[str, float]) -> None:
        self.calls.append(done)
        self.rates.append(values["learning_rate"])

    def flush(self) -> None:
        self.calls.append("flush")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def config(tiny: TrainingConfig) -> TrainingConfig:
    return tiny.model_copy(update={"steps": 5, "checkpoint_every": 2, "precision": "float32"})


@pytest.fixture
def clips(pouring: Collection, config: TrainingConfig, tmp_path: Path) -> Clips:
    readable = [(video, probe(video.path)) for video in pouring]
    readable, phases = labelled(readable, pouring, config)
    sources, _ = feature_sources(
        readable,
        Encoder(config.encoder),
        config,
        phases=phases,
        folder=tmp_path / "features",
        console=Console(quiet=True),
    )
    return Clips(sources, config)


def test_reports_are_flushed_before_each_checkpoint_and_closed_once(
    clips: Clips, config: TrainingConfig, tmp_path: Path
) -> None:
    recorder = Recorder()
    fit(
        TrainingModule(config, Encoder(config.encoder)),
        clips,
        checkpoint=tmp_path / "last.ckpt",
        reports=[recorder],
    )
    assert recorder.calls == [("start", 0), 1, 2, "flush", 3, 4, "flush", 5, "flush", "close"]
    again = Recorder()
    fit(
        TrainingModule(config, Encoder(config.encoder)),
        clips,
        checkpoint=tmp_path / "last.ckpt",
        reports=[again],
    )
    assert again.calls == [("start", 5), "close"]


@pytest.mark.parametrize("name", ["lav", "gta"])
def test_the_terms_that_are_logged_are_those_of_the_loss(
    clips: Clips, config: TrainingConfig, name: str
) -> None:
    config = TrainingConfig.model_validate({**config.model_dump(), "objectives": {name: {}}})
    found = TrainingModule(config, Encoder(config.encoder))(clips[0])
    terms = [value for key, value in found.items() if key.startswith(f"{name}_")]
    assert len(terms) == 2
    assert sum(term.item() for term in terms) == pytest.approx(found[name].item(), rel=1e-4)


def test_the_schedule_falls_to_zero(clips: Clips, config: TrainingConfig, tmp_path: Path) -> None:
    cosine = config.model_copy(update={"schedule": "cosine", "learning_rate": 0.5})
    recorder = Recorder()
    module = TrainingModule(cosine, Encoder(config.encoder))
    fit(module, clips, checkpoint=tmp_path / "last.ckpt", reports=[recorder])
    # The rate after each of 5 steps.
    wanted = [0.25 * (1 + math.cos(math.pi * step / 5)) for step in (1, 2, 3, 4, 5)]
    assert recorder.rates == pytest.approx(wanted)


def test_a_checkpoint_leaves_out_a_frozen_base_network(
    clips: Clips, config: TrainingConfig, tmp_path: Path
) -> None:
    module = TrainingModule(config, Encoder(config.encoder))
    fit(module, clips, checkpoint=tmp_path / "last.ckpt")
    names = set(torch.load(tmp_path / "last.ckpt", weights_only=True)["module"])
    assert "encoder.embedder.conv1.weight" in names
    assert not any(name.startswith("encoder.base.") for name in names)


@pytest.mark.parametrize(
    "content", [b"", b"not a checkpoint", pickle.dumps([1, 2]), b"\x80\x04\x95", b"PK\x03\x04"]
)
def test_a_broken_checkpoint_is_one_sentence(
    clips: Clips, config: TrainingConfig, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "last.ckpt"
    path.write_bytes(content)
    with pytest.raises(TrainingError, match="cannot be read; remove it"):
        fit(TrainingModule(config, Encoder(config.encoder)), clips, checkpoint=path)


def test_a_checkpoint_of_something_else_is_one_sentence(
    clips: Clips, config: TrainingConfig, tmp_path: Path
) -> None:
    path = tmp_path / "last.ckpt"
    module = TrainingModule(config, Encoder(config.encoder))
    fit(module, clips, checkpoint=path)
    good = torch.load(path, weights_only=True)
    nan = {name: value * math.nan for name, value in good["module"].items()}
    changes: list[object] = [[1, 2], None, {"epoch": 3}, good | {"module": 5}, good | {"step": "5"}]
    changes += [good | {"step": 10**9}, good | {"step": -1}, good | {"optimizer": [1]}]
    changes += [good | {"schedule": 7}, good | {"module": nan}, good | {"module": {"x": 1}}]
    for state in changes:
        torch.save(state, path)
        with pytest.raises(TrainingError, match="cannot be read; remove it"):
            fit(TrainingModule(config, Encoder(config.encoder)), clips, checkpoint=path)


def test_a_checkpoint_with_a_damaged_byte_is_refused_or_the_same(
    clips: Clips, config: TrainingConfig, tmp_path: Path
) -> None:
    path = tmp_path / "last.ckpt"
    module = TrainingModule(config, Encoder(config.encoder))
    fit(module, clips, checkpoint=path)
    wanted = module.learned_state()
    whole = path.read_bytes()
    places = np.random.default_rng(0).integers(len(whole), size=40)
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        path.write_bytes(damaged)
        again = TrainingModule(config, Encoder(config.encoder))
        try:
            fit(again, clips, checkpoint=path)
        except TrainingError:
            continue
        found = again.learned_state()
        assert all(torch.equal(found[name], value) for name, value in wanted.items()), place


def test_a_run_that_diverges_ends_with_an_error(
    clips: Clips, config: TrainingConfig, tmp_path: Path
) -> None:
    module = TrainingModule(config, Encoder(config.encoder))
    assert isinstance(module.encoder.embedder, Embedder)
    with torch.no_grad():
        module.encoder.embedder.fc1.weight.fill_(math.nan)
    recorder = Recorder()
    with pytest.raises(TrainingError, match="at step 1: training has diverged"):
        fit(module, clips, checkpoint=tmp_path / "last.ckpt", reports=[recorder])
    assert recorder.calls == [("start", 0), "close"]
    assert not (tmp_path / "last.ckpt").exists()


@pytest.mark.parametrize("steps", [1, 5])
def test_weights_that_explode_are_never_written(
    clips: Clips, config: TrainingConfig, tmp_path: Path, steps: int
) -> None:
    wild = config.model_copy(update={"learning_rate": 1e30, "steps": steps, "checkpoint_every": 1})
    with pytest.raises(TrainingError, match="training has diverged"):
        fit(TrainingModule(wild, Encoder(config.encoder)), clips, checkpoint=tmp_path / "last.ckpt")
    if (tmp_path / "last.ckpt").exists():
        state = torch.load(tmp_path / "last.ckpt", weights_only=True)["module"]
        assert all(torch.isfinite(one).all() for one in state.values())


def test_infinite_embeddings_are_no_loss_at_all(
    clips: Clips, config: TrainingConfig, tmp_path: Path
) -> None:
    module = TrainingModule(config, Encoder(config.encoder))
    assert isinstance(module.encoder.embedder, Embedder)
    with torch.no_grad():
        module.encoder.embedder.fc1.bias.fill_(math.inf)
    with pytest.raises(TrainingError, match="at step 1: training has diverged"):
        fit(module, clips, checkpoint=tmp_path / "last.ckpt")


def test_gradients_are_clipped(clips: Clips, config: TrainingConfig, tmp_path: Path) -> None:
    def moved(clip: float) -> float:
        chosen = config.model_copy(update={"gradient_clip": clip, "steps": 1})
        module = TrainingModule(chosen, Encoder(config.encoder))
        seen: list[float] = []
        optimizer, schedule = module.optimizer()

        def note(*_: object) -> None:
            gradients = [p.grad.norm() for p in module.encoder.embedder.parameters()]  # type: ignore[union-attr]
            seen.append(float(torch.stack(gradients).norm()))

        optimizer.register_step_pre_hook(note)
        module.optimizer = lambda: (optimizer, schedule)  # type: ignore[method-assign]
        one = Clips(clips.sources, chosen)
        fit(module, one, checkpoint=tmp_path / f"{clip}.ckpt")
        return seen[0]

    assert moved(1e-3) == pytest.approx(1e-3, rel=1e-3)
    assert moved(0) > 1e-2


def test_without_tensorboard_the_csv_is_still_written(
    pouring: Collection, config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    run = train(pouring, tmp_path / "run", config=config, cache=tmp_path / "cache")
    assert not (run.folder / "tensorboard").exists()
    with (run.folder / "metrics.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == config.steps
