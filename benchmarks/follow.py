"""Follow a video live: error and latency, against aligning the complete video.

    python benchmarks/follow.py DATA --model MODEL --videos 12

Every ordered pair of the first labelled videos is followed. The error is the distance between a
key event of the reference and the place where the query's event is put. Offline is plain dynamic
time warping on whole videos. Results go into benchmarks/results/follow.csv.
"""

import itertools
import platform
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from arguments import add_data, new_parser
from numpy.typing import NDArray
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console

from inphase.alignment import align
from inphase.alignment.online import OnlineAligner
from inphase.data import Collection, Video, context_indices
from inphase.models import Encoder, FrameEmbedder
from inphase.models.encoder import background
from inphase.models.streaming import StreamEmbedder
from inphase.progress import progress_bar
from inphase.video import VideoReader

RESULTS = Path(__file__).parent / "results" / "follow.csv"
LOOK_BACKS = (0.0, 0.5, 1.0)  # seconds
TABLE = {
    "background": "",
    "look_back_s": "",
    "event_error_share": ".4f",
    "from_offline_s": ".4f",
    "latency_median_ms": "",
    "latency_95_ms": "",
}


@dataclass(frozen=True)
class Known:
    """A labelled video with its maps."""

    video: Video
    times: NDArray[np.float64]
    maps: torch.Tensor


def embedded(
    embedder: FrameEmbedder, known: Known, still: torch.Tensor | None, *, live: bool
) -> NDArray[np.float32]:
    """Embed with one background (C, h, w), or with one for each frame (T, C, h, w).

    When ``live``, the frame itself replaces the context frames that are still to come.
    """
    config = embedder.encoder.config
    own = np.arange(len(known.times))
    rows = context_indices(
        known.times,
        own,
        context_frames=config.context_frames,
        gap=config.context_gap,
        centred=config.centred_context,
    )
    if live:
        rows = np.minimum(rows, own[:, None])
    stacked = known.maps[torch.from_numpy(rows)]
    if still is not None:
        stacked = stacked - (still if still.ndim == 3 else still[:, None])
    return np.concatenate([embedder.embed_stacked(part) for part in torch.split(stacked, 32)])


def stand_ins(query: Known, reference: Known) -> dict[str, torch.Tensor]:
    """The backgrounds of models/streaming.py, and the query's own, which a stream does not know."""
    maps, other = query.maps, reference.maps
    running = (maps.cummax(dim=0).values + maps.cummin(dim=0).values) / 2
    whole = background(other)
    return {
        "whole video": background(maps),
        "start": maps[0] + whole - other[0],
        "running": running,
        "reference": whole,
    }


def main() -> None:
    """Measure, print, write."""
    parser = new_parser(__doc__)
    add_data(parser)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--split", default="test")
    parser.add_argument("--videos", type=int, default=12)
    parser.add_argument("--note", default="", help="what the model was fitted on")
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    collection = Collection.open(arguments.data).split(arguments.split)
    labelled = [video for video in collection if video.events][: arguments.videos]
    encoder = Encoder.load(arguments.model)
    embedder = FrameEmbedder(encoder)
    size = encoder.config.image_size
    known = []
    with progress_bar("Maps", len(labelled), console=Console(stderr=True)) as bar:
        for video in labelled:
            reader = VideoReader(video.path, size=(size, size))
            maps = torch.stack([*embedder.maps(frame for _, frame in reader)])
            known.append(Known(video, reader.times, maps))
            bar.advance(1)

    subtracts = encoder.config.subtract_background
    wholes = [
        embedded(embedder, one, background(one.maps) if subtracts else None, live=False)
        for one in known
    ]
    errors: dict[tuple[str, float], list[float]] = {}
    from_offline: dict[tuple[str, float], list[float]] = {}
    for a, b in itertools.permutations(range(len(known)), 2):
        reference, query = known[a], known[b]
        length = reference.times[-1] - reference.times[0]
        offline = align(wholes[b], wholes[a]).query_frames
        found = {("offline", 0.0): offline}
        kinds = stand_ins(query, reference) if subtracts else {"none": None}
        for kind, still in kinds.items():
            frames = embedded(embedder, query, still, live=True)
            rate = (len(query.times) - 1) / (query.times[-1] - query.times[0])
            backs = [round(seconds * rate) for seconds in LOOK_BACKS]
            aligner = OnlineAligner(wholes[a], look_back=max(backs))
            revised = [aligner.push(frame).revised for frame in frames]
            for seconds, back in zip(LOOK_BACKS, backs, strict=True):
                # Where a frame is put when it is `back` frames old, or when the video has ended.
                last = len(frames) - 1
                seen = [revised[min(t + back, last)][t - min(t + back, last) - 1]
                        for t in range(len(frames))]  # fmt: skip
                found[kind, seconds] = np.array(seen)
        for key, places in found.items():
            for event, frame in query.video.events.items():
                if event in reference.video.events:
                    put = reference.times[places[frame]]
                    true = reference.times[reference.video.events[event]]
                    errors.setdefault(key, []).append(abs(put - true) / length)
            away = np.abs(reference.times[places] - reference.times[offline]).mean()
            from_offline.setdefault(key, []).append(float(away))

    taken = latencies(encoder, known[0], known[1], wholes[0])
    rows = []
    for (kind, seconds), shares in errors.items():
        row = {
            "data": arguments.data.name,
            "split": arguments.split,
            "videos": len(known),
            "background": kind,
            "look_back_s": seconds,
            "event_error_share": round(statistics.mean(shares), 4),
            "from_offline_s": round(statistics.mean(from_offline[kind, seconds]), 4),
            "latency_median_ms": round(statistics.median(taken), 1),
            "latency_95_ms": round(float(np.quantile(taken, 0.95)), 1),
            "model": arguments.note,
            "machine": processor(),
            "torch": torch.__version__,
            "python": platform.python_version(),
            "command": this_command(),
        }
        rows.append(row)
    show(rows, TABLE, title=arguments.data.name)
    replace_rows(arguments.output, rows)


def latencies(
    encoder: Encoder, reference: Known, query: Known, embeddings: NDArray[np.float32]
) -> list[float]:
    """Milliseconds from each decoded frame to its place, the way ``inphase follow`` works."""
    size = encoder.config.image_size
    stream = StreamEmbedder(encoder, reference=reference.video.path)
    aligner = OnlineAligner(embeddings, look_back=30)
    taken = []
    for moment, frame in VideoReader(query.video.path, size=(size, size)):
        begun = time.perf_counter()
        aligner.push(stream.push(frame, moment))
        taken.append(1000 * (time.perf_counter() - begun))
    return taken[1:]


if __name__ == "__main__":
    main()
