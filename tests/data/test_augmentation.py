"""One draw per clip, on values in 0..255, as in section 5 of the supplement."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from inphase.data import Augmentation

CLIP = np.random.default_rng(0).integers(60, 180, size=(4, 6, 8, 3), dtype=np.uint8)


def _plainly(clip: NDArray[np.uint8], change: Augmentation) -> NDArray[np.uint8]:
    """Frame by frame and step by step, in float64."""
    result = []
    for frame in clip.astype(np.float64):
        step = frame[:, ::-1] if change.flip else frame
        step = step + change.brightness
        mean = step.mean(axis=(0, 1))
        step = (step - mean) * change.contrast + mean
        result.append(np.clip(np.rint(step), 0, 255))
    return np.array(result).astype(np.uint8)


@given(st.booleans(), st.floats(-32, 32), st.floats(0.5, 1.5))
def test_values_are_those_of_the_plain_formula(
    flip: bool, brightness: float, contrast: float
) -> None:
    change = Augmentation(flip=flip, brightness=brightness, contrast=contrast)
    wanted = _plainly(CLIP, change).astype(int)
    assert np.abs(change(CLIP).astype(int) - wanted).max() <= 1  # ties in float32
    assert (change(CLIP) == wanted).mean() > 0.95


def test_one_draw_changes_every_frame_of_a_clip_alike() -> None:
    still = np.repeat(CLIP[:1], 5, axis=0)
    changed = Augmentation.draw(np.random.default_rng(1))(still)
    assert (changed != still).any()
    for frame in changed[1:]:
        np.testing.assert_array_equal(frame, changed[0])


def test_brightness_moves_the_mean_and_contrast_the_spread() -> None:
    brighter = Augmentation(flip=False, brightness=20, contrast=1.0)(CLIP)
    np.testing.assert_array_equal(brighter, CLIP + 20)
    flatter = Augmentation(flip=False, brightness=0, contrast=0.5)(CLIP)
    assert abs(float(flatter.mean()) - float(CLIP.mean())) < 0.5
    spread, flat = CLIP.std(axis=(1, 2)), flatter.std(axis=(1, 2))
    np.testing.assert_allclose(flat, spread / 2, rtol=0.03)


def test_values_stay_within_bytes() -> None:
    frame = np.array([[[0, 128, 255]], [[255, 128, 0]]], dtype=np.uint8)
    lighter = Augmentation(flip=False, brightness=32, contrast=1.5)(frame)
    assert lighter[0, 0].tolist() == [0, 160, 255]


def test_the_draws_fill_their_ranges_and_no_more() -> None:
    generator = np.random.default_rng(0)
    draws = [Augmentation.draw(generator) for _ in range(2000)]
    brightness = [draw.brightness for draw in draws]
    contrast = [draw.contrast for draw in draws]
    assert -32 <= min(brightness) < -31
    assert 31 < max(brightness) <= 32
    assert 0.5 <= min(contrast) < 0.51
    assert 1.49 < max(contrast) <= 1.5
    assert np.mean([draw.flip for draw in draws]) == pytest.approx(0.5, abs=0.05)


def test_identity_and_double_flip_give_the_frames_back_in_new_memory() -> None:
    same = Augmentation.identity()(CLIP)
    np.testing.assert_array_equal(same, CLIP)
    assert not np.shares_memory(same, CLIP)
    flip = Augmentation(flip=True, brightness=0, contrast=1)
    np.testing.assert_array_equal(flip(CLIP)[0, :, 0], CLIP[0, :, -1])
    np.testing.assert_array_equal(flip(flip(CLIP)), CLIP)


@pytest.mark.parametrize("bad", [CLIP.astype(np.float32), CLIP[..., :2], CLIP[0, 0]])
def test_anything_but_uint8_rgb_is_refused(bad: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        Augmentation.identity()(bad)
