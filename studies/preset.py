"""Question: which choices of the preset `quick` matter?
Answer: context on both sides of a frame (push-ups 0.039; with both other frames before it 0.058),
subtracting the background (0.050 without, on push-ups), max-pooling (0.059 with mean-pooling), no
dropout (0.092 with 0.2), and 400 steps on sets that move fast (tennis serves 0.045 after 50, 0.026
after 400). Everything else stays within 0.034 to 0.047 on push-ups. Written up in
docs/studies/preset.md.

    PYTHONPATH=benchmarks python studies/preset.py DATA [DATA ...]
    PYTHONPATH=benchmarks python studies/preset.py DATA --split test --only "50 steps" --seeds 0
    PYTHONPATH=benchmarks python studies/preset.py --show

Changes one thing at a time. With `--split train`, the default, the set's test videos are not used:
the preset is fitted to two thirds of the train split's groups and scored on the rest. The preset's
embeddings are also aligned in other ways. Results go into studies/results/preset.csv; rows that
are there already are skipped, as in benchmarks/quality.py.
"""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
from arguments import add_data, add_seeds, new_parser
from measured_quality import Scores, Settings, measure_missing, open_part, show_quality
from methods import CLASSIFICATION, PRESET, Method
from result_tables import read_rows
from rich.console import Console
from torch import Tensor, nn

from inphase.alignment.options import AlignmentOptions
from inphase.errors import AlignmentError
from inphase.evaluation.pairs import compare_pairs
from inphase.evaluation.result import ModelRun
from inphase.models import BaseNetwork, register_base_network
from inphase.models.efficientnet_lite import efficientnet_lite
from inphase.models.embedder import Embedder

RESULTS = Path(__file__).parent / "results" / "preset.csv"

# Other ways to align the preset's embeddings.
ALIGNMENTS = {
    "alignment: cosine distance": AlignmentOptions(distance="cosine"),
    "alignment: slope limit of 2": AlignmentOptions(max_slope=2),
    "alignment: slope limit of 4": AlignmentOptions(max_slope=4),
    "alignment: window of 0.2": AlignmentOptions(window=0.2),
    "alignment: nearest neighbour, no order": AlignmentOptions(method="nearest"),
    "alignment: open start and end": AlignmentOptions(open_begin=True, open_end=True),
}


def _changed(*overrides: str, objective: str | None = None) -> Method:
    return Method(overrides, objective)


def _encoder(*overrides: str) -> Method:
    return Method(tuple(f"encoder.{one}" for one in overrides))


_BLOCK_15 = ("encoder.base_network=efficientnet_lite0_block15", "encoder.pool=1")
CHANGES = {
    **PRESET,
    "one frame, no context": _encoder("context_frames=1"),
    "two frames, the other earlier": _encoder("centred_context=false", "context_frames=2"),
    "three frames, the others earlier": _encoder("centred_context=false"),
    "context gap 0.15 s": _encoder("context_gap=0.15"),
    "context gap 0.4 s": _encoder("context_gap=0.4"),
    "context gap 0.5 s": _encoder("context_gap=0.5"),
    "five frames, 0.2 s apart": _encoder("context_frames=5", "context_gap=0.2"),
    "no smoothing": _encoder("smoothing=0"),
    "smoothing 0.04 s": _encoder("smoothing=0.04"),
    "smoothing 0.16 s": _encoder("smoothing=0.16"),
    "background kept": _encoder("subtract_background=false"),
    "background subtracted": _encoder("subtract_background=true"),
    "no coordinates": _encoder("coordinates=false"),
    "no feature noise": _encoder("feature_noise=0"),
    "maps of 14×14": _encoder("pool=1"),
    "images of 160 pixels": _encoder("image_size=160"),
    "layer: block 8 of 16, 14×14": _encoder("base_network=efficientnet_lite0_block8"),
    "layer: block 15 of 16, 7×7": _changed(*_BLOCK_15),
    "layer: block 15, 2 videos per batch": _changed(*_BLOCK_15, "videos_per_batch=2"),
    "EfficientNet-Lite1": _encoder("base_network=efficientnet_lite1"),
    "EfficientNet-Lite2": _encoder("base_network=efficientnet_lite2"),
    "embedder width 32": _encoder("conv_width=32"),
    "embedder width 128": _encoder("conv_width=128"),
    "dropout 0.2": _encoder("dropout=0.2"),
    "tcc+tcn:0.1": _changed(CLASSIFICATION, objective="tcc+tcn:0.1"),
    "tcc+sal": _changed(CLASSIFICATION, objective="tcc+sal"),
    "regression": _changed("objectives.tcc.loss=regression"),
    "cosine similarity": _changed("objectives.tcc.similarity=cosine"),
    "temperature 0.03": _changed("objectives.tcc.temperature=0.03"),
    "temperature 0.3": _changed("objectives.tcc.temperature=0.3"),
    "10 frames per clip": _changed("frames_per_clip=10"),
    "32 frames per clip": _changed("frames_per_clip=32"),
    "2 videos per batch": _changed("videos_per_batch=2"),
    "2 videos, no feature noise": _changed("videos_per_batch=2", "encoder.feature_noise=0"),
    "2 videos, 32 frames per clip": _changed("videos_per_batch=2", "frames_per_clip=32"),
    "2 videos, 32 frames per clip, no feature noise": _changed(
        "videos_per_batch=2", "frames_per_clip=32", "encoder.feature_noise=0"
    ),
    "8 videos per batch": _changed("videos_per_batch=8"),
    "no augmentation": _changed("augment=false"),
    "constant learning rate": _changed("schedule=constant"),
    "50 steps": _changed("steps=50"),
    "100 steps": _changed("steps=100"),
    "200 steps": _changed("steps=200"),
    "800 steps": _changed("steps=800"),
}
# The encoder has no option for this: its pooling is replaced while it is fitted and scored.
MEAN_POOLED = {"mean-pooling instead of max-pooling": Method()}


