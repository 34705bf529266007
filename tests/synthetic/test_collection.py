"""A folder of synthetic videos: written, read back, reused."""

import json
from pathlib import Path

import numpy as np
import pytest

from inphase.data import Collection
from inphase.errors import CollectionError, OutputError
from inphase.synthetic import EVENTS, corresponding_frames, read_truth, write_collection
from inphase.video import VideoReader, read_audio

SMALL = {"fps": 6.0, "size": (64, 48), "duration_range": (2.0, 3.0)}


def _write(folder: Path, *, action: str = "pouring", count: int = 3, **more: object) -> Collection:
    return write_collection(folder, action=action, count=count, **{**SMALL, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def pouring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "pouring"
    _write(folder, count=4, views=2)
    return folder


def test_labels_come_back_through_a_collection(pouring: Path) -> None:
    collection = Collection.open(pouring)
    assert collection.names[:3] == ("pouring_000_a", "pouring_000_b", "pouring_001_a")
    assert collection.events == tuple(EVENTS["pouring"])
    truth = read_truth(pouring)
    for video in collection:
        times, state = truth[video.name]
        assert len(times) == len(state) == video.frames
        assert video.action == "pouring"
        assert video.name == f"{video.group}_{video.view}"
        for name, frame in video.events.items():
            assert state[frame] >= EVENTS["pouring"][name] > state[frame - 1]


def test_views_share_state_group_and_split(pouring: Path) -> None:
    collection, truth = Collection.open(pouring), read_truth(pouring)
    assert [video.split for video in collection] == ["train"] * 6 + ["test"] * 2
    for group in {video.group for video in collection}:
        a, b = (collection[f"{group}_{view}"] for view in "ab")
        assert a.split == b.split
        assert a.events == b.events
        np.testing.assert_array_equal(truth[a.name][1], truth[b.name][1])


def test_the_files_hold_what_the_labels_say(pouring: Path) -> None:
    truth = read_truth(pouring)
    for video in Collection.open(pouring).split("test"):
        reader = VideoReader(video.path)
        assert len(list(reader)) == len(reader) == video.frames
        assert (reader.info.width, reader.info.height) == (64, 48)
        np.testing.assert_allclose(reader.times, truth[video.name][0], atol=2e-3)
        audio = read_audio(video.path)
        assert np.abs(audio.samples).max() > 0.2
        starts = truth[video.name][0][video.events["stream_starts"] - 1]
        before = audio.cut(0.0, starts - 0.05).samples
        assert np.abs(before).max() < 0.01


def test_performances_differ_within_a_set_and_between_seeds(tmp_path: Path) -> None:
    _write(tmp_path / "one", action="swing")
    _write(tmp_path / "two", action="swing", seed=1)
    states = [
        np.interp(np.linspace(0, 1, 9), times / times[-1], state)
        for folder in ("one", "two")
        for times, state in read_truth(tmp_path / folder).values()
    ]
    for index, state in enumerate(states):
        for other in states[:index]:
            assert np.abs(state - other).max() > 0.005


def test_truth_gives_the_exact_alignment(pouring: Path) -> None:
    truth = read_truth(pouring)
    (_, one), (_, two) = truth["pouring_000_a"], truth["pouring_001_a"]
    matched = corresponding_frames(one, two)
    assert matched[0] == 0
    assert matched[-1] == len(two) - 1


def test_a_finished_folder_is_used_again_when_nothing_changed(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    folder = tmp_path / "set"
    first = _write(folder, progress=lambda done, whole: calls.append((done, whole)))
    assert calls == [(1, 3), (2, 3), (3, 3)]
    stamp = first["pouring_000"].path.stat().st_mtime_ns
    calls.clear()
    again = _write(folder, progress=lambda done, whole: calls.append((done, whole)))
    assert calls == []
    assert again == first
    assert again["pouring_000"].path.stat().st_mtime_ns == stamp


def test_other_parameters_or_a_lost_file_draw_it_anew(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    _write(folder, count=2)
    assert len(_write(folder, count=1)) == 1
    assert [path.name for path in (folder / "videos").iterdir()] == ["pouring_000.mp4"]
    (folder / "videos" / "pouring_000.mp4").unlink()
    _write(folder, count=1)
    assert (folder / "videos" / "pouring_000.mp4").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_an_interrupted_set_leaves_nothing(tmp_path: Path) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _write(tmp_path / "set", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text("mine")
    with pytest.raises(CollectionError, match="holds files other than"):
        _write(tmp_path)
    assert (tmp_path / "labels.json").read_text() == "mine"
    folder = tmp_path / "set"
    _write(folder, count=1)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(CollectionError, match="holds files other than"):
        _write(folder, count=2)
    assert (folder / "notes.txt").read_text() == "mine"


def test_what_a_person_added_or_changed_is_not_drawn_over(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    _write(folder, count=1)
    labels = json.loads((folder / "labels.json").read_text())
    labels["videos"]["pouring_000"]["events"].popitem()
    (folder / "labels.json").write_text(json.dumps(labels))
    with pytest.raises(OutputError, match="holds labels that would be lost"):
        _write(folder, count=2)
    other = tmp_path / "other"
    _write(other, count=1)
    (other / "videos" / "mine.mp4").write_text("mine")
    with pytest.raises(CollectionError, match=r"mine\.mp4, which was not drawn"):
        _write(other, count=2)
    assert (other / "videos" / "mine.mp4").read_text() == "mine"


def test_a_place_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "set").write_text("mine")
    with pytest.raises(CollectionError, match="cannot be used"):
        _write(tmp_path / "set")
    with pytest.raises((CollectionError, OutputError), match="annot"):
        _write(tmp_path / "set" / "deeper")


@pytest.mark.parametrize("wrong", [{"count": 0}, {"views": 3}, {"test_share": 1.5}])
def test_numbers_out_of_range_are_refused(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="count must be"):
        _write(tmp_path / "set", **wrong)  # type: ignore[arg-type]


def test_truth_that_is_missing_or_broken_says_so(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="is not a synthetic set"):
        read_truth(tmp_path)
    (tmp_path / "truth.json").write_text(json.dumps({"videos": 3}))
    with pytest.raises(CollectionError, match="not a truth file"):
        read_truth(tmp_path)
