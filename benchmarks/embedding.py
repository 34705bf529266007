"""Measure embedding: its speed against the bare base network's, and its peak memory.

    python benchmarks/embedding.py
    python benchmarks/embedding.py --minutes 5 --stub-base 5 60    # if an hour takes too long

Speed: ``FrameEmbedder.embed`` on a 640×480 H.264 video with the quick preset's encoder, against the
encoder's own folded base network alone, with the same batch size on the same frames, decoded
beforehand. The two run in turns, so that a busy moment of the machine hits both. The ratio is the
median over the turns.

Memory: the peak of a fresh process that embeds a video of the given length. ``--stub-base`` puts a
base network in place that costs next to nothing and makes maps of the same size. The rest of the
work is the same, so a long video shows whether memory grows with length.

Results go into benchmarks/results/embedding.csv.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import av
import numpy as np
import torch
from arguments import new_parser
from result_tables import processor, replace_rows, this_command
from torch import Tensor, nn

from inphase.models import (
    BaseNetwork,
    Encoder,
    EncoderConfig,
    FrameEmbedder,
    create_base_network,
    register_base_network,
)
from inphase.models.folding import fold_batch_norm
from inphase.settings import parse_settings, read_yaml
from inphase.video import VideoReader, VideoWriter

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "embedding.csv"
PRESET = HERE.parent / "configs" / "quick.yaml"
FPS, WIDTH, HEIGHT = 25, 640, 480
_CLIP = 250  # frames, drawn once; a long video repeats them
_WANTED_RATIO, _WANTED_MEGABYTES = 0.85, 1500


@dataclass(frozen=True)
class Row:
    """One measurement: what, on how many frames, the value, and the value aimed for."""

    what: str
    frames: int
    value: float
    unit: str
    wanted: str
    spread: str = ""


@register_base_network("stub")
def stub(*, pretrained: bool, weights: Path | None) -> BaseNetwork:  # noqa: ARG001
    """A base network with maps of Lite0's size that costs next to nothing."""
    like = create_base_network("efficientnet_lite0", pretrained=False)

    class Stub(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, like.out_channels, 1)

        def forward(self, images: Tensor) -> Tensor:
            return self.conv(nn.functional.avg_pool2d(images, like.stride))  # type: ignore[no-any-return]

    return BaseNetwork(
        Stub(), out_channels=like.out_channels, stride=like.stride, mean=like.mean, std=like.std
    )


def quick_encoder(*, stub_base: bool = False) -> Encoder:
    """The quick preset's encoder, or one with the stub as its base network."""
    config = parse_settings(EncoderConfig, read_yaml(PRESET)["encoder"], source=str(PRESET))
    if stub_base:
        config = config.model_copy(update={"base_network": "stub", "pretrained": False})
    return Encoder(config).eval()


def draw_clip(path: Path, frames: int) -> None:
    """Write a video of discs that move over a textured background, with a camera's noise."""
    generator = np.random.default_rng(0)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    background = 100 + 40 * np.sin(x / 37) + 40 * np.cos(y / 23 + x / 91)
    discs = generator.uniform((60, 60, 20, 0, 40), (580, 420, 70, 6.3, 120), (6, 5))
    with VideoWriter(path, fps=FPS, size=(WIDTH, HEIGHT)) as out:
        for index in range(frames):
            picture = np.repeat(background[..., None], 3, axis=2)
            for number, (left, top, radius, phase, reach) in enumerate(discs):
                angle = phase + index / 12
                inside = np.hypot(x - left - reach * np.cos(angle), y - top - reach * np.sin(angle))
                picture[inside < radius, number % 3] = 230
            picture += generator.normal(0, 2, picture.shape[:2])[..., None]
            out.write(picture.clip(0, 255).astype(np.uint8))


def repeat_clip(clip: Path, path: Path, times: int) -> None:
    """Write the clip several times in a row, without encoding it again."""
    with av.open(str(path), "w", format="mp4") as out:
        stream = None
        for turn in range(times):
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = out.add_stream_from_template(video)
                assert video.time_base is not None
                shift = round(turn * video.frames / FPS / video.time_base)
                for packet in source.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts += shift
                    packet.dts += shift
                    packet.stream = stream
                    out.mux(packet)


