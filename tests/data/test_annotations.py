"""Annotations of videos, from files of every known format."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from inphase.data import (
    Collection,
    Cue,
    event_frames,
    phases,
    read_annotations,
    write_captions,
)
from inphase.errors import CollectionError
from inphase.video import probe


@pytest.fixture
def folder(pouring: Collection, tmp_path: Path) -> Path:
    for name in ("me", "you"):
        shutil.copy(pouring.videos[0].path, tmp_path / f"{name}.mp4")
    return tmp_path


def test_labels_give_the_seconds_of_the_events(pouring: Collection) -> None:
    annotated = read_annotations(Path(pouring.source), names=["pouring_001", "pouring_002"])
    assert [one.video.name for one in annotated] == ["pouring_001", "pouring_002"]
    for one in annotated:
        times = probe(one.video.path).times
        assert list(one.annotations.events) == list(pouring.events)
        assert event_frames(one.annotations.events, times) == dict(one.video.events)


def test_an_event_after_the_last_frame_is_the_end() -> None:
    times = np.arange(5) / 10
    assert event_frames({"end": 0.5, "late": 0.31}, times) == {"end": 5, "late": 4}


@pytest.mark.parametrize("name", ["me.vtt", "me.en.srt"])
def test_captions_belong_to_the_video_of_their_name(folder: Path, name: str) -> None:
    cues = (Cue(0.0, 1.0, "begin"), Cue(1.0, 1.5, "end"))
    write_captions(folder / name, cues)
    (one,) = read_annotations(folder / name)
    assert (one.video.name, one.video.path) == ("me", folder / "me.mp4")
    assert one.annotations.cues == cues


def test_a_video_can_be_named_for_a_file(folder: Path) -> None:
    write_captions(folder / "subtitles.srt", [Cue(0, 1, "x")])
    with pytest.raises(CollectionError, match=r"no video subtitles in.*VIDEO="):
        read_annotations(folder / "subtitles.srt")
    (one,) = read_annotations(f"{folder / 'you.mp4'}={folder / 'subtitles.srt'}")
    assert one.video.name == "you"
    with pytest.raises(CollectionError, match=r"he\.mp4 does not exist"):
        read_annotations(f"{folder / 'he.mp4'}={folder / 'subtitles.srt'}")


def test_tables_give_spans_and_events(folder: Path) -> None:
    (folder / "spans.csv").write_text(
        "video,start,end,label\nme,0.5,1,lift\nyou.mp4,0,1,all\nme,0,0.5,rest\n"
    )
    me, you = read_annotations(folder / "spans.csv")
    assert me.annotations.cues == (Cue(0, 0.5, "rest"), Cue(0.5, 1, "lift"))
    assert (you.video.name, you.annotations.cues) == ("you", (Cue(0, 1, "all"),))
    (folder / "events.csv").write_text("video,event,time,frame\nme,up,1.5,18\nme,down,0.25,3\n")
    (one,) = read_annotations(folder / "events.csv")
    assert list(one.annotations.events.items()) == [("down", 0.25), ("up", 1.5)]


def test_what_several_files_tell_is_put_together(folder: Path) -> None:
    (folder / "me.csv").write_text("time,force\n0,1\n1,2\n")
    write_captions(folder / "me.srt", [Cue(0, 1, "x")])
    (one,) = read_annotations(folder)
    assert one.annotations.cues == (Cue(0, 1, "x"),)
    assert one.annotations.recording is not None
    (same,) = read_annotations([folder / "me.srt", f"{folder / 'me.mp4'}={folder / 'me.csv'}"])
    assert same.annotations.recording is not None
    with pytest.raises(CollectionError, match="of the same kind"):
        read_annotations([folder / "me.csv", folder / "me.csv"])


def test_phases_lie_between_the_events() -> None:
    assert phases({"down": 1.0, "up": 2.0}, 3.0) == (
        Cue(0.0, 1.0, "start to down"),
        Cue(1.0, 2.0, "down to up"),
        Cue(2.0, 3.0, "up to end"),
    )
    assert [cue.text for cue in phases({"down": 0.0, "up": 3.0}, 3.0)] == ["down to up"]
    assert phases({}, 2.0) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("video,start,end,label\nme,a,1,x\n", r"line 2: `a` is not a number of seconds"),
        ("video,start,end,label\nme,2,1,x\n", r"line 2: end must come after"),
        ("video,event,time\nme,top,1\nme,top,2\n", "marks an event of me twice"),
        ("video,start,end,label\nhe,0,1,x\n", "no video he in the same folder"),
        ("video,start,end,label\n", "no annotations of any video"),
    ],
)
def test_a_wrong_table_is_one_sentence(folder: Path, text: str, told: str) -> None:
    (folder / "spans.csv").write_text(text)
    with pytest.raises(CollectionError, match=told):
        read_annotations(folder / "spans.csv")


def test_unusable_sources_are_one_sentence(folder: Path, pouring: Collection) -> None:
    for source, told in (
        (folder / "no.srt", "does not exist"),
        (folder / "me.mp4", "is not an annotation file"),
        (folder, "no annotation files"),
    ):
        with pytest.raises(CollectionError, match=told):
            read_annotations(source)
    with pytest.raises(CollectionError, match="did you mean pouring_001"):
        read_annotations(pouring.source, names=["pouring_01"])
