"""Time dynamic time warping and soft-DTW beside other packages, in the same run.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python benchmarks/dtw.py

All get the same problem, in turns, so that a busy moment of the machine hits all: the squared
differences of two random walks, as a float32 matrix. dtaidistance and aeon take no matrix; they get
the walks and compute the differences themselves. For soft-DTW the problem is a batch of random
float32 matrices, and the time is that of the value and the gradient together.

Costs and gradients must agree, and paths where the matrix is the same. What is not installed is
left out: librosa comes with the development tools, the others with
`pip install tslearn dtaidistance aeon ddtw`. Results go into benchmarks/results/dtw.csv.
"""

import importlib
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from arguments import new_parser
from numpy.typing import NDArray
from result_tables import processor, show, this_command, write_rows

from inphase.alignment import dtw
from inphase.objectives.soft_dtw import soft_dtw

RESULTS = Path(__file__).parent / "results" / "dtw.csv"
TABLE = {"what": "", "size": "", "program": "", "median_ms": "", "fastest_ms": "", "slowest_ms": ""}
PACKAGES = ("numpy", "numba", "torch", "librosa", "tslearn", "dtaidistance", "aeon", "ddtw")
GAMMA = 0.1
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Walks:
    """Two walks (size,) and the squared differences between them (size, size) in float32."""

    first: Numbers
    second: Numbers
    distances: Numbers


# Both return the cost, and the (steps, 2) path or the gradient.
Warp = Callable[[Walks], tuple[float, Numbers]]
Soften = Callable[[torch.Tensor], tuple[float, Numbers]]


def inphase_dtw(walks: Walks) -> tuple[float, Numbers]:
    """This package."""
    path = dtw(walks.distances)
    return path.cost, np.stack([path.reference, path.query], axis=1)


def librosa_dtw(walks: Walks) -> tuple[float, Numbers]:
    """librosa returns the path backwards."""
    accumulated, path = importlib.import_module("librosa").sequence.dtw(C=walks.distances)
    return float(accumulated[-1, -1]), path[::-1]


def tslearn_dtw(walks: Walks) -> tuple[float, Numbers]:
    """tslearn, with its compiled loops."""
    metrics = importlib.import_module("tslearn.metrics")
    path, cost = metrics.dtw_path_from_metric(walks.distances, metric="precomputed")
    return float(cost), np.array(path)


def dtaidistance_dtw(walks: Walks) -> tuple[float, Numbers]:
    """dtaidistance, in C; it returns the root of the cost."""
    package = importlib.import_module("dtaidistance.dtw")
    path, root = package.warping_path_fast(walks.first, walks.second, include_distance=True)
    return float(root) ** 2, np.array(path)


def aeon_dtw(walks: Walks) -> tuple[float, Numbers]:
    """aeon, with its compiled loops."""
    path, cost = importlib.import_module("aeon.distances").dtw_alignment_path(
        walks.first, walks.second
    )
    return float(cost), np.array(path)


def inphase_soft_dtw(costs: torch.Tensor) -> tuple[float, Numbers]:
    """This package."""
    given = costs.clone().requires_grad_()
    value = soft_dtw(given, gamma=GAMMA).mean()
    (gradient,) = torch.autograd.grad(value, given)
    return value.item(), gradient.numpy()


def ddtw_soft_dtw(costs: torch.Tensor) -> tuple[float, Numbers]:
    """ddtw, with its compiled loops."""
    package = importlib.import_module("ddtw")
    given = costs.clone().requires_grad_()
    value = package.SDTW(gamma=GAMMA, normalization="none", backend="cpu_numba")(C=given)
    (gradient,) = torch.autograd.grad(value, given)
    return value.item(), gradient.numpy()


