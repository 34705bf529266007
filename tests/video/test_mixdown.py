"""Any number of channels becomes one or two by one rule: each side stays, nothing is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.video.mixdown import mixed

SURROUND = ("FL", "FR", "FC", "LFE", "BL", "BR")


def heard(channel: int, count: int, names: tuple[str, ...] = ()) -> tuple[float, float]:
    """How loud one channel is on the left and on the right."""
    samples = np.zeros((1, count), dtype=np.float32)
    samples[0, channel] = 1
    left, right = mixed(samples, 2, names)[0].tolist()
    return left, right


@pytest.mark.parametrize("names", [SURROUND, ("FL", "FC", "FR", "SL", "SR", "LFE"), ()])
def test_each_side_stays_where_it_is_and_the_middle_goes_to_both(names: tuple[str, ...]) -> None:
    for channel, name in enumerate(names or SURROUND):
        left, right = heard(channel, 6, names)
        if name in {"FC", "LFE"}:
            assert left == right > 0
        else:
            assert (left > 0) == name.endswith("L")
            assert (right > 0) == name.endswith("R")
    # The centre and the surround channels are 3 dB below the front.
    front = heard(0, 6, names)[0]
    assert heard((names or SURROUND).index("FC"), 6, names)[0] == pytest.approx(front * 0.5**0.5)


@given(count=st.integers(3, 40), seed=st.integers(0, 99))
def test_every_channel_is_heard_and_nothing_clips(count: int, seed: int) -> None:
    samples = np.random.default_rng(seed).choice([-1, 1], (50, count)).astype(np.float32)
    assert np.abs(mixed(samples, 2)).max() <= 1 + 1e-6
    assert np.abs(mixed(np.ones((1, count), np.float32), 2)).max() == pytest.approx(1)
    assert all(sum(heard(channel, count)) > 0 for channel in range(count))


def test_two_channels_and_one_are_not_touched() -> None:
    stereo = np.random.default_rng(0).normal(size=(9, 2)).astype(np.float32)
    np.testing.assert_array_equal(mixed(stereo, 2, ("FL", "FR")), stereo)
    np.testing.assert_array_equal(mixed(stereo, 2, ("FR", "FL")), stereo[:, ::-1])
    np.testing.assert_array_equal(mixed(stereo, 2, ("FC", "LFE")), stereo)
    np.testing.assert_allclose(mixed(stereo, 1)[:, 0], stereo.mean(axis=1), rtol=1e-6)
    np.testing.assert_array_equal(mixed(stereo[:, :1], 1), stereo[:, :1])
    np.testing.assert_array_equal(mixed(stereo[:, :1], 2), stereo[:, [0, 0]])


def test_a_sound_field_becomes_two_microphones() -> None:
    names = ("AMBI0", "AMBI1", "AMBI2", "AMBI3")
    # A source on the left: the second channel points there.
    field = np.array([[1, 1, 0, 0]], dtype=np.float32)
    assert mixed(field, 2, names)[0].tolist() == [1, 0]
