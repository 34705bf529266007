"""Reports during a run: a progress bar with a collapse warning, CSV, TensorBoard."""

import csv
import math
import time
from collections import deque
from pathlib import Path
from typing import Any, TextIO

import lightning
from lightning.pytorch.callbacks import Callback
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter

# Steps over which the displayed loss is averaged, steps before any warning, and the relative
# distance from the plateau that counts as on it.
_WINDOW = 25
_PATIENCE = 100
_NEAR = 0.02

COLLAPSE_WARNING = (
    "The loss stays at its value for constant embeddings ({loss:.3f}, against {collapsed:.3f}): "
    "nothing is being learned. Try a lower learning rate, fewer frames per clip, or videos that "
    "show the same action."
)


class CollapseWatch:
    """Detects when the loss stays at the plateau of constant embeddings.

    With embeddings that do not distinguish frames, TCC's loss is about 1 (regression) or log T
    (classification), however long training runs.
    """

    def __init__(self) -> None:
        self._gaps: deque[float] = deque(maxlen=_WINDOW)
        self._steps = 0

    def seen(self, loss: float, collapsed: float) -> bool:
        """Add one step's loss; return whether the plateau has lasted long enough to warn."""
        self._steps += 1
        self._gaps.append((collapsed - loss) / max(abs(collapsed), 1e-6))
        near = sum(self._gaps) / len(self._gaps) < _NEAR
        return self._steps >= _PATIENCE and len(self._gaps) == _WINDOW and near


class ProgressBar(Callback):
    """Steps done, smoothed loss, time left."""

    def __init__(self, steps: int, console: Console) -> None:
        self._console = console
        self._steps = steps
        self._losses: deque[float] = deque(maxlen=_WINDOW)
        self._watch = CollapseWatch()
        self.collapsed = False
        self.loss = math.nan
        self._progress = Progress(
            TextColumn("Fitting"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("loss {task.fields[loss]}"),
            TimeRemainingColumn(),
            console=console,
        )

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self._task = self._progress.add_task(
            "", total=self._steps, completed=trainer.global_step, loss="–"
        )
        self._progress.start()

    def on_train_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        loss, collapsed = float(outputs["loss"]), float(outputs["collapsed_loss"])
        self._losses.append(loss)
        self.loss = sum(self._losses) / len(self._losses)
        self._progress.update(self._task, completed=trainer.global_step, loss=f"{self.loss:.3f}")
        if self._watch.seen(loss, collapsed) and not self.collapsed:
            self.collapsed = True
            message = COLLAPSE_WARNING.format(loss=self.loss, collapsed=collapsed)
            self._console.print(f"[yellow]Warning:[/yellow] {message}")

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._progress.stop()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._progress.stop()


class StepLog(Callback):
    """`metrics.csv`, one row per step, and TensorBoard's event files next to it.

    A resumed run drops the rows of steps that it repeats.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: TextIO | None = None
        self._board: SummaryWriter | None = None

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        path = self._folder / "metrics.csv"
        self._columns = ["step", *pl_module.measured, "learning_rate", "seconds"]
        kept: list[dict[str, str]] = []
        if path.is_file() and trainer.global_step > 0:
            with path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    number = row.get("step") or ""
                    if number.isdigit() and int(number) <= trainer.global_step:
                        kept.append(row)
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, self._columns, extrasaction="ignore")
        self._writer.writeheader()
        self._writer.writerows(kept)
        self._board = SummaryWriter(
            str(self._folder / "tensorboard"), purge_step=trainer.global_step + 1
        )
        self._before = time.monotonic()

    def on_train_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        assert self._file is not None
        assert self._board is not None
        now = time.monotonic()
        values = {name: float(value) for name, value in outputs.items()}
        values["learning_rate"] = trainer.optimizers[0].param_groups[0]["lr"]
        values["seconds"] = now - self._before
        self._before = now
        row = {"step": trainer.global_step, **{k: f"{v:.9g}" for k, v in values.items()}}
        self._writer.writerow(row)
        for name, value in values.items():
            self._board.add_scalar(name, value, trainer.global_step)

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: Any) -> None:
        """Flush before each checkpoint, so that the log is never behind it."""
        self._flush()

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        self._close()

    def _flush(self) -> None:
        if self._file is not None and self._board is not None:
            self._file.flush()
            self._board.flush()

    def _close(self) -> None:
        if self._file is not None and self._board is not None:
            self._file.close()
            self._board.close()
            self._file = self._board = None
