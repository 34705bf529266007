"""Reports during a run: a progress bar with a collapse warning, CSV, TensorBoard, W&B."""

import csv
import hashlib
import importlib.util
import math
import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inphase.errors import TrainingError, hint

# Steps over which the displayed loss is averaged, steps before any warning, and the relative
# distance from the plateau that counts as on it.
_WINDOW = 25
_PATIENCE = 100
_NEAR = 0.02

LOGGERS = ("csv", "tensorboard", "wandb")
"""What can follow a run besides the bar. `csv` always does: a run resumes by it."""

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


class ProgressBar:
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

    def start(self, done: int) -> None:
        """Show the bar."""
        self._task = self._progress.add_task("", total=self._steps, completed=done, loss="–")
        self._progress.start()

    def step(self, done: int, values: Mapping[str, float]) -> None:
        """Advance the bar, and warn once if nothing is being learned."""
        self._losses.append(values["loss"])
        self.loss = sum(self._losses) / len(self._losses)
        self._progress.update(self._task, completed=done, loss=f"{self.loss:.3f}")
        if self._watch.seen(values["loss"], values["collapsed_loss"]) and not self.collapsed:
            self.collapsed = True
            message = COLLAPSE_WARNING.format(loss=self.loss, collapsed=values["collapsed_loss"])
            self._console.print(f"[yellow]Warning:[/yellow] {message}")

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Leave the bar as it is."""
        self._progress.stop()


def check_loggers(names: Sequence[str] | None) -> frozenset[str]:
    """The loggers of a run; by default `csv`, and `tensorboard` if it is installed.

    Raises:
        TrainingError: there is no logger of a name, or it is not installed.
    """
    if names is None:
        return frozenset({"csv"} | ({"tensorboard"} & _installed()))
    for name in names:
        if name not in LOGGERS:
            raise TrainingError(f"There is no logger {name}; {hint(name, LOGGERS)}")
        if name not in _installed():
            raise TrainingError(f"The logger {name} is not installed: `pip install {name}`.")
    return frozenset({"csv", *names})


def _installed() -> set[str]:
    return {"csv"} | {name for name in LOGGERS[1:] if importlib.util.find_spec(name) is not None}


class WandbLog:
    """A run of Weights & Biases in the run's folder, offline unless WANDB_MODE says otherwise.

    `wandb sync FOLDER/wandb/*` uploads it. A resumed run continues the same one.

    Args:
        folder: of the run.
        config: of the run, to be shown with it.
    """

    def __init__(self, folder: Path, config: Mapping[str, Any]) -> None:
        self._folder = folder
        self._config = config
        self._run: Any = None

    def start(self, done: int) -> None:
        """Begin or continue the run."""
        import wandb

        place = str(self._folder.absolute())
        self._run = wandb.init(
            project="inphase",
            name=self._folder.name,
            id=hashlib.sha256(place.encode()).hexdigest()[:16],
            dir=place,
            config=dict(self._config),
            mode=os.environ.get("WANDB_MODE", "offline"),
            resume="allow" if done else None,
        )

    def step(self, done: int, values: Mapping[str, float]) -> None:
        """Log the values of a step."""
        self._run.log(dict(values), step=done)

    def flush(self) -> None:
        """Its own process writes at once."""

    def close(self) -> None:
        """Finish the run."""
        if self._run is not None:
            self._run.finish()


class StepLog:
    """`metrics.csv`, one row per step, and TensorBoard's event files next to it.

    A resumed run drops the rows of steps that it repeats.

    Args:
        folder: of the run.
        measured: names of the values of a step.
        tensorboard: whether to write event files.
    """

    def __init__(self, folder: Path, measured: Sequence[str], *, tensorboard: bool) -> None:
        self._folder = folder
        self._tensorboard = tensorboard
        self._columns = ["step", *measured, "learning_rate", "seconds"]
        self._file: TextIO | None = None
        self._board: Any = None

    def start(self, done: int) -> None:
        """Open the files, without the rows after step `done`."""
        path = self._folder / "metrics.csv"
        kept = _rows_until(path, done) if path.is_file() and done > 0 else []
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, self._columns, extrasaction="ignore")
        self._writer.writeheader()
        self._writer.writerows(kept)
        if self._tensorboard:
            from torch.utils.tensorboard import SummaryWriter

            self._board = SummaryWriter(str(self._folder / "tensorboard"), purge_step=done + 1)
        self._before = time.monotonic()

    def step(self, done: int, values: Mapping[str, float]) -> None:
        """Add a row."""
        now = time.monotonic()
        values = {**values, "seconds": now - self._before}
        self._before = now
        self._writer.writerow({"step": done, **{k: f"{v:.9g}" for k, v in values.items()}})
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(name, value, done)

    def flush(self) -> None:
        """Write everything before a checkpoint, so that the log is never behind it."""
        for one in (self._file, self._board):
            if one is not None:
                one.flush()

    def close(self) -> None:
        """Close the files."""
        for one in (self._file, self._board):
            if one is not None:
                one.close()


def _rows_until(path: Path, done: int) -> list[dict[str, str]]:
    """The rows of the steps up to `done`; those of a damaged file that can be read."""
    kept: list[dict[str, str]] = []
    with suppress(csv.Error), path.open(newline="", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            number = row.get("step") or ""
            if number.isdecimal() and len(number) < 10 and int(number) <= done:
                kept.append(row)
    return kept
