"""A drawn person: joints where the angles put them, and seen as a person from every side."""

import numpy as np
import pytest

from inphase.models.pose.features import PARTS, angles
from inphase.models.pose.landmarks import NAMES
from inphase.models.pose.network import PoseNetwork
from inphase.models.pose.people import people
from inphase.synthetic.lift import EVENTS, Lift
from inphase.synthetic.person import Posture, joints
from inphase.synthetic.scene import Canvas

STANDING = Posture(0, 0, 0, (0, 0), (0, 0), (0, 0))


def test_who_stands_is_upright_with_hanging_arms() -> None:
    at = joints(STANDING)
    for side, sign in (("left", 1), ("right", -1)):
        column = [at[f"{side}_{joint}"] for joint in ("shoulder", "elbow", "wrist", "hand")]
        assert np.ptp([place[0] for place in column]) == pytest.approx(0, abs=1e-9)
        assert np.all(np.diff([place[1] for place in column]) < 0)
        assert np.sign(at[f"{side}_hip"][0]) == sign
    assert at["head"][1] > at["neck"][1] > at["hips"][1] > at["left_knee"][1]
    assert 1.5 < at["head"][1] < 1.7
    assert joints(STANDING, stature=1.1)["head"] == pytest.approx(1.1 * at["head"])


@pytest.mark.parametrize("elbow", [0.0, 0.7, 2.2])
def test_the_angle_of_the_elbow_is_that_of_the_posture(elbow: float) -> None:
    posture = Posture(0.3, 0.2, 0.1, (0.4, 1.2), (0.2, 0.1), (0.0, elbow))
    at = joints(posture)
    found = angles(np.array([[at[part] for part in PARTS]]))[0]
    assert found[:2] == pytest.approx([np.pi, np.pi - elbow], abs=1e-6)
    # Both knees are bent by twice the crouch.
    assert found[2:4] == pytest.approx([np.pi - 2 * 0.3] * 2, abs=0.05)


def test_an_arm_that_is_raised_forward_points_up() -> None:
    raised = joints(Posture(0, 0, 0, (0, np.pi), (0, 0), (0, 0)))
    assert raised["right_hand"][1] > raised["head"][1] + 0.2
    assert raised["left_hand"][1] < raised["hips"][1]


@pytest.mark.parametrize("side", [0.0, np.pi / 2, np.pi, -np.pi / 2])
def test_a_person_is_found_from_every_side_with_the_joints_in_their_places(side: float) -> None:
    generator = np.random.default_rng(3)
    lift = Lift.draw(generator)
    camera = lift.camera(generator, mirror=False, turn=side)
    canvas = Canvas((320, 240), camera, light=np.array([0.6, 0.9, 0.7]))
    lift.paint_background(canvas, generator)
    state = EVENTS["at_the_shoulder"]
    lift.paint(canvas, state)
    (found,) = people(canvas.finished(), PoseNetwork())
    at = joints(lift.posture(state), stature=lift.looks.stature)
    torso = np.linalg.norm(canvas.pixels(at["neck"])[1] / 3 - canvas.pixels(at["hips"])[1] / 3)
    parts = [f"{one}_{joint}" for one in ("left", "right") for joint in ("hip", "knee", "ankle")]
    true = np.array([canvas.pixels(at[part]) / 3 for part in parts])
    seen = np.array([found.values[NAMES.index(part), :2] for part in parts])
    # From behind, left and right may be taken for each other.
    swapped = np.concatenate([seen[3:], seen[:3]])
    away = [np.median(np.linalg.norm(one - true, axis=1)) for one in (seen, swapped)]
    assert min(away) < 0.2 * torso


def test_what_is_nearer_hides_what_is_behind_it() -> None:
    generator = np.random.default_rng(0)
    camera = Lift.draw(generator).camera(generator, mirror=False, turn=0.0)
    canvas = Canvas((60, 60), camera, light=np.array([0.0, 0.0, 1.0]))
    near, far = camera.target + camera.axes[2] * 0.5, camera.target - camera.axes[2] * 0.5
    red, blue = (255.0, 0.0, 0.0), (0.0, 0.0, 255.0)
    for order in ((near, far), (far, near)):
        colours = np.array([red if one is near else blue for one in order])
        canvas.balls(np.array(order), np.array([0.2, 0.2]), colours)
        middle = canvas.finished()[30, 30]
        assert middle[0] > 200
        assert middle[2] == 0
