"""Mix many channels down to two, by one rule for every layout.

Source: ITU-R BS.775, whose weights for the centre and the surround channels these are.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# −3 dB: the same loudness, heard from two loudspeakers.
_HALF_POWER = 0.5**0.5
_LOW = 0.5
_FRONT_LEFT = {"FL", "FLC", "WL", "DL", "BIL"}
_FRONT_RIGHT = {"FR", "FRC", "WR", "DR", "BIR"}
_SIDE_LEFT = {"SL", "BL", "SDL", "TFL", "TSL", "TBL", "BFL", "SSL", "TTL"}
_SIDE_RIGHT = {"SR", "BR", "SDR", "TFR", "TSR", "TBR", "BFR", "SSR", "TTR"}
_LOWEST = {"LFE", "LFE2"}
# What a file means that does not name its channels, by their number.
_USUAL: dict[int, tuple[str, ...]] = {
    1: ("FC",),
    2: ("FL", "FR"),
    3: ("FL", "FR", "FC"),
    4: ("FL", "FR", "BL", "BR"),
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    7: ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


def mixed(
    samples: NDArray[np.float32], channels: int, names: Sequence[str] = ()
) -> NDArray[np.float32]:
    """The same sound in one or two channels.

    Left and right stay on their side, what stands in the middle goes to both, and every channel is
    heard. The result is made quieter so that it cannot clip, however loud the channels are. One
    channel is the mean of the two; one channel made into two is the same in both.

    Args:
        samples: (samples, channels).
        channels: 1 or 2.
        names: libav's names of the channels (FL, FR, FC, …); by default the usual ones for their
            number. More than eight without names are taken as pairs of left and right.

    Returns:
        (samples, channels).
    """
    count = samples.shape[1]
    if count == 1:
        return samples if channels == 1 else np.repeat(samples, 2, axis=1)
    gains = _gains(count, tuple(names))
    if channels == 1:
        gains = gains.mean(axis=1, keepdims=True)
    elif count == 2 and np.array_equal(gains, np.eye(2)):
        return samples
    return np.ascontiguousarray(samples @ gains.astype(np.float32))


def _gains(count: int, names: tuple[str, ...]) -> NDArray[np.float64]:
    """(channels, 2): how much of each channel goes to the left and to the right."""
    known = len(names) == count and any(_sides(name) is not None for name in names)
    if not known:
        names = _USUAL.get(count, tuple("FL" if index % 2 == 0 else "FR" for index in range(count)))
    gains = np.array([_sides(name) or (_HALF_POWER, _HALF_POWER) for name in names])
    if count == 2 and not np.array_equal(np.sort(gains, axis=0), [[0, 0], [1, 1]]):
        return np.eye(2)  # two channels that are no pair: each stays where it is
    loudest = float(np.abs(gains).sum(axis=0).max())
    return gains / max(loudest, 1.0)


def _sides(name: str) -> tuple[float, float] | None:
    """The gains of a channel to the left and to the right; None for a name that says nothing."""
    if name in _FRONT_LEFT:
        return 1.0, 0.0
    if name in _FRONT_RIGHT:
        return 0.0, 1.0
    if name in _SIDE_LEFT:
        return _HALF_POWER, 0.0
    if name in _SIDE_RIGHT:
        return 0.0, _HALF_POWER
    if name in _LOWEST:
        return _LOW, _LOW
    if name.startswith("AMBI"):
        # Ambisonics in ACN order: two microphones that face left and right.
        return {"AMBI0": (0.5, 0.5), "AMBI1": (0.5, -0.5)}.get(name, (0.0, 0.0))
    if name.endswith("C"):  # FC, BC, TC, TFC, TBC, BFC
        return _HALF_POWER, _HALF_POWER
    return None
