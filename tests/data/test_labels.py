"""labels.json: what is read from it, and a clear sentence for each mistake in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from inphase.data import read_labels
from inphase.errors import CollectionError


def _content(**changes: Any) -> dict[str, Any]:
    video = {"file": "a.mp4", "fps": 25.0, "frames": 50, "events": {"start": 3, "end": 40}}
    video.update(changes)
    return {"set": "mine", "events": ["start", "end"], "videos": {"a": video}}


def _write(folder: Path, content: Any) -> Path:
    (folder / "a.mp4").touch()
    path = folder / "labels.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_a_good_file_is_read_whole(tmp_path: Path) -> None:
    labels = read_labels(_write(tmp_path, _content(split="train", group=3, action="x", view="b")))
    assert labels.events == ("start", "end")
    video = labels.videos["a"]
    assert (video.file, video.fps, video.frames) == ("a.mp4", 25.0, 50)
    assert (video.split, video.group, video.action, video.view) == ("train", 3, "x", "b")
    assert video.events == {"start": 3, "end": 40}


def test_only_the_file_is_required(tmp_path: Path) -> None:
    labels = read_labels(_write(tmp_path, {"videos": {"a": {"file": "a.mp4"}}}))
    assert labels.events == ()
    assert labels.videos["a"].events == {}


def test_an_event_may_come_right_after_the_last_frame(tmp_path: Path) -> None:
    content = _content(events={"end": 50})
    assert read_labels(_write(tmp_path, content)).videos["a"].events == {"end": 50}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ["not a JSON file"]),
        ("[1]", ["one JSON object"]),
        ('{"videos": {"a": 1, "a": 2}}', ["`a` twice"]),
        ({}, ["`videos`"]),
        ({"videos": []}, ["`videos`"]),
        ({"videos": {}}, ["lists no videos"]),
        ({"videos": {"a": 5}}, ["video a", "JSON object"]),
        ({"videos": {"a": {"fps": 3}}}, ["video a", "`file`"]),
        (_content(splt="train"), ["video a", "`splt`", "did you mean", "split"]),
        (_content(fps=0), ["video a", "`fps`"]),
        (_content(fps=float("nan")), ["NaN is not a number"]),
        ('{"videos": {"a": {"file": "a.mp4", "fps": 1e999}}}', ["video a", "`fps`", "finite"]),
        (_content(frames=2.5), ["video a", "`frames`"]),
        (_content(events={"start": 1.5}), ["video a", "start"]),
        (_content(events={"start": True}), ["video a", "start"]),
        (_content(events={"begin": 1}), ["video a", "`begin`", "start, end"]),
        (_content(events={"start": -1}), ["video a", "`start`", "-1", "outside"]),
        (_content(events={"end": 51}), ["`end`", "51", "50 frames"]),
        (_content(events={"start": 9, "end": 8}), ["`end`", "comes before", "`start`"]),
        (_content(file="b.mp4"), ["video a", "b.mp4", "does not exist"]),
        ({**_content(), "events": ["start", "end", "end"]}, ["twice"]),
    ],
)
def test_a_mistake_is_one_sentence_that_names_it(
    tmp_path: Path, content: Any, words: list[str]
) -> None:
    path = _write(tmp_path, content)
    with pytest.raises(CollectionError) as caught:
        read_labels(path)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_missing_file_and_a_binary_one_say_so(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="does not exist"):
        read_labels(tmp_path / "labels.json")
    (tmp_path / "labels.json").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(CollectionError, match="not a JSON file"):
        read_labels(tmp_path / "labels.json")


def test_the_real_sets_are_read(shared_data: Path) -> None:
    read = [read_labels(path) for path in sorted(shared_data.glob("*/labels.json"))]
    assert len(read) >= 5
    pushup = read_labels(shared_data / "pushup" / "labels.json")
    assert pushup.events == ("descend_start", "bottom", "ascend_end")
    assert len(pushup.videos) == 127
