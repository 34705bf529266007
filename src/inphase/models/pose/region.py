"""Square regions of a picture, turned so that a person stands upright in them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# How far beyond the circle around the body the landmark network wants to see.
_MARGIN = 1.25
# A change of this share of the size is a movement, and is followed at once.
_MOVEMENT = 0.2

# A person's size in the picture changes by less than this factor in half a second.
_GROWTH = 1.6


@dataclass(frozen=True)
class Region:
    """A square in a picture, which may be turned and may reach beyond the picture.

    Attributes:
        x: of its centre, in pixels.
        y: of its centre, in pixels.
        size: length of a side, in pixels.
        rotation: in radians, clockwise as seen; at 0 it is upright.
    """

    x: float
    y: float
    size: float
    rotation: float = 0.0

    @classmethod
    def of_picture(cls, width: int, height: int) -> "Region":
        """The upright square around a whole picture: letterboxed, if the picture is not square."""
        return cls(width / 2, height / 2, max(width, height))

    @classmethod
    def of_body(cls, hips: NDArray[np.floating], top: NDArray[np.floating]) -> "Region":
        """The square around a body.

        Args:
            hips: (2,) the middle of the hips, in pixels.
            top: (2,) the point of the circle around the body, in pixels, that lies in the
                direction of the head.
        """
        across, down = float(top[0] - hips[0]), float(top[1] - hips[1])
        size = 2 * math.hypot(across, down) * _MARGIN
        return cls(float(hips[0]), float(hips[1]), size, math.atan2(across, -down))

    @property
    def body(self) -> float:
        """Diameter of the circle around the body, in pixels, if this is the region of one."""
        return self.size / _MARGIN

    def followed_by(self, other: "Region") -> "Region":
        """Move towards another region, the less the closer it is.

        A region that shakes makes landmarks shake. So small changes are followed slowly, large ones
        at once.
        """
        change = float(np.linalg.norm(other._vector() - self._vector()))
        return self.between(other, min(1.0, change / (_MOVEMENT * other.size)))

    def between(self, other: "Region", share: float) -> "Region":
        """The region a share of the way to another."""
        old, new = self._vector(), other._vector()
        x, y, size, up, across = (old + share * (new - old)).tolist()
        return Region(x, y, size, math.atan2(across, up))

    def apart(self, other: "Region") -> float:
        """Distance between the hips of two bodies, as a share of the larger body.

        Infinite if their sizes are too different for one person a moment later.
        """
        smaller, larger = sorted([self.body, other.body])
        if larger > _GROWTH * smaller:
            return math.inf
        return math.hypot(self.x - other.x, self.y - other.y) / max(larger, 1e-6)

    def _vector(self) -> NDArray[np.float64]:
        """What can be averaged: a rotation as such cannot."""
        up, across = self.size * math.cos(self.rotation), self.size * math.sin(self.rotation)
        return np.array([self.x, self.y, self.size, up, across])

    @property
    def axes(self) -> NDArray[np.float64]:
        """(2, 2) the rotation: picture vector = axes @ vector within the region."""
        cos, sin = math.cos(self.rotation), math.sin(self.rotation)
        return np.array([[cos, -sin], [sin, cos]])

    def to_picture(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points of the region, (..., 2) from 0 to 1 across and down, in pixels of the picture."""
        places: NDArray[np.float64] = (points - 0.5) @ (self.size * self.axes.T)
        places += (self.x, self.y)
        return places

    def from_picture(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """The reverse of `to_picture`."""
        places: NDArray[np.float64] = (points - np.array([self.x, self.y])) @ self.axes
        places /= self.size
        places += 0.5
        return places
