"""Where a source plays: at the match, and on while the target waits."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.sound_transfer.matching import best_sources, played_on

BLOCK, DRIFT = 0.2, 0.25


def _played(
    wanted: list[float], *, chosen: list[int] | None = None, long: float = 9.0
) -> NDArray[np.float64]:
    return played_on(
        np.array(wanted),
        np.arange(len(wanted) + 1, dtype=np.float64) * BLOCK,
        chosen=np.array(chosen or [0] * len(wanted)),
        durations=[long, long],
        drift=DRIFT,
    )


def test_what_moves_on_plays_where_it_matches() -> None:
    wanted = np.cumsum([1.0, 0.1, 0.2, 0.3, 0.5, 0.08])
    assert _played(wanted.tolist()).tolist() == wanted.tolist()


def test_while_the_target_waits_the_sound_around_that_moment_plays_on() -> None:
    played = _played([4.0] * 12)
    assert np.abs(played - 4.0).max() <= DRIFT
    steps = np.diff(played)
    assert (steps != 0).all()  # no block sounds twice in a row
    assert np.isclose(steps, BLOCK).sum() >= 7  # and most follow each other in the source


def test_after_the_wait_it_is_where_it_should_be() -> None:
    assert _played([4.0, 4.0, 4.0, 4.3, 4.5])[3:].tolist() == [4.3, 4.5]


def test_another_source_and_silence_begin_anew() -> None:
    played = _played([4.0, 4.0, 4.0, 4.0, 4.0], chosen=[0, 1, 1, -1, 1])
    assert played[[1, 4]].tolist() == [4.0, 4.0]
    assert played[2] == pytest.approx(4.0 + BLOCK)


def test_nothing_plays_beyond_the_ends_of_a_sound() -> None:
    played = _played([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0], long=1.0)
    assert played.min() >= 0
    assert played.max() <= 1.0 - BLOCK
    assert (np.diff(played[3:]) != 0).all()
    assert _played([0.5, 0.5], long=0.1).tolist() == [0.0, 0.0]


def test_a_change_of_source_has_to_pay() -> None:
    """Each source is better for five of ten blocks, by 2; a typical block costs 2."""
    costs = np.array([[1.0] * 5 + [3.0] * 5, [3.0] * 5 + [1.0] * 5])
    both = [0] * 5 + [1] * 5
    assert best_sources(costs, 0.0).tolist() == both
    # It saves 10, the cost of five typical blocks.
    assert best_sources(costs, 4.9).tolist() == both
    assert len(set(best_sources(costs, 5.1).tolist())) == 1


def test_a_change_back_has_to_pay_as_well() -> None:
    costs = np.array([[1.0] * 12, [9.0] * 12])
    costs[:, 4:7] = [[5.0] * 3, [1.0] * 3]  # 12 saved, for two changes
    typical = np.median(costs)
    there_and_back = [0] * 4 + [1] * 3 + [0] * 5
    assert best_sources(costs, 5.9 / typical).tolist() == there_and_back
    assert best_sources(costs, 6.1 / typical).tolist() == [0] * 12


def test_a_source_that_has_nothing_for_a_block_is_not_taken_for_it() -> None:
    nothing = np.inf
    costs = np.array([[1.0, 1.0, nothing, nothing], [5.0, 5.0, 5.0, nothing]])
    # However expensive a change, sound is better than silence; no source has the last block.
    assert best_sources(costs, 0.1).tolist() == [0, 0, 1, 1]
    assert best_sources(costs, 100.0)[2] == 1
    assert best_sources(np.full((2, 3), nothing), 1.0).tolist() == [0, 0, 0]


def test_the_least_total_cost_is_found_whatever_the_costs() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        costs = random.uniform(size=(3, 6))
        price = 0.5 * float(np.median(costs))

        def total(choice: NDArray[np.int64], costs: NDArray[np.float64], price: float) -> float:
            paid = costs[choice, np.arange(len(choice))].sum()
            return float(paid + price * np.count_nonzero(np.diff(choice)))

        every = np.stack(np.meshgrid(*[np.arange(3)] * 6), axis=-1).reshape(-1, 6)
        least = min(total(choice, costs, price) for choice in every)
        assert total(best_sources(costs, 0.5), costs, price) == pytest.approx(least)
