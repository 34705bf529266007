"""The problems found in a collection."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from inphase.applications.collection_check.check import _looks_of_actions, check_collection
from inphase.applications.collection_check.result import CollectionCheck
from inphase.data import Collection, Video
from inphase.synthetic import draw, write_collection
from inphase.video import VideoReader, VideoWriter


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checked")


@pytest.fixture(scope="module")
def sound(folder: Path) -> Collection:
    return write_collection(
        folder / "pouring",
        action="pouring",
        count=6,
        fps=10,
        size=(96, 72),
        duration_range=(2.0, 3.0),
    )


def kinds(check: CollectionCheck) -> list[tuple[str, bool, tuple[str, ...]]]:
    return [(finding.kind, finding.serious, finding.videos) for finding in check.findings]


def test_a_sound_collection_has_no_findings(sound: Collection) -> None:
    check = check_collection(sound)
    assert check.findings == ()
    assert check.sound
    for checked, video in zip(check.videos, sound, strict=True):
        assert checked.name == video.name
        assert checked.frames == video.frames
        assert checked.fps == pytest.approx(10, rel=0.01)
        assert (checked.width, checked.height) == (96, 72)
        assert checked.missing == ()


def test_broken_files_labels_and_splits(sound: Collection, folder: Path) -> None:
    (folder / "torn.mp4").write_bytes(b"no video")
    first, second, third, *rest = sound.videos
    odd = dataclasses.replace(
        sound,
        videos=(
            dataclasses.replace(first, frames=99, fps=30.0, group="anna", split="train"),
            dataclasses.replace(second, events={}, group="anna", split="test"),
            dataclasses.replace(third, events={**third.events, sound.events[-1]: 500}),
            Video("torn", folder / "torn.mp4"),
            *rest,
        ),
    )
    check = check_collection(odd)
    assert not check.sound
    found = kinds(check)
    assert ("broken", True, ("torn",)) in found
    assert ("split", True, (first.name, second.name)) in found
    told = [finding.sentence for finding in check.findings if finding.kind == "labels"]
    assert any("say 99 frames, but the file has" in sentence for sentence in told)
    assert any("say 30 frames/s, but the file has 10.00" in sentence for sentence in told)
    assert any("event `" in sentence and "frame 500 lies outside" in sentence for sentence in told)
    missing = [finding for finding in check.findings if finding.kind == "event"]
    assert [finding.videos for finding in missing] == [(second.name,)] * len(sound.events)
    # Serious ones first.
    serious = [finding.serious for finding in check.findings]
    assert serious == sorted(serious, reverse=True)


def re_encoded(source: Path, target: Path) -> Path:
    """The same recording larger, darker, and compressed again."""
    reader = VideoReader(source, size=(128, 96))
    with VideoWriter(target, fps=10, size=(128, 96)) as writer:
        for _, frame in reader:
            writer.write((frame * 0.9).astype(np.uint8))
    return target


def test_a_re_encoded_copy_is_found_and_is_serious_across_splits(
    sound: Collection, folder: Path
) -> None:
    first = dataclasses.replace(sound.videos[0], split="train")
    copy = Video("copy", re_encoded(first.path, folder / "copy.mp4"), split="train")
    alike = Collection(videos=(first, *sound.videos[1:], copy), source="copies")
    found = [one for one in kinds(check_collection(alike)) if one[0] == "duplicate"]
    assert found == [("duplicate", False, (first.name, "copy"))]
    apart = dataclasses.replace(
        alike, videos=(*alike.videos[:-1], dataclasses.replace(copy, split="test"))
    )
    check = check_collection(apart)
    found = [one for one in kinds(check) if one[0] == "duplicate"]
    assert found == [("duplicate", True, (first.name, "copy"))]
    assert any("in train and test" in finding.sentence for finding in check.findings)


def test_odd_lengths_and_rates(sound: Collection, folder: Path) -> None:
    def still(name: str, fps: float, frames: int) -> Video:
        with VideoWriter(folder / f"{name}.mp4", fps=fps, size=(64, 48)) as writer:
            for index in range(frames):
                writer.write(np.full((48, 64, 3), 5 * (index % 40), np.uint8))
        return Video(name, folder / f"{name}.mp4")

    odd = (still("long", 10, 150), still("fast", 30, 75), still("short", 10, 3))
    check = check_collection(Collection(videos=(*sound.videos, *odd), source="odd"))
    found = {(kind, videos) for kind, _, videos in kinds(check) if kind in ("length", "rate")}
    assert found == {("length", ("long",)), ("rate", ("fast",)), ("length", ("short",))}
    assert check.sound


def other_action(folder: Path, index: int) -> Video:
    """A swing, which looks unlike pouring."""
    path = folder / f"swing{index}.mp4"
    drawn = draw("swing", seed=index, fps=10, size=(96, 72), duration_range=(2.0, 3.0))
    with VideoWriter(path, fps=10, size=drawn.size) as writer:
        for frame in drawn.frames():
            writer.write(frame)
    return Video(path.stem, path, action="swing")


def test_a_video_under_the_wrong_action_is_found(sound: Collection, folder: Path) -> None:
    swings = [other_action(folder, index) for index in range(6)]
    strange = dataclasses.replace(swings[-1], action="pouring")
    mixed = Collection(videos=(*sound.videos, *swings[:-1], strange), source="mixed")
    found = [finding for finding in check_collection(mixed).findings if finding.kind == "action"]
    assert [finding.videos for finding in found] == [("swing5",)]
    assert "labelled pouring but looks like swing" in found[0].sentence


def test_two_kinds_without_labels_are_told_apart(sound: Collection, folder: Path) -> None:
    """Drawn scenes next to plain stripes."""
    stripes = []
    for index in range(5):
        path = folder / f"stripes{index}.mp4"
        with VideoWriter(path, fps=10, size=(96, 72)) as writer:
            for frame in range(20):
                row = ((np.arange(96) + frame * (index + 1)) // 6 % 2 * 255).astype(np.uint8)
                writer.write(np.repeat(np.tile(row, (72, 1))[:, :, None], 3, axis=2))
        stripes.append(Video(path.stem, path))
    plain = [dataclasses.replace(video, action=None) for video in sound]
    check = check_collection(Collection(videos=(*plain, *stripes), source="both"))
    (found,) = [finding for finding in check.findings if finding.kind == "action"]
    assert set(found.videos) == {video.name for video in stripes}
    assert "look like two actions" in found.sentence


def _two_kinds(small: int, large: int, silhouette: float) -> list[NDArray[np.float64]]:
    """Looks of two kinds: within a kind, all are equally far from each other."""
    count = small + large
    inside = np.sqrt(2)  # between two of a kind: each is at 1 along an axis of its own
    between = inside / (1 - silhouette)
    apart = np.sqrt(between**2 - inside**2) * (np.arange(count) < small)
    return list(np.concatenate([np.eye(count), apart[:, None]], axis=1))


@pytest.mark.parametrize(
    ("small", "large", "silhouette", "told"),
    [
        (3, 9, 0.8, True),
        (2, 9, 0.8, False),  # two odd videos are not a kind
        (3, 7, 0.8, True),
        (3, 6, 0.8, False),  # with fewer than ten videos, kinds are not reported
        (6, 6, 0.56, True),  # like mixtures of two actions
        (6, 6, 0.54, False),  # like sets of one action
    ],
)
def test_two_kinds_are_told_where_they_are_clearly_apart(
    small: int, large: int, silhouette: float, told: bool
) -> None:
    videos = [Video(f"v{index}", Path(f"v{index}.mp4")) for index in range(small + large)]
    looks = _two_kinds(small, large, silhouette)
    found = list(_looks_of_actions(videos, looks))
    assert bool(found) == told
    for finding in found:
        assert len(finding.videos) == small
        assert f"and the other {large}." in finding.sentence
        assert not finding.serious


@pytest.mark.slow
@pytest.mark.parametrize("name", ["utd_squat", "utd_tennis_serve", "pushup", "robot_g1_bottle"])
def test_real_sets_of_one_action_are_sound(shared_data: Path, name: str) -> None:
    collection = Collection.open(shared_data / name)
    # About fifteen videos of each, from all splits, show it as well as all of them.
    some = collection.videos[:: len(collection.videos) // 15]
    check = check_collection(dataclasses.replace(collection, videos=some))
    assert check.sound
    assert not [f for f in check.findings if f.kind in ("duplicate", "action", "broken", "labels")]


def test_a_folder_may_be_given(sound: Collection, tmp_path: Path) -> None:
    shutil.copy(sound.videos[0].path, tmp_path / "alone.mp4")
    check = check_collection(tmp_path)
    assert [video.name for video in check.videos] == ["alone"]
    assert check.to_dict()["videos"][0]["frames"] == sound.videos[0].frames


def test_a_link_is_reported_and_its_file_is_checked_once(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "b.mp4", fps=25, size=(64, 48)) as out:
        for level in range(0, 100, 10):
            out.write(np.full((48, 64, 3), level, dtype=np.uint8))
    (tmp_path / "a.mp4").symlink_to("b.mp4")
    found = check_collection(tmp_path)
    assert [video.name for video in found.videos] == ["b"]
    (told,) = found.findings
    assert (told.kind, told.serious, told.videos) == ("duplicate", False, ("a.mp4",))
