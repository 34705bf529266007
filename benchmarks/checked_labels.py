"""How far the labels limit what can be measured: robot_g1_bottle with labels made by eye.

    python benchmarks/checked_labels.py ../shared/data/robot_g1_bottle

The set's key events were found by a program that follows the bottle. benchmarks/labels/ holds
others for its test videos, as one person saw them, video by video:

`checked`, on every third frame: the same events, `object_moves` where the bottle visibly leaves its
place, `object_placed` where it stands still for good.

`seen`, on every fifth to ninth frame: events that have a look of their own: `lifted`, the bottle
has left the table, and `at_the_edge`, the upper edge of the picture cuts its cap. Two videos are
left out, in which the bottle goes the other way.

By each, the event errors of the preset and of plain time-stretching; and how far the set's labels
and the checked ones differ. Results go into benchmarks/results/checked_labels.csv.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray
from result_tables import processor, write_rows
from rich.console import Console

from inphase.alignment import align
from inphase.data import Collection
from inphase.evaluation import event_alignment_error, time_stretch
from inphase.models import embed
from inphase.training import load_config, train

Mapper = Callable[[str, str], NDArray[np.int64]]
HERE = Path(__file__).parent
WORK = Path(platformdirs.user_cache_dir("inphase")) / "benchmark"


def main() -> None:
    """Fit, embed, score by both labels, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments = parser.parse_args()
    console = Console(stderr=True)
    collection = Collection.open(arguments.data)
    test = collection.split("test")
    labels = {"labels of the set": test}
    for file in sorted((HERE / "labels").glob(f"{arguments.data.name}.*.json")):
        made = json.loads(file.read_text(encoding="utf-8"))
        labels[file.suffixes[-2].removeprefix(".")] = replace(
            test,
            events=tuple(made["events"]),
            videos=tuple(
                replace(video, events=made["videos"][video.name])
                for video in test
                if video.name in made["videos"]
            ),
        )

    methods: dict[str, Mapper] = {}
    for seed in arguments.seeds:
        run = train(
            collection,
            WORK / f"checked-{arguments.data.name}-{seed}",
            config=load_config("quick", overrides=[f"seed={seed}"]),
            split="train",
            cache=WORK / "features",
            console=console,
        )
        embedded = embed(test, run.encoder, console=console)
        found = {video.name: video.embeddings for video in embedded}
        times = {video.name: video.times for video in embedded}
        methods[f"quick, seed {seed}"] = _by(found)
    methods["time-stretching"] = lambda a, b: time_stretch(len(times[a]), len(times[b]))

    rows = []
    for told, videos in labels.items():
        for method, mapping in methods.items():
            error = _event_error(videos, mapping, times)
            rows.append(
                {
                    "data": arguments.data.name,
                    "labels": told,
                    "method": method,
                    "event_error_share": error,
                    "machine": processor(),
                }
            )
            console.print(f"{told}: {method}: {error:.4f}")
    for event in collection.events:
        given = {v.name: v.events[event] for v in test if event in v.events}
        checked = {v.name: v.events[event] for v in labels["checked"]}
        names = [name for name in checked if name in given]
        frames = np.array([abs(given[name] - checked[name]) for name in names])
        shares = frames / np.array([len(times[name]) for name in names])
        told = f"{event}: the labels differ by {frames.mean():.0f} frames, {shares.mean():.3f}"
        console.print(f"{told} of the length, by more than 10 frames in {(frames > 10).sum()}")
        rows.append(
            {
                "data": arguments.data.name,
                "labels": f"difference of both, {event}",
                "method": f"{(frames > 10).sum()} of {len(frames)} by more than 10 frames",
                "event_error_share": float(shares.mean()),
                "machine": processor(),
            }
        )
    write_rows(HERE / "results" / "checked_labels.csv", rows)


def _by(embeddings: Mapping[str, NDArray[np.float32]]) -> Mapper:
    return lambda reference, query: align(embeddings[reference], embeddings[query]).query_frames


def _event_error(
    videos: Collection, mapping: Mapper, times: Mapping[str, NDArray[np.float64]]
) -> float:
    errors: list[float] = []
    for reference in videos:
        for query in videos:
            events = [e for e in videos.events if e in reference.events and e in query.events]
            if reference.name == query.name or not events:
                continue
            ends = len(times[reference.name]) - 1, len(times[query.name]) - 1
            error = event_alignment_error(
                mapping(reference.name, query.name),
                [min(reference.events[event], ends[0]) for event in events],
                query_events=[min(query.events[event], ends[1]) for event in events],
                query_times=times[query.name],
            )
            errors += error.share.tolist()
    return float(np.mean(errors))


if __name__ == "__main__":
    main()
