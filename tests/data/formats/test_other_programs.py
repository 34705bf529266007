"""ELAN, BORIS and CVAT: their files are read by their own rules, and written so that they can."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from inphase.data import Collection, Cue
from inphase.data.formats import Labelled, convert_labels, write_labels_for
from inphase.errors import CollectionError, OutputError
from inphase.overwriting import check_overwrite
from inphase.video import VideoWriter, probe

EVENTS = {"top": 2, "impact": 2, "rest": 13}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two videos at 30 frames/s: frame 2 is at 66.67 ms, which rounds up."""
    folder = tmp_path_factory.mktemp("videos")
    for name in ("me", "pro ü&<"):
        with VideoWriter(folder / f"{name}.mp4", fps=30, size=(64, 48)) as writer:
            for index in range(15):
                writer.write(np.full((48, 64, 3), 10 * index, np.uint8))
    return folder


def _labelled(videos: Path, name: str = "me", **events: int) -> Labelled:
    return Labelled(name, probe(videos / f"{name}.mp4"), events or EVENTS)


@pytest.mark.parametrize("suffix", [".eaf", ".boris", ".xml"])
def test_labels_come_back_on_the_same_frames(suffix: str, videos: Path, tmp_path: Path) -> None:
    for name in ("me", "pro ü&<"):
        path = tmp_path / f"{name[:2]}{suffix}"
        write_labels_for(path, [_labelled(videos, name)])
        result = convert_labels(path, videos)
        # The other video has no labels.
        assert list(result.videos) == [name]
        assert result.videos[name]["events"] == EVENTS
        assert len(result.mistakes) == 1


def test_all_videos_go_into_one_project_of_boris_and_back(videos: Path, tmp_path: Path) -> None:
    both = [_labelled(videos), _labelled(videos, "pro ü&<", top=14, rest=15)]
    write_labels_for(tmp_path / "all.boris", both)
    result = convert_labels(tmp_path / "all.boris", videos)
    # 15 is right after the last frame.
    assert result.videos["pro ü&<"]["events"] == {"top": 14, "rest": 15}
    assert not result.mistakes
    with pytest.raises(OutputError, match="one video, and there are 2"):
        write_labels_for(tmp_path / "all.eaf", both)


def test_a_labels_json_is_written_for_another_program(videos: Path, tmp_path: Path) -> None:
    write_labels_for(tmp_path / "me.eaf", [_labelled(videos)])
    convert_labels(tmp_path / "me.eaf", videos / "me.mp4").save(tmp_path / "labels.json")
    convert_labels(tmp_path / "labels.json").save(tmp_path / "again.boris")
    again = convert_labels(tmp_path / "again.boris", videos / "me.mp4")
    assert again.videos["me"]["events"] == EVENTS
    assert Collection.open(tmp_path / "labels.json")["me"].events == EVENTS
    with pytest.raises(OutputError, match=r"must end in one of \.json, \.eaf"):
        again.save(tmp_path / "labels.txt")


def test_captions_are_spans_that_do_not_overlap_on_a_tier_of_elan(
    videos: Path, tmp_path: Path
) -> None:
    cues = [Cue(0, 0.2, "lift"), Cue(0.1, 0.3, "turn\nround"), Cue(0.3, 0.4, "drop")]
    labelled = Labelled("me", probe(videos / "me.mp4"), {}, cues)
    write_labels_for(tmp_path / "me.eaf", [labelled])
    tiers = ElementTree.parse(tmp_path / "me.eaf").findall("TIER")
    texts = [[one.text for one in tier.iter("ANNOTATION_VALUE")] for tier in tiers]
    assert texts == [["lift", "drop"], ["turn round"]]
    with pytest.raises(OutputError, match="there are none"):
        write_labels_for(tmp_path / "me.xml", [labelled])
    write_labels_for(tmp_path / "me.boris", [labelled])
    result = convert_labels(tmp_path / "me.boris", videos / "me.mp4", instants=True)
    assert result.videos["me"]["events"] == {"lift": 0, "turn round": 3, "drop": 9}


ELAN = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0">
 <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
  <MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/x/me.wav" MIME_TYPE="audio/x-wav"/>
  <MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/x/me.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="100"/>
 </HEADER>
 <TIME_ORDER>
  <TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="100"/>
  <TIME_SLOT TIME_SLOT_ID="c" TIME_VALUE="300"/><TIME_SLOT TIME_SLOT_ID="d"/>
 </TIME_ORDER>
 <TIER TIER_ID="phases" LINGUISTIC_TYPE_REF="default-lt">
  <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="1" TIME_SLOT_REF1="a" TIME_SLOT_REF2="b">
   <ANNOTATION_VALUE>rest</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
  <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="2" TIME_SLOT_REF1="b" TIME_SLOT_REF2="c">
   <ANNOTATION_VALUE>lift</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
 </TIER>
 <TIER TIER_ID="notes" LINGUISTIC_TYPE_REF="x" PARENT_REF="phases">
  <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="3" ANNOTATION_REF="2">
   <ANNOTATION_VALUE>slow</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
 </TIER>
</ANNOTATION_DOCUMENT>
"""
SECOND = """ <TIER TIER_ID="gaze" LINGUISTIC_TYPE_REF="x">
  <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="4" TIME_SLOT_REF1="b" TIME_SLOT_REF2="d">
   <ANNOTATION_VALUE>away</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
 </TIER>
