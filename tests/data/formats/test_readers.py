"""Labels of other programs, in their own formats."""

import json
import re
from pathlib import Path

import pytest

from inphase.data.formats import read_segments_csv, read_tcc_json, read_webvtt
from inphase.errors import CollectionError


def test_microseconds_of_several_annotators_are_averaged(tmp_path: Path) -> None:
    content = {
        "swing_1": {
            "anna": {"0": [0, 1_000_000], "1": [1_200_000, 2_000_000], "2": [2_000_000, 3_000_000]},
            "ben": {"0": [0, 1_200_000], "1": [1_400_000, 2_400_000], "2": [2_400_000, 3_000_000]},
        }
    }
    (tmp_path / "labels.json").write_text(json.dumps(content))
    marks, mistakes = read_tcc_json(tmp_path / "labels.json")
    assert mistakes == []
    # 1.1 and 1.3 s around the first gap, 2.2 s without one.
    assert marks["swing_1"].events == pytest.approx({"event_1": 1.2, "event_2": 2.2})
    named, _ = read_tcc_json(tmp_path / "labels.json", events=["top", "impact"])
    assert list(named["swing_1"].events) == ["top", "impact"]


@pytest.mark.parametrize(
    ("annotators", "told"),
    [
        ({"anna": {"0": [0, 1], "1": [1, 2]}, "ben": {"0": [0, 1]}}, r"disagree .* \[1, 2\]"),
        ({"anna": {"0": [0, 1], "2": [1, 2]}}, "segment 1 is missing"),
        ({"anna": {"0": [0, 1], "1": [1]}}, r"segment 1 must be \[start, end\]"),
        ({"anna": {"0": [5_000_000, 6_000_000], "1": [0, 1_000_000]}}, "before segment 0 at 5 s"),
        ({"anna": {}}, "has no segments"),
    ],
)
def test_mistakes_in_microseconds_name_the_video(
    annotators: object, told: str, tmp_path: Path
) -> None:
    good = {"anna": {"0": [0, 1], "1": [1, 2]}}
    (tmp_path / "labels.json").write_text(json.dumps({"bad": annotators, "good": good}))
    marks, (mistake,) = read_tcc_json(tmp_path / "labels.json")
    assert list(marks) == ["good"]
    assert mistake.video == "bad"
    assert re.search(told, mistake.sentence)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_of_segments(separator: str, tmp_path: Path) -> None:
    rows = [
        "Video,start,end,label,group,notes",
        "a,0,1.5,rest,anna,x",
        "a,1.5,2,lift,,y",
        "",
        "a,2,3,lower,anna,z",
        "b,0,1,rest,ben,",
        "b,1,2,lower,ben,",
    ]
    text = "\r\n".join(row.replace(",", separator) for row in rows)
    (tmp_path / "segments.csv").write_text("\ufeff" + text, encoding="utf-8")
    marks, mistakes = read_segments_csv(tmp_path / "segments.csv")
    assert mistakes == []
    assert marks["a"].events == {"lift": 1.5, "lower": 2.0}
    assert marks["b"].events == {"lower": 1.0}
    assert (marks["a"].group, marks["b"].group, marks["a"].split) == ("anna", "ben", None)


def test_a_table_of_instants_in_seconds_or_frames(tmp_path: Path) -> None:
    (tmp_path / "seconds.csv").write_text("video,event,time\na,top,1.25\na,impact,2\n")
    (tmp_path / "frames.csv").write_text("video,event,frame,split\na,top,12,test\n")
    seconds, _ = read_segments_csv(tmp_path / "seconds.csv")
    frames, _ = read_segments_csv(tmp_path / "frames.csv")
    assert seconds["a"].events == {"top": 1.25, "impact": 2.0}
    assert seconds["a"].unit == "seconds"
    assert (frames["a"].events, frames["a"].unit, frames["a"].split) == (
        {"top": 12},
        "frames",
        "test",
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("video,event,time\nbad,top,soon", "line 2: `soon` in column time is not a number"),
        ("video,event,time\nbad,top,1\nbad,top,2", r"`top` is marked twice \(line 3\)"),
        ("video,event,frame\nbad,top,1.5", "frame 1.5 is not a whole number"),
        ("video,start,end,label\nbad,2,1,a", "before it starts"),
        ("video,event,time,split\nbad,a,1,train\nbad,b,2,test", "different values of split"),
    ],
)
def test_mistakes_in_tables_name_the_video_and_the_line(
    rows: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "labels.csv").write_text(rows + "\n")
    marks, (mistake,) = read_segments_csv(tmp_path / "labels.csv")
    assert marks == {}
    assert mistake.video == "bad"
    assert re.search(told, mistake.sentence)


def test_what_is_no_table_of_labels_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("name,score\na,1\n")
    with pytest.raises(CollectionError, match="has the columns name, score"):
        read_segments_csv(tmp_path / "other.csv")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(CollectionError, match="is empty"):
        read_segments_csv(tmp_path / "empty.csv")
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CollectionError, match="not UTF-8"):
        read_segments_csv(tmp_path / "binary.csv")
    with pytest.raises(CollectionError, match="does not exist"):
        read_segments_csv(tmp_path / "none.csv")


VTT = """WEBVTT - made by hand

NOTE a remark
with 00:00.000 --> nothing

1
00:00.000 --> 00:01.500 align:start
rest

00:00:01.500 --> 00:00:02.000
<v Anna>lift</v>

00:02,000 --> 01:00:03,000
lower
the glass
"""


def test_cues_are_segments_or_instants(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(VTT)
    marks, mistakes = read_webvtt(tmp_path / "a.vtt")
    assert mistakes == []
    assert marks["a"].events == {"lift": 1.5, "lower the glass": 2.0}
    instants, _ = read_webvtt(tmp_path, instants=True)
    assert instants["a"].events == {"rest": 0.0, "lift": 1.5, "lower the glass": 2.0}


def test_a_folder_of_webvtt_is_read_by_the_names_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.vtt").write_text(VTT)
    (tmp_path / "deep" / "b.vtt").write_text(VTT)
    (tmp_path / "bad.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n")
    (tmp_path / "none.vtt").write_text("WEBVTT\n")
    marks, mistakes = read_webvtt(tmp_path)
    assert sorted(marks) == ["a", "b"]
    assert {mistake.video for mistake in mistakes} == {"bad", "none"}
    assert "has no text" in mistakes[0].sentence


def test_what_is_no_webvtt_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text("1\n00:00.000 --> 00:01.000\nrest\n")
    with pytest.raises(CollectionError, match="does not start with WEBVTT"):
        read_webvtt(tmp_path / "a.vtt")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CollectionError, match=r"contains no \.vtt file"):
        read_webvtt(tmp_path / "empty")