WARPS: dict[str, Warp] = {
    "inphase": inphase_dtw,
    "librosa": librosa_dtw,
    "tslearn": tslearn_dtw,
    "dtaidistance": dtaidistance_dtw,
    "aeon": aeon_dtw,
}
ON_THE_SAME_MATRIX = ("librosa", "tslearn")
SOFTENS: dict[str, Soften] = {"inphase": inphase_soft_dtw, "ddtw": ddtw_soft_dtw}


def is_installed(package: str) -> bool:
    """Whether a package can be imported; says so if not."""
    try:
        importlib.import_module(package)
    except ImportError as problem:
        print(f"{package} is left out: {problem}")
        return False
    return True


def in_turns(programs: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each repeat of each program."""
    taken: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(repeats):
        for name, program in programs.items():
            start = time.perf_counter()
            program()
            taken[name].append(1000 * (time.perf_counter() - start))
    return taken


def measure_warps(size: int, repeats: int, names: list[str]) -> dict[str, list[float]]:
    """Milliseconds of each warp of two walks of this length."""
    walks = np.random.default_rng(0).normal(size=(2, size)).cumsum(axis=1)
    distances = np.square(walks[0][:, None] - walks[1]).astype(np.float32)
    problem = Walks(walks[0], walks[1], distances)
    # The first call compiles, and its result shows that all solve the same problem.
    cost, path = WARPS["inphase"](problem)
    for name in names:
        other, other_path = WARPS[name](problem)
        np.testing.assert_allclose(other, cost, rtol=1e-5, err_msg=name)
        if name in ON_THE_SAME_MATRIX:
            np.testing.assert_array_equal(other_path, path, err_msg=name)
    return in_turns({name: partial(WARPS[name], problem) for name in names}, repeats)


def measure_softens(
    size: int, batch: int, repeats: int, names: list[str]
) -> dict[str, list[float]]:
    """Milliseconds of each soft-DTW, value and gradient, of a batch of (size, size) matrices."""
    costs = torch.rand(batch, size, size, generator=torch.Generator().manual_seed(0))
    value, gradient = SOFTENS["inphase"](costs)
    for name in names:
        other, other_gradient = SOFTENS[name](costs)
        np.testing.assert_allclose(other, value, rtol=1e-4, err_msg=name)
        # ddtw keeps float32 between the cells.
        error = np.linalg.norm(other_gradient - gradient) / np.linalg.norm(gradient)
        print(f"soft-DTW {size}: the gradient of {name} differs by {error:.1e}")
        assert error < 0.02
    return in_turns({name: partial(SOFTENS[name], costs) for name in names}, repeats)


def installed_versions() -> dict[str, str]:
    """Version of each package; empty if it is not installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


def main() -> None:
    """Measure, print, write."""
    parser = new_parser(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--soft-sizes", type=int, nargs="+", default=[240, 480])
    parser.add_argument("--batch", type=int, default=4, help="matrices at once, for soft-DTW")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--output", type=Path, default=RESULTS)
    arguments = parser.parse_args()

    warps = [name for name in WARPS if is_installed(name)]
    softens = [name for name in SOFTENS if is_installed(name)]
    measured = [
        ("dtw", size, 1, measure_warps(size, arguments.repeats, warps)) for size in arguments.sizes
    ]
    measured += [
        (
            "soft-dtw",
            size,
            arguments.batch,
            measure_softens(size, arguments.batch, arguments.repeats, softens),
        )
        for size in arguments.soft_sizes
    ]
    about = {
        "repeats": arguments.repeats,
        "dtype": "float32",
        "threads": torch.get_num_threads(),
        "machine": processor(),
        "python": platform.python_version(),
        **installed_versions(),
        "command": this_command(),
    }
    rows: list[dict[str, object]] = []
    for what, size, batch, programs in measured:
        for name, taken in programs.items():
            times = [statistics.median(taken), min(taken), max(taken)]
            median, fastest, slowest = (round(value, 2) for value in times)
            rows.append(
                {
                    "what": what,
                    "size": size,
                    "batch": batch,
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
