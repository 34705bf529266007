"""Count repetitions in videos spliced from single ones, with a model and without.

    inphase train DATA --split train -o run
    python benchmarks/cut.py DATA --model run/model

Clips of one group (a person, a place) are spliced in order, ``--count`` to a video, at the size of
the first. They are separate takes, so camera and light may jump at a splice. Off-by-one accuracy
(OBO) and mean absolute error as a share of the true count (MAE) are those of RepCount and Countix.
Results go into benchmarks/results/cut.csv.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console
from rich.table import Table

from inphase.applications.repetitions.cut import cut_videos
from inphase.data import Collection, Video
from inphase.models.within_video import Features
from inphase.video import VideoReader, VideoWriter

RESULTS = Path(__file__).parent / "results" / "cut.csv"
TABLE = {
    "embeddings": "",
    "videos": "",
    "exact": ".3f",
    "obo": ".3f",
    "mae": ".3f",
    "stayed_whole": "",
}
WAYS: dict[str, Features] = {"default": "auto", "postures": "pose", "whole picture": "appearance"}


def main() -> None:
    """Splice, count, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    parser.add_argument("--model", type=Path, help="compare with an encoder fitted to the action")
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder in which to keep the spliced videos")
    arguments = parser.parse_args()
    console = Console()
    chosen = [*_chosen(Collection.open(arguments.data), arguments.count)]
    if not chosen:
        parser.error(f"no group of {arguments.data} has {arguments.count} videos")
    with tempfile.TemporaryDirectory() as folder:
        place = arguments.keep or Path(folder)
        for name, clips in chosen:
            splice(place / f"{name}.mp4", clips)
        spliced = Collection.open(place)
        found = {
            way: cut_videos(spliced, features=features, console=console)
            for way, features in WAYS.items()
        }
        if arguments.model is not None:
            found["fitted encoder"] = cut_videos(spliced, model=arguments.model, console=console)
    table = Table("video", *found)
    for index, name in enumerate(spliced.names):
        table.add_row(name, *(str(one.cuts[index].count) for one in found.values()))
    console.print(table)
    rows = []
    for way, one in found.items():
        counts = np.array([cuts.count for cuts in one.cuts])
        rows.append(
            {
                "data": arguments.data.name,
                "embeddings": way,
                "videos": len(counts),
                "repetitions": arguments.count,
                "exact": float(np.mean(counts == arguments.count)),
                "obo": float(np.mean(np.abs(counts - arguments.count) <= 1)),
                "mae": float(np.mean(np.abs(counts - arguments.count) / arguments.count)),
                "stayed_whole": int((counts == 0).sum()),
                "machine": processor(),
                "command": this_command(),
            }
        )
    show(rows, TABLE, title=arguments.data.name)
    replace_rows(RESULTS, rows, by=("data", "embeddings"))


def _chosen(collection: Collection, count: int) -> Iterator[tuple[str, list[Video]]]:
    """As many clips of one group as make a video."""
    groups: dict[str, list[Video]] = {}
    for video in collection:
        groups.setdefault(f"{video.split}_{video.group}", []).append(video)
    for name, videos in sorted(groups.items()):
        for start in range(0, len(videos) - count + 1, count):
            yield f"{name}_{start:02d}", videos[start : start + count]


def splice(path: Path, videos: list[Video]) -> None:
    """Write videos one after another, at the size and frame rate of the first."""
    first = VideoReader(videos[0].path)
    with VideoWriter(path, fps=first.info.fps, size=first.size) as writer:
        for video in videos:
            for _, frame in VideoReader(video.path, size=first.size):
                writer.write(frame)


if __name__ == "__main__":
    main()
