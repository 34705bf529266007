"""Training, from videos to a model folder; a killed run resumes from its last checkpoint."""

import contextlib
import hashlib
import json
import logging
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from rich.console import Console

from inphase.atomic import replacing
from inphase.cache import cache_folder, shrink
from inphase.data import LABELS_FILE, Collection, Video, content_hash
from inphase.errors import ConfigError, OutputError, Skipped, TrainingError, VideoError
from inphase.locks import LOCK, alone_in
from inphase.models import Encoder
from inphase.models.model_folder import INPUTS, LONGEST_INPUTS
from inphase.overwriting import check_overwrite
from inphase.rooms import ROOM
from inphase.settings import read_yaml
from inphase.training.clips import Clips
from inphase.training.config import TrainingConfig, dump_config, load_config
from inphase.training.loop import Report, fit
from inphase.training.module import TrainingModule
from inphase.training.processes import Processes, started
from inphase.training.reports import ProgressBar, StepLog, WandbLog, check_loggers
from inphase.training.sources import (
    Readable,
    feature_sources,
    frame_sources,
    labelled,
    pose_sources,
)
from inphase.video import probe

_log = logging.getLogger(__name__)

# Differences between two configurations that one message lists.
_MOST_TOLD = 5
_UNSET = object()
# Seconds to wait for another process that fits the same encoder.
_PATIENCE = 6 * 3600.0
CONFIG, MODEL, LAST = "config.yaml", "model", "checkpoints/last.ckpt"


@dataclass(frozen=True)
class TrainedRun:
    """The result of `train`.

    Attributes:
        folder: the run: config.yaml, metrics.csv, tensorboard/, checkpoints/, model/.
        encoder: trained, in evaluation mode.
        skipped: videos that could not be read.
        collapsed: whether the loss stayed at its value for constant embeddings.
    """

    folder: Path
    encoder: Encoder
    skipped: tuple[Skipped, ...]
    collapsed: bool

    @property
    def model(self) -> Path:
        """The model folder."""
        return self.folder / MODEL


def train(
    videos: Collection | str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    config: TrainingConfig | None = None,
    split: str | None = None,
    cache: str | Path | None = None,
    loggers: Sequence[str] | None = None,
    console: Console | None = None,
) -> TrainedRun:
    """Fit an encoder to videos of the same action, without labels.

    If a run was killed, call this again with the same arguments: it resumes from its last
    checkpoint with the same draws, and ends with the weights that it would have had. A finished
    run is returned unchanged.

    In a script started by `torchrun`, the processes share each batch; the result is that of
    one process up to rounding. Only the first process writes files and messages.

    Args:
        videos: a collection, or what [`Collection.open`][inphase.data.Collection.open] takes.
        output: folder of the run.
        config: by default the preset `quick`.
        split: train only on this split of a labelled collection.
        cache: folder for the features of a frozen base network; by default the user's cache.
        loggers: what follows the run besides metrics.csv, some of `tensorboard` and `wandb`; by
            default TensorBoard if it is installed.
        console: shows progress and warnings; by default there are none.

    Raises:
        CollectionError: the videos cannot be found.
        TrainingError: fewer than two videos can be read, the folder holds another run, the
            objective needs labels or views that the videos do not have, or there are fewer GPUs
            than processes, or another process is training in the folder.
        OutputError: the folder cannot be written.
    """
    return _train(
        videos,
        output,
        config=config,
        split=split,
        cache=cache,
        loggers=loggers,
        console=console,
        patience=0,
    )


def _train(
    videos: Collection | str | Path | Sequence[str | Path],
    output: str | Path,
    *,
    config: TrainingConfig | None,
    split: str | None = None,
    cache: str | Path | None,
    loggers: Sequence[str] | None = None,
    console: Console | None,
    patience: float,
) -> TrainedRun:
    """`train`, after waiting up to `patience` seconds for another process that does the same."""
    config = config or load_config("quick")
    chosen = check_loggers(loggers)
    processes = started()
    console = console if console is not None and processes.first else Console(quiet=True)
    collection = videos if isinstance(videos, Collection) else Collection.open(videos)
    if split is not None:
        collection = collection.split(split)
    folder = Path(output)
    _check(folder)
    readable, skipped = _probed(collection)
    with contextlib.ExitStack() as stack:
        with processes.first_alone():
            if processes.first:
                stack.enter_context(_alone(folder, patience))
            _begin(folder, config, [video for video, _ in readable])
        return _fitted(
            folder,
            collection,
            readable,
            skipped,
            config,
            processes,
            cache=cache,
            loggers=chosen,
            console=console,
        )


