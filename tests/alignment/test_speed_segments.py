"""Pieces of constant speed: as few as possible, never further off than allowed."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment.speed_segments import SpeedSegment, _exact, constant_speeds
from inphase.errors import AlignmentError


def played(segments: tuple[SpeedSegment, ...]) -> NDArray[np.int64]:
    return np.concatenate([segment.played() for segment in segments])


def playable(piece: NDArray[np.int64], error: int, steps: int) -> bool:
    """Whether one start and speed will do, by trying all of them."""
    for source in range(max(0, piece[0] - error), piece[0] + error + 1):
        for speed in range(12 * steps + 1):
            shown = [source + i * speed // steps for i in range(len(piece))]
            if all(abs(a - b) <= error for a, b in zip(shown, piece, strict=True)):
                return True
    return False


def fewest(mapping: NDArray[np.int64], error: int, steps: int) -> int:
    """The smallest number of pieces, by trying all ways to cut."""
    n = len(mapping)
    for cuts in range(n):
        for places in itertools.combinations(range(1, n), cuts):
            ends = [0, *places, n]
            if all(playable(mapping[a:b], error, steps) for a, b in itertools.pairwise(ends)):
                return cuts + 1
    return n


@pytest.mark.parametrize("error", [0, 1, 2])
@pytest.mark.parametrize("seed", range(6))
def test_there_are_as_few_pieces_as_there_can_be(seed: int, error: int) -> None:
    generator = np.random.default_rng(seed)
    mapping = np.cumsum(generator.integers(0, 5, size=7))
    segments = constant_speeds(mapping, error=error, steps=10)
    assert len(segments) == fewest(mapping, error, 10)


@pytest.mark.parametrize("error", [0, 1, 3])
@pytest.mark.parametrize("seed", range(8))
def test_no_frame_is_further_off_than_allowed(seed: int, error: int) -> None:
    generator = np.random.default_rng(seed)
    mapping = np.cumsum(generator.choice([0, 0, 1, 1, 1, 2, 3], size=300))
    segments = constant_speeds(mapping, error=error)
    assert np.abs(played(segments) - mapping).max() <= error
    starts = [segment.first for segment in segments]
    assert starts == [0, *np.cumsum([segment.frames for segment in segments])[:-1].tolist()]
    assert all((250 * segment.speed).denominator == 1 for segment in segments)


@pytest.mark.parametrize("seed", range(4))
def test_nor_is_it_where_speeds_are_finer_than_all_that_are_compared(seed: int) -> None:
    generator = np.random.default_rng(seed)
    for error in range(5):
        mapping = generator.integers(0, 40, size=40)
        segments = constant_speeds(mapping, error=error, steps=10_000)
        assert np.abs(played(segments) - mapping).max() <= error


@pytest.mark.parametrize("steps", [1, 10])
@pytest.mark.parametrize("error", [0, 1, 2])
def test_what_is_always_tried_is_the_earliest_start_and_then_the_slowest_speed(
    error: int, steps: int
) -> None:
    generator = np.random.default_rng(error)
    tried = 0
    for _ in range(200):
        piece = generator.integers(0, 3) + np.cumsum(
            generator.integers(0, 4, size=generator.integers(1, 6))
        )
        found = next(
            (
                (source, speed)
                for source in range(max(0, piece[0] - error), piece[0] + error + 1)
                for speed in range(6 * steps)
                if np.abs(source + np.arange(len(piece)) * speed // steps - piece).max() <= error
            ),
            None,
        )
        if found is not None:
            tried += 1
            assert _exact(piece, error, steps, 100 * steps) == found
    assert tried > 50


def test_a_larger_error_never_takes_more_cuts() -> None:
    generator = np.random.default_rng(1)
    mapping = np.cumsum(generator.choice([0, 1, 1, 2, 4], size=200))
    counts = [len(constant_speeds(mapping, error=error)) for error in range(8)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]


def test_two_speeds_are_two_pieces_of_just_these_speeds() -> None:
    mapping = np.concatenate([np.arange(0, 40, 2), 40 + np.arange(30) // 2])
    slow_after_fast = constant_speeds(mapping, error=0)
    assert [(one.first, one.source, one.speed) for one in slow_after_fast] == [
        (0, 0, Fraction(2)),
        (20, 40, Fraction(1, 2)),
    ]


def test_a_held_picture_is_one_piece_of_speed_zero() -> None:
    (held,) = constant_speeds(np.full(9, 4), error=0)
    assert (held.source, held.frames) == (4, 9)
    assert held.speed == 0


@pytest.mark.parametrize(
    ("mapping", "options", "told"),
    [
        ([], {}, "one integer source frame"),
        ([0.5], {}, "one integer source frame"),
        ([-1, 0], {}, "negative"),
        ([0, 1], {"error": -1}, "0 or more"),
        ([0, 1], {"steps": 0}, "at least 1"),
    ],
)
def test_bad_input_is_told_in_one_sentence(
    mapping: list[float], options: dict[str, int], told: str
) -> None:
    with pytest.raises(AlignmentError, match=told):
        constant_speeds(mapping, **options)
