"""Score alignment by labels that were made by eye.

    python benchmarks/checked_labels.py DATA                          # robot_g1_bottle
    python benchmarks/checked_labels.py DATA --presets quick poses    # pushup

benchmarks/labels/ holds label files for the test videos of some sets, made video by video.

robot_g1_bottle: the set's own key events come from a program that follows the bottle.

`checked`, marked on every third frame: the same events. `object_moves` is where the bottle visibly
leaves its place, `object_placed` where it stands still for good.

`seen`, marked on every fifth to ninth frame: events that are easy to see. `lifted` is where the
bottle has left the table, `at_the_edge` where the upper edge of the picture cuts its cap. Two
videos in which the bottle goes the other way have no such labels.

pushup: the set's own key events come from a pose network. `first` and `second` were marked by two
annotators (vision-language models), independently, on contact sheets of every frame, before any
alignment was looked at:
`descend_start` where the elbows begin to bend, `bottom` the lowest place or the middle of a stay
there, `ascend_end` where the arms are straight again. Five clips begin after the descent has, and
have no `descend_start`.

The program prints the event errors of the presets and of time-stretching by each label file, and
how far the set's labels and those made by eye differ. With the preset `poses`, poses without
fitting are scored, too. Results go into benchmarks/results/checked_labels.csv.
"""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from arguments import add_data, add_seeds, new_parser
from fitted import WORK, Fit, fit_all
from result_tables import processor, replace_rows, show
from rich.console import Console
from stored_embeddings import with_labels

from inphase.data import Collection
from inphase.evaluation.pairs import compare_pairs, stretch_pairs
from inphase.models import Embeddings, embed
from inphase.training import load_config
from inphase.training.choosing import choose_model

HERE = Path(__file__).parent
OWN = "labels of the set"
TABLE = {"labels": "", "method": "", "event_error_share": ".4f"}


def main() -> None:
    """Fit, embed, score by each label file, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    add_seeds(parser)
    parser.add_argument("--presets", nargs="+", default=["quick"])
    arguments = parser.parse_args()
    console = Console(stderr=True)
    collection = Collection.open(arguments.data)
    name, test = arguments.data.name, collection.split("test")
    labels = {OWN: test, **_made_by_eye(name, test)}
    fits = [
        Fit(
            {"data": name, "preset": preset, "seed": seed},
            load_config(preset, overrides=[f"seed={seed}"]),
        )
        for preset in arguments.presets
        for seed in arguments.seeds
    ]
    embedded = {
        f"{one.columns['preset']}, seed {one.columns['seed']}": embed(
            test, one.encoder(), console=console
        )
        for one in fit_all(collection, fits, WORK / "checked_labels", console)
    }
    if "poses" in arguments.presets:
        model = choose_model(test, features="pose", fit=False, console=console)
        embedded["poses, not fitted"] = embed(test, model, console=console)
    first = next(iter(embedded.values()))
    found = [
        (told, *one)
        for told, made in labels.items()
        for one in _errors(made, embedded, arguments.presets)
    ]
    lengths = {video.name: len(video.times) for video in first}
    found += [
        (f"difference of {told}, {event}", *_difference(event, test, made, lengths))
        for told, made in labels.items()
        if told != OWN and made.events == collection.events
        for event in collection.events
    ]
    by_eye = {told: made for told, made in labels.items() if made.events == collection.events}
    by_eye.pop(OWN)
    found += [
        (
            f"difference of {one} and {other}, {event}",
            *_difference(event, by_eye[one], by_eye[other], lengths),
        )
        for one, other in itertools.combinations(by_eye, 2)
        for event in collection.events
    ]
    rows = [
        {
            "data": name,
            "labels": told,
            "method": method,
            "event_error_share": share,
            "machine": processor(),
        }
        for told, method, share in found
    ]
    show(rows, TABLE, title=name)
    replace_rows(HERE / "results" / "checked_labels.csv", rows, by=("data", "labels", "method"))


def _made_by_eye(name: str, test: Collection) -> dict[str, Collection]:
    """The test videos with the labels of each file that is there for the set."""
    collections = {}
    for file in sorted((HERE / "labels").glob(f"{name}.*.json")):
        made = json.loads(file.read_text(encoding="utf-8"))
        videos = [
            replace(video, events=made["videos"][video.name])
            for video in test
            if video.name in made["videos"]
        ]
        told = file.suffixes[-2].removeprefix(".")
        collections[told] = replace(test, events=tuple(made["events"]), videos=tuple(videos))
    return collections


def _errors(
    videos: Collection, embedded: Mapping[str, Embeddings], presets: Sequence[str]
) -> list[tuple[str, float]]:
    """Event error of each way, the mean of each preset's fits, and that of time-stretching."""
    scored = {method: with_labels(videos, one) for method, one in embedded.items()}
    errors = {
        method: float(np.nanmean(compare_pairs(one).dtw.share)) for method, one in scored.items()
    }
    stretched = stretch_pairs(next(iter(scored.values()))).share
    return [
        *errors.items(),
        *(
            (
                f"{preset}, mean",
                float(np.mean([e for way, e in errors.items() if way.startswith(f"{preset}, s")])),
            )
            for preset in presets
        ),
        ("time-stretching", float(np.nanmean(stretched))),
    ]


def _difference(
    event: str, given: Collection, checked: Collection, lengths: Mapping[str, int]
) -> tuple[str, float]:
    """How many labels are far apart, and how far all are on average, as a share of the length."""
    names = [v.name for v in checked if event in v.events and event in given[v.name].events]
    apart = [abs(given[name].events[event] - checked[name].events[event]) for name in names]
    frames = np.array(apart)
    told = f"{(frames > 10).sum()} of {len(frames)} by more than 10 frames"
    return told, float(np.mean(frames / np.array([lengths[name] for name in names])))


if __name__ == "__main__":
    main()
