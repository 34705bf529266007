"""Labels combined with embeddings, and splits that share nothing."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inphase.data import Collection, Video
from inphase.errors import CollectionError
from inphase.evaluation.videos import clean_splits, events_of, labelled


def collection(folder: Path, videos: dict[str, dict[str, Any]]) -> Collection:
    for name in videos:
        (folder / f"{name}.mp4").touch()
    entries = {name: {"file": f"{name}.mp4", **entry} for name, entry in videos.items()}
    labels = {"events": ["start", "end"], "videos": entries}
    (folder / "labels.json").write_text(json.dumps(labels))
    return Collection.open(folder)


def test_splits_are_those_of_the_labels(tmp_path: Path) -> None:
    found = collection(
        tmp_path,
        {
            "a": {"split": "train", "group": "1"},
            "b": {"split": "test", "group": "2"},
            "c": {"split": "val"},
        },
    )
    train, test = clean_splits(found)
    assert [video.name for video in train] == ["a"]
    assert [video.name for video in test] == ["b"]
    train, test = clean_splits(found, train="test", test="val")
    assert [video.name for video in train] == ["b"]
    assert [video.name for video in test] == ["c"]


def test_without_splits_all_videos_are_scored(tmp_path: Path) -> None:
    train, test = clean_splits(collection(tmp_path, {"a": {}, "b": {}}))
    assert train == ()
    assert len(test) == 2


def test_a_group_in_both_splits_is_refused_with_its_videos(tmp_path: Path) -> None:
    found = collection(
        tmp_path,
        {"a": {"split": "train", "group": "anna"}, "b": {"split": "test", "group": "anna"}},
    )
    with pytest.raises(CollectionError, match=r"group anna is in both splits \(a in train, b in"):
        clean_splits(found)
    train, test = clean_splits(found, shared_groups=True)
    assert (len(train), len(test)) == (1, 1)


def test_a_file_in_both_splits_is_refused(tmp_path: Path) -> None:
    found = collection(tmp_path, {"a": {"split": "train"}, "b": {"split": "test"}})
    twin = Collection(
        videos=(found.videos[0], Video("b", found.videos[0].path, split="test")),
        events=found.events,
        source="twins",
    )
    with pytest.raises(CollectionError, match="in both splits; remove it from one"):
        clean_splits(twin)


def test_a_set_without_key_events_cannot_be_scored(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    with pytest.raises(CollectionError, match="no key events"):
        clean_splits(Collection.open(tmp_path))


def test_labels_become_frames_and_phases() -> None:
    video = Video("a", Path("a.mp4"), events={"end": 5, "start": 2})
    scored = labelled(video, ["start", "end"], times=np.arange(5) / 10, embeddings=np.zeros((5, 1)))
    np.testing.assert_array_equal(scored.events, [2, 5])
    # For alignment, an event right after the last frame is on the last frame.
    np.testing.assert_array_equal(scored.event_frames, [2, 4])
    assert scored.phases is not None
    np.testing.assert_array_equal(scored.phases, [0, 0, 1, 1, 1])


def test_a_video_that_lacks_an_event_has_no_phases() -> None:
    video = Video("a", Path("a.mp4"), events={"end": 3})
    scored = labelled(video, ["start", "end"], times=np.arange(5) / 10, embeddings=np.zeros((5, 1)))
    np.testing.assert_array_equal(scored.event_frames, [-1, 3])
    assert scored.phases is None


def test_an_event_outside_the_video_names_the_video_and_the_event() -> None:
    video = Video("a", Path("a.mp4"), events={"start": 9})
    with pytest.raises(CollectionError, match="a: event `start` at frame 9 lies outside"):
        labelled(video, ["start"], times=np.arange(5) / 10, embeddings=np.zeros((5, 1)))


def test_an_action_has_the_events_that_its_videos_have() -> None:
    videos = [Video("a", Path("a"), events={"impact": 1}), Video("b", Path("b"), events={"end": 2})]
    assert events_of(videos, ["start", "impact", "end"]) == ("impact", "end")
