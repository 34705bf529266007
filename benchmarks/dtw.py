"""Time dynamic time warping, path included, against librosa in the same run.

    python benchmarks/dtw.py

Both get the same random float32 matrices, in turns, so that a busy moment of the machine hits both.
Their costs and paths must agree. Results go into benchmarks/results/dtw.csv.
"""

import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import librosa
import numpy as np
from arguments import new_parser
from numpy.typing import NDArray
from result_tables import processor, show, this_command, write_rows

from inphase.alignment import dtw

RESULTS = Path(__file__).parent / "results" / "dtw.csv"
TABLE = {"size": "", "program": "", "median_ms": "", "fastest_ms": "", "slowest_ms": ""}
Distances = NDArray[np.float32]
Result = tuple[float, NDArray[np.int64]]


def inphase_dtw(distances: Distances) -> Result:
    """Cost and (steps, 2) path of this package."""
    path = dtw(distances)
    return path.cost, np.stack([path.reference, path.query], axis=1)


def librosa_dtw(distances: Distances) -> Result:
    """Cost and (steps, 2) path of librosa, which returns the path backwards."""
    accumulated, path = librosa.sequence.dtw(C=distances)
    return float(accumulated[-1, -1]), path[::-1]


PROGRAMS: dict[str, Callable[[Distances], Result]] = {
    "inphase": inphase_dtw,
    "librosa": librosa_dtw,
}


def measure(size: int, repeats: int, seed: int = 0) -> dict[str, list[float]]:
    """Milliseconds of each repeat of each program on a (size, size) matrix."""
    distances = np.random.default_rng(seed).random((size, size), dtype=np.float32)
    # The first call compiles, and its result shows that both solve the same problem.
    results = [program(distances) for program in PROGRAMS.values()]
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-9)
    np.testing.assert_array_equal(results[0][1], results[1][1])
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for _ in range(repeats):
        for name, program in PROGRAMS.items():
            start = time.perf_counter()
            program(distances)
            taken[name].append(1000 * (time.perf_counter() - start))
    return taken


def main() -> None:
    """Measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()

    about = {
        "repeats": arguments.repeats,
        "dtype": "float32",
        "machine": processor(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "librosa")},
        "command": this_command(),
    }
    rows: list[dict[str, object]] = []
    for size in arguments.sizes:
        for name, taken in measure(size, arguments.repeats).items():
            times = [statistics.median(taken), min(taken), max(taken)]
            median, fastest, slowest = (round(value, 2) for value in times)
            rows.append(
                {
                    "size": size,
                    "program": name,
                    "median_ms": median,
                    "fastest_ms": fastest,
                    "slowest_ms": slowest,
                    **about,
                }
            )
    show(rows, TABLE)
    write_rows(arguments.output, rows)


if __name__ == "__main__":
    main()
