"""Quality of sound transfer: does the sound that a video is given rise as it should?

    python benchmarks/sound.py synthetic --seed 0 1 2
    python benchmarks/sound.py ../shared/data/pouring_audio --pictures spectrograms/

With `--embeddings fitted=FILE.npz` nothing is fitted: the file is what `inphase embed` wrote.

Each video with sound is the target in turn, with each of the others as its only source and with all
of them together. The resonance of the sound it is given (benchmarks/resonance.py) is compared with
the level of its own liquid, for drawn videos, or with the resonance of its own sound: rank
correlation over the time in which the target pours and the given sound is heard, 0 where that is
undefined; and the share of the time in which the target pours for which it is heard. Beside the
default stands the supplement's way (`--paper`).

Embeddings: fitted on drawn videos of their own; on real videos fitted on these very ones, without
labels; the untrained base network's features; for drawn videos the known state, which is perfect;
and none but how far a video has come, which stretches the sound evenly. Clicks: the sources' sounds
are replaced by gliding tones, which have nothing above 5 kHz; what is heard above 8 kHz within 5 ms
of the edges of the blocks is what joining added.
Results go into benchmarks/results/sound.csv, one row a set, seed, embedding, method and number of
sources; without a set, the means over the seeds of what is there are printed.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from resonance import resonance
from result_tables import processor, read_rows, write_rows
from rich.console import Console
from rich.table import Table
from scipy.signal import butter, sosfiltfilt
from scipy.stats import spearmanr
from spectrograms import save_spectrograms
from stored_embeddings import read_embeddings
from untrained_features import untrained

from inphase.applications import SoundTransfer, transfer_sound
from inphase.data import Collection, read_truth, write_collection
from inphase.data.synthetic_pouring import EVENTS
from inphase.models import EmbeddedVideo, embed
from inphase.progress import progress_bar
from inphase.training import load_config, train
from inphase.video import Audio, probe, read_audio, write_audio

RESULTS = Path(__file__).parent / "results" / "sound.csv"
STRETCHED = "stretched evenly"
SAME = ("data", "embeddings", "method", "sources")
SCORES = (
    "rank_correlation",
    "rank_correlation_median",
    "rank_correlation_worst",
    "heard_share",
    "clicks_db",
)
# The states between which liquid certainly falls into the glass.
POURS = (EVENTS["stream_starts"] + 0.04, EVENTS["stream_ends"])


@dataclass(frozen=True)
class Row:
    """How one method does on one set."""

    data: str
    seed: int
    embeddings: str
    method: str
    sources: str
    transfers: int
    rank_correlation: float
    rank_correlation_median: float
    rank_correlation_worst: float
    heard_share: float
    clicks_db: float
    machine: str
    command: str


@dataclass(frozen=True)
class Wanted:
    """What the sound of a target should do: rise as ``height`` where ``pours``, every STEP."""

    height: NDArray[np.float64]
    pours: NDArray[np.bool_]


def main() -> None:
    """Parse, fit, transfer, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="folder of videos with sound, or `synthetic`")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    parser.add_argument(
        "--embeddings",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help=".npz of `inphase embed`, in the place of fitting; may be repeated",
    )
    parser.add_argument("--no-fit", action="store_true", help="leave out what needs fitting")
    parser.add_argument("--pictures", type=Path, help="folder for spectrograms")
    arguments = parser.parse_args()
    if arguments.data is None:
        _show(read_rows(RESULTS))
        return
    rows: list[Row] = []
    for seed in arguments.seed:
        with tempfile.TemporaryDirectory() as folder:
            rows += _one_seed(arguments, seed, Path(folder))
            _show(map(asdict, rows))
    _write(rows)


def _one_seed(arguments: argparse.Namespace, seed: int, folder: Path) -> Iterator[Row]:
    console = Console(stderr=True)
    synthetic = arguments.data == "synthetic"
    if synthetic:
        source = folder / "pouring"
        drawn = write_collection(source, action="pouring", count=12, seed=seed, test_share=1 / 3)
        fitted_on, targets = drawn.split("train"), drawn.split("test")
    else:
        targets = fitted_on = Collection.open(
            sorted(str(path) for path in Path(arguments.data).glob("*.mp4"))
        )
    name = "synthetic pouring" if synthetic else Path(arguments.data).name
    command = f"benchmarks/sound.py {name.split()[0]} --preset {arguments.preset}"
    command += "".join(f" --set {one}" for one in arguments.overrides)
    if arguments.embeddings:
        embedded = {}
        for kind, file in (one.split("=", 1) for one in arguments.embeddings):
            embedded[kind] = read_embeddings(targets, [file])
            command += f" --embeddings {kind}"
    else:
        config = load_config(arguments.preset, overrides=[*arguments.overrides, f"seed={seed}"])
        embedded = {"untrained features": list(untrained(targets, config))}
        if not arguments.no_fit:
            run = train(
                fitted_on, folder / "run", config=config, cache=folder / "cache", console=console
            )
            embedded["fitted"] = list(embed(targets, run.encoder, console=console))
    if synthetic:
        truth = read_truth(source)
        embedded["known state"] = [
            EmbeddedVideo(
                video.name,
                video.path,
                probe(video.path).times,
                truth[video.name][1].astype(np.float32)[:, None],
            )
            for video in targets
        ]
    first = next(iter(embedded.values()))
    embedded[STRETCHED] = [_place_alone(video) for video in first]
    wanted = {
        video.name: _level(video, truth[video.name][1]) if synthetic else _own_resonance(video)
        for video in first
    }
    for kind, videos in embedded.items():
        for method, sources, results in _transfers(videos, kind, console):
            scores = np.array([_score(result, wanted[result.target.name]) for result in results])
            risen = scores[:, 0]
            yield Row(
                name,
                seed,
                kind,
                method,
                sources,
                len(results),
                float(risen.mean()),
                float(np.median(risen)),
                float(risen.min()),
                float(scores[:, 1].mean()),
                _clicks(results, folder, paper=method == "--paper"),
                processor(),
                command,
            )
            if arguments.pictures is not None and sources == "all":
                for result in results:
                    title = f"{result.target.name} {kind} {method}"
                    save_spectrograms(arguments.pictures / f"{title}.png", result, title)