def measure_speed(folder: Path, *, frames: int, repeats: int) -> list[Row]:
    """Frames per second of embedding and of the bare base network, and their ratio."""
    path = folder / "speed.mp4"
    draw_clip(path, frames)
    encoder = quick_encoder()
    embedder = FrameEmbedder(encoder)
    size = encoder.config.image_size
    base = fold_batch_norm(encoder.base, image_size=size)
    decoded = torch.from_numpy(
        np.stack([frame for _, frame in VideoReader(path, size=(size, size))])
    )

    def bare() -> None:
        with torch.inference_mode():
            for batch in torch.split(decoded, embedder.batch):
                base(encoder.normalise(batch))

    def whole() -> None:
        embedder.embed(path)

    bare()
    whole()
    speeds: dict[str, list[float]] = {"bare": [], "whole": []}
    for turn in range(repeats):
        # They take turns in going first, so that a machine that slows down favours neither.
        programs: list[tuple[str, Callable[[], None]]] = [("bare", bare), ("whole", whole)]
        for name, program in programs if turn % 2 == 0 else reversed(programs):
            start = time.perf_counter()
            program()
            speeds[name].append(frames / (time.perf_counter() - start))
    ratios = [w / b for w, b in zip(speeds["whole"], speeds["bare"], strict=True)]
    return [
        _row("base network alone", frames, speeds["bare"], "frames/s"),
        _row("embed", frames, speeds["whole"], "frames/s"),
        _row("embed / base network", frames, ratios, "ratio", f">= {_WANTED_RATIO}"),
    ]


def _row(what: str, frames: int, values: list[float], unit: str, wanted: str = "") -> Row:
    spread = f"{min(values):.3g}..{max(values):.3g}"
    return Row(what, frames, round(statistics.median(values), 3), unit, wanted, spread)


def measure_memory(clip: Path, *, minutes: float, stub_base: bool) -> Row:
    """Peak resident memory of a fresh process that embeds a video of this length."""
    path = clip.with_name("long.mp4")
    repeat_clip(clip, path, max(1, round(minutes * 60 * FPS / _CLIP)))
    command = [sys.executable, __file__, "--embed-only", str(path)]
    command += ["--threads", str(torch.get_num_threads())]
    command += ["--stub-base"] if stub_base else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told = json.loads(done.stdout)
    path.unlink()
    what = f"peak memory, {'stub base network' if stub_base else 'quick preset'}"
    wanted = f"< {_WANTED_MEGABYTES}"
    return Row(what, told["frames"], round(told["megabytes"], 1), "MB", wanted)


def embed_only(path: Path, *, stub_base: bool) -> None:
    """Embed and print the peak memory; the fresh process does this."""
    embedded = FrameEmbedder(quick_encoder(stub_base=stub_base)).embed(path)
    print(json.dumps({"frames": len(embedded.embeddings), "megabytes": peak_memory() / 1e6}))


def peak_memory() -> int:
    """Peak resident memory of this process, in bytes."""
    # On Linux ru_maxrss includes the process that started this one; VmHWM does not.
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS: bytes


def write_results(path: Path, rows: list[Row]) -> None:
    """Add machine, versions and command to the rows, and put them into the table."""
    about = {
        "machine": processor(),
        "torch_threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "av", "numpy")},
        "command": this_command(),
    }
    replace_rows(path, [{**asdict(row), **about} for row in rows], by=("what",))


def main() -> None:
    """Measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--frames", type=int, default=200, help="for speed")
    parser.add_argument("--repeats", type=int, default=9, help="turns; 0 skips speed")
    parser.add_argument(
        "--minutes",
        type=float,
        nargs="*",
        default=[60.0],
        help="for peak memory",
    )
    parser.add_argument(
        "--stub-base", type=float, nargs="*", help="minutes, with the stub as base network"
    )
    parser.add_argument("--threads", type=int, help="of torch; by default torch chooses")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--embed-only", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if arguments.embed_only:
        embed_only(arguments.embed_only, stub_base=arguments.stub_base is not None)
        return

    rows: list[Row] = []

    def tell(row: Row) -> None:
        rows.append(row)
        line = f"{row.what:<32} {row.frames:>7} frames {row.value:>9} {row.unit:<9}"
        print(f"{line} {row.wanted:<8} {row.spread}", flush=True)

    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        if arguments.repeats:
            for row in measure_speed(folder, frames=arguments.frames, repeats=arguments.repeats):
                tell(row)
        clip = folder / "clip.mp4"
        draw_clip(clip, _CLIP)
        for length in arguments.minutes:
            tell(measure_memory(clip, minutes=length, stub_base=False))
        for length in arguments.stub_base or []:
            tell(measure_memory(clip, minutes=length, stub_base=True))
    write_results(arguments.output, rows)
    print(f"Wrote {arguments.output}")


if __name__ == "__main__":
    main()