def main() -> None:
    """Fit and score what is missing; print the table."""
    rows = [*CHANGES, *MEAN_POOLED]
    parser = new_parser(__doc__)
    add_data(parser, "*")
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=rows, help="some of the rows")
    parser.add_argument("--split", default="train", choices=("test", "train"))
    add_seeds(parser)
    parser.add_argument("--show", action="store_true", help="only print the table")
    arguments = parser.parse_args()
    _layer("efficientnet_lite0_block8", blocks=8, channels=80, stride=16)
    _layer("efficientnet_lite0_block15", blocks=15, channels=192, stride=32)
    if not arguments.show:
        for data in arguments.data:
            for pool, group in ((Embedder.pool, CHANGES), (_mean, MEAN_POOLED)):
                with patch.object(Embedder, "pool", pool):
                    measure_missing(
                        RESULTS,
                        open_part(data, arguments.split),
                        {n: one for n, one in group.items() if n in (arguments.only or rows)},
                        arguments.seeds,
                        Settings(),
                        Console(stderr=True),
                        more=_aligned_otherwise,
                    )
    names = [data.name for data in arguments.data]
    show_quality([row for row in read_rows(RESULTS) if not names or row["data"] in names])


def _mean(_: Embedder, maps: Tensor) -> Tensor:
    """(N, C) mean over time and space of maps (N, k, C, h, w)."""
    return maps.mean(dim=(1, 3, 4))


def _layer(name: str, *, blocks: int, channels: int, stride: int) -> None:
    """Register EfficientNet-Lite0 cut off after another block than its eleventh."""

    @register_base_network(name)
    def build(*, pretrained: bool, weights: Path | None) -> BaseNetwork:
        assert weights is None
        network = efficientnet_lite(0, pretrained=pretrained, classify=True)
        network.blocks = nn.Sequential(*list(network.blocks)[:blocks])
        network.classify = False
        del network.conv_head, network.bn1, network.fc
        mean, std = network.mean, network.std
        return BaseNetwork(network, out_channels=channels, stride=stride, mean=mean, std=std)


def _aligned_otherwise(name: str, run: ModelRun) -> Iterator[tuple[str, Scores]]:
    if name in PRESET:
        for told, options in ALIGNMENTS.items():
            yield told, {"event_error_share": _event_error(run, options)}


def _event_error(run: ModelRun, options: AlignmentOptions) -> float:
    """Mean event error as a share of the length, over all pairs, aligned with these options.

    NaN if some pair cannot be aligned: a slope limit forbids it where lengths differ too much.
    """
    try:
        shares = [np.nanmean(compare_pairs(a.test, options=options).dtw.share) for a in run.actions]
    except AlignmentError:
        return float("nan")
    return float(np.mean(shares))


if __name__ == "__main__":
    main()
