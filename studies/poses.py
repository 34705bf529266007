"""Question: how well do poses align videos without fitting, when can they be trusted, and what does
looking at the mirror image change? Answer: on filmed people the event error is between a tenth and
six tenths of that of time-stretching; a person who shakes marks the sets on which poses fail;
mirrored performers cost nothing once both images are tried. Written up in docs/studies/poses.md.

    PYTHONPATH=benchmarks python studies/poses.py DATA [DATA ...] [--split test]
    PYTHONPATH=benchmarks python studies/poses.py DATA --model MODEL [--split test]

Follows a person through each video and aligns every pair of videos by the features of poses as they
are, both ways. For *mirrored*, every query is replaced by its mirror image, and aligned as it is,
or by the better of both. With a model, the same by its embeddings. Results go into
studies/results/poses.csv.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console

from inphase.alignment import AlignmentOptions
from inphase.applications.synchronization.mirroring import better_match
from inphase.cache import cache_folder
from inphase.data import Collection, Video
from inphase.evaluation.metrics import event_alignment_error, time_stretch
from inphase.models import EmbeddedVideo, embed
from inphase.models.pose import PoseTracks
from inphase.training.choosing import choose_model

RESULTS = Path(__file__).parent / "results" / "poses.csv"
TABLE = {"data": "", "split": "", "features": "", "videos": "", "seen": ".2f", "shake": ".2f",
         "event": "", "stretched": ".4f", "as_it_is": ".4f", "with_mirror": ".4f",
         "mirrored": ".4f", "mirrored_with_mirror": ".4f"}  # fmt: skip


def main() -> None:
    """Follow, align, print, write."""
    parser = new_parser(__doc__)
    add_data(parser, "+")
    parser.add_argument("--split", help="by default all videos")
    parser.add_argument("--model", type=Path, help="folder; by default poses")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    rows: list[dict[str, object]] = []
    for data in arguments.data:
        collection = Collection.open(data)
        if arguments.split:
            collection = collection.split(arguments.split)
        place = {"data": data.name, "split": arguments.split or "all", "videos": len(collection)}
        rows += [{**place, **row} for row in measured(collection, arguments.model, console)]
    about = {"machine": processor(), "command": this_command()}
    replace_rows(
        RESULTS, [{**row, **about} for row in rows], by=("data", "split", "features", "event")
    )
    show(rows, TABLE)


def measured(
    collection: Collection, encoder: Path | None, console: Console
) -> list[dict[str, object]]:
    """One row an event."""
    cache = cache_folder()
    model = encoder or choose_model(collection, features="pose", cache=cache, console=console)
    plain = list(embed(collection, model, cache=cache, console=console))
    images = list(embed(collection, model, mirrored=True, cache=cache, console=console))
    about: dict[str, object] = {"features": "appearance", "seen": np.nan, "shake": np.nan}
    if encoder is None:
        tracks = [PoseTracks(cache / "landmarks").track(video.path) for video in collection]
        about = {
            "features": "poses",
            "seen": float(np.median([track.found.mean() for track in tracks])),
            "shake": float(np.nanmedian([track.shake for track in tracks])),
        }
    videos = {video.name: video for video in collection}
    ways = {
        "stretched": errors(videos, collection.events, plain, plain, None),
        "as_it_is": errors(videos, collection.events, plain, plain, ()),
        "with_mirror": errors(videos, collection.events, plain, plain, images),
        "mirrored": errors(videos, collection.events, plain, images, ()),
        "mirrored_with_mirror": errors(videos, collection.events, plain, images, plain),
    }
    return [
        {
            "event": event,
            **about,
            **{way: float(found[:, index].mean()) for way, found in ways.items()},
        }
        for index, event in enumerate(collection.events)
    ]


def errors(
    videos: Mapping[str, Video],
    events: Sequence[str],
    references: Sequence[EmbeddedVideo],
    queries: Sequence[EmbeddedVideo],
    mirror_images: Sequence[EmbeddedVideo] | None,
) -> NDArray[np.float64]:
    """(pairs, events) errors as shares of the length; without images, of time-stretching."""
    found = []
    images = {image.name: image for image in mirror_images or ()}
    for reference in references:
        for query in (one for one in queries if one.name != reference.name):
            if mirror_images is None:
                mapping = time_stretch(len(reference.times), len(query.times))
            else:
                image = images.get(query.name)
                _, alignment = better_match(reference, query, image, AlignmentOptions())
                mapping = alignment.query_frames
            marked = [
                np.minimum([videos[one.name].events[event] for event in events], len(one.times) - 1)
                for one in (reference, query)
            ]
            error = event_alignment_error(
                mapping, marked[0], query_events=marked[1], query_times=query.times
            )
            found.append(error.share)
    return np.array(found)


if __name__ == "__main__":
    main()