</ANNOTATION_DOCUMENT>"""


def test_elan_counts_from_the_time_origin_of_the_video(videos: Path, tmp_path: Path) -> None:
    (tmp_path / "session.eaf").write_text(ELAN)
    result = convert_labels(tmp_path, videos / "me.mp4")
    # 100 ms on the clock of the annotations is 200 ms in the video.
    assert result.videos["me"]["events"] == {"lift": 6}
    (tmp_path / "session.eaf").write_text(ELAN.replace("</ANNOTATION_DOCUMENT>", SECOND))
    result = convert_labels(tmp_path / "session.eaf", videos / "me.mp4")
    assert "several tiers, `phases`, `gaze`; choose one with --tier" in result.mistakes[0].sentence
    result = convert_labels(tmp_path, videos / "me.mp4", tier="phases", instants=True)
    assert result.videos["me"]["events"] == {"rest": 3, "lift": 6}
    result = convert_labels(tmp_path, videos / "me.mp4", tier="gaze")
    assert "`away` has no time" in result.mistakes[0].sentence


def _project(tmp_path: Path, events: list[list[object]], **more: object) -> Path:
    observation = {"file": {"1": ["C:\\x\\me.mp4"], "2": []}, "events": events, **more}
    ethogram = {
        "0": {"type": "Point event", "code": "top"},
        "1": {"type": "State event", "code": "lift"},
        "2": {"type": "State event", "code": "hold"},
    }
    content = {"behaviors_conf": ethogram, "observations": {"first": observation}}
    (tmp_path / "x.boris").write_text(json.dumps(content))
    return tmp_path / "x.boris"


def test_boris_adds_the_time_offset_to_the_times_of_events(videos: Path, tmp_path: Path) -> None:
    project = _project(
        tmp_path,
        [[10.067, "", "top", "", "", 2], [10.3, "anna", "lift", "", "", 9]],
        **{"time offset": 10.0},
    )
    result = convert_labels(project, videos / "me.mp4")
    assert "`lift` starts and does not stop" in result.mistakes[0].sentence
    states = [[t, "", "lift", "", ""] for t in (0.0, 0.1)]
    states += [[t, "", "hold", "", ""] for t in (0.1, 0.4)]
    result = convert_labels(_project(tmp_path, states), videos / "me.mp4")
    assert result.videos["me"]["events"] == {"hold": 3}
    result = convert_labels(
        _project(tmp_path, [[10.067, "", "top", "", ""]], **{"time offset": 10.0}),
        videos / "me.mp4",
    )
    assert result.videos["me"]["events"] == {"top": 2}


def test_cvat_counts_frames_of_the_file_and_objects_can_be_left_out(
    videos: Path, tmp_path: Path
) -> None:
    head = "<annotations><version>1.1</version><meta><task><source>me.mp4</source></task></meta>"
    tracks = (
        '<track label="club"><box frame="0" outside="0"/></track>'
        '<track label="top"><points frame="3" outside="1"/><points frame="4" outside="0"/>'
        '<points frame="9" outside="0"/></track>'
    )
    (tmp_path / "x.xml").write_text(f"{head}{tracks}</annotations>")
    result = convert_labels(tmp_path / "x.xml", videos / "me.mp4", events=["top"])
    assert result.videos["me"]["events"] == {"top": 4}
    # Tags are exported as images; this task shows every second frame of the file.
    tags = "".join(
        f'<image id="{number}" name="frame_{2 * number:06d}"><tag label="top"/></image>'
        for number in (3, 4)
    )
    (tmp_path / "x.xml").write_text(f"{head}{tags}</annotations>")
    result = convert_labels(tmp_path / "x.xml", videos / "me.mp4")
    assert result.videos["me"]["events"] == {"top": 6}


def test_what_a_person_made_in_another_program_is_not_overwritten(
    videos: Path, tmp_path: Path
) -> None:
    for suffix in (".eaf", ".boris", ".xml"):
        path = tmp_path / f"me{suffix}"
        for _ in range(2):  # A file that a command wrote may be written again.
            write_labels_for(path, [_labelled(videos)])
        changed = path.read_text().replace("impact", "hit")
        path.write_text(changed)
        with pytest.raises(OutputError, match="would be lost"):
            write_labels_for(path, [_labelled(videos)])
    (tmp_path / "network.xml").write_text("<net/>")
    check_overwrite(tmp_path / "network.xml")


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><annotations>&b;'


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.xml", f"{BOMB}</annotations>", "document type"),
        ("x.eaf", "<a>" * 100, "more elements"),
        ("x.xml", "<annotations>", "is not an XML file"),
        ("x.xml", "<net/>", "not CVAT's XML"),
        ("x.eaf", "<net/>", "not an ELAN file"),
        ("x.xml", "<annotations><meta><project/></meta></annotations>", "export each task"),
        ("x.boris", "{}", "not a BORIS project"),
    ],
)
def test_files_that_are_no_labels_are_told(
    name: str, text: str, told: str, videos: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(CollectionError, match=told):
        convert_labels(tmp_path / name, videos)


def test_a_file_too_large_for_labels_is_not_read(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inphase.data.xml_files._MOST_BYTES", 1000)
    (tmp_path / "x.eaf").write_text(ELAN)
    with pytest.raises(CollectionError, match="too large for labels"):
        convert_labels(tmp_path / "x.eaf", videos)
