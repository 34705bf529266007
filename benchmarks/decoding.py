"""How well decoding hides behind inference, for large videos such as phones make.

    python benchmarks/decoding.py

For H.264 and HEVC from 240p to 4K, in turns: frames per second of PyAV's decoder alone with as many
threads, of `VideoReader` at the network's size, of the base network alone, and of the whole
embedding. The ratio of the reader is to the decoder alone. The ratio of the embedding is to the
slower of reader and network: 1 would mean that the faster of the two is free. *In a child* is with
`reading_apart`; its ratio is to the same without. Results go into benchmarks/results/decoding.csv.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from arguments import new_parser
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from result_tables import processor, replace_rows, show, this_command

from inphase.models import Encoder, FrameEmbedder
from inphase.training import load_config
from inphase.video import VideoReader, reading_apart
from inphase.video.opening import opened, video_stream

RESULTS = Path(__file__).parent / "results" / "decoding.csv"
TABLE = {"codec": "", "size": "", "what": "", "frames_per_second": ".1f", "ratio": ".2f"}
SIZES = {"240p": (320, 240), "1080p": (1920, 1080), "4K": (3840, 2160)}
CODECS = {"H.264": ("libx264", "veryfast"), "HEVC": ("libx265", "ultrafast")}


def write(path: Path, codec: str, size: tuple[int, int], frames: int) -> None:
    """Encode a soft moving picture at some 10 megabits a second."""
    encoder, preset = CODECS[codec]
    coarse = np.random.default_rng(0).integers(0, 256, (34, 60, 3), dtype=np.uint8)
    big = VideoFrame.from_ndarray(coarse, format="rgb24").reformat(
        2 * size[0], 2 * size[1], "rgb24", interpolation="BICUBIC"
    )
    picture = np.asarray(big.to_ndarray(), dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=Fraction(30))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 10_000_000
        stream.codec_context.options = {"preset": preset, "x265-params": "log-level=none"}
        for index in range(frames):
            view = picture[4 * index : 4 * index + size[1], 8 * index : 8 * index + size[0]]
            frame = VideoFrame.from_ndarray(np.ascontiguousarray(view), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> None:
    """Encode, measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--frames", type=int, default=55)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    embedder = FrameEmbedder(Encoder(load_config("quick").encoder).eval())
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as place:
        for codec in CODECS:
            for name, size in SIZES.items():
                path = Path(place) / f"{codec}-{name}.mp4"
                write(path, codec, size, options.frames)
                rows += measured(path, embedder, options.turns, {"codec": codec, "size": name})
    about = {"machine": processor(), "command": this_command()}
    rows = [{**row, **about} for row in rows]
    replace_rows(RESULTS, rows, by=("codec", "size", "what"))
    show(rows, TABLE)


def measured(
    path: Path, embedder: FrameEmbedder, turns: int, about: dict[str, object]
) -> list[dict[str, object]]:
    """Rows of one file."""
    reader = VideoReader(path, size=(224, 224))
    frames = list(reader.frames(range(len(reader))))

    def decode() -> None:
        with opened(path) as container:
            for _ in container.decode(video_stream(container, path)):
                pass

    with reading_apart():
        apart = VideoReader(path, size=(224, 224))

    def embed_apart() -> None:
        with reading_apart():
            embedder.embed(path)

    jobs: dict[str, Callable[[], object]] = {
        "PyAV, decoding alone": decode,
        "VideoReader at 224×224": lambda: [None for _ in reader.frames(range(len(reader)))],
        "base network alone": lambda: list(embedder.maps(frames)),
        "embedding": lambda: embedder.embed(path),
        "VideoReader in a child": lambda: [None for _ in apart.frames(range(len(apart)))],
        "embedding in a child": embed_apart,
    }
    speeds: dict[str, list[float]] = {what: [] for what in jobs}
    for turn in range(turns + 1):
        for what, job in jobs.items():
            start = time.perf_counter()
            job()
            if turn:  # the first warms up
                speeds[what].append(len(frames) / (time.perf_counter() - start))
    found = [statistics.median(one) for one in speeds.values()]
    bare, read, network, whole, read_apart, whole_apart = found
    slower = min(read, network)
    ratios = (1.0, read / bare, 1.0, whole / slower, read_apart / read, whole_apart / whole)
    return [
        {**about, "what": what, "frames_per_second": speed, "ratio": ratio}
        for what, speed, ratio in zip(jobs, found, ratios, strict=True)
    ]


if __name__ == "__main__":
    main()
