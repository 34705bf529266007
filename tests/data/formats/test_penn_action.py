"""Penn Action in its public layout, and key events from its joints."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from numpy.typing import NDArray
from PIL import Image

from inphase.data import Collection
from inphase.data.formats import convert_labels, events_from_joints, read_penn_action
from inphase.data.formats.marks import MistakeError
from inphase.data.formats.penn_action import read_joint_file
from inphase.data.formats.penn_events import JOINTS
from inphase.errors import CollectionError

FRAMES = 40


def body(**heights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Joints of a person standing still, except for the given parts (pixels, downwards)."""
    standing = {
        "head": 20.0,
        "shoulder": 40.0,
        "elbow": 60.0,
        "wrist": 80.0,
        "hip": 90.0,
        "knee": 120.0,
        "ankle": 150.0,
    }
    joints = np.zeros((FRAMES, len(JOINTS), 2))
    for index, name in enumerate(JOINTS):
        part = name.split("_")[-1]
        joints[:, index, 0] = 50 + (10 if name.startswith("left") else 0)
        joints[:, index, 1] = heights.get(part, np.full(FRAMES, standing[part]))
    return joints


def bump(low: float, high: float, peak: int) -> NDArray[np.float64]:
    """Straight lines from low up to high at the peak and back."""
    return np.interp(np.arange(FRAMES), [0, peak, FRAMES - 1], [low, high, low])


SEEN = np.ones((FRAMES, len(JOINTS)), dtype=bool)


@pytest.mark.parametrize("peak", [12, 25])
@pytest.mark.parametrize(
    ("action", "event", "moving"),
    [
        ("pushup", "head_at_floor", {"head": (20, 100)}),
        ("pullup", "chin_above_bar", {"head": (90, 70)}),
        ("bench_press", "bar_fully_down", {"wrist": (100, 45)}),
        ("situp", "abs_fully_crunched", {"shoulder": (40, 110)}),
        ("squat", "hips_at_floor", {"hip": (90, 140)}),
        ("jumping_jacks", "hands_above_head", {"wrist": (80, 5)}),
    ],
)
def test_the_event_is_where_the_joints_turn(
    action: str, event: str, moving: dict[str, tuple[float, float]], peak: int
) -> None:
    joints = body(**{part: bump(*span, peak) for part, span in moving.items()})
    assert abs(events_from_joints(action, joints, SEEN)[event] - peak) <= 1


def test_hips_pass_the_knees_down_and_up() -> None:
    hips = bump(90, 150, 20)
    events = events_from_joints("squat", body(hip=hips), SEEN)
    assert list(events) == ["hips_at_knees_going_down", "hips_at_floor", "hips_at_knees_going_up"]
    below = np.flatnonzero(hips >= 120)
    assert abs(events["hips_at_knees_going_down"] - below[0]) <= 1
    assert abs(events["hips_at_knees_going_up"] - (below[-1] + 1)) <= 1


def test_hidden_and_jumping_joints_do_not_mislead() -> None:
    generator = np.random.default_rng(0)
    joints = body(head=bump(20, 100, 18))
    seen = generator.random((FRAMES, len(JOINTS))) > 0.3
    joints[~seen] = 999.0
    joints[5, 0] = (0, 400)  # the annotator's mouse slipped
    assert abs(events_from_joints("pushup", joints, seen)["head_at_floor"] - 18) <= 2


def test_a_movement_that_does_not_happen_is_a_mistake() -> None:
    with pytest.raises(MistakeError, match="hips never go"):
        events_from_joints("squat", body(), SEEN)
    with pytest.raises(MistakeError, match="head is never visible"):
        events_from_joints("pushup", body(), np.zeros_like(SEEN))
    assert events_from_joints("golf_swing", body(), SEEN) == {}


def write_video(root: Path, name: str, action: str, train: int, **more: Any) -> None:
    frames = root / "frames" / name
    frames.mkdir(parents=True)
    for index in range(FRAMES):
        Image.new("RGB", (32, 24), (index, 0, 0)).save(frames / f"{index + 1:06d}.jpg")
    joints = body(head=bump(20, 100, 15))
    content = {
        "action": action,
        "x": joints[:, :, 0],
        "y": joints[:, :, 1],
        "visibility": SEEN.astype(float),
        "train": train,
        "nframes": FRAMES,
        "dimensions": [24, 32, FRAMES],
        **more,
    }
    (root / "labels").mkdir(exist_ok=True)
    scipy.io.savemat(root / "labels" / f"{name}.mat", content)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("penn") / "Penn_Action"
    write_video(root, "0001", "pushup", 1)
    write_video(root, "0002", "pushup", -1)
    write_video(root, "0003", "golf_swing", 1)
    write_video(root, "0004", "pushup", 1, x=body()[:-3, :, 0], y=body()[:-3, :, 1],
                visibility=SEEN[:-3].astype(float))  # fmt: skip
    (root / "frames" / "0005").mkdir()
    return root


def test_the_layout_gives_splits_actions_and_events(root: Path, tmp_path: Path) -> None:
    found = read_penn_action(root)
    assert found.counts == {
        ("pushup", "train"): 1,
        ("pushup", "test"): 1,
        ("golf_swing", "train"): 1,
    }
    assert found.published[("pushup", "train")] == 102
    assert {mistake.video: mistake.sentence for mistake in found.mistakes} == {
        "0004": "it has 40 frames but joints for 37.",
        "0005": "it has no labels.",
    }
    opened = Collection.open(found.save(tmp_path / "labels.json"))
    assert abs(opened["0001"].events["head_at_floor"] - 15) <= 1
    assert opened["0003"].action == "golf_swing"
    assert opened["0001"].path.is_dir()
    assert len(opened.split("test")) == 1


def test_one_action_may_be_chosen(root: Path) -> None:
    found = convert_labels(root, actions=["golf_swing"])
    assert list(found.videos) == ["0003"]
    with pytest.raises(CollectionError, match="no action pushups; did you mean pushup"):
        read_penn_action(root, actions=["pushups"])


def test_a_joint_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.mat").write_text("no matrix")
    with pytest.raises(CollectionError, match=r"a\.mat is not a label file of Penn Action"):
        read_joint_file(tmp_path / "a.mat")
    scipy.io.savemat(tmp_path / "b.mat", {"x": np.zeros((3, 13))})
    with pytest.raises(CollectionError, match="has no 'y'"):
        read_joint_file(tmp_path / "b.mat")
    with pytest.raises(CollectionError, match="does not exist"):
        read_joint_file(tmp_path / "c.mat")
    with pytest.raises(CollectionError, match="not a Penn Action set"):
        read_penn_action(tmp_path)
