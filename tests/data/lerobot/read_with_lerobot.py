"""Read a dataset with the released package `lerobot`, and print what it found as JSON.

Run by a Python in which the package is installed. Its decoders of video need not be: the package
is asked in which file, and when, it looks for each picture.
"""

import json
import sys
from pathlib import Path

import torch
from lerobot.datasets import lerobot_dataset  # type: ignore[import-not-found]

asked: list[tuple[str, float]] = []


def note(path: Path, times: list[float], *_: object) -> "torch.Tensor":
    if "images.top" in str(path):
        asked.extend((str(Path(path).resolve()), time) for time in times)
    return torch.zeros(len(times), 3, 2, 2)


lerobot_dataset.decode_video_frames = note
dataset = lerobot_dataset.LeRobotDataset("drawn/set", root=sys.argv[1], video_backend="pyav")
items = [dataset[index] for index in range(len(dataset))]
known = dataset.meta.tasks  # a table in version 3, by number in version 2
tasks = [known[index] for index in sorted(known)] if isinstance(known, dict) else list(known.index)
print(
    json.dumps(
        {
            "episodes": dataset.meta.total_episodes,
            "tasks": tasks,
            "states": [item["observation.state"].tolist() for item in items],
            "asked": asked,
        }
    )
)