def _fitted(
    folder: Path,
    collection: Collection,
    readable: Readable,
    skipped: list[Skipped],
    config: TrainingConfig,
    processes: Processes,
    *,
    cache: str | Path | None,
    loggers: frozenset[str],
    console: Console,
) -> TrainedRun:
    """Fit the encoder of a run that has begun."""
    if (folder / MODEL).is_dir():
        _log.info("%s is finished: using its model.", folder)
        return TrainedRun(folder, Encoder.load(folder / MODEL), tuple(skipped), False)

    readable, phases = labelled(readable, collection, config)
    root = Path(cache) if cache is not None else cache_folder()
    with processes.first_alone():
        encoder = Encoder(config.encoder, seed=config.seed)
        if encoder.base.sees_poses:
            sources, undecodable = pose_sources(
                readable, config, phases=phases, folder=root / "landmarks", console=console
            )
            skipped += undecodable
        elif config.encoder.train_base == "frozen":
            on_device = encoder.to(processes.device)
            sources, undecodable = feature_sources(
                readable,
                on_device,
                config,
                phases=phases,
                folder=root / "features",
                console=console,
            )
            skipped += undecodable
        else:
            sources = frame_sources(readable, config, phases=phases)
    clips = Clips(sources, config, processes=processes)
    module = TrainingModule(config, encoder, phases=len(collection.events) + 1, processes=processes)
    bar = ProgressBar(config.steps, console)
    reports: list[Report] = [bar]
    if processes.first:
        tensorboard = "tensorboard" in loggers
        reports.append(StepLog(folder, module.measured, tensorboard=tensorboard))
    if processes.first and "wandb" in loggers:
        reports.append(WandbLog(folder, config.model_dump(mode="json")))
    fit(module, clips, checkpoint=folder / LAST, reports=reports)

    encoder = encoder.cpu().eval()
    if cache is None and processes.first:
        shrink()
    with processes.first_alone():
        if processes.first:
            encoder.save(folder / MODEL, card=_card(config, collection, len(sources), bar))
    if processes.count > 1:  # without what training in several processes added to it
        encoder = Encoder.load(folder / MODEL)
    return TrainedRun(folder, encoder, tuple(skipped), bar.collapsed)


def fit_or_reuse(
    videos: Collection,
    *,
    config: TrainingConfig,
    cache: str | Path | None = None,
    console: Console | None = None,
) -> TrainedRun:
    """Fit an encoder to these videos once: the same files and configuration reuse the run.

    The run is kept in the user's cache folder (or in `cache`) and resumes if it was killed. If
    another process is fitting it, this waits for the result.

    Raises:
        As `train`.
    """
    readable, _ = _probed(videos)
    parts = [dump_config(config), *(content_hash(video.path) for video, _ in readable)]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    root = Path(cache) if cache is not None else cache_folder()
    return _train(
        videos,
        root / "runs" / key,
        config=config,
        cache=cache,
        console=console,
        patience=_PATIENCE,
    )


def _probed(collection: Collection) -> tuple[Readable, list[Skipped]]:
    readable, skipped = [], list(collection.skipped)
    for video in collection:
        try:
            readable.append((video, probe(video.path)))
        except VideoError as error:
            skipped.append(Skipped(video.name, str(error)))
    if len(readable) < 2:
        told = f"; first: {skipped[0].reason}" if skipped else "."
        raise TrainingError(
            f"Training needs at least two videos of one action, but {len(readable)} of "
            f"{len(collection)} can be read{told}"
        )
    return readable, skipped


