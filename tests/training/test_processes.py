"""Two processes that share each batch: the same losses, gradients and runs as with one."""

import csv
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from inphase.data import Collection
from inphase.errors import TrainingError
from inphase.training import TrainingConfig, dump_config, train
from inphase.training.processes import ALONE, Processes, started

WEIGHTS = "model/model.safetensors"

# Every objective on two processes beside one: the loss, and the gradients that an encoder and the
# objective's own parameters get under distributed data parallel.
OBJECTIVES = """
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from inphase.objectives import ClipEmbeddings, create_objective, list_objectives
from inphase.training.processes import ALONE, started

VIDEOS, FRAMES = 3, 8  # the second process gets 1 of 3 videos

class Model(nn.Module):
    def __init__(self, name):
        super().__init__()
        torch.manual_seed(0)
        self.encoder = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 128))
        self.objective = create_objective(name, phases=4)

    def forward(self, pictures, processes):
        own = self.encoder(pictures[processes.share(VIDEOS)])
        embeddings = processes.gathered(own, VIDEOS)
        draws = torch.Generator().manual_seed(1)
        mask = torch.arange(FRAMES) < torch.tensor([[8], [6], [8]])
        clips = ClipEmbeddings(
            embeddings[:, :FRAMES], torch.rand(VIDEOS, FRAMES, generator=draws).sort().values,
            torch.ones(VIDEOS), mask, embeddings[:, FRAMES:], mask,
            torch.randint(4, (VIDEOS, FRAMES), generator=draws),
            torch.rand(VIDEOS, FRAMES, generator=draws).sort().values,
        )
        return self.objective(clips, draws)

processes = started()
assert processes.count == 2
pictures = torch.randn(VIDEOS, 2 * FRAMES, 5, generator=torch.Generator().manual_seed(2))
for name in list_objectives():
    one, two = Model(name), Model(name)
    expected = one(pictures, ALONE)
    expected.backward()
    parallel = DistributedDataParallel(two)  # reduces gradients as long as it is there
    given = parallel(pictures, processes)
    given.backward()
    torch.testing.assert_close(given, expected)
    for (parameter, a), b in zip(one.named_parameters(), two.parameters()):
        assert a.grad.abs().max() > 0, (name, parameter)
        torch.testing.assert_close(b.grad, a.grad, msg=lambda told: f"{name} {parameter}: {told}")
    if processes.first:
        print("same:", name)
"""

# Trains as its arguments say; the first process kills itself at the step in KILL_AT.
TRAINING = """
import os, signal, sys
import torch
torch.set_num_threads(1)
from inphase.training import load_config, train
from inphase.training.module import TrainingModule
step = TrainingModule.forward
def watched(self, batch):
    if batch.step == int(os.environ["KILL_AT"]) and os.environ["RANK"] == "0":
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self, batch)
TrainingModule.forward = watched
videos, output, config, cache = sys.argv[1:]
train(videos, output, config=load_config(file=config), cache=cache)
"""


def _two(program: str, folder: Path, *arguments: object, kill_at: int = -1) -> tuple[int, str]:
    """Run a program in two processes; return the exit code of one that failed and all output."""
    file = folder / "program.py"
    file.write_text(program)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What torchrun would set: starting it as well takes longer than the program.
    known = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "OMP_NUM_THREADS": "1"}
    known |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "KILL_AT": str(kill_at)}
    with (folder / "said.txt").open("w+") as said:
        running = [
            subprocess.Popen(
                [sys.executable, str(file), *map(str, arguments)],
                env={**os.environ, **known, "RANK": str(rank), "LOCAL_RANK": str(rank)},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            for rank in range(2)
        ]
        codes: list[int | None] = [None, None]
        while None in codes and not any(codes):
            time.sleep(0.05)
            codes = [process.poll() for process in running]
        for process in running:  # one that waits for another that failed
            process.kill()
            process.wait()
        said.seek(0)
        return next((code for code in codes if code), 0), said.read()


@pytest.mark.slow
def test_every_objective_is_the_same_on_two_processes_as_on_one(tmp_path: Path) -> None:
    from inphase.objectives import list_objectives

    code, said = _two(OBJECTIVES, tmp_path)
    assert code == 0, said
    same = [line.removeprefix("same: ") for line in said.splitlines() if line.startswith("same: ")]
    assert same == list_objectives()


@pytest.mark.slow
def test_a_run_on_two_processes_is_that_of_one_and_resumes_to_the_bit(
    pouring: Collection, tiny: TrainingConfig, tmp_path: Path
) -> None:
    config = tiny.model_copy(
        update={
            "objectives": {"tcc": {"cycle_length": 3, "learn_temperature": True}}
            | {"tcn": {"weight": 0.1}, "sal": {}},
            "precision": "float32",
            "steps": 8,
        }
    )
    file = tmp_path / "config-of-runs.yaml"
    file.write_text(dump_config(config))

    def two(name: str, kill_at: int) -> None:
        folder, cache = tmp_path / name, tmp_path / "cache"
        arguments = (Path(pouring.source), folder, file, cache)
        code, said = _two(TRAINING, tmp_path, *arguments, kill_at=kill_at)
        assert (code == 0) == (kill_at < 0), said

    two("whole", -1)
    two("killed", 6)
    assert (tmp_path / "killed" / "checkpoints" / "last.ckpt").exists()
    assert not (tmp_path / "killed" / "model").exists()
    two("killed", -1)
    whole, killed = (tmp_path / name / WEIGHTS for name in ("whole", "killed"))
    assert whole.read_bytes() == killed.read_bytes()

    one = train(pouring, tmp_path / "one", config=config, cache=tmp_path / "cache")
    rows = [_rows(tmp_path / name) for name in ("one", "whole", "killed")]
    assert len(rows[0]) == 8
    assert rows[1] == rows[2]
    names = ["loss", "tcc", "tcc_temperature", "tcn", "sal", "sal_accuracy"]
    for alone, shared in zip(rows[0], rows[1], strict=True):
        for name in names:
            assert float(shared[name]) == pytest.approx(float(alone[name]), rel=1e-3), name
    assert float(rows[0][-1]["tcc_temperature"]) != 0.1
    from inphase.models import Encoder

    other = Encoder.load(tmp_path / "whole" / "model").state_dict()
    for name, weights in one.encoder.state_dict().items():
        torch.testing.assert_close(other[name], weights, rtol=1e-2, atol=1e-3, msg=name)


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metrics.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(file)]


@pytest.mark.parametrize("items", [1, 2, 4, 5, 7])
def test_shares_make_up_the_whole(items: int) -> None:
    shares = [Processes(rank, 3, rank, 3).share(items) for rank in range(3)]
    assert len({len(share) for share in shares}) == 1
    assert [i for share in shares for i in share][:items] == list(range(items))
    assert ALONE.share(items) == list(range(items))


def test_without_torchrun_there_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    assert started() == ALONE
    with ALONE.first_alone():
        pass


def test_more_processes_than_gpus_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from inphase.training.processes import check_devices

    check_devices(64)  # any number of processes on a CPU
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(TrainingError, match="2 devices were requested, but this machine has 1 GPU"):
        check_devices(2)
