"""Skeletons and paths lie on the person, and only where landmarks are seen."""

import numpy as np
from PIL import Image

from inphase.applications.synchronization.picture.bodies import Body
from inphase.applications.synchronization.picture.marks import Marker
from inphase.models.pose.landmarks import NAMES

COLOR = (0, 200, 0)


def drawn(marker: Marker, frame: int) -> tuple[int, int, int, int] | None:
    """The box of what is drawn in the person's colour, from a window at (10, 20) twice as large."""
    canvas = Image.new("RGB", (200, 200))
    marker.draw(canvas, frame, np.array([10.0, 20.0, 100.0, 100.0]), 2.0)
    green = np.asarray(canvas)[..., 1] == COLOR[1]
    return Image.fromarray(green).getbbox()


def test_a_path_starts_with_the_clip_and_ends_at_the_landmark() -> None:
    places = np.full((200, 33, 2), 50.0)
    places[:, NAMES.index("nose"), 0] = 20 + np.arange(200) / 4
    body = Body(places, np.ones((200, 33), np.bool_), np.arange(200) / 25)
    marker = Marker(body, COLOR, skeleton=False, trail=["nose"], first=100)
    box = drawn(marker, 140)
    assert box is not None
    # Frames 100 to 140: x from 45 to 55, on the canvas from 70 to 90; y is 50, there 60.
    assert np.allclose(box, (69, 58, 93, 63), atol=3)
    later = drawn(marker, 199)  # Only its last two seconds, 50 frames: x from 57.25 to 69.75.
    assert later is not None
    assert np.allclose(later[:3:2], (94, 122), atol=3)


def test_a_skeleton_has_only_the_joints_that_are_seen() -> None:
    places = np.full((1, 33, 2), 90.0)
    elbow, wrist = NAMES.index("left_elbow"), NAMES.index("left_wrist")
    places[0, elbow], places[0, wrist] = (30, 40), (30, 70)
    visible = np.zeros((1, 33), np.bool_)
    visible[0, [elbow, wrist]] = True
    marker = Marker(Body(places, visible, np.zeros(1)), COLOR, skeleton=True, trail=(), first=0)
    box = drawn(marker, 0)
    assert box is not None
    assert np.allclose(box, (39, 39, 42, 102), atol=3)
    nobody = Body(places, np.zeros((1, 33), np.bool_), np.zeros(1))
    assert drawn(Marker(nobody, COLOR, skeleton=True, trail=(), first=0), 0) is None
