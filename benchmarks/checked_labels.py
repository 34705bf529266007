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
from dataclasses import replace
from pathlib import Path

import numpy as np
from fitted import WORK
from result_tables import processor, write_rows
from rich.console import Console

from inphase.data import Collection
from inphase.evaluation.pairs import compare_pairs, stretch_pairs
from inphase.evaluation.videos import ScoredVideo, labelled
from inphase.models import Embeddings, embed
from inphase.training import load_config, train

HERE = Path(__file__).parent


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

    runs: list[Embeddings] = []
    for seed in arguments.seeds:
        run = train(
            collection,
            WORK / f"checked-{arguments.data.name}-{seed}",
            config=load_config("quick", overrides=[f"seed={seed}"]),
            split="train",
            cache=WORK / "features",
            console=console,
        )
        runs.append(embed(test, run.encoder, console=console))

    rows = []
    for told, videos in labels.items():
        scored = [_scored(videos, embedded) for embedded in runs]
        errors = {
            f"quick, seed {seed}": float(np.nanmean(compare_pairs(one).dtw.share))
            for seed, one in zip(arguments.seeds, scored, strict=True)
        }
        errors["quick, mean"] = float(np.mean([*errors.values()]))
        errors["time-stretching"] = float(np.nanmean(stretch_pairs(scored[0]).share))
        for method, error in errors.items():
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
    lengths = {video.name: len(video.times) for video in runs[0]}
    for event in collection.events:
        given = {v.name: v.events[event] for v in test if event in v.events}
        checked = {v.name: v.events[event] for v in labels["checked"]}
        names = [name for name in checked if name in given]
        frames = np.array([abs(given[name] - checked[name]) for name in names])
        shares = frames / np.array([lengths[name] for name in names])
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


def _scored(videos: Collection, embedded: Embeddings) -> list[ScoredVideo]:
    """The embeddings of those videos that have labels, beside them."""
    found = {video.name: video for video in embedded}
    return [
        labelled(
            video,
            videos.events,
            times=found[video.name].times,
            embeddings=found[video.name].embeddings,
        )
        for video in videos
    ]


if __name__ == "__main__":
    main()
