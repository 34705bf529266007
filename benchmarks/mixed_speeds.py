"""Make a hard variant of a labelled set: few videos, slow motion, long still ends.

    python benchmarks/mixed_speeds.py DATA mixed12 --train 12 --test 16
    python benchmarks/quality.py mixed12

Of the videos drawn, three tenths are slowed down 2 to 4 times and one tenth 8 times, as slow motion
plays. Half of all then get a still of 0.2 to 1.2 times their length at the start, and half at the
end. Key events move along. The folder is a labelled set like any other.
"""

import json
from pathlib import Path

import numpy as np
from arguments import add_data, new_parser
from numpy.typing import NDArray
from rich.console import Console

from inphase.data import Collection, Video
from inphase.progress import progress_bar
from inphase.video import VideoReader, VideoWriter

HEIGHT = 240  # pixels: an encoder looks at 224


def main() -> None:
    """Draw, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--train", type=int, default=12)
    parser.add_argument("--test", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    collection = Collection.open(arguments.data)
    draw = np.random.default_rng(arguments.seed)
    drawn: list[Video] = []
    for split, count in (("train", arguments.train), ("test", arguments.test)):
        videos = collection.split(split).videos
        drawn += [videos[i] for i in sorted(draw.permutation(len(videos))[:count])]
    (arguments.folder / "videos").mkdir(parents=True)
    entries = {}
    with progress_bar("Writing", len(drawn), console=Console(stderr=True)) as bar:
        for video in drawn:
            entries[video.name] = _write(video, arguments.folder, draw)
            bar.advance(1)
    labels = {"events": list(collection.events), "videos": entries}
    (arguments.folder / "labels.json").write_text(json.dumps(labels, indent=1) + "\n")


def shown_frames(count: int, draw: np.random.Generator) -> tuple[NDArray[np.int64], int, float]:
    """Which source frame each new frame shows, how many are still at the start, the slowdown."""
    slower = draw.choice([1.0, draw.uniform(2, 4), 8.0], p=[0.6, 0.3, 0.1])
    played = (np.arange(round(count * slower)) / slower).astype(np.int64)
    begin, end = (int(draw.uniform(0.2, 1.2) * len(played) * draw.integers(2)) for _ in range(2))
    shown = np.concatenate([np.zeros(begin, np.int64), played, np.full(end, count - 1)])
    return shown, begin, float(slower)


def _write(video: Video, folder: Path, draw: np.random.Generator) -> dict[str, object]:
    reader = VideoReader(video.path)
    width, height = reader.size
    scaled = (max(2, round(width * HEIGHT / height / 2) * 2), HEIGHT)
    frames = [frame for _, frame in VideoReader(video.path, size=scaled)]
    shown, begin, slower = shown_frames(len(frames), draw)
    fps = video.fps or 25.0
    file = f"videos/{video.name}.mp4"
    with VideoWriter(folder / file, fps=fps, size=scaled) as writer:
        for index in shown:
            writer.write(frames[index])
    return {
        "file": file,
        "fps": fps,
        "frames": len(shown),
        "split": video.split,
        "group": video.group,
        "events": {
            # The first frame that shows it.
            name: begin + int(np.ceil(min(frame, len(frames) - 1) * slower))
            for name, frame in video.events.items()
        },
    }


if __name__ == "__main__":
    main()
