"""Counting and locating repetitions of made-up movements, so the truth is known."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from inphase.alignment.repetitions import _joined, find_repetitions
from inphase.errors import AlignmentError

DIMS = 32
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Movement:
    """Embeddings of a movement that repeats itself, and where."""

    embeddings: Floats
    count: int
    boundaries: Floats  # (count + 1,) frames


def cycle(generator: np.random.Generator, state: Floats) -> Floats:
    """One of two kinds of closed movement: a loop, or there and back by the same way."""
    harmonics = np.arange(1, 5)
    if generator.random() < 0.5:
        weights = generator.normal(size=(2, 4, DIMS)) / harmonics[:, None]
        angles = 2 * np.pi * harmonics * state[:, None]
        return np.asarray(np.cos(angles) @ weights[0] + np.sin(angles) @ weights[1])
    way = 0.5 - 0.5 * np.cos(2 * np.pi * state)
    weights = generator.normal(size=(3, DIMS)) / harmonics[:3, None]
    phases = generator.uniform(0, 2 * np.pi, size=(3, DIMS))
    parts = [weights[k] * np.sin((k + 1) * 0.8 * np.pi * way[:, None] + phases[k]) for k in (0, 1)]
    return np.asarray(sum(parts))


def wander(generator: np.random.Generator, frames: int, size: float) -> Floats:
    """A smooth path that goes nowhere in particular, starting at the origin."""
    steps = gaussian_filter1d(generator.normal(size=(frames + 60, DIMS)), 8, axis=0)[30:-30]
    way = np.cumsum(steps, axis=0)
    way -= way[0]
    return np.asarray(way * size / (np.linalg.norm(way, axis=1).mean() + 1e-9))


def movement(seed: int, *, noise: float = 0.0, around: bool = True) -> Movement:
    """Draw repetitions whose pace changes by up to 2; `around`: pauses, begin and end."""
    generator = np.random.default_rng(seed)
    count, length = int(generator.integers(2, 26)), generator.uniform(12, 60)
    u = np.linspace(0, 1, 2000)
    slow = np.zeros_like(u)
    for k in range(1, 5):
        size, phase = generator.normal() / k, generator.uniform(0, 6)
        slow += size * np.cos(np.pi * k * u * max(1, count / 4) + phase)
    slow = (slow - slow.min()) / np.ptp(slow) * np.log(generator.uniform(1, 2))
    gone = np.concatenate([[0], np.cumsum(np.exp(slow))])[:-1]
    state = np.interp(np.linspace(0, 1, int(count * length)), u, gone / gone[-1] * count)
    if around:
        for _ in range(generator.integers(0, 3)):
            at = int(generator.integers(len(state)))
            state = np.insert(state, at, np.full(generator.integers(5, 60), state[at]))
    embeddings = cycle(generator, state)
    size = float(np.linalg.norm(embeddings - embeddings.mean(axis=0), axis=1).mean())
    before = 0
    if around:
        before, after = (int(value) for value in generator.integers(2, 60, size=2))
        lead = embeddings[0] + wander(generator, before, size)[::-1]
        tail = embeddings[-1] + wander(generator, after, size)
        embeddings = np.concatenate([lead, embeddings, tail])
    noisy = embeddings + generator.normal(size=embeddings.shape) * noise * size / DIMS**0.5
    boundaries = before + np.searchsorted(state, np.arange(count + 1)).astype(float)
    return Movement(noisy, count, boundaries)


@pytest.mark.parametrize("seed", range(12))
def test_repetitions_of_changing_pace_are_counted_exactly(seed: int) -> None:
    made = movement(seed, around=False)
    found = find_repetitions(made.embeddings)
    assert found.count == made.count
    assert found.confidence > 0.9


@pytest.mark.slow
def test_with_pauses_noise_and_other_movement_nearly_all_counts_are_right_within_one() -> None:
    away = []
    for seed in range(30):
        made = movement(seed, noise=0.2)
        away.append(abs(find_repetitions(made.embeddings).count - made.count))
    assert np.mean(np.array(away) <= 1) >= 0.95
    assert np.mean(np.array(away) == 0) >= 0.75


def test_each_repetition_is_one_cycle_long_and_they_do_not_overlap() -> None:
    made = movement(3, around=False)
    found = find_repetitions(made.embeddings)
    cycles = np.diff(made.boundaries)
    assert found.count == made.count
    lengths = found.ends - found.starts
    assert (found.starts[1:] >= found.ends[:-1]).all()
    assert lengths == pytest.approx(cycles, rel=0.3, abs=6)


def turn(frames: int) -> Floats:
    """One turn of a movement, from its first frame to the one before it begins again."""
    angle = 2 * np.pi * np.arange(frames) / frames
    return np.stack([np.cos(angle), np.sin(angle), np.cos(2 * angle)], axis=1)


def test_repetitions_that_fill_the_video_run_from_its_first_frame_to_its_last() -> None:
    found = find_repetitions(np.tile(turn(30), (3, 1)))
    assert found.starts.tolist() == [0, 30, 60]
    assert found.ends.tolist() == [30, 60, 90]


def test_a_repetition_may_be_just_as_long_as_the_longest_and_no_longer() -> None:
    frames = np.tile(turn(30), (3, 1))
    assert find_repetitions(frames, longest=30).count == 3
    assert find_repetitions(frames, longest=29).count == 0
    assert find_repetitions(frames[:60]).count == 2  # the longest is half of the video


def test_a_short_gap_is_split_and_a_longer_one_belongs_to_neither() -> None:
    starts, ends = _joined(np.array([0, 15, 31]), np.array([10, 25, 41]))
    assert starts.tolist() == [0, 12, 31]
    assert ends.tolist() == [12, 25, 41]


def test_a_long_repetition_counts_more_for_the_confidence_than_a_short_one() -> None:
    generator = np.random.default_rng(0)
    frames = np.concatenate([np.tile(turn(60), (3, 1)), np.tile(turn(30), (3, 1))])
    frames[:180] += 0.8 * generator.normal(size=(180, 3))
    found = find_repetitions(frames)
    assert found.count == 6
    weighted = float(np.average(found.likeness, weights=found.ends - found.starts))
    assert found.confidence == pytest.approx(weighted, abs=0.001)
    assert found.likeness.mean() > weighted + 0.003


def test_options_at_their_bounds_are_accepted() -> None:
    frames = np.tile(turn(30), (3, 1))
    assert find_repetitions(frames, shortest=4).count == 3
    assert find_repetitions(frames, shortest=30, longest=30).count == 3
    assert find_repetitions(frames, least_confidence=0).count == 3
    assert find_repetitions(frames, least_confidence=1).count == 0


def test_what_is_done_twice_in_a_row_is_not_taken_for_one() -> None:
    """An exact copy of two different cycles is two repetitions of the pair, not four of one."""
    generator = np.random.default_rng(0)
    way = wander(generator, 41, 1.0)
    closed = way - np.linspace(0, 1, 41)[:, None] * way[-1]
    assert find_repetitions(np.concatenate([closed[:-1]] * 7)).count == 7


def nothing(seed: int) -> Floats:
    generator = np.random.default_rng(seed)
    frames = int(generator.integers(40, 400))
    kinds = (
        lambda: wander(generator, frames, 1.0),
        lambda: cycle(generator, np.clip(np.linspace(-0.5, 1.5, frames), 0, 1)),
        lambda: np.ones((frames, DIMS)),
        lambda: cycle(generator, np.linspace(0, 0.6, frames)),
        lambda: np.zeros((frames, DIMS)),
    )
    quiet = kinds[seed % len(kinds)]()
    return np.asarray(quiet + generator.normal(size=quiet.shape) * 0.02)


@pytest.mark.parametrize("seed", range(15))
def test_what_does_not_repeat_itself_stays_whole(seed: int) -> None:
    found = find_repetitions(nothing(seed))
    assert found.count == 0
    assert found.confidence == 0


@pytest.mark.parametrize("frames", [0, 1, 11])
def test_too_short_or_still_is_no_repetition(frames: int) -> None:
    assert find_repetitions(np.zeros((frames, 4))).count == 0
    assert find_repetitions(np.zeros((frames + 40, 4))).count == 0


@pytest.mark.parametrize(
    ("embeddings", "options", "told"),
    [
        (np.zeros(9), {}, r"must be \(frames, dims\)"),
        (np.full((40, 2), np.nan), {}, "not all finite"),
        (np.zeros((40, 2)), {"shortest": 3}, "at least 4 frames"),
        (np.zeros((40, 2)), {"longest": 5}, "below the shortest"),
        (np.zeros((40, 2)), {"least_confidence": 2}, r"0\.\.1"),
        (np.zeros((40, 2)), {"least_confidence": -0.1}, r"0\.\.1"),
        (np.zeros((40, 0)), {}, r"must be \(frames, dims\)"),
    ],
)
def test_bad_input_is_told_in_one_sentence(
    embeddings: Floats, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(AlignmentError, match=told):
        find_repetitions(embeddings, **options)


def test_takes_that_are_far_apart_count_as_the_same_movement() -> None:
    """The same movement four times, each with its own offset, as in a video spliced from takes."""
    generator = np.random.default_rng(4)
    turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    once = np.stack([np.cos(turn), np.sin(turn), np.cos(2 * turn)], axis=1)
    takes = [once + generator.normal(size=3) * 0.35 for _ in range(4)]
    assert find_repetitions(np.concatenate(takes)).count == 4
