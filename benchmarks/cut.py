"""Count repetitions in real videos made of single ones, spliced, with a model and without.

    inphase train DATA --split train -o run
    python benchmarks/cut.py DATA --model run/model

Clips of one group (a person, a place) are spliced in their order, ``--count`` to a video, each at
the size of the first: takes of different moments, so that the camera and the light may jump at a
splice. Writes its set's rows of benchmarks/results/cut.csv.
"""

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from result_tables import processor, read_rows, write_rows
from rich.console import Console
from rich.table import Table

from inphase.applications.cut import CutVideos, cut_videos
from inphase.data import Collection, Video
from inphase.video import VideoReader, VideoWriter

RESULTS = Path(__file__).parent / "results" / "cut.csv"


@dataclass(frozen=True)
class Row:
    """Videos of so many repetitions, counted in one way."""

    data: str
    embeddings: str
    videos: int
    repetitions: int
    exact: float
    within_one: float
    mean_found: float
    stayed_whole: int
    machine: str
    command: str


def main() -> None:
    """Splice, count, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", type=Path, help="without, only the base network counts")
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder for the spliced videos, to look at them")
    arguments = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        place = arguments.keep or Path(folder)
        for name, clips in _chosen(Collection.open(arguments.data), arguments.count):
            splice(place / f"{name}.mp4", clips)
        spliced = Collection.open(place)
        ways = {"base network alone": None}
        if arguments.model is not None:
            ways["fitted encoder"] = arguments.model
        found = {way: cut_videos(spliced, model=m, console=console) for way, m in ways.items()}
    table = Table("video", *found)
    for index, name in enumerate(spliced.names):
        table.add_row(name, *(str(one.cuts[index].count) for one in found.values()))
    console.print(table)
    model = " --model model" if arguments.model is not None else ""
    command = f"benchmarks/cut.py {arguments.data.name}{model} --count {arguments.count}"
    rows = [
        _row(arguments.data.name, way, one, arguments.count, command) for way, one in found.items()
    ]
    for row in rows:
        console.print(row)
    made = {(row.data, row.embeddings) for row in rows}
    kept = [row for row in read_rows(RESULTS) if (row["data"], row["embeddings"]) not in made]
    write_rows(RESULTS, [*kept, *map(asdict, rows)])


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


def _row(data: str, way: str, found: CutVideos, count: int, command: str) -> Row:
    counts = np.array([cuts.count for cuts in found.cuts])
    return Row(
        data,
        way,
        len(counts),
        count,
        float(np.mean(counts == count)),
        float(np.mean(np.abs(counts - count) <= 1)),
        float(counts.mean()),
        int((counts == 0).sum()),
        processor(),
        command,
    )


if __name__ == "__main__":
    main()
