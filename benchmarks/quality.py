"""Quality of alignment: fit on the train split, score the test split, beside two floors.

    python benchmarks/quality.py ../shared/data/pushup
    python benchmarks/quality.py synthetic

Floors: plain time-stretching, and DTW on the untrained base network's features (the map averaged
over space). Scores are means over all ordered pairs of test videos; see the columns' notes in
docs/results.md. For `synthetic`, pouring videos are drawn and scored by their known truth as well.
Results go into benchmarks/results/quality.csv, one row a method, set and seed.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from result_tables import machine, read_rows, write_rows
from rich.console import Console
from rich.table import Table

from inphase.alignment import align
from inphase.data import Collection, Video, corresponding_frames, read_truth, write_collection
from inphase.evaluation import event_alignment_error, kendalls_tau_pairs, time_stretch
from inphase.models import EmbeddedVideo, Embeddings, Encoder, FrameEmbedder, embed
from inphase.training import TrainingConfig, load_config, train
from inphase.video import VideoReader

RESULTS = Path(__file__).parent / "results" / "quality.csv"
Mapper = Callable[[str, str], NDArray[np.int64]]


@dataclass(frozen=True)
class Row:
    """One method's scores on one set."""

    data: str
    method: str
    preset: str
    seed: int
    videos: int
    event_error_share: float
    event_error_frames: float
    event_error_seconds: float
    tau_b: float
    tau_a: float
    undefined_pairs: int
    stride: int
    truth_median_frames: float
    fit_seconds: float
    machine: str
    command: str


def main() -> None:
    """Parse, fit, score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="folder with labels.json, or `synthetic`")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    parser.add_argument("--stride", type=int, default=2, help="frames between two of τ's")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _run(arguments, Path(folder))


def _run(arguments: argparse.Namespace, folder: Path) -> None:
    console = Console(stderr=True)
    synthetic = arguments.data == "synthetic"
    if synthetic:
        source = folder / "pouring"
        write_collection(source, action="pouring", count=24, test_share=1 / 3)
    else:
        source = Path(arguments.data)
    whole = Collection.open(source)
    test = whole.split("test")
    states = {name: state for name, (_, state) in read_truth(source).items()} if synthetic else {}
    name = "synthetic pouring" if synthetic else source.name
    command = f"benchmarks/quality.py {name.split()[0]} --preset {arguments.preset}"
    command += "".join(f" --set {one}" for one in arguments.overrides)

    rows = []
    for seed in arguments.seed:
        config = load_config(arguments.preset, overrides=[*arguments.overrides, f"seed={seed}"])
        start = time.monotonic()
        run = train(
            whole.split("train"),
            folder / f"run-{seed}",
            config=config,
            cache=folder / f"cache-{seed}",
            console=console,
        )
        seconds = time.monotonic() - start
        methods = {
            f"inphase {arguments.preset}": (embed(test, run.encoder, console=console), seconds)
        }
        if seed == arguments.seed[0]:
            methods["untrained features"] = (untrained(test, config), 0.0)
        for method, (embeddings, fit_seconds) in methods.items():
            by_name = {video.name: video.embeddings for video in embeddings}
            tau = kendalls_tau_pairs(list(by_name.values()), stride=arguments.stride)
            scores = _scores(test, embeddings, _by_embeddings(by_name), states)
            rows.append(
                Row(
                    name,
                    method,
                    arguments.preset,
                    seed,
                    len(test),
                    *scores[:3],
                    tau.tau_b,
                    tau.tau_a,
                    tau.undefined,
                    tau.stride,
                    scores[3],
                    fit_seconds,
                    machine(),
                    command,
                )
            )
        if seed == arguments.seed[0]:
            lengths = {video.name: len(video.times) for video in embeddings}
            scores = _scores(test, embeddings, _stretched(lengths), states)
            rows.append(
                Row(
                    name,
                    "time-stretching",
                    "",
                    0,
                    len(test),
                    *scores[:3],
                    1.0,
                    1.0,
                    0,
                    arguments.stride,
                    scores[3],
                    0.0,
                    machine(),
                    command,
                )
            )
    _show(rows, console)
    _write(rows)


def _by_embeddings(embeddings: Mapping[str, NDArray[np.float32]]) -> Mapper:
    return lambda reference, query: align(embeddings[reference], embeddings[query]).query_frames


def _stretched(lengths: Mapping[str, int]) -> Mapper:
    return lambda reference, query: time_stretch(lengths[reference], lengths[query])


def _scores(
    test: Collection,
    embeddings: Embeddings,
    mapper: Mapper,
    states: Mapping[str, NDArray[np.float64]],
) -> tuple[float, float, float, float]:
    """Mean event error (share, frames, seconds), and the median error against the known truth."""
    times = {video.name: video.times for video in embeddings}
    errors: list[tuple[float, float, float]] = []
    truth: list[float] = []
    for reference in test:
        for query in test:
            if reference.name == query.name:
                continue
            mapping = mapper(reference.name, query.name)
            events = [
                event for event in test.events if {event} <= {*reference.events} & {*query.events}
            ]
            error = event_alignment_error(
                mapping,
                _frames(reference, events, len(times[reference.name])),
                query_events=_frames(query, events, len(times[query.name])),
                query_times=times[query.name],
            )
            errors += zip(error.share, error.frames, error.seconds, strict=True)
            if states:
                known = corresponding_frames(states[reference.name], states[query.name])
                truth += np.abs(mapping - known).tolist()
    share, frames, seconds = np.mean(errors, axis=0)
    return share, frames, seconds, float(np.median(truth)) if truth else float("nan")


def _frames(video: Video, events: Sequence[str], count: int) -> list[int]:
    # An event right after the last frame is scored at the last frame.
    return [min(video.events[event], count - 1) for event in events]


def untrained(test: Collection, config: TrainingConfig) -> Embeddings:
    """The base network's features of each frame, averaged over its map."""
    embedder = FrameEmbedder(Encoder(config.encoder).eval())
    size = (config.encoder.image_size,) * 2
    videos = []
    for video in test:
        reader = VideoReader(video.path, size=size)
        maps = embedder.maps(frame for _, frame in reader)
        means = torch.stack([features.mean(dim=(1, 2)) for features in maps]).numpy()
        videos.append(EmbeddedVideo(video.name, video.path, reader.times, means))
    return Embeddings(tuple(videos))


def _show(rows: Sequence[Row], console: Console) -> None:
    table = Table("set", "method", "seed", "error/length", "frames", "s", "τ-b", "truth", "fit s")
    for row in rows:
        table.add_row(
            row.data,
            row.method,
            str(row.seed),
            f"{row.event_error_share:.4f}",
            f"{row.event_error_frames:.2f}",
            f"{row.event_error_seconds:.3f}",
            f"{row.tau_b:.3f}",
            f"{row.truth_median_frames:.1f}",
            f"{row.fit_seconds:.0f}",
        )
    console.print(table)


def _write(rows: Sequence[Row]) -> None:
    """Replace what the file holds of the same command; keep the rest."""
    kept = [row for row in read_rows(RESULTS) if row["command"] != rows[0].command]
    write_rows(RESULTS, [*kept, *map(asdict, rows)])


if __name__ == "__main__":
    main()
