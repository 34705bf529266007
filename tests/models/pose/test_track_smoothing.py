"""Smoothing over time: trembling goes, movement and its moments stay."""

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose.track_smoothing import smooth_landmarks

FPS = 25
TIMES = np.arange(150) / FPS


def body(frames: int) -> NDArray[np.float32]:
    """Somebody who stands still; the torso is 100 pixels and half a metre long."""
    landmarks = np.zeros((frames, 33, 7), np.float32)
    landmarks[:, 11:13, 1] = -100
    landmarks[:, 11:13, 5] = -0.5
    landmarks[..., 3] = 1
    return landmarks


def moving(wrist: NDArray[np.float64], *, noise: float = 0.0) -> NDArray[np.float32]:
    """The same body, its left wrist at y = `wrist` torso lengths."""
    landmarks = body(len(wrist))
    landmarks[:, 15, 1] = 100 * wrist
    landmarks[:, 15, 5] = 0.5 * wrist
    draw = np.random.default_rng(0)
    landmarks[..., :3] += draw.normal(0, 100 * noise, landmarks[..., :3].shape)
    landmarks[..., 4:] += draw.normal(0, 0.5 * noise, landmarks[..., 4:].shape)
    return landmarks


def test_a_body_at_rest_stops_trembling() -> None:
    trembling = moving(np.zeros(150), noise=0.01)
    smoothed = smooth_landmarks(trembling, TIMES)
    assert (
        np.diff(smoothed[..., :2], axis=0).std() < 0.25 * np.diff(trembling[..., :2], axis=0).std()
    )
    assert (
        np.diff(smoothed[..., 4:], axis=0).std() < 0.25 * np.diff(trembling[..., 4:], axis=0).std()
    )


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_nothing_lags(seconds: float) -> None:
    wrist = np.sin(2 * np.pi * TIMES / seconds)
    smoothed = smooth_landmarks(moving(wrist, noise=0.003), TIMES)[:, 15, 1] / 100
    shifts = np.arange(-3, 3.01, 0.05)
    inner = slice(10, -10)
    frames = np.arange(150)
    errors = [((np.interp(frames + s, frames, smoothed) - wrist)[inner] ** 2).sum() for s in shifts]
    assert abs(shifts[int(np.argmin(errors))]) < 0.1


@pytest.mark.parametrize("seconds", [0.5, 1.0, 2.0])
def test_turning_points_are_reached(seconds: float) -> None:
    wrist = np.sin(2 * np.pi * TIMES / seconds)
    smoothed = smooth_landmarks(moving(wrist), TIMES)[:, 15, 1] / 100
    assert np.ptp(smoothed) > 0.995 * np.ptp(wrist)


def test_a_sudden_movement_is_at_its_time() -> None:
    wrist = np.clip((TIMES - 3) / 0.2, 0, 1)
    smoothed = smooth_landmarks(moving(wrist, noise=0.003), TIMES)[:, 15, 1] / 100
    assert np.interp(0.5, smoothed[70:90], TIMES[70:90]) == pytest.approx(3.1, abs=0.01)


def test_the_ends_do_not_lag() -> None:
    wrist = 2 * TIMES
    smoothed = smooth_landmarks(moving(wrist), TIMES)[:, 15, 1] / 100
    np.testing.assert_allclose(smoothed, wrist, atol=1e-3)


def test_time_counts_not_the_number_of_frames() -> None:
    uneven = np.sort(np.random.default_rng(1).choice(600, 150, replace=False)) / 100
    wrist = 2 * uneven
    smoothed = smooth_landmarks(moving(wrist), uneven)[:, 15, 1] / 100
    np.testing.assert_allclose(smoothed, wrist, atol=1e-3)


def test_gaps_stay_and_nothing_is_smoothed_across_them() -> None:
    landmarks = moving(np.where(np.arange(150) < 70, 0.0, 5.0))
    landmarks[[0, 69, 70, 71, 149]] = np.nan
    smoothed = smooth_landmarks(landmarks, TIMES)
    np.testing.assert_array_equal(np.isnan(smoothed), np.isnan(landmarks))
    np.testing.assert_allclose(smoothed[1:69, 15, 1], 0, atol=1e-3)
    np.testing.assert_allclose(smoothed[72:149, 15, 1], 500, atol=1e-3)


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_a_short_track_stays(frames: int) -> None:
    landmarks = moving(np.arange(float(frames)))
    np.testing.assert_allclose(smooth_landmarks(landmarks, TIMES[:frames]), landmarks, atol=1e-4)


def test_visibility_stays_between_zero_and_one() -> None:
    landmarks = body(150)
    landmarks[::7, :, 3] = 0
    smoothed = smooth_landmarks(landmarks, TIMES)[..., 3]
    assert smoothed.min() >= 0
    assert smoothed.max() <= 1
    assert smoothed.std() < 0.2 * landmarks[..., 3].std()
