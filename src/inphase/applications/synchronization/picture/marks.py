"""What is drawn on the picture of a person: the skeleton, and the path of landmarks."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from inphase.applications.synchronization.picture.bodies import Body

Color = tuple[int, int, int]

# Between shoulders, elbows, wrists, hips, knees, ankles, heels and toes.
BONES = (
    *((11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (11, 23), (12, 24), (23, 24)),
    *((23, 25), (25, 27), (24, 26), (26, 28), (27, 29), (29, 31), (27, 31), (28, 30)),
    *((30, 32), (28, 32)),
)
_JOINTS = sorted({end for bone in BONES for end in bone})
_EDGE = (12, 12, 14)
# Of the picture's shorter side.
_WIDTH = 110
# Seconds of the video for which a path stays.
TRAIL = 2.0


class Marker:
    """Draws on the pictures of one video.

    Args:
        body: the person.
        color: of the lines.
        skeleton: whether to draw the joints.
        trail: landmarks whose path is drawn.
        first: the first frame that is shown, where paths start.
    """

    def __init__(
        self, body: Body, color: Color, *, skeleton: bool, trail: Sequence[str], first: int
    ) -> None:
        self._body, self._color, self._skeleton, self._first = body, color, skeleton, first
        self._paths = [body.landmark(name) for name in trail]

    def draw(
        self, picture: Image.Image, frame: int, window: NDArray[np.float64], pixels: float
    ) -> None:
        """Draw what belongs to a frame.

        Args:
            picture: to draw on.
            frame: of the video.
            window: left and top of the picture in the video's own pixels.
            pixels: of the picture in a pixel of the video.
        """
        pen = ImageDraw.Draw(picture)
        width = max(2, round(min(picture.size) / _WIDTH))
        for path in self._paths:
            places = (self._recent(path, frame) - window[:2]) * pixels
            _draw_path(pen, places, self._color, width)
        if self._skeleton:
            self._draw_skeleton(pen, frame, window, pixels, width)

    def _recent(self, path: NDArray[np.float64], frame: int) -> NDArray[np.float64]:
        """(frames, 2) where a landmark was in the last seconds, as far as it was seen."""
        times = self._body.times
        since = max(int(np.searchsorted(times, times[frame] - TRAIL)), self._first)
        places = path[since : frame + 1]
        return places[~np.isnan(places[:, 0])]

    def _draw_skeleton(
        self,
        pen: ImageDraw.ImageDraw,
        frame: int,
        window: NDArray[np.float64],
        pixels: float,
        width: int,
    ) -> None:
        places = (self._body.places[frame] - window[:2]) * pixels
        seen = self._body.visible[frame]
        bones = [
            (*places[one].tolist(), *places[other].tolist())
            for one, other in BONES
            if seen[one] and seen[other]
        ]
        joints = [tuple(places[one].tolist()) for one in _JOINTS if seen[one]]
        for color, wide in ((_EDGE, width + 2), (self._color, width)):
            for bone in bones:
                pen.line(bone, fill=color, width=wide)
            for joint in joints:
                pen.circle(joint, wide * 0.8, fill=color)


def _draw_path(
    pen: ImageDraw.ImageDraw, places: NDArray[np.float64], color: Color, width: int
) -> None:
    line = [(float(x), float(y)) for x, y in places]
    if not line:
        return
    for ink, wide in ((_EDGE, width + 2), (color, width)):
        if len(line) > 1:
            pen.line(line, fill=ink, width=wide, joint="curve")
        pen.circle(line[-1], wide * 1.3, fill=ink)