def _transfers(
    videos: Sequence[EmbeddedVideo], kind: str, console: Console
) -> Iterator[tuple[str, str, list[SoundTransfer]]]:
    """Method, which sources, and the transfer to each target."""
    pairs = [[target, source] for target in videos for source in videos if source is not target]
    everything = [
        [target, *(source for source in videos if source is not target)] for target in videos
    ]
    jobs: list[tuple[str, str, list[list[EmbeddedVideo]]]] = [("inphase", "one", pairs)]
    if kind != STRETCHED:
        jobs += [("--paper", "one", pairs), ("inphase", "all", everything)]
        jobs += [("--paper", "all", everything)]
    with progress_bar("Transferring", sum(len(job[2]) for job in jobs), console=console) as bar:
        for method, sources, groups in jobs:
            results = []
            for group in groups:
                results.append(transfer_sound(group, paper=method == "--paper"))
                bar.advance(1)
            yield method, sources, results


def _place_alone(video: EmbeddedVideo) -> EmbeddedVideo:
    """The video as one who knows only how far it has come, which stretches it evenly."""
    place = np.linspace(0, 1, len(video.times), dtype=np.float32)
    return replace(video, embeddings=place[:, None])


def _level(video: EmbeddedVideo, state: NDArray[np.float64]) -> Wanted:
    """The level of a drawn glass, which rises evenly with the state while it pours."""
    seconds = resonance(read_audio(video.path)).seconds
    height = np.interp(seconds, video.times, state)
    return Wanted(height, (height > POURS[0]) & (height < POURS[1]))


def _own_resonance(video: EmbeddedVideo) -> Wanted:
    own = resonance(read_audio(video.path))
    return Wanted(own.hertz, own.heard)


def _score(result: SoundTransfer, wanted: Wanted) -> tuple[float, float]:
    """Rank correlation of resonance and what is wanted, and the share of it that is heard."""
    given = resonance(result.audio)
    count = min(len(given.hertz), len(wanted.height))
    both = wanted.pours[:count] & given.heard[:count]
    hertz, height = given.hertz[:count][both], wanted.height[:count][both]
    share = both.sum() / wanted.pours[:count].sum()
    if len(np.unique(hertz)) < 2 or len(np.unique(height)) < 2:
        return 0.0, float(share)
    return float(spearmanr(hertz, height).statistic), float(share)


def _clicks(results: Sequence[SoundTransfer], folder: Path, *, paper: bool) -> float:
    """Mean power above 8 kHz at the edges of blocks of tones, in dB relative to the tones'."""
    rate, powers, loudness = 48000, [], []
    highpass = butter(8, 8000, "highpass", fs=rate, output="sos")
    for number, result in enumerate(results[:6]):
        tones = []
        for index, source in enumerate(result.sources):
            path = folder / f"tone_{number}_{index}.wav"
            write_audio(path, _tone(source.times[-1] + 0.1, 500.0 + 60 * index, rate))
            tones.append(replace(source, path=path))
        joined = transfer_sound([result.target, *tones], paper=paper)
        wave = joined.audio.samples[:, 0].astype(np.float64)
        above = sosfiltfilt(highpass, wave) ** 2
        around = round(0.005 * rate)
        for block in joined.blocks[1:]:
            edge = round(block.start * rate)
            powers.append(above[max(edge - around, 0) : edge + around].mean())
        loudness.append((wave**2).mean())
    return float(10 * np.log10(np.mean(powers) / np.mean(loudness)))


def _tone(seconds: float, hertz: float, rate: int) -> Audio:
    """A tone with its third harmonic that glides up by an octave and a half."""
    pitch = hertz * 2 ** np.linspace(0, 1.5, round(seconds * rate))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    wave = 0.3 * np.sin(phase) + 0.08 * np.sin(3 * phase)
    return Audio(wave.astype(np.float32)[:, None], rate)


def _show(rows: Iterable[Mapping[str, Any]]) -> None:
    """A line for each method and number of sources: means over the seeds."""
    headings = ("seeds", "ρ", "median", "worst", "heard", "clicks, dB")
    table = Table(*SAME, *headings)
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row[one]) for one in SAME), []).append(row)
    for key, group in groups.items():
        means = [f"{np.mean([float(row[one]) for row in group]):.3f}" for one in SCORES]
        table.add_row(*key, str(len(group)), *means)
    Console(width=120).print(table)


def _write(rows: Sequence[Row]) -> None:
    """Replace what the file holds of the same command; keep the rest."""
    kept = [row for row in read_rows(RESULTS) if row["command"] != rows[0].command]
    write_rows(RESULTS, [*kept, *map(asdict, rows)])


if __name__ == "__main__":
    main()
