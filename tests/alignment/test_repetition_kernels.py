"""The way round a cycle: against every other way, in small cases."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment.repetition_kernels import round_and_round

Costs = NDArray[np.float64]


def gained(worth: NDArray[np.float32], way: tuple[int, ...], costs: Costs, enter: float) -> float:
    """What a way gains; minus infinity if it cannot be gone."""
    places = worth.shape[1]
    total = 0.0
    for frame, place in enumerate(way):
        if frame and place < places:
            before = way[frame - 1]
            step = (place - before) % places
            if before == places:
                total -= enter
            elif step < len(costs):
                total -= costs[step]
            else:
                return -np.inf
        if place < places:
            total += float(worth[frame, place])
    return total


@pytest.mark.parametrize("seed", range(10))
def test_no_other_way_gains_more(seed: int) -> None:
    generator = np.random.default_rng(seed)
    frames, places = int(generator.integers(1, 6)), int(generator.integers(4, 6))
    worth = generator.normal(0.2, 1, size=(frames, places)).astype(np.float32)
    costs = np.array([0.5, 0.0, 0.25])
    enter = float(generator.uniform(0, 1))
    total, way = round_and_round(worth, costs, enter)
    ways = itertools.product(range(places + 1), repeat=frames)
    assert total == pytest.approx(max(gained(worth, one, costs, enter) for one in ways), abs=1e-5)
    assert total == pytest.approx(gained(worth, tuple(way.tolist()), costs, enter), abs=1e-5)


def test_what_fits_nowhere_is_left_out_and_the_way_goes_on_behind_it() -> None:
    places = 8
    shown = [*range(8), *range(8), *[-1] * 6, *range(4, 8), *range(3)]
    worth = np.where(np.array(shown)[:, None] == np.arange(places), 1.0, -1.0).astype(np.float32)
    total, way = round_and_round(worth, np.array([0.5, 0.0, 0.25, 0.5]), 2.0)
    assert way.tolist() == [place if place >= 0 else places for place in shown]
    assert total == 16 + 7 - 2
