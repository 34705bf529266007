"""The supplement's augmentation carried over to landmarks: what changes the picture of an action,
but not the action."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inphase.models.pose.features import PARTS, Array, mirror, turned

# Standard deviations: of the camera's direction in radians, of the logarithm of limb lengths, and
# of the noise of landmarks in lengths of the torso.
_TURN, _LIMBS, _JITTER = 0.4, 0.1, 0.02
# The probability that a landmark is lost for a while, and for how much of the clip at most.
_LOSS, _LOST = 0.1, 0.3


@dataclass(frozen=True)
class PoseAugmentation:
    """One draw of the augmentation: the same change for a whole video.

    Attributes:
        mirrored: left and right exchanged.
        turn: about the vertical, in radians.
        scale: (13, 1) factor on each part's distance from the hips; left and right alike.
        jitter: standard deviation of what is added to every place, in lengths of the torso.
        lost: (13, 2) the part of the video in which each landmark is lost, from 0 to 1.
        seed: of the jitter.
    """

    mirrored: bool
    turn: float
    scale: Array
    jitter: float
    lost: Array
    seed: int

    @classmethod
    def draw(cls, generator: np.random.Generator) -> "PoseAugmentation":
        """Draw an augmentation."""
        count = len(PARTS)
        start = generator.uniform(0, 1, count)
        length = generator.uniform(0, _LOST, count) * (generator.random(count) < _LOSS)
        # The nose, then pairs of left and right.
        limbs = np.exp(generator.normal(0, _LIMBS, 1 + count // 2))
        return cls(
            mirrored=bool(generator.random() < 0.5),
            turn=float(generator.normal(0, _TURN)),
            scale=np.concatenate([limbs[:1], np.repeat(limbs[1:], 2)])[:, None],
            jitter=float(generator.uniform(0, _JITTER)),
            lost=np.stack([start, start + length], axis=1),
            seed=int(generator.integers(2**31)),
        )

    def __call__(self, places: Array) -> Array:
        """Augment the places of a video, (frames, 13, 3) as `features.body` returns them."""
        changed = turned(mirror(places) if self.mirrored else places, self.turn) * self.scale
        noise = np.random.default_rng(self.seed)
        changed += noise.normal(0, self.jitter, changed.shape)
        frames = len(places)
        for part, (start, end) in enumerate(self.lost):
            first, last = int(start * frames), min(int(np.ceil(end * frames)), frames)
            if last - first > 1:
                changed[first:last, part] = _bridged(changed[:, part], first, last)
        return changed


def _bridged(values: Array, first: int, last: int) -> NDArray[np.float64]:
    """Values between two frames as if they had not been seen, (last - first, 3)."""
    before = values[max(first - 1, 0)]
    after = values[last] if last < len(values) else before
    share = np.linspace(0, 1, last - first)[:, None]
    bridged: NDArray[np.float64] = before * (1 - share) + after * share
    return bridged
