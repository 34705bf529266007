"""Labels that fit their videos are written; everything else gets a sentence."""

import json
from pathlib import Path

import pytest

from inphase.data import Collection
from inphase.data.formats import Marks, Mistake, convert_labels, convert_marks
from inphase.errors import CollectionError
from tests.data.formats.conftest import WriteVideos


def test_an_event_is_the_first_frame_at_or_after_its_instant(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    videos = Collection.open(write_videos(tmp_path, "a"))
    instants = {"first": 0.0, "between": 0.41, "exact": 0.5, "last": 1.9, "after": 1.95}
    found = convert_marks({"a": Marks(instants)}, videos)
    assert found.mistakes == ()
    assert found.videos["a"]["events"] == {
        "first": 0,
        "between": 5,
        "exact": 5,
        "last": 19,
        "after": 20,
    }


def test_what_is_written_opens_as_a_collection(write_videos: WriteVideos, tmp_path: Path) -> None:
    videos = write_videos(tmp_path / "videos", "a", "b")
    (tmp_path / "labels.csv").write_text(
        "video,event,time,split,group\na,up,0.5,train,anna\na,down,1,train,anna\n"
        "b.mp4,up,0.7,test,ben\nb.mp4,down,1.5,test,ben\n"
    )
    found = convert_labels(tmp_path / "labels.csv", videos)
    assert found.mistakes == ()
    assert found.counts == {("", "train"): 1, ("", "test"): 1}
    # In the folder of the videos, and elsewhere.
    for place in (tmp_path / "videos" / "labels.json", tmp_path / "other" / "set.json"):
        found.save(place, about={"licence": "mine"})
        opened = Collection.open(place)
        assert opened.events == ("up", "down")
        assert dict(opened["b"].events) == {"up": 7, "down": 15}
        assert (opened["a"].split, opened["b"].group) == ("train", "ben")
        assert opened["a"].frames == 20
    assert json.loads(place.read_text())["licence"] == "mine"
    beside = json.loads((tmp_path / "videos" / "labels.json").read_text())
    assert beside["videos"]["a"]["file"] == "a.mp4"


def test_every_mistake_is_told_and_the_rest_is_kept(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    folder = write_videos(tmp_path, "good", "late", "odd", "bare", "strange")
    (folder / "torn.mp4").write_bytes(b"no video")
    marks = {
        "good": Marks({"up": 0.5, "down": 1.0}),
        "late": Marks({"up": 0.5, "down": 2.3}),
        "odd": Marks({"up": 1.0, "down": 0.5}),
        "strange": Marks({"up": 0.5, "dwon": 1.0}),
        "goood": Marks({"up": 0.5}),
        "torn": Marks({"up": 0.5}),
    }
    found = convert_marks(marks, Collection.open(folder), events=["up", "down"])
    assert list(found.videos) == ["good"]
    told = {mistake.video: mistake.sentence for mistake in found.mistakes}
    assert "`down` at 2.3 s is outside the video, whose last frame is at 1.900 s" in told["late"]
    assert "`down` (0.5) comes before `up` (1); they are out of order" in told["odd"]
    assert "unknown event `dwon`" in told["strange"]
    assert "no such video" in told["goood"]
    assert "did you mean good?" in told["goood"]
    assert "torn.mp4" in told["torn"]
    assert told["bare"] == "it has no labels."


def test_a_video_labelled_under_two_names_is_a_mistake_whichever_comes_first(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    videos = Collection.open(write_videos(tmp_path, "a", "b"))
    early, late = Marks({"up": 0.5}), Marks({"up": 1.5})
    for names in (("a", "a.mp4"), ("a.mp4", "a")):
        found = convert_marks({names[0]: early, "b": early, names[1]: late}, videos)
        assert list(found.videos) == ["b"]
        (mistake,) = found.mistakes
        told = f"it is labelled more than once, as `{names[0]}` and `{names[1]}`; keep one."
        assert (mistake.video, mistake.sentence) == ("a", told)


def test_a_video_with_a_mistake_under_its_other_name_is_left_out(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    videos = Collection.open(write_videos(tmp_path, "a"))
    earlier = Mistake("a.mp4", "`up` starts twice; each key event needs its own name.")
    found = convert_marks({"a": Marks({"up": 0.5})}, videos, mistakes=[earlier])
    assert found.videos == {}
    assert found.mistakes[0] == earlier
    assert "as `a.mp4` and `a`" in found.mistakes[1].sentence


def test_frames_outside_the_video_are_told_in_frames(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    videos = Collection.open(write_videos(tmp_path, "a", "b"))
    marks = {"a": Marks({"up": 20}, unit="frames"), "b": Marks({"up": 21}, unit="frames")}
    found = convert_marks(marks, videos)
    assert found.videos["a"]["events"] == {"up": 20}
    (mistake,) = found.mistakes
    assert "frame 21 is outside the video, which has 20 frames" in mistake.sentence


def test_webvtt_and_microseconds_find_their_videos(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    videos = write_videos(tmp_path / "videos", "a")
    (tmp_path / "a.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:00.500\nup\n\n00:00.500 --> 00:01.500\ndown\n"
    )
    assert convert_labels(tmp_path / "a.vtt", videos).videos["a"]["events"] == {"down": 5}
    spans = {"0": [0, 500_000], "1": [500_000, 1_500_000]}
    (tmp_path / "tcc.json").write_text(json.dumps({"a": {"anna": spans}}))
    found = convert_labels(tmp_path / "tcc.json", videos, events=["turn"])
    assert found.videos["a"]["events"] == {"turn": 5}


def test_unknown_forms_and_missing_videos_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CollectionError, match="does not exist"):
        convert_labels(tmp_path / "none.csv")
    (tmp_path / "labels.xlsx").touch()
    with pytest.raises(CollectionError, match="no known form"):
        convert_labels(tmp_path / "labels.xlsx")
    (tmp_path / "labels.csv").write_text("video,event,time\na,up,1\n")
    with pytest.raises(CollectionError, match="give the videos"):
        convert_labels(tmp_path / "labels.csv")


def test_nothing_left_is_an_error_with_the_first_mistake(
    write_videos: WriteVideos, tmp_path: Path
) -> None:
    videos = Collection.open(write_videos(tmp_path, "a"))
    found = convert_marks({"a": Marks({"up": 99.0})}, videos)
    with pytest.raises(CollectionError, match="first mistake: a: event `up` at 99 s"):
        found.save(tmp_path / "labels.json")
