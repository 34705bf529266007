"""What features do not depend on, and what they tell, on figures made by hand."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose.features import PARTS, SIZE, angles, body, features, mirror, turned
from inphase.models.pose.landmarks import NAMES

Array = NDArray[np.float64]

# A person of 1.7 m who faces the camera, in metres from the middle of the hips; y points down.
STANDING = {
    "nose": (0.0, -0.65, -0.1),
    "left_shoulder": (0.2, -0.5, 0.0),
    "right_shoulder": (-0.2, -0.5, 0.0),
    "left_elbow": (0.25, -0.2, 0.0),
    "right_elbow": (-0.25, -0.2, 0.0),
    "left_wrist": (0.25, 0.05, -0.05),
    "right_wrist": (-0.25, 0.05, -0.05),
    "left_hip": (0.12, 0.0, 0.0),
    "right_hip": (-0.12, 0.0, 0.0),
    "left_knee": (0.12, 0.45, -0.02),
    "right_knee": (-0.12, 0.45, -0.02),
    "left_ankle": (0.12, 0.9, 0.0),
    "right_ankle": (-0.12, 0.9, 0.0),
}
ANGLES = slice(0, 8)
PLACES = slice(8, 8 + 39)
MOTION = slice(8 + 39, SIZE)


def landmarks_of(places: Array) -> NDArray[np.float32]:
    """Landmarks (frames, 33, 7) of the places of `PARTS` in metres, (frames, 13, 3)."""
    landmarks = np.zeros((len(places), len(NAMES), 7), np.float32)
    # Those without a name here are somewhere: they must not count.
    landmarks[..., 4:] = np.random.default_rng(1).normal(size=(len(places), len(NAMES), 3))
    landmarks[:, [NAMES.index(part) for part in PARTS], 4:] = places
    landmarks[..., :3] = 100 + 200 * landmarks[..., 4:]
    landmarks[..., 3] = 0.9
    return landmarks


def standing(frames: int = 1) -> Array:
    """(frames, 13, 3) in metres."""
    return np.tile(np.array([STANDING[part] for part in PARTS]), (frames, 1, 1))


def throwing(phase: Array) -> Array:
    """(frames, 13, 3) in metres: the right arm throws, the left leg steps; phases from 0 to 1."""
    places = standing(len(phase))
    wave, step = np.sin(2 * np.pi * phase), np.cos(2 * np.pi * phase) - 1
    places[:, PARTS.index("right_elbow")] += np.stack([0 * wave, 0.2 * wave, 0.1 * step], axis=1)
    places[:, PARTS.index("right_wrist")] += np.stack([0.1 * step, 0.4 * wave, 0.2 * step], axis=1)
    places[:, PARTS.index("left_knee")] += np.stack([0 * wave, 0.1 * step, 0.2 * wave], axis=1)
    places[:, PARTS.index("left_ankle")] += np.stack([0.1 * wave, 0.1 * step, 0 * wave], axis=1)
    return places


TIMES = np.arange(61) / 30
THROW = throwing(TIMES / 2)


def features_of(landmarks: NDArray[np.floating], times: Array = TIMES) -> NDArray[np.float32]:
    return features(body(landmarks), times)


def yawed(places: Array, degrees: float) -> Array:
    """Filmed from another side."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    rotation = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    seen: Array = places @ rotation.T
    return seen


def test_there_is_a_row_for_every_frame() -> None:
    found = features_of(landmarks_of(THROW))
    assert found.shape == (61, SIZE)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    # And they tell frames apart.
    assert np.ptp(found, axis=0).max() > 0.5


def test_places_are_from_the_hips_in_lengths_of_the_torso_seen_from_the_front() -> None:
    elsewhere = np.array([0.3, -0.2, 5.0])
    places = body(landmarks_of(yawed(1.3 * THROW, 70) + elsewhere))
    at = {part: places[0, index] for index, part in enumerate(PARTS)}
    np.testing.assert_allclose(at["left_hip"] + at["right_hip"], 0, atol=1e-5)
    np.testing.assert_allclose(at["left_shoulder"], [0.4, -1, 0], atol=1e-5)
    np.testing.assert_allclose(at["right_shoulder"], [-0.4, -1, 0], atol=1e-5)
    np.testing.assert_allclose(at["nose"], [0, -1.3, -0.2], atol=1e-5)


@pytest.mark.parametrize("moved", [(3.0, -1.0, 0.5), (0.0, 0.0, -2.0)])
def test_where_somebody_is_does_not_matter(moved: tuple[float, float, float]) -> None:
    walking = THROW + np.linspace(0, 1, len(THROW))[:, None, None] * np.array(moved)
    np.testing.assert_allclose(
        features_of(landmarks_of(walking)), features_of(landmarks_of(THROW)), atol=1e-4
    )


def test_where_somebody_is_in_the_picture_does_not_matter() -> None:
    elsewhere = landmarks_of(THROW)
    elsewhere[..., :3] = 3 * elsewhere[..., :3] - 50
    elsewhere[..., 3] = 0.2
    np.testing.assert_array_equal(features_of(elsewhere), features_of(landmarks_of(THROW)))


