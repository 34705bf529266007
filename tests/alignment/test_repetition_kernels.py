"""The search for passes through a pattern: against all of them, in small cases."""

import functools

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment.repetition_kernels import connected

Worth = NDArray[np.float32]


def gain_of_a_pass(worth: Worth, begin: int, end: int, slack: int) -> float:
    """The most that one pass over all frames begin..end can gain, by trying every one.

    It stays at a place for one frame or more and goes on to the next, or leaves out one or two.
    Up to three frames at a place count whole if it came from the one before, otherwise one; a
    frame more can only cost.
    """
    places = worth.shape[1]

    @functools.cache
    def most(frame: int, place: int, whole: int) -> float:
        """From this frame on, the first at this place, of which so many frames count whole."""
        found = -np.inf
        gained = 0.0
        for held, at in enumerate(range(frame, end + 1)):
            gained += float(worth[at, place]) if held < whole else min(float(worth[at, place]), 0.0)
            if at == end:
                if place >= places - 1 - slack:
                    found = max(found, gained)
                continue
            for step in (1, 2, 3):
                if place + step < places:
                    for count in (1, 2, 3) if step == 1 else (1,):
                        found = max(found, gained + most(at + 1, place + step, count))
        return found

    return max(most(begin, place, 1) for place in range(slack + 1))


def best_gain(worth: Worth, slack: int, price: float) -> float:
    """Of passes one after the other, each at a price, with anything between."""
    best = [0.0]
    for end in range(len(worth)):
        ending_here = (
            best[begin] + gain_of_a_pass(worth, begin, end, slack) - price
            for begin in range(end + 1)
        )
        best.append(max(best[-1], *ending_here))
    return best[-1]


@pytest.mark.parametrize("slack", [0, 1])
@pytest.mark.parametrize("seed", range(12))
def test_no_other_passes_gain_more(seed: int, slack: int) -> None:
    generator = np.random.default_rng(seed)
    frames, places = int(generator.integers(1, 10)), int(generator.integers(3, 6))
    worth = generator.normal(0.3, 1, size=(frames, places)).astype(np.float32)
    price = float(generator.uniform(0, 1))
    total, firsts, lasts = connected(worth, slack, price)
    assert total == pytest.approx(best_gain(worth, slack, price), abs=1e-5)
    # The passes that are named are those that gain it, in order.
    assert (firsts <= lasts).all()
    assert (firsts[1:] > lasts[:-1]).all()
    told = [
        gain_of_a_pass(worth, first, last, slack) - price
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]
    assert total == pytest.approx(sum(told), abs=1e-5)


def test_passes_at_every_pace_are_found_with_anything_between() -> None:
    places = 9
    once = np.arange(places)
    # At a third of the pace, at its own, at three times it, and with a wait in the middle.
    paces = [np.repeat(once, 3), once, once[::3], np.repeat(once, [1, 1, 1, 1, 7, 1, 1, 1, 1])]
    nothing = [-1] * 4
    shown = [*nothing]
    truth = []
    for pace in paces:
        truth.append((len(shown), len(shown) + len(pace) - 1))
        shown += [*pace.tolist(), *nothing]
    worth = np.where(np.array(shown)[:, None] == once, 1.0, -1.0).astype(np.float32)
    _, firsts, lasts = connected(worth, 2, 0.5)
    # Of the place where a pass begins one frame counts, whichever.
    assert np.abs(np.stack([firsts, lasts], axis=1) - truth).max() <= 2


def test_a_pass_must_be_worth_its_price() -> None:
    worth = np.eye(5, dtype=np.float32) * 2 - 1
    assert connected(worth, 0, 4.9)[0] == pytest.approx(0.1, abs=1e-6)
    total, firsts, _ = connected(worth, 0, 5.1)
    assert total == 0
    assert len(firsts) == 0
