"""The networks themselves: on a picture of a person, and against the original pipeline."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.models.pose import PoseNetwork, video_landmarks
from inphase.models.pose.landmarks import NAMES
from inphase.video import VideoReader

Values = NDArray[np.float32]


def test_it_finds_a_face_where_it_is(blazepose: PoseNetwork, astronaut: NDArray[np.uint8]) -> None:
    (person,) = blazepose.detect(astronaut)
    found = blazepose.landmarks(astronaut, person.region)
    assert found is not None
    places = dict(zip(NAMES, found.values, strict=True))
    for name, x, y in [("right_eye", 202, 106), ("left_eye", 245, 112), ("nose", 222, 130)]:
        np.testing.assert_allclose(places[name][:2], [x, y], atol=8)
        assert places[name][3] > 0.9
    # The picture ends below the hips.
    assert places["left_ankle"][3] < 0.1


def test_metres_are_of_a_person_and_have_the_hips_as_origin(
    blazepose: PoseNetwork, astronaut: NDArray[np.uint8]
) -> None:
    found = blazepose.landmarks(astronaut, blazepose.detect(astronaut)[0].region)
    assert found is not None
    world = found.values[:, 4:]
    np.testing.assert_allclose(world[23:25].mean(axis=0), 0, atol=0.02)
    assert 0.25 < np.linalg.norm(world[11] - world[12]) < 0.5


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_turned_picture_gives_turned_landmarks(
    blazepose: PoseNetwork, astronaut: NDArray[np.uint8], quarter: int
) -> None:
    (person,) = blazepose.detect(astronaut)
    upright = blazepose.landmarks(astronaut, person.region)
    turned = np.ascontiguousarray(np.rot90(astronaut, quarter))
    angle = -quarter * np.pi / 2
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    hips, top = (person.points[:2] - 255.5) @ turn.T + 255.5
    again = blazepose.landmarks(turned, type(person.region).of_body(hips, top))
    assert upright is not None
    assert again is not None
    places = (upright.values[:, :2] - 255.5) @ turn.T + 255.5
    np.testing.assert_allclose(again.values[:, :2], places, atol=0.5)
    np.testing.assert_allclose(again.values[:, 4:6], upright.values[:, 4:6] @ turn.T, atol=0.005)


def test_it_finds_everybody(blazepose: PoseNetwork, astronaut: NDArray[np.uint8]) -> None:
    people = blazepose.detect(np.vstack([astronaut, astronaut]))
    assert sorted(round(person.box[[1, 3]].mean() / 100) for person in people) == [2, 7]
    assert people[0].score >= people[1].score


def test_it_finds_nobody_in_noise(blazepose: PoseNetwork) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (100, 300, 3), dtype=np.uint8)
    assert blazepose.detect(noise) == []
    assert blazepose.detect(np.zeros((1, 1, 3), np.uint8)) == []


def distances(ours: Values, theirs: Values) -> NDArray[np.float32]:
    """Between visible landmarks in the picture, as shares of the torso's length in it."""
    shoulders, hips = theirs[:, 11:13, :2].mean(axis=1), theirs[:, 23:25, :2].mean(axis=1)
    torso = np.linalg.norm(shoulders - hips, axis=-1, keepdims=True)
    apart: Values = np.linalg.norm(ours[..., :2] - theirs[..., :2], axis=-1) / torso
    return apart[theirs[..., 3] > 0.5]


@pytest.fixture(scope="module")
def reference(shared_reference: Path) -> dict[str, Values]:
    """What the original pipeline gives; skips where it is absent."""
    file = shared_reference / "blazepose_pushup.npz"
    if not file.is_file():
        pytest.skip(f"the original pipeline's landmarks are not here ({file})")
    with np.load(file) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays}


def test_single_frames_agree_with_the_original(
    blazepose: PoseNetwork, shared_data: Path, reference: dict[str, Values]
) -> None:
    ours, theirs = [], []
    for name in [name for name in reference if name.endswith("/static")]:
        clip = name.split("/")[0]
        with VideoReader(shared_data / "pushup" / "videos" / f"{clip}.mp4") as video:
            for index, wanted in zip(reference[f"{clip}/frames"], reference[name], strict=True):
                image = video[int(index)]
                people = blazepose.detect(image)
                assert bool(people) == (not np.isnan(wanted).any())
                if people:
                    found = blazepose.landmarks(image, people[0].region)
                    assert found is not None
                    ours.append(found.values)
                    theirs.append(wanted)
    a, b = np.stack(ours), np.stack(theirs)
    assert np.median(distances(a, b)) < 0.006
    visible = b[..., 3] > 0.5
    assert np.median(abs(a[..., 2] - b[..., 2])[visible]) < 2  # pixels
    assert np.median(np.linalg.norm(a[..., 4:] - b[..., 4:], axis=-1)[visible]) < 0.004  # metres
    assert np.median(abs(a[..., 3] - b[..., 3])) < 0.001


@pytest.mark.slow
@pytest.mark.parametrize("clip", ["correct17", "correct66", "wrong13"])
def test_a_whole_video_agrees_with_the_original(
    blazepose: PoseNetwork, shared_data: Path, reference: dict[str, Values], clip: str
) -> None:
    track = video_landmarks(shared_data / "pushup" / "videos" / f"{clip}.mp4", network=blazepose)
    wanted = reference[f"{clip}/tracked"]
    assert track.found.all()
    assert np.median(distances(track.landmarks, wanted)) < 0.025
    metres = np.linalg.norm(track.landmarks[..., 4:] - wanted[..., 4:], axis=-1)
    assert np.median(metres[wanted[..., 3] > 0.5]) < 0.025
