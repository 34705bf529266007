"""A folder of synthetic videos with labels and ground truth."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inphase.atomic import replacing
from inphase.data.collection import LABELS_FILE, Collection
from inphase.errors import CollectionError
from inphase.overwriting import check_overwrite, stamped
from inphase.synthetic.videos import EVENTS, VIEWS, SyntheticVideo, draw
from inphase.video import VideoWriter

TRUTH_FILE = "truth.json"
# Increased whenever the same parameters give different videos than before.
_VERSION = 1


def write_collection(
    folder: str | Path,
    *,
    action: str,
    count: int,
    seed: int = 0,
    views: int = 1,
    test_share: float = 0.25,
    fps: float = 25,
    size: tuple[int, int] = (320, 240),
    duration_range: tuple[float, float] = (2.5, 5.0),
    progress: Callable[[int, int], None] | None = None,
) -> Collection:
    """Draw videos into a folder, with labels.json and truth.json.

    truth.json holds the parameters and, for each video, the time and the state of every frame
    (see `read_truth`). The folder appears only when it is complete. A folder from an earlier
    call with the same parameters is reused; one made with others is replaced, unless someone has
    added to it or changed its labels.

    Args:
        folder: where to write.
        action: one of `ACTIONS`.
        count: number of performances, at least 1.
        seed: for the whole set; another seed gives other performances.
        views: cameras for each performance, 1 or 2.
        test_share: share of the performances, the last ones, labelled test.
        fps: frames per second.
        size: (width, height) in pixels.
        duration_range: shortest and longest duration in seconds.
        progress: called with the number of finished videos and of all videos.

    Raises:
        CollectionError: the folder holds other files.
        OutputError: labels in the folder would be lost, or it cannot be written.
        ValueError: a parameter is out of range.
    """
    if count < 1 or not 1 <= views <= len(VIEWS) or not 0 <= test_share <= 1:
        raise ValueError("count must be at least 1, views 1 or 2, test_share between 0 and 1.")
    folder = Path(folder).expanduser().absolute()
    parameters: dict[str, Any] = {
        "version": _VERSION,
        "action": action,
        "count": count,
        "seed": seed,
        "views": views,
        "test_share": test_share,
        "fps": fps,
        "size": list(size),
        "duration_range": list(duration_range),
    }
    if _is_finished(folder, parameters):
        return Collection.open(folder)
    tests = round(count * test_share)
    labels: dict[str, Any] = {}
    truth: dict[str, Any] = {}
    with replacing(folder) as beside:
        (beside / "videos").mkdir(parents=True)
        for number in range(count):
            for view in VIEWS[:views]:
                video = draw(
                    action,
                    seed=_performance_seed(seed, number),
                    fps=fps,
                    size=size,
                    duration_range=duration_range,
                    view=view,
                )
                group = f"{action}_{number:03d}"
                name = group if views == 1 else f"{group}_{view}"
                _write_video(beside / "videos" / f"{name}.mp4", video)
                labels[name] = {
                    "file": f"videos/{name}.mp4",
                    "fps": fps,
                    "frames": len(video),
                    "split": "test" if number >= count - tests else "train",
                    "group": group,
                    "action": action,
                    "view": view,
                    "events": dict(video.events),
                }
                truth[name] = {
                    "times": [round(time, 6) for time in video.times.tolist()],
                    "state": video.state.tolist(),
                }
                if progress is not None:
                    progress(len(labels), count * views)
        _write_json(
            beside / LABELS_FILE,
            stamped(
                {
                    "set": f"synthetic {action}",
                    "source": "drawn by inphase",
                    "licence": "Apache-2.0",
                    "events": list(EVENTS[action]),
                    "videos": labels,
                }
            ),
        )
        _write_json(beside / TRUTH_FILE, {"parameters": parameters, "videos": truth})
    return Collection.open(folder)


def read_truth(folder: str | Path) -> dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Times in seconds and states of the frames of each video of a synthetic set, by name.

    Raises:
        CollectionError: the folder holds no readable truth.json.
    """
    path = Path(folder) / TRUTH_FILE
    try:
        videos = json.loads(path.read_text(encoding="utf-8"))["videos"]
        return {
            name: (np.array(entry["times"]), np.array(entry["state"]))
            for name, entry in videos.items()
        }
    except FileNotFoundError as error:
        raise CollectionError(
            f"{folder} is not a synthetic set: it has no {TRUTH_FILE}."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CollectionError(f"{path} is not a truth file of a synthetic set.") from error


def _is_finished(folder: Path, parameters: dict[str, Any]) -> bool:
    """Whether the folder already holds this set; raises if it must not be replaced."""
    try:
        held = {entry.name for entry in folder.iterdir()}
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CollectionError(f"{folder} cannot be used: {error.strerror}.") from error
    if not held:
        return False
    if TRUTH_FILE not in held or held - {TRUTH_FILE, LABELS_FILE, "videos"}:
        raise CollectionError(
            f"{folder} holds files other than a synthetic set's; give a new or an empty folder."
        )
    size = parameters["count"] * parameters["views"]
    drawn: set[str] = set()
    try:
        known = json.loads((folder / TRUTH_FILE).read_text(encoding="utf-8"))
        drawn = {f"{name}.mp4" for name in known["videos"]}
        if known["parameters"] == parameters and len(Collection.open(folder)) == size:
            return True
    except (OSError, ValueError, KeyError, TypeError, CollectionError):
        pass  # it is damaged, and is drawn again
    videos = folder / "videos"
    added = sorted({path.name for path in videos.iterdir()} - drawn) if videos.is_dir() else []
    if added:
        raise CollectionError(
            f"{folder} holds {added[0]}, which was not drawn and would be lost; give a new or an "
            "empty folder."
        )
    check_overwrite(folder / LABELS_FILE)
    return False


def _performance_seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])


def _write_video(path: Path, video: SyntheticVideo) -> None:
    with VideoWriter(path, fps=video.fps, size=video.size, audio=video.audio) as writer:
        for frame in video.frames():
            writer.write(frame)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