def _check(folder: Path) -> None:
    """Refuse a folder that cannot be that of a run, before any work."""
    check_overwrite(folder)
    if folder.is_dir():
        if not _is_new(folder) and not (folder / CONFIG).is_file():
            raise _other_files(folder)
        return
    if folder.exists():
        raise OutputError(f"{folder} is not a folder; give another name for the run's folder.")


def _is_new(folder: Path) -> bool:
    """Whether nothing is in a folder but what a run leaves that failed or was killed as it began.

    Such a run has learned nothing yet: another may take its place.
    """
    names = {path.name for path in folder.iterdir() if not path.name.startswith(ROOM)} - {LOCK}
    return names <= {INPUTS} or names == {INPUTS, CONFIG}


@contextlib.contextmanager
def _alone(folder: Path, patience: float) -> Iterator[None]:
    """Let no other process train in this folder; anybody may read a finished run."""
    with contextlib.ExitStack() as stack:
        if not (folder / MODEL).is_dir():
            doing = f"training in {folder}"
            try:
                stack.enter_context(
                    alone_in(folder, doing=doing, patience=patience, error=TrainingError)
                )
            except OSError as error:
                raise OutputError(f"Cannot write {folder}: {error.strerror}.") from error
        yield


def _begin(folder: Path, config: TrainingConfig, videos: list[Video]) -> None:
    """Create the folder of a run, or check that it belongs to this run."""
    inputs = {video.name: content_hash(video.path) for video in videos}
    if not folder.exists() or _is_new(folder):
        # The configuration is written last: a folder that has it is complete.
        with replacing(folder / INPUTS) as beside:
            beside.write_text(yaml.safe_dump(inputs, sort_keys=False), encoding="utf-8")
        with replacing(folder / CONFIG) as beside:
            beside.write_text(dump_config(config), encoding="utf-8")
        return
    if not (folder / CONFIG).is_file() or not (folder / INPUTS).is_file():
        raise _other_files(folder)
    advice = "choose another folder, or remove this one to start over"
    try:
        before = load_config(file=folder / CONFIG).model_dump()
        known = read_yaml(folder / INPUTS, most=LONGEST_INPUTS)
    except ConfigError as error:  # damaged, or of another version
        reason = str(error).rstrip(".")
        raise TrainingError(
            f"{folder} holds a run that cannot be continued: {reason}; {advice}."
        ) from error
    changed = _differences(before, config.model_dump())
    if changed:
        told = "; ".join(changed[:_MOST_TOLD])
        more = len(changed) - _MOST_TOLD
        told += f"; and {more} more" if more > 0 else ""
        raise TrainingError(f"{folder} holds a run with another configuration: {told}; {advice}.")
    if known != inputs:
        raise TrainingError(f"{folder} holds a run with other videos; {advice}.")


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], place: str = "") -> list[str]:
    """What differs between two configurations: a text for each key, dotted as for `--set`."""
    told = []
    for key in dict.fromkeys([*before, *now]):
        old, new = (values.get(key, _UNSET) for values in (before, now))
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            told += _differences(old, new, f"{place}{key}.")
        elif old != new:
            told.append(f"`{place}{key}` {_was(old)}, now {_is(new)}")
    return told


def _was(value: object) -> str:
    return "was not set" if value is _UNSET else f"was {_is(value)}"


def _is(value: object) -> str:
    if value is _UNSET:
        return "not set"
    return "set" if isinstance(value, Mapping) else repr(value)


def _other_files(folder: Path) -> OutputError:
    return OutputError(f"{folder} is not empty and holds no inphase run; choose another folder.")


def _card(
    config: TrainingConfig, collection: Collection, videos: int, bar: ProgressBar
) -> dict[str, object]:
    source = Path(collection.source)
    source = source.parent if source.name == LABELS_FILE else source
    return {
        "videos": f"{videos} from {source.name}",
        "objectives": json.dumps(config.objectives),
        "steps": config.steps,
        "batch": f"{config.videos_per_batch} videos of {config.frames_per_clip} frames",
        "optimiser": f"Adam, learning rate {config.learning_rate:g} ({config.schedule})",
        "last loss": f"{bar.loss:.4f}" + (" (collapsed)" if bar.collapsed else ""),
        "seed": config.seed,
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
