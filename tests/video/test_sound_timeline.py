"""Pieces of sound are put where their times say: gaps are silent, overlaps heard once."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.video.sound_timeline import LONGEST_HOLE, LONGEST_SILENCE, HoleError, Timeline

RATE = 1000


def ones(count: int) -> NDArray[np.float32]:
    return np.ones((count, 1), dtype=np.float32)


def joined(*pieces: tuple[int, int, float | None], rate: int = RATE) -> list[float]:
    """The sound of pieces of ones: (samples, rate, time)."""
    timeline, heard = Timeline(rate, 1), []
    for count, own, time in pieces:
        when = None if time is None else Fraction(time).limit_denominator(10**6)
        heard += list(timeline.add(ones(count), own, when))
    heard += list(timeline.finish())
    values: list[float] = np.concatenate([ones(0), *heard])[:, 0].tolist()
    return values


def test_gaps_overlaps_and_what_lies_before_time_0() -> None:
    assert joined((50, RATE, 0.1)) == [0] * 100 + [1] * 50
    assert joined((50, RATE, -0.02)) == [1] * 30
    assert joined((50, RATE, -0.2), (50, RATE, -0.15), (200, RATE, -0.1)) == [1] * 100
    assert joined((50, RATE, 0), (50, RATE, 0.02)) == [1] * 70
    assert joined((9, RATE, 0), (9, RATE, 0.1), (9, RATE, None)) == [1] * 9 + [0] * 91 + [1] * 18


def test_times_that_are_rounded_make_no_seam() -> None:
    assert joined((50, RATE, 0), (50, RATE, 0.052), (50, RATE, 0.098)) == [1] * 150


def test_what_is_heard_once_is_counted() -> None:
    timeline = Timeline(RATE, 1)
    for time in (-1, 0, 0, 0):
        list(timeline.add(ones(100), RATE, Fraction(time)))
    assert timeline.repeated == pytest.approx(0.2)


@given(
    counts=st.lists(st.integers(1, 4000), min_size=1, max_size=6),
    rates=st.lists(st.sampled_from([8000, 11025, 44100, 48000]), min_size=6, max_size=6),
    target=st.sampled_from([16000, 44100]),
)
def test_changing_rates_keep_the_length(counts: list[int], rates: list[int], target: int) -> None:
    pieces: list[tuple[int, int, float | None]] = []
    time = Fraction(0)
    for count, rate in zip(counts, rates, strict=False):
        pieces.append((count, rate, float(time)))
        time += Fraction(count, rate)
    assert len(joined(*pieces, rate=target)) == pytest.approx(float(time) * target, abs=3)


def test_more_silence_than_can_be_believed() -> None:
    timeline = Timeline(RATE, 1)
    filled = sum(map(len, timeline.add(ones(1), RATE, Fraction(LONGEST_HOLE))))
    assert filled == LONGEST_HOLE * RATE + 1
    with pytest.raises(HoleError):
        list(timeline.add(ones(1), RATE, Fraction(3 * LONGEST_HOLE)))
    many = Timeline(RATE, 1)
    list(many.add(ones(1), RATE, Fraction(LONGEST_HOLE)))
    list(many.add(ones(1), RATE, Fraction(LONGEST_HOLE + 400)))
    with pytest.raises(HoleError):
        list(many.add(ones(1), RATE, Fraction(LONGEST_SILENCE + 1)))
