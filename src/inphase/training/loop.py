"""The training loop: steps, checkpoints, and the way back after a kill."""

import logging
import math
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from inphase.atomic import replacing
from inphase.errors import TrainingError
from inphase.interrupts import check_interrupt
from inphase.training.clips import ClipBatch, Clips
from inphase.training.module import TrainingModule

_log = logging.getLogger(__name__)


class Report(Protocol):
    """What follows a run step by step, such as the progress bar."""

    def start(self, done: int) -> None:
        """Called once, after so many steps."""

    def step(self, done: int, values: Mapping[str, float]) -> None:
        """Called after each step with what it measured; `done` counts this step."""

    def flush(self) -> None:
        """Called before each checkpoint."""

    def close(self) -> None:
        """Called at the end, after an error too."""


def bfloat16_in_hardware() -> bool:
    """Whether this machine has instructions for bfloat16: its GPU, or else its CPU."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def fit(
    module: TrainingModule, clips: Clips, *, checkpoint: Path, reports: Sequence[Report] = ()
) -> None:
    """Train a module for the steps of its configuration, from its checkpoint if there is one.

    Args:
        module: changed in place; stays on the device of its process.
        clips: its batches; batch n is for step n.
        checkpoint: replaced every `checkpoint_every` steps and at the end.
        reports: called in order.

    Raises:
        TrainingError: the loss or a weight is no longer a finite number, or the checkpoint is not
            of this module.
    """
    config, processes = module.config, module.processes
    device, frozen = processes.device, config.encoder.train_base == "frozen"
    reduced = config.precision == "bfloat16" or (
        config.precision == "auto" and bfloat16_in_hardware()
    )
    module.to(device).train()
    optimizer, schedule = module.optimizer()
    done = _resumed(checkpoint, module, optimizer, schedule)
    shared = _shared(module, sync_batch_norm=not frozen)
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    loader: DataLoader[ClipBatch] = DataLoader(
        clips,
        batch_size=None,
        sampler=range(done, config.steps),
        num_workers=0
        if frozen
        else min(4, max(1, torch.multiprocessing.cpu_count() // processes.local_count)),
    )
    _log.info(
        "%s %d steps in %s; %s, checkpoints every %d steps in %s.",
        "Continuing towards" if done else "Fitting",
        config.steps,
        "bfloat16" if reduced else "float32",
        f"{torch.get_num_threads()} threads" if device.type == "cpu" else "on the GPU",
        config.checkpoint_every,
        checkpoint.parent,
    )
    for report in reports:
        report.start(done)
    try:
        for batch in loader:
            check_interrupt()
            with torch.autocast(device.type, torch.bfloat16, enabled=reduced):
                results: dict[str, Tensor] = shared(batch.to(device, non_blocking=True))
            values = _values(results)
            _check_loss(values["loss"], done + 1)
            optimizer.zero_grad()
            results["loss"].backward()  # type: ignore[no-untyped-call]
            if config.gradient_clip:
                nn.utils.clip_grad_norm_(trained, config.gradient_clip)
            optimizer.step()
            schedule.step()
            done += 1
            values |= {"learning_rate": float(schedule.get_last_lr()[0])}
            for report in reports:
                report.step(done, values)
            if done % config.checkpoint_every == 0 or done == config.steps:
                _check_weights(module, done)
                if done == config.steps:
                    _check_loss(_loss(module, batch.to(device)), done)
                for report in reports:
                    report.flush()
                if processes.first:
                    _save(checkpoint, done, module, optimizer, schedule)
    finally:
        for report in reports:
            report.close()


def _check_loss(loss: float, step: int) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            f"The loss is {loss} at step {step}: training has diverged. Try a lower learning rate."
        )


def _check_weights(module: nn.Module, step: int) -> None:
    """Refuse weights that no later step could repair, before they are written."""
    for name, tensor in module.state_dict().items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise TrainingError(
                f"The weights `{name}` are not all finite numbers after step {step}: training has "
                "diverged. Try a lower learning rate."
            )


def _loss(module: TrainingModule, batch: ClipBatch) -> float:
    """The loss with the weights as they are now, which changes nothing."""
    was_training = module.training
    module.eval()
    with torch.no_grad():
        loss = float(module(batch)["loss"])
    module.train(was_training)
    return loss


def _shared(module: TrainingModule, *, sync_batch_norm: bool) -> nn.Module:
    """The module, with gradients reduced over the processes if there are several."""
    processes = module.processes
    if processes.count == 1:
        return module
    if processes.device.type == "cpu":  # where each process has its own statistics
        return DistributedDataParallel(module)
    if sync_batch_norm:
        nn.SyncBatchNorm.convert_sync_batchnorm(module)  # type: ignore[no-untyped-call]
    return DistributedDataParallel(module, device_ids=[processes.local_rank])


def _values(results: Mapping[str, Tensor]) -> dict[str, float]:
    """Numbers of a step, fetched from the device at once."""
    fetched = torch.stack([value.detach().float() for value in results.values()]).tolist()
    return dict(zip(results, fetched, strict=True))


def _save(path: Path, done: int, module: TrainingModule, optimizer: Any, schedule: Any) -> None:
    state = {
        "step": done,
        "module": module.learned_state(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
    }
    with replacing(path) as beside:
        torch.save(state, beside)


def _resumed(path: Path, module: TrainingModule, optimizer: Any, schedule: Any) -> int:
    """Load the checkpoint, if there is one; return how many steps are done."""
    if not path.is_file():
        return 0
    try:
        with zipfile.ZipFile(path) as archive:  # whose checksums torch does not compare
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
        state = torch.load(path, map_location=module.encoder.device, weights_only=True)
        module.load_learned(state["module"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["step"]
        if not isinstance(done, int) or not 0 < done <= module.config.steps:
            raise ValueError(done)
        _check_weights(module, done)
        return done
    except Exception as error:  # A damaged file may raise anything.
        raise TrainingError(
            f"The checkpoint {path} cannot be read; remove it to train from the beginning."
        ) from error
