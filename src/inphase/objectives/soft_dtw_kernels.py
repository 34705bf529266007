"""Soft-DTW, compiled: both recursions, along anti-diagonals, in float64.

The cells of an anti-diagonal do not depend on one another, so that the processor can compute
several at a time. For that the exponential and the logarithm are polynomials written out here:
compiled loops that call the library's stay one cell at a time.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from inphase.compiled import compiled

Floats = NDArray[np.float32] | NDArray[np.float64]

# Instead of infinity, whose differences would not be numbers; sums of it stay finite.
FORBIDDEN = 1e300

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
# Adding it leaves the nearest whole number in the lowest bits.
_ROUND = 6755399441055744.0
_LN2 = 0.6931471805599453
_LOG_OF_MIDDLE = 0.2027325540540822  # of 1.5 ** 0.5
_MIDDLE = 1.224744871391589


# Loops are vectorized only without the errors of Python's division. A product and a sum may become
# one instruction.
_VECTORIZED: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}}


def _reinterpret(to: Any, given: Any, llvm: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], llvm)

    return to(given), generate


def _bits_of(_typing: Any, number: Any) -> Any:
    return _reinterpret(types.int64, number, ir.IntType(64))


def _number_of(_typing: Any, bits: Any) -> Any:
    return _reinterpret(types.float64, bits, ir.DoubleType())


# The bits of a float64 as an int64, and the float64 of such bits.
_bits = cast(Callable[[float], int], intrinsic(_bits_of))
_number = cast(Callable[[int], float], intrinsic(_number_of))


@compiled(inline="always", **_VECTORIZED)
def exp_of_negative(x: float) -> float:
    """e to the power x <= 0, to the last bit or two; 0 below −700."""
    inside = -700.0 if x < -700.0 else x
    shifted = inside * _LOG2_E + _ROUND
    power = shifted - _ROUND
    r = (inside - power * _LN2_HIGH) - power * _LN2_LOW
    # The Taylor series, with |r| up to 0.35.
    series = 1 / 6227020800
    series = series * r + 1 / 479001600
    series = series * r + 1 / 39916800
    series = series * r + 1 / 3628800
    series = series * r + 1 / 362880
    series = series * r + 1 / 40320
    series = series * r + 1 / 5040
    series = series * r + 1 / 720
    series = series * r + 1 / 120
    series = series * r + 1 / 24
    series = series * r + 1 / 6
    series = series * r + 1 / 2
    series = (series * r + 1.0) * r + 1.0
    scaled = series * _number((_bits(shifted) << 52) + (1023 << 52))
    return 0.0 if x < -700.0 else scaled


@compiled(inline="always", **_VECTORIZED)
def log_to_three(x: float) -> float:
    """Natural logarithm of 1 <= x <= 3, within 1e-16 of the exact one."""
    far = x > 1.5
    halved = 0.5 * x if far else x
    z = (halved - _MIDDLE) / (halved + _MIDDLE)
    square = z * z
    # The series of 2 artanh z, with |z| up to 0.18.
    series = 0.0
    for k in range(23, 0, -2):
        series = series * square + 2.0 / k
    return series * z + (_LOG_OF_MIDDLE + _LN2 if far else _LOG_OF_MIDDLE)


@compiled(**_VECTORIZED)
def soften(costs: Floats, n: int, m: int, gamma: float, weights: Floats) -> float:
    """The soft-DTW of the first n rows and m columns; `FORBIDDEN` or more without a path.

    Fills `weights` (3, at least n * m): how much of each cell comes diagonally, from above and from
    the left; diagonal after diagonal, the cells of each in the order of their rows.
    """
    # Of the diagonals up to two before, the cell of row i at i + 1; outside the grid is forbidden.
    twice, once, here = (
        np.full(n + 1, FORBIDDEN),
        np.full(n + 1, FORBIDDEN),
        np.full(n + 1, FORBIDDEN),
    )
    given = np.empty(n)
    twice[0] = 0.0
    sharpness = min(1.0 / gamma, 1e300)
    at = 0
    for diagonal in range(n + m - 1):
        low, high = max(0, diagonal - m + 1), min(n - 1, diagonal)
        for i in range(low, high + 1):
            given[i] = costs[i, diagonal - i]
        size = high - low + 1
        # Only loops from 0 over slices are vectorized.
        by_diagonal, by_row, by_column = (
            weights[0, at : at + size],
            weights[1, at : at + size],
            weights[2, at : at + size],
        )
        for k in range(size):
            i = low + k
            a, b, c = twice[i], once[i], once[i + 1]
            least = b if b < a else a
            least = c if c < least else least
            a = exp_of_negative((least - a) * sharpness)
            b = exp_of_negative((least - b) * sharpness)
            c = exp_of_negative((least - c) * sharpness)
            total = a + b + c
            share = 1.0 / total
            by_diagonal[k] = a * share
            by_row[k] = b * share
            by_column[k] = c * share
            cost = FORBIDDEN if given[i] > FORBIDDEN else given[i]
            here[i + 1] = cost + least - gamma * log_to_three(total)
        at += size
        twice[0] = FORBIDDEN
        twice, once, here = once, here, twice
    return float(once[n])


@compiled(**_VECTORIZED)
def spread(weights: NDArray[np.float64], n: int, m: int, seed: float, gradient: Floats) -> None:
    """Fill the gradient of `seed` times `soften` with respect to its costs, from its weights."""
    # What flows back along each kind of step from the cell of row i, at i; of the diagonal steps,
    # two diagonals are under way.
    left, up = np.zeros(n + 1), np.zeros(n + 1)
    across, across_next = np.zeros(n + 1), np.zeros(n + 1)
    here = np.empty(n)
    left[n - 1] = seed
    at = n * m
    for diagonal in range(n + m - 2, -1, -1):
        low, high = max(0, diagonal - m + 1), min(n - 1, diagonal)
        size = high - low + 1
        at -= size
        by_diagonal, by_row, by_column = (
            weights[0, at : at + size],
            weights[1, at : at + size],
            weights[2, at : at + size],
        )
        for k in range(size):
            i = low + k
            flow = left[i] + up[i + 1] + across[i + 1]
            here[i] = flow
            across[i] = flow * by_diagonal[k]
            up[i] = flow * by_row[k]
            left[i] = flow * by_column[k]
        for i in range(low, high + 1):
            gradient[i, diagonal - i] = here[i]
        across, across_next = across_next, across
