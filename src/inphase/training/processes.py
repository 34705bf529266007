"""Several processes that share each batch, started by `torchrun` (with gloo or NCCL).

Each process embeds its share of a batch's videos. The embeddings are then gathered, and every
process computes the loss of the whole batch with the same draws: cycles span processes, and the
result is that of one process with the same batch.
"""

import atexit
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from inphase.errors import TrainingError

# The others wait while the first fills the feature cache, which may take hours.
_PATIENCE = timedelta(days=7)


@dataclass(frozen=True)
class Processes:
    """The processes of a run, and which one this is.

    Attributes:
        rank: number of this process, from 0.
        count: number of processes.
        local_rank: number of this process on its machine, and of its GPU.
        local_count: number of processes on this machine.
    """

    rank: int = 0
    count: int = 1
    local_rank: int = 0
    local_count: int = 1

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes files and messages."""
        return self.rank == 0

    def share(self, items: int) -> list[int]:
        """Which of a number of items this process works on.

        All processes get equally many: if there are too few items, the last one is repeated, and
        `gathered` drops the repetitions.
        """
        each = -(-items // self.count)
        return [min(i, items - 1) for i in range(self.rank * each, (self.rank + 1) * each)]

    def gathered(self, own: Tensor, items: int) -> Tensor:
        """All items from the share (own items, …) of each process, with gradients."""
        if self.count == 1:
            return own
        return _Gather.apply(own, self)[:items]  # type: ignore[no-any-return,no-untyped-call]

    @property
    def device(self) -> torch.device:
        """The device of this process."""
        if torch.cuda.is_available():
            return torch.device("cuda", self.local_rank)
        return torch.device("cpu")

    @contextmanager
    def first_alone(self) -> Iterator[None]:
        """Run the block in the first process and then, unless it failed there, in the others.

        Raises:
            TrainingError: in the others, if the block raised in the first.
        """
        if self.count > 1 and not self.first and self._told(False):
            raise TrainingError("The first process failed; its own message says why.")
        try:
            yield
        except BaseException:
            if self.count > 1 and self.first:
                self._told(True)
            raise
        if self.count > 1 and self.first:
            self._told(False)

    def _told(self, failed: bool) -> bool:
        """Broadcast the flag of the first process to all."""
        word = torch.tensor([failed], dtype=torch.uint8, device=self.device)
        dist.broadcast(word, src=0)
        return bool(word)


ALONE = Processes()


def started() -> Processes:
    """Join the processes that `torchrun` started; a single process if it started none.

    Raises:
        TrainingError: there are more processes on this machine than GPUs.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or "LOCAL_RANK" not in os.environ:
        return ALONE
    names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    processes = Processes(*(int(os.environ[name]) for name in names))
    check_devices(processes.local_count)
    if not dist.is_initialized():
        dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo", timeout=_PATIENCE)
        atexit.register(dist.destroy_process_group)
    return processes


def check_devices(count: int) -> None:
    """Check that this machine has this many devices.

    Raises:
        TrainingError: it has GPUs, but fewer.
    """
    if torch.cuda.is_available() and torch.cuda.device_count() < count:
        raise TrainingError(
            f"{count} devices were requested, but this machine has {torch.cuda.device_count()} GPU"
            f"{'s' if torch.cuda.device_count() > 1 else ''}."
        )


def launch(devices: int, arguments: Sequence[str]) -> int:
    """Run an `inphase` command in several processes on this machine, using `torchrun`.

    Args:
        devices: number of processes, each with its own GPU if there are any.
        arguments: of the command.

    Returns:
        The exit code of the first process that failed, or 0.

    Raises:
        TrainingError: there are GPUs, but too few.
    """
    from torch.distributed.elastic.multiprocessing.api import SignalException
    from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
    from torch.distributed.run import get_args_parser, run

    check_devices(devices)
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // devices)))
    options = ["--standalone", f"--nproc-per-node={devices}", "-m", "inphase", *arguments]
    logging.disable()  # it logs a traceback for an error that the command has already reported
    try:
        run(get_args_parser().parse_args(options))  # type: ignore[no-untyped-call]
    except ChildFailedError as error:
        return max(1, error.get_first_failure()[1].exitcode)
    except SignalException as error:
        raise KeyboardInterrupt from error
    finally:
        logging.disable(logging.NOTSET)
    return 0


class _Gather(torch.autograd.Function):
    """Concatenate the tensors of all processes.

    Every process then computes the same loss from them, so the gradient of its own part is already
    complete. Distributed data parallel averages the processes' gradients although their sum is
    needed: hence the factor.
    """

    @staticmethod
    def forward(ctx: Any, own: Tensor, processes: Processes) -> Tensor:
        ctx.processes, ctx.items = processes, len(own)
        parts = [torch.empty_like(own) for _ in range(processes.count)]
        dist.all_gather(parts, own.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        first = ctx.processes.rank * ctx.items
        return gradients[0][first : first + ctx.items] * ctx.processes.count, None
