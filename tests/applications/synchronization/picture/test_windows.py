"""Crops follow a person calmly, and overlays put one body on the other."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.synchronization.picture.bodies import Body
from inphase.applications.synchronization.picture.windows import (
    crop_around,
    crop_windows,
    is_mirrored,
    whole,
    windows_on,
)

FRAMES, SIZE = 90, (640, 360)
TIMES = np.arange(FRAMES) / 30


def body(middle: NDArray[np.float64], scale: float = 1.0, *, shake: float = 0.0) -> Body:
    """A person of 33 random but constant landmarks around a (frames, 2) path."""
    random = np.random.default_rng(7)
    shape = random.uniform(-50, 50, (33, 2)) * [0.5, 1]
    noise = shake * random.standard_normal((FRAMES, 33, 2))
    places = middle[:, None] + scale * shape + noise
    return Body(places, np.ones((FRAMES, 33), np.bool_), TIMES)


STILL = np.tile([300.0, 180.0], (FRAMES, 1))
WALK = np.stack([np.linspace(80, 560, FRAMES), np.full(FRAMES, 180.0)], axis=1)
EVERY = np.arange(FRAMES)


def test_a_crop_of_somebody_in_one_place_stands_still() -> None:
    windows = crop_windows(crop_around(body(STILL, shake=2), EVERY), 9 / 16, SIZE)
    assert (windows == windows[0]).all()
    assert windows[0, 2] / windows[0, 3] == pytest.approx(9 / 16)


def test_a_crop_follows_without_shaking_and_loses_nobody() -> None:
    person = body(WALK, shake=2)
    windows = crop_windows(crop_around(person, EVERY), 1.0, SIZE)
    assert (windows[:, 2:] == windows[0, 2:]).all()
    assert windows[0, 2] < SIZE[0] / 2
    boxes = person.boxes()
    assert (windows[:, :2] <= boxes[:, :2]).all()
    assert (windows[:, :2] + windows[:, 2:] >= boxes[:, 2:]).all()
    assert (windows[:, :2] >= 0).all()
    assert (windows[:, :2] + windows[:, 2:] <= SIZE).all()
    # The walk itself has no acceleration, and the landmarks shake by two pixels.
    assert np.abs(np.diff(windows[:, 0], n=2)).max() < 0.2


def seen(person: Body, windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where a person is on the picture, from 0 to 1."""
    found: NDArray[np.float64] = (person.places - windows[:, None, :2]) / windows[:, None, 2:]
    return found


@pytest.mark.parametrize("path", [STILL, WALK])
def test_a_body_of_another_size_and_place_lies_on_the_reference(
    path: NDArray[np.float64],
) -> None:
    reference, query = body(STILL), body(path * 0.5 + 20, 0.4)
    windows = whole(SIZE, FRAMES)
    placed = windows_on(reference, windows, query, EVERY)
    inner = slice(15, -15)  # a calm window needs half a second to get going
    apart = seen(reference, windows)[inner] - seen(query, placed)[inner]
    assert np.abs(apart * SIZE).max() < 3
    assert (placed[:, 2:] == placed[0, 2:]).all()


def test_a_query_matched_at_another_pace_lies_there_too() -> None:
    mapping = EVERY // 2
    reference = body(WALK[mapping])
    placed = windows_on(reference, whole(SIZE, FRAMES), body(WALK), mapping)
    assert np.abs(placed[:, :2]).max() < 1


def test_the_mirror_image_is_taken_where_it_lies_better() -> None:
    person = body(STILL)
    assert is_mirrored(person, person, EVERY) is False
    assert is_mirrored(person, person.flipped(SIZE[0]), EVERY) is True
    front = Body(person.places * [0, 1] + [300, 0], person.visible, TIMES)
    assert is_mirrored(front, front.flipped(SIZE[0]), EVERY) is None


def test_two_who_are_never_seen_together_are_not_judged() -> None:
    def seen_if(when: NDArray[np.bool_]) -> Body:
        seen = np.tile(when[:, None], (1, 33))
        return Body(np.where(seen[..., None], body(STILL).places, np.nan), seen, TIMES)

    one, other = seen_if(EVERY < 40), seen_if(EVERY >= 40)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert is_mirrored(one, other, EVERY) is None