@pytest.mark.parametrize("scale", [0.5, 1.8])
def test_how_tall_somebody_is_does_not_matter(scale: float) -> None:
    np.testing.assert_allclose(
        features_of(landmarks_of(scale * THROW)), features_of(landmarks_of(THROW)), atol=1e-4
    )


@pytest.mark.parametrize("degrees", [-150, -45, 20, 90, 180])
def test_from_which_side_somebody_is_filmed_does_not_matter(degrees: float) -> None:
    np.testing.assert_allclose(
        features_of(landmarks_of(yawed(THROW, degrees))),
        features_of(landmarks_of(THROW)),
        atol=1e-4,
    )


def test_a_body_that_lies_is_not_one_that_stands() -> None:
    lying = THROW[..., [1, 0, 2]]
    found, upright = features_of(landmarks_of(lying)), features_of(landmarks_of(THROW))
    np.testing.assert_allclose(found[:, ANGLES], upright[:, ANGLES], atol=1e-4)
    assert np.abs(found[:, PLACES] - upright[:, PLACES]).max() > 0.3


@pytest.mark.parametrize("slower", [0.6, 2.0, 3.0])
def test_at_which_speed_it_is_played_does_not_matter(slower: float) -> None:
    landmarks = landmarks_of(THROW)
    found, expected = features_of(landmarks, slower * TIMES), features_of(landmarks)
    np.testing.assert_array_equal(found[:, : MOTION.start], expected[:, : MOTION.start])
    assert np.ptp(expected[:, MOTION], axis=0).max() > 1
    np.testing.assert_allclose(found[:, MOTION], expected[:, MOTION], atol=0.05)


def test_slow_motion_with_more_frames_gives_the_same_at_the_same_moment() -> None:
    phase = np.arange(121) / 120
    slow = features_of(landmarks_of(throwing(phase)), 2 * np.arange(121) / 60)
    np.testing.assert_allclose(slow[::2], features_of(landmarks_of(THROW)), atol=0.05)


def test_motion_tells_the_direction_and_not_the_speed() -> None:
    frames = 91
    lifted = np.clip((np.arange(frames) - 30) / 30, 0, 1)
    places = standing(frames)
    places[:, PARTS.index("left_wrist"), 1] -= 0.6 * lifted
    found = features_of(landmarks_of(places), np.arange(frames) / 30)
    motion = found[:, MOTION].reshape(frames, 13, 3)
    np.testing.assert_allclose(motion[[5, 85]], 0, atol=1e-4)
    rising = motion[45]
    wrist = PARTS.index("left_wrist")
    assert rising[wrist, 1] < -0.9
    assert np.linalg.norm(rising) == pytest.approx(1, abs=0.1)
    others = np.delete(rising, wrist, axis=0)
    np.testing.assert_allclose(others, 0, atol=1e-4)
    back = features_of(landmarks_of(places[::-1]), np.arange(frames) / 30)
    np.testing.assert_allclose(back[::-1, MOTION].reshape(frames, 13, 3)[45], -rising, atol=1e-3)


def test_a_pause_does_not_change_the_pace() -> None:
    pause = THROW[-1:].repeat(600, axis=0)
    longer = np.concatenate([THROW, pause])
    found = features_of(landmarks_of(longer), np.arange(len(longer)) / 30)
    np.testing.assert_allclose(found[:45], features_of(landmarks_of(THROW))[:45], atol=0.02)


def test_trembling_counts_as_still_beside_a_motion() -> None:
    places = np.concatenate([standing(60), THROW])
    places[:60] += np.random.default_rng(0).normal(0, 0.002, (60, 13, 3))
    found = features_of(landmarks_of(places), np.arange(len(places)) / 30)[:, MOTION]
    length = np.linalg.norm(found, axis=1)
    assert length[5:50].max() < 0.3
    assert length[70:110].min() > 0.7


def test_in_a_mirror_a_body_has_the_features_of_the_flipped_video() -> None:
    # Another network would see the flipped video so: what was left is right.
    flipped = THROW * [-1, 1, 1]
    for left, right in zip(range(1, 13, 2), range(2, 13, 2), strict=True):
        assert PARTS[left].replace("left", "right") == PARTS[right]
        flipped[:, [left, right]] = flipped[:, [right, left]]
    for degrees in (0, 40):
        seen, video = landmarks_of(yawed(THROW, degrees)), landmarks_of(yawed(flipped, -degrees))
        in_mirror = features(body(seen, mirrored=True), TIMES)
        np.testing.assert_allclose(in_mirror, features_of(video), atol=1e-4)
        assert np.abs(in_mirror - features_of(seen)).max() > 0.5


def test_a_mirror_exchanges_left_and_right_and_neither_front_and_back_nor_up_and_down() -> None:
    wrist = THROW[:, PARTS.index("right_wrist")]
    np.testing.assert_array_equal(
        mirror(THROW)[:, PARTS.index("left_wrist")], wrist * np.array([-1, 1, 1])
    )
    np.testing.assert_array_equal(mirror(mirror(THROW)), THROW)


