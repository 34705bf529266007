"""Penn Action in its public layout: folders of frames, each with a .mat file of joints."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from numpy.typing import NDArray
from scipy.io.matlab import MatReadError

from inphase.data.formats.convert import Conversion
from inphase.data.formats.marks import Mistake, MistakeError
from inphase.data.formats.penn_events import EVENTS, JOINTS, events_from_joints
from inphase.errors import CollectionError, VideoError, hint
from inphase.video import probe

# Number of videos of each action in TCC's splits (train, val), by Penn Action's names. TCC leaves
# out a few videos, and two actions altogether (jump_rope, strum_guitar).
TCC_COUNTS = {
    "baseball_pitch": (103, 63),
    "baseball_swing": (113, 57),
    "bench_press": (113, 57),
    "bowl": (134, 84),
    "clean_and_jerk": (40, 42),
    "golf_swing": (87, 77),
    "jumping_jacks": (56, 56),
    "pullup": (98, 100),
    "pushup": (102, 105),
    "situp": (50, 50),
    "squat": (114, 115),
    "tennis_forehand": (79, 74),
    "tennis_serve": (115, 68),
}

# What scipy raises for files that are not .mat files, or of another kind.
_UNREADABLE = (OSError, ValueError, TypeError, KeyError, NotImplementedError, MatReadError)


@dataclass(frozen=True)
class JointFile:
    """One of Penn Action's label files.

    Attributes:
        action: what is done.
        train: whether the video is in the training split.
        joints: (frames, 13, 2) x and y in pixels.
        visible: (frames, 13).
    """

    action: str
    train: bool
    joints: NDArray[np.float64]
    visible: NDArray[np.bool_]


def is_penn_action(root: Path) -> bool:
    """Whether a folder has the set's layout: `frames/` and `labels/*.mat`."""
    labels = root / "labels"
    return (root / "frames").is_dir() and labels.is_dir() and any(labels.glob("*.mat"))


def read_joint_file(path: str | Path) -> JointFile:
    """Read `labels/NNNN.mat`.

    Raises:
        CollectionError: the file is missing, not a .mat file or not one of Penn Action's.
    """
    path = Path(path)
    if not path.is_file():
        raise CollectionError(f"{path} does not exist.")
    try:
        content: dict[str, Any] = scipy.io.loadmat(path, squeeze_me=True)
        x, y = (np.atleast_2d(np.asarray(content[key], dtype=np.float64)) for key in ("x", "y"))
        visible = np.atleast_2d(np.asarray(content["visibility"])) > 0
        action, train = str(content["action"]), int(content["train"]) == 1
    except _UNREADABLE as error:
        reason = f"it has no {error}" if isinstance(error, KeyError) else "it cannot be read"
        raise CollectionError(f"{path} is not a label file of Penn Action: {reason}.") from error
    if not (x.shape == y.shape == visible.shape and x.shape[1] == len(JOINTS)):
        raise CollectionError(
            f"{path} is not a label file of Penn Action: its joints have the shape {x.shape}, not "
            f"(frames, {len(JOINTS)})."
        )
    return JointFile(action, train, np.stack([x, y], axis=2), visible)


def read_penn_action(root: str | Path, *, actions: Sequence[str] | None = None) -> Conversion:
    """Read `frames/NNNN/*.jpg` and `labels/NNNN.mat`, with the published split.

    Key events are derived from the joints for some actions (see `penn_events`); videos of other
    actions have none.

    Source: Zhang et al., "From Actemes to Action", ICCV 2013 (the set and its split); Dwibedi et
    al., CVPR 2019 (key events).

    Args:
        root: the folder that contains `frames` and `labels`.
        actions: read only these; by default all.

    Returns:
        The labels and every mistake found.

    Raises:
        CollectionError: the folder has another layout, or no video shows one of `actions`.
    """
    root = Path(root)
    if not is_penn_action(root):
        raise CollectionError(
            f"{root} is not a Penn Action set: it needs frames/NNNN/ and labels/NNNN.mat."
        )
    entries: dict[str, dict[str, Any]] = {}
    mistakes: list[Mistake] = []
    seen: set[str] = set()
    for path in sorted((root / "labels").glob("*.mat")):
        name = path.stem
        try:
            told = read_joint_file(path)
            seen.add(told.action)
            if actions is not None and told.action not in actions:
                continue
            info = probe(root / "frames" / name)
            if info.frames != len(told.joints):
                raise MistakeError(
                    f"it has {info.frames} frames but joints for {len(told.joints)}."
                )
            events = events_from_joints(told.action, told.joints, told.visible)
        except (MistakeError, CollectionError, VideoError) as error:
            mistakes.append(Mistake(name, str(error)))
            continue
        entries[name] = {
            "file": str((root / "frames" / name).absolute()),
            "fps": round(info.fps, 6),
            "frames": info.frames,
            "split": "train" if told.train else "test",
            "action": told.action,
            "events": events,
        }
    for action in actions or ():
        if action not in seen:
            raise CollectionError(f"{root} has no action {action}; {hint(action, sorted(seen))}")
    shown = sorted({entry["action"] for entry in entries.values()})
    order = tuple(event for action in shown for event in EVENTS.get(action, ()))
    known = {path.stem for path in (root / "labels").glob("*.mat")}
    mistakes += [
        Mistake(folder.name, "it has no labels.")
        for folder in sorted((root / "frames").iterdir())
        if folder.is_dir() and folder.name not in known
    ]
    published = {
        (action, split): count
        for action, counts in TCC_COUNTS.items()
        if action in shown
        for split, count in zip(("train", "test"), counts, strict=True)
    }
    return Conversion(order, entries, tuple(mistakes), published)
