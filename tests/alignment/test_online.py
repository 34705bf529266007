"""Following a query frame by frame: its position, revisions, and bounded memory."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.alignment.online import OnlineAligner, advance
from inphase.errors import AlignmentError

Floats = NDArray[np.float64]


def path(states: Floats) -> Floats:
    """A curve that never crosses itself."""
    return np.stack([np.cos(3 * states), np.sin(3 * states), 2 * states], axis=1)


def cheapest(reference: Floats, query: Floats, max_speed: int) -> tuple[float, list[int]]:
    """The best open-ended path by a plain table, with the same steps."""
    distances = ((reference[:, None] - query[None]) ** 2).sum(-1)
    n, m = distances.shape
    costs = np.full((n, m), np.inf)
    costs[:max_speed, 0] = distances[:max_speed, 0]
    for j in range(1, m):
        for i in range(n):
            costs[i, j] = distances[i, j] + costs[max(0, i - max_speed) : i + 1, j - 1].min()
    ends = costs.argmin(axis=0)
    return float(costs[ends[-1], -1]), ends.tolist()


@pytest.mark.parametrize("max_speed", [1, 2, 4])
@pytest.mark.parametrize("seed", range(4))
def test_each_place_is_the_end_of_the_cheapest_way_so_far(seed: int, max_speed: int) -> None:
    generator = np.random.default_rng(seed)
    reference, query = generator.normal(size=(9, 3)), generator.normal(size=(12, 3))
    aligner = OnlineAligner(reference, max_speed=max_speed, look_back=100)
    places = [aligner.push(frame) for frame in query]
    _, ends = cheapest(reference, query, max_speed)
    assert [place.reference_frame for place in places] == ends
    revised = places[-1].revised
    assert len(revised) == 12
    assert (np.diff(revised) >= 0).all()
    assert (np.diff(revised) <= max_speed).all()
    cost = ((reference[revised] - query) ** 2).sum()
    assert cost == pytest.approx(cheapest(reference, query, max_speed)[0])


def test_a_query_of_another_pace_is_followed() -> None:
    reference = np.linspace(0, 1, 100)
    pace = np.interp(np.arange(160), [0, 60, 80, 159], [0, 0.2, 0.7, 1])
    aligner = OnlineAligner(path(reference))
    places = [aligner.push(frame) for frame in path(pace)]
    found = np.array([place.reference_frame for place in places])
    assert np.abs(reference[found] - pace).max() < 0.03
    assert min(place.confidence for place in places) > 0.9


def test_nothing_is_revised_unless_asked_for() -> None:
    aligner = OnlineAligner(path(np.linspace(0, 1, 20)))
    for frame in path(np.linspace(0, 1, 15)):
        place = aligner.push(frame)
        assert place.revised.tolist() == [place.reference_frame]


def test_looking_back_mends_what_was_wrong_at_first() -> None:
    """Two moments that look alike: only later frames show which it was."""
    reference = np.array([0.0, 5, 1, 9, 5, 2])[:, None]
    aligner = OnlineAligner(reference, look_back=3, max_speed=5)
    for value in (0.0, 1.0, 5.0):
        place = aligner.push([value])
    assert place.revised.tolist() == [0, 2, 4]
    assert OnlineAligner(reference).push([0.0]).revised.tolist() == [0]


@pytest.mark.parametrize("rates", [(25, 25), (120, 25), (200, 12), (10, 60), (25, 200)])
def test_a_query_is_followed_at_whatever_frame_rates(rates: tuple[int, int]) -> None:
    of_reference, of_query = rates
    reference = np.arange(4 * of_reference) / of_reference
    times = np.arange(3 * of_query) / of_query
    aligner = OnlineAligner(path(reference / 4), times=reference)
    # The query does in 3 s what takes the reference 4.
    places = [aligner.push(frame, time) for frame, time in zip(path(times / 3), times, strict=True)]
    found = reference[[place.reference_frame for place in places]]
    assert np.abs(found - times * 4 / 3).max() < 2 / min(rates)


@pytest.mark.parametrize("rates", [(25, 25), (120, 25), (10, 60), (25, 200)])
def test_the_reference_passes_no_faster_than_allowed(rates: tuple[int, int]) -> None:
    of_reference, of_query = rates
    reference = np.arange(8 * of_reference) / of_reference
    aligner = OnlineAligner(path(reference / 8), times=reference, max_speed=2)
    end = path(np.array([1.0]))[0]
    times = 7 + np.arange(2 * of_query) / of_query
    places = [aligner.push(end, time).reference_frame for time in times]
    away = reference[places] - 2 * (times - 7)
    assert away.max() < 3 / min(rates)
    assert away[-1] > -3 / min(rates)  # it goes as fast as it may


@pytest.mark.parametrize("rate", [5, 25, 200])
def test_it_looks_back_as_long_as_asked_at_whatever_rate(rate: int) -> None:
    times = np.arange(3 * rate) / rate
    aligner = OnlineAligner(path(np.arange(600) / 600), times=np.arange(600) / 200, look_back=1)
    revised = [
        aligner.push(frame, time).revised
        for frame, time in zip(path(times / 3), times, strict=True)
    ]
    assert [len(one) for one in revised] == [min(n, rate) + 1 for n in range(3 * rate)]


@pytest.mark.parametrize("reach", [0, 1, 3, 20])
@pytest.mark.parametrize("seed", range(3))
def test_a_step_takes_the_cheapest_position_within_reach_and_of_equal_ones_the_nearest(
    seed: int, reach: int
) -> None:
    generator = np.random.default_rng(seed)
    costs = generator.integers(0, 4, size=15).astype(float)
    distances, new = generator.random(15), np.empty(15)
    came = np.empty(15, dtype=np.int32)
    advance(costs, distances, reach, new, came)
    for i in range(15):
        steps = range(1, min(reach, i) + 1)
        step = min(steps, key=lambda back: (costs[i - back], back), default=0)
        step = step if costs[i - step] <= costs[i] else 0
        assert came[i] == step
        assert new[i] == costs[i - step] + distances[i]


def test_an_open_begin_starts_anywhere() -> None:
    reference = path(np.linspace(0, 1, 50))
    late = reference[30]
    assert OnlineAligner(reference).push(late).reference_frame < 3
    assert OnlineAligner(reference, open_begin=True).push(late).reference_frame == 30


def test_memory_does_not_grow_with_the_query() -> None:
    aligner = OnlineAligner(path(np.linspace(0, 1, 60)), look_back=20)
    frame = path(np.array([0.5]))[0]

    def peak(frames: int) -> int:
        tracemalloc.reset_peak()
        for _ in range(frames):
            aligner.push(frame)
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(50)
        few, many = peak(50), peak(3000)
    finally:
        tracemalloc.stop()
    assert many < few + 20_000


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"max_speed": 0}, "max_speed"),
        ({"look_back": -1}, "look_back"),
        ({"look_back": np.inf}, "look_back"),
        ({"times": [0, 1, 2, 2, 3]}, "increasing"),
        ({"times": [0, 1, 2]}, "one increasing number per frame"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(AlignmentError, match=told):
        OnlineAligner(np.zeros((5, 2)), **options)


def test_other_dimensions_and_numbers_are_refused() -> None:
    with pytest.raises(AlignmentError, match=r"\(frames, dims\)"):
        OnlineAligner(np.zeros(3))
    with pytest.raises(AlignmentError, match="finite"):
        OnlineAligner(np.full((3, 1), np.nan))
    for frame in ([1.0], [1.0, np.nan]):
        with pytest.raises(AlignmentError, match="2 finite numbers"):
            OnlineAligner(np.zeros((3, 2))).push(frame)
