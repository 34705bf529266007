"""Angles and distances on a figure whose joints are known, from every side."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.measurement.quantities import (
    DISTANCES,
    MARGINS,
    NEEDS,
    geometry,
    measured,
    mirrored_view,
    other_side,
    speeds,
    view_of,
)
from inphase.models.pose.landmarks import NAMES
from inphase.synthetic.person import Posture, joints
from tests.applications.measurement.figures import landmarks_of

UPRIGHT = Posture(
    crouch=0.0, lean=0.0, twist=0.0, forward=(0.0, 0.0), aside=(0.2, 0.2), elbows=(0.0, 0.5)
)
RESULTS = Path(__file__).parents[3] / "studies" / "results" / "measured_differences.csv"


@pytest.mark.parametrize("bend", [0.1, 0.8, 2.0])
def test_an_elbow_that_is_bent_by_so_much_is_that_much_less_than_straight(bend: float) -> None:
    posture = Posture(0.2, 0.1, 0.3, (0.4, 1.0), (0.2, 0.3), (bend, 0.5))
    found = measured(landmarks_of([posture]))
    assert found["elbow_left"][0] == pytest.approx(180 - np.degrees(bend), abs=0.1)
    assert found["elbow_right"][0] == pytest.approx(180 - np.degrees(0.5), abs=0.1)


def test_the_trunk_leans_as_far_as_it_was_drawn() -> None:
    for lean in (0.0, 0.3, 0.7):
        found = measured(landmarks_of([Posture(0.3, lean, 0.2, (0, 0), (0.2, 0.2), (0.1, 0.1))]))
        assert found["trunk_lean"][0] == pytest.approx(np.degrees(lean), abs=0.1)


def test_distances_are_in_torso_lengths_and_do_not_depend_on_stature() -> None:
    small, tall = (measured(landmarks_of([UPRIGHT], stature=one)) for one in (0.9, 1.1))
    at = joints(UPRIGHT)
    torso = np.linalg.norm((at["left_shoulder"] + at["right_shoulder"]) / 2 - at["hips"])
    wrists = np.linalg.norm(at["left_wrist"] - at["right_wrist"]) / torso
    assert small["hands_apart"][0] == pytest.approx(wrists, rel=1e-4)
    # The right elbow is bent, so that hand hangs less low.
    assert small["hand_height_left"][0] < small["hand_height_right"][0]
    for name in DISTANCES:
        assert small[name][0] == pytest.approx(tall[name][0], rel=1e-4)


def test_what_is_hidden_leaves_a_gap_and_nothing_else_does() -> None:
    landmarks = landmarks_of([UPRIGHT] * 3)
    landmarks[1, NAMES.index("left_wrist"), 3] = 0.3
    landmarks[2] = np.nan
    found = measured(landmarks)
    assert np.isnan(found["elbow_left"]).tolist() == [False, True, True]
    assert np.isnan(found["hands_apart"]).tolist() == [False, True, True]
    assert np.isnan(found["elbow_right"]).tolist() == [False, False, True]
    assert set(found) == set(NEEDS)


def test_in_the_picture_the_same_is_seen_from_the_front() -> None:
    flat, deep = (measured(landmarks_of([UPRIGHT]), in_depth=one) for one in (False, True))
    # The left arm is in the plane of the picture; the right forearm points at the camera.
    assert flat["elbow_left"][0] == pytest.approx(deep["elbow_left"][0], abs=0.5)
    assert flat["elbow_right"][0] > deep["elbow_right"][0] + 10


@pytest.mark.parametrize(
    ("turn", "view"),
    [
        (0, "front"),
        (40, "three-quarter front left"),
        (-50, "three-quarter front right"),
        (90, "side left"),
        (-100, "side right"),
        (130, "three-quarter back left"),
        (180, "back"),
    ],
)
def test_the_view_is_recognized(turn: float, view: str) -> None:
    assert view_of(landmarks_of([UPRIGHT] * 2, turn=np.radians(turn))) == view


def test_a_mirrored_view_swaps_its_side() -> None:
    views = ["front", "side left", "three-quarter back right", ""]
    assert [mirrored_view(view) for view in views] == [
        "front", "side right", "three-quarter back left", ""
    ]  # fmt: skip


def test_nobody_is_seen_from_nowhere() -> None:
    assert view_of(np.full((3, 33, 7), np.nan)) == ""


def test_speeds_are_per_second_and_leave_the_gaps() -> None:
    times: NDArray[np.float64] = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    found = speeds(np.array([0.0, 5.0, 10.0, np.nan, 20.0]), times)
    assert found[:2] == pytest.approx([50, 50])
    assert np.isnan(found[2:]).all()
    assert np.isnan(speeds(np.array([3.0]), np.array([0.0]))).all()


def test_sides_have_another_side() -> None:
    assert other_side("elbow_left") == "elbow_right"
    assert other_side("hand_height_right") == "hand_height_left"
    assert other_side("trunk_lean") == "trunk_lean"


def test_the_margins_are_those_that_the_study_measured() -> None:
    with RESULTS.open(newline="", encoding="utf-8") as file:
        rows = {(row["quantity"], row["views"]): row for row in csv.DictReader(file)}
    for quantity, margins in MARGINS.items():
        unit = 1 if margins[0][0] >= 1 else 100
        for column, pair in zip(("p90_3d", "p90_2d"), margins, strict=True):
            for views, told in zip(("the same", "different"), pair, strict=True):
                found = float(rows[quantity, views][column])
                assert told == np.ceil(unit * found) / unit, (quantity, views, column)


def test_geometry_of_two_dimensions_gives_the_same_names() -> None:
    at = {part: np.random.default_rng(0).random((4, 2)) for part in NAMES}
    assert set(geometry(at)) == set(NEEDS)
