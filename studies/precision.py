"""Question: does it matter whether OpenVINO computes the base network in bfloat16 or in float32?
Answer: no. On five sets the event error differs by at most 0.0012, and by at most 0.0005 if one
video of a pair is in each, which is less than between seeds. Written up in docs/studies/speed.md.

    PYTHONPATH=benchmarks python studies/precision.py DATA [DATA ...]

Fits the preset `quick` to the train split, embeds the test split in both precisions, and aligns
every pair of videos: both in float32, both in bfloat16, and one in each. Needs a processor with
instructions for bfloat16. Results go into studies/results/precision.csv.
"""

from pathlib import Path
from unittest import mock

import numpy as np
from arguments import add_data, add_seeds, new_parser
from fitted import WORK, Fit, fit_all
from result_tables import processor, replace_rows, show, this_command
from rich.console import Console

from inphase.data import Collection
from inphase.evaluation.pairs import compare_pairs
from inphase.evaluation.videos import ScoredVideo, labelled
from inphase.models import FrameEmbedder, engine
from inphase.training import load_config

RESULTS = Path(__file__).parent / "results" / "precision.csv"
TABLE = {"data": "", "seed": "", "precision": "", "event_error_share": ".4f", "tau_b": ".3f",
         "distance": ".3f"}  # fmt: skip


def main() -> None:
    """Fit, embed, measure, print, write."""
    parser = new_parser(__doc__)
    add_data(parser, "+")
    add_seeds(parser, (0,))
    arguments = parser.parse_args()
    console = Console(stderr=True)
    rows: list[dict[str, object]] = []
    for data in arguments.data:
        collection = Collection.open(data)
        fits = [
            Fit(
                {"data": data.name, "seed": seed},
                load_config("quick", overrides=[f"seed={seed}"]),
            )
            for seed in arguments.seeds
        ]
        for one in fit_all(collection, fits, WORK / "precision", console):
            test = collection.split("test")
            exact, reduced = (
                _embedded(FrameEmbedder(one.encoder()), test, reduced=reduced)
                for reduced in (False, True)
            )
            odd = np.arange(len(exact)) % 2
            across = odd[:, None] != odd[None]
            mixed = [
                other if is_odd else own
                for own, other, is_odd in zip(exact, reduced, odd, strict=True)
            ]
            for precision, videos in (
                ("float32", exact),
                ("bfloat16", reduced),
                ("one in each", mixed),
            ):
                pairs = compare_pairs(videos, stride=2)
                # Of the same pairs each time: those that have one of each when mixed.
                rows.append(
                    {
                        **one.columns,
                        "precision": precision,
                        "event_error_share": float(np.nanmean(pairs.dtw.share[across])),
                        "tau_b": float(np.nanmean(pairs.tau_b[across])),
                        "distance": _distance(exact, videos),
                        "machine": processor(),
                        "command": this_command(),
                    }
                )
                show(rows[-1:], TABLE)
            replace_rows(RESULTS, rows, by=("data", "seed", "precision"))
    show(rows, TABLE)


def _embedded(embedder: FrameEmbedder, videos: Collection, *, reduced: bool) -> list[ScoredVideo]:
    with mock.patch.object(engine, "_REDUCED", reduced):
        embedded = [embedder.embed(video.path, name=video.name) for video in videos]
    assert embedder.precision == ("bfloat16" if reduced else "float32"), embedder.precision
    return [
        labelled(videos[one.name], videos.events, times=one.times, embeddings=one.embeddings)
        for one in embedded
    ]


def _distance(exact: list[ScoredVideo], others: list[ScoredVideo]) -> float:
    """Mean distance between embeddings of the same frame, as a share of their spread."""
    one, other = (
        np.concatenate([video.embeddings for video in videos]) for videos in (exact, others)
    )
    spread = np.linalg.norm(one - one.mean(axis=0), axis=1).mean()
    return float(np.linalg.norm(one - other, axis=1).mean() / spread)


if __name__ == "__main__":
    main()