def test_turned_about_the_vertical_heights_stay_and_all_the_way_round_is_home() -> None:
    places = THROW
    quarter = turned(places, math.pi / 2)
    np.testing.assert_allclose(quarter[..., 1], places[..., 1])
    np.testing.assert_allclose(np.abs(quarter[..., 0]), np.abs(places[..., 2]), atol=1e-9)
    np.testing.assert_allclose(turned(quarter, 1.5 * math.pi), places, atol=1e-9)


def at_right_angle(part: str) -> Array:
    """A standing person one of whose joints is bent by a quarter of a circle."""
    places = {name: np.array(place) for name, place in STANDING.items()}
    side, joint = part.split("_")
    shoulder, elbow, wrist = (f"{side}_{name}" for name in ("shoulder", "elbow", "wrist"))
    hip, knee, ankle = (f"{side}_{name}" for name in ("hip", "knee", "ankle"))
    # Straight first: everything below the shoulder in a line.
    for name, down in ((elbow, 0.3), (wrist, 0.6), (hip, 0.5), (knee, 0.9), (ankle, 1.3)):
        places[name] = places[shoulder] + [0, down, 0]
    forward = np.array([0, 0, -0.3])
    if joint == "elbow":
        places[wrist] = places[elbow] + forward
    elif joint == "knee":
        places[ankle] = places[knee] - forward
    elif joint == "hip":
        places[knee] = places[hip] + forward
        places[ankle] = places[knee] + forward
    else:
        places[elbow] = places[shoulder] + forward
        places[wrist] = places[elbow] + forward
    return np.array([places[name] for name in PARTS])[None]


@pytest.mark.parametrize(
    ("index", "part"),
    list(
        enumerate(
            f"{side}_{joint}"
            for joint in ("elbow", "knee", "hip", "shoulder")
            for side in ("left", "right")
        )
    ),
)
def test_a_bent_joint_has_its_angle_and_no_other_does(index: int, part: str) -> None:
    side = index % 2
    [found] = angles(at_right_angle(part))
    # Elbow, knee and hip stretched, the arm along the body.
    expected = [math.pi, math.pi, math.pi, 0.0]
    expected[index // 2] = math.pi / 2
    np.testing.assert_allclose(found[side::2], expected, atol=1e-6)
    assert features_of(landmarks_of(at_right_angle(part)), np.zeros(1))[0, index] == pytest.approx(
        math.pi / 2, abs=1e-4
    )


def test_frames_without_anybody_are_bridged() -> None:
    landmarks = landmarks_of(THROW)
    landmarks[20:24] = np.nan
    places, whole = body(landmarks), body(landmarks_of(THROW))
    share = np.arange(1, 5)[:, None, None] / 5
    np.testing.assert_allclose(
        places[20:24], whole[19] * (1 - share) + whole[24] * share, atol=1e-3
    )
    np.testing.assert_allclose(places[:20], whole[:20], atol=1e-3)
    np.testing.assert_allclose(places[24:], whole[24:], atol=1e-3)


def test_before_and_after_somebody_is_seen_they_stand_still() -> None:
    landmarks = landmarks_of(THROW)
    landmarks[:10] = np.nan
    landmarks[50:] = np.nan
    places = body(landmarks)
    np.testing.assert_allclose(places[:10], places[[10]].repeat(10, axis=0))
    np.testing.assert_allclose(places[50:], places[[49]].repeat(11, axis=0))
    assert np.isfinite(features(places, TIMES)).all()


@pytest.mark.parametrize("frames", [1, 2, 30])
def test_nobody_at_all_gives_finite_features_without_motion(frames: int) -> None:
    nobody = np.full((frames, len(NAMES), 7), np.nan, np.float32)
    found = features_of(nobody, np.arange(frames) / 30)
    assert found.shape == (frames, SIZE)
    assert np.isfinite(found).all()
    assert not found[:, ANGLES.stop :].any()


def test_one_frame_has_angles_and_places_and_no_motion() -> None:
    found = features_of(landmarks_of(standing()), np.zeros(1))
    assert np.isfinite(found).all()
    assert found[0, PLACES].any()
    assert not found[0, MOTION].any()


def test_landmarks_stay_as_they_are() -> None:
    landmarks = landmarks_of(THROW)
    landmarks[3] = np.nan
    before = landmarks.copy()
    body(landmarks, mirrored=True)
    np.testing.assert_array_equal(landmarks, before)


def test_the_camera_may_stand_anywhere_even_if_the_body_turns() -> None:
    turning = np.concatenate([standing(40), yawed(standing(35), 90), yawed(standing(25), 200)])
    wanted = body(landmarks_of(turning))
    for degrees in (30, 60, 90):
        seen = body(landmarks_of(yawed(turning, degrees)))
        np.testing.assert_allclose(seen, wanted, atol=1e-5)
