"""From the unlabelled demonstrations of a robot to a table of progress and a list of outliers.

    python benchmarks/robot.py DATASET [--model MODEL] [--camera top]

DATASET is a LeRobot dataset, or any other collection. Without `--model` an encoder is
fitted to it first. Prints how long each step takes, and the value-order
correlation of the episodes that pass all checks.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from inphase.applications.episodes.measure import by_task, measure_episodes
from inphase.cache import cache_folder
from inphase.data import Collection
from inphase.data.lerobot.cameras import choose_camera
from inphase.data.lerobot.episodes import episode_places
from inphase.models import Encoder, embed
from inphase.training import train


@contextmanager
def timed(what: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    print(f"{what}: {(time.monotonic() - start) / 60:.1f} min", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--model", type=Path, help="default: fitted to the dataset")
    parser.add_argument("--camera")
    parser.add_argument("-o", "--output", type=Path, default=Path("progress.parquet"))
    given = parser.parse_args()
    choose_camera(given.camera)
    collection = Collection.open(given.dataset)
    places = episode_places(given.dataset, collection)
    frames = sum(place.length for place in places)
    print(f"{len(places)} episodes, {frames} frames")
    with tempfile.TemporaryDirectory() as folder:
        model: Path | Encoder | None = given.model
        if model is None:
            with timed("fit"):
                model = train(collection, Path(folder) / "run", cache=cache_folder()).encoder
        with timed("embed"):
            embedded = embed(collection, model, cache=cache_folder())
    with timed("measure"):
        shown = by_task(collection, embedded.videos, places)
        result = measure_episodes(places, embedded.videos, shown)
    result.save(given.output)
    for task, reference in result.references.items():
        print(f"reference of `{task}`: {reference}")
    good = [one for one in result.episodes if not one.flags]
    done = [one for one in result.episodes if not {"reversed", "unfinished"} & set(one.flags)]
    for name, some in (("pass all checks", good), ("end near 1", done)):
        order = np.array([one.order for one in some])
        ends = np.array([one.known[-1] for one in some])
        print(
            f"{len(some)} {name}: value-order correlation mean {order.mean():.3f}, "
            f"least {order.min():.3f}; progress ends at {ends.mean():.3f}"
        )
    for flag, count in Counter(flag for one in result.episodes for flag in one.flags).most_common():
        named = [one.name for one in result.episodes if flag in one.flags]
        print(f"{flag}: {count} ({', '.join(named[:8])}{', …' if count > 8 else ''})")


if __name__ == "__main__":
    main()
