"""Measure sound transfer: does the sound that a video is given rise as it should?

    python benchmarks/sound.py synthetic --seeds 0 1 2
    python benchmarks/sound.py DATA --pictures spectrograms/
    python benchmarks/sound.py                   # print the means over the seeds in the table

DATA is a folder of videos with sound. Each of them is the target in turn, with each other video as
its only source, and with all of them together. The resonance of the sound it is given
(benchmarks/resonance.py) is compared with the level of its own liquid, for drawn videos, or with
the resonance of its own sound. The score is the rank correlation over the time in which the target
pours and the given sound is heard, 0 where that is undefined; and the share of the pouring time in
which the sound is heard. Beside the default stands the paper's supplement (`--paper`).

The embeddings compared: fitted, on separate drawn videos or, for real videos, on these very videos
without labels; the base network's untrained features; for drawn videos the known state, which is
perfect; and the mere position in the video, which stretches the sound evenly. With
`--embeddings fitted=FILE.npz`, from `inphase embed`, nothing is fitted.

Clicks: the sources' sounds are replaced by gliding tones, which have nothing above 5 kHz. What is
heard above 8 kHz within 5 ms of the edges of the blocks was added by joining. Results go into
benchmarks/results/sound.csv, one row for each set, seed, embedding, method and number of sources.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from arguments import add_seeds, new_parser
from fitted import Fit, fit_all
from numpy.typing import NDArray
from resonance import resonance
from result_tables import processor, read_rows, replace_rows, show_means, this_command
from rich.console import Console
from scipy.signal import butter, sosfiltfilt
from scipy.stats import spearmanr
from spectrograms import save_spectrograms
from stored_embeddings import read_embeddings
from untrained_features import untrained

from inphase.applications.sound_transfer.result import SoundTransfer
from inphase.applications.sound_transfer.transfer_sound import transfer_sound
from inphase.data import Collection
from inphase.models import EmbeddedVideo, embed
from inphase.progress import progress_bar
from inphase.synthetic import read_truth, write_collection
from inphase.synthetic.pouring import EVENTS
from inphase.training import load_config
from inphase.video import Audio, probe, read_audio, write_audio

RESULTS = Path(__file__).parent / "results" / "sound.csv"
STRETCHED = "stretched evenly"
KEY = ("data", "seed", "embeddings", "method", "sources")
SCORES = {
    "rank_correlation": "ρ",
    "rank_correlation_median": "median",
    "rank_correlation_worst": "worst",
    "heard_share": "heard",
    "clicks_db": "clicks, dB",
}
# Between these states liquid certainly falls into the glass.
POURS = (EVENTS["stream_starts"] + 0.04, EVENTS["stream_ends"])


@dataclass(frozen=True)
class Wanted:
    """What the sound of a target should do: rise with ``height`` while it ``pours``, every STEP."""

    height: NDArray[np.float64]
    pours: NDArray[np.bool_]


def main() -> None:
    """Parse, fit, transfer, measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("data", nargs="?", help="folder of videos with sound, or `synthetic`")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    add_seeds(parser, default=[0])
    parser.add_argument(
        "--embeddings",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help=".npz from `inphase embed`, instead of fitting; may be repeated",
    )
    parser.add_argument("--no-fit", action="store_true", help="skip what needs fitting")
    parser.add_argument("--pictures", type=Path, help="folder for spectrograms")
    arguments = parser.parse_args()
    if arguments.data is None:
        show_means(read_rows(RESULTS), [*KEY[:1], *KEY[2:]], SCORES)
        return
    rows: list[dict[str, object]] = []
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            rows += _one_seed(arguments, seed, Path(folder))
            show_means(rows, KEY[2:], SCORES, title=arguments.data)
    replace_rows(RESULTS, rows, by=KEY)


def _one_seed(
    arguments: argparse.Namespace, seed: int, folder: Path
) -> Iterator[dict[str, object]]:
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
    if arguments.embeddings:
        given = dict(one.split("=", 1) for one in arguments.embeddings)
        embedded = {kind: read_embeddings(targets, file) for kind, file in given.items()}
    else:
        config = load_config(arguments.preset, overrides=[*arguments.overrides, f"seed={seed}"])
        embedded = {"untrained features": list(untrained(targets, config))}
        if not arguments.no_fit:
            fit = Fit({"data": name, "seed": seed}, config)
            (fitted,) = fit_all(fitted_on, [fit], folder, console, split=None)
            embedded["fitted"] = list(embed(targets, fitted.encoder(), console=console))
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
            yield {
                "data": name,
                "seed": seed,
                "embeddings": kind,
                "method": method,
                "sources": sources,
                "transfers": len(results),
                "rank_correlation": float(risen.mean()),
                "rank_correlation_median": float(np.median(risen)),
                "rank_correlation_worst": float(risen.min()),
                "heard_share": float(scores[:, 1].mean()),
                "clicks_db": _clicks(results, folder, paper=method == "--paper"),
                "machine": processor(),
                "command": this_command(),
            }
            if arguments.pictures is not None and sources == "all":
                for result in results:
                    title = f"{result.target.name} {kind} {method}"
                    save_spectrograms(arguments.pictures / f"{title}.png", result, title)


def _transfers(
    videos: Sequence[EmbeddedVideo], kind: str, console: Console
) -> Iterator[tuple[str, str, list[SoundTransfer]]]:
    """Yield method, sources, and the transfer to each target."""
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
    """Embed each frame as its position in the video, which stretches the sound evenly."""
    place = np.linspace(0, 1, len(video.times), dtype=np.float32)
    return replace(video, embeddings=place[:, None])


def _level(video: EmbeddedVideo, state: NDArray[np.float64]) -> Wanted:
    """The level in a drawn glass, which rises evenly with the state while it pours."""
    seconds = resonance(read_audio(video.path)).seconds
    height = np.interp(seconds, video.times, state)
    return Wanted(height, (height > POURS[0]) & (height < POURS[1]))


def _own_resonance(video: EmbeddedVideo) -> Wanted:
    own = resonance(read_audio(video.path))
    return Wanted(own.hertz, own.heard)


def _score(result: SoundTransfer, wanted: Wanted) -> tuple[float, float]:
    """Rank correlation of the resonance with the wanted height, and the share that is heard."""
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


if __name__ == "__main__":
    main()
