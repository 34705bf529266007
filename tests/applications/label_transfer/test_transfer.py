"""Annotations of some videos, at the right moments of others."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inphase.alignment import AlignmentOptions
from inphase.applications.label_transfer.error import transfer_error
from inphase.applications.label_transfer.transfer import transfer
from inphase.data import (
    AnnotatedVideo,
    Annotations,
    Collection,
    Cue,
    Recording,
    read_annotations,
    read_captions,
    read_recording,
)
from inphase.data.formats import convert_labels
from inphase.errors import AlignmentError, CollectionError, OutputError
from inphase.models import EmbeddedVideo
from inphase.video import VideoReader, probe

SOURCES = ("pouring_000", "pouring_001", "pouring_002")


@pytest.fixture(scope="module")
def labelled(pouring: Collection) -> tuple[AnnotatedVideo, ...]:
    return read_annotations(pouring.source, names=SOURCES)


def _truth(pouring: Collection) -> dict[str, dict[str, int]]:
    return {video.name: dict(video.events) for video in pouring if video.name not in SOURCES}


def _annotated(pouring: Collection, index: int, annotations: Annotations) -> AnnotatedVideo:
    return AnnotatedVideo(pouring.videos[index], annotations)


def _state_recording(embedded: list[EmbeddedVideo], index: int, scale: float = 1.0) -> Recording:
    video = embedded[index]
    return Recording(video.times, ("level",), scale * video.embeddings.astype(np.float64))


def test_events_go_to_the_frames_of_the_same_state(
    pouring: Collection, embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...]
) -> None:
    result = transfer(labelled, embedded)
    assert result.sources == SOURCES
    assert [target.video.name for target in result.targets] == list(_truth(pouring))
    error = transfer_error(result, labelled, embedded, _truth(pouring))
    assert error.videos == tuple(_truth(pouring))
    assert error.frames.mean() <= 1.0
    assert error.seconds.mean() < error.stretch_seconds.mean() / 2
    assert (error.confidence > 0.5).all()
    for target in result.targets:
        assert tuple(target.events) == pouring.events
        seconds = [event.seconds for event in target.events.values()]
        assert seconds == sorted(seconds)
        for event in target.events.values():
            assert len(event.votes) == 3
            assert event.seconds <= target.video.times[event.frame] + 1e-6


def test_an_event_at_the_end_of_a_video_is_scored_at_its_last_frame(
    pouring: Collection, embedded: list[EmbeddedVideo]
) -> None:
    ends = _annotated(pouring, 0, Annotations(events={"end": embedded[0].duration}))
    target = embedded[3]
    result = transfer([ends], [embedded[0], target])
    error = transfer_error(
        result, [ends], [embedded[0], target], {target.name: {"end": len(target.times)}}
    )
    assert error.frames.tolist() == [[0]]
    assert error.seconds.tolist() == error.stretch_seconds.tolist() == [[0.0]]


def test_to_itself_nothing_moves(
    pouring: Collection, embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...]
) -> None:
    twin = replace(embedded[0], name="twin", path=Path("twin.mp4"))
    result = transfer(labelled[:1], [embedded[0], twin])
    events = result.targets[0].events
    assert {n: e.frame for n, e in events.items()} == dict(pouring.videos[0].events)
    for name, at in labelled[0].annotations.events.items():
        assert events[name].seconds == pytest.approx(at)


def test_a_source_that_is_wrong_is_outvoted_and_costs_confidence(
    embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...]
) -> None:
    events = labelled[1].annotations.events
    first = next(iter(events))
    wrong = replace(labelled[1], annotations=Annotations({**events, first: events["half_full"]}))
    good = transfer(labelled, embedded).targets
    outvoted = transfer((labelled[0], wrong, labelled[2]), embedded).targets
    for before, after in zip(good, outvoted, strict=True):
        assert after.events[first].seconds == pytest.approx(before.events[first].seconds, abs=0.17)
        assert after.events[first].confidence < before.events[first].confidence


def test_captions_go_with_the_action_and_sources_vote_on_them(
    pouring: Collection, embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...]
) -> None:
    sources = []
    for index in (0, 1, 2):
        at = list(labelled[index].annotations.events.values())
        cues = [Cue(0.0, at[0], "wait"), Cue(at[0], at[-1], "pour"), Cue(at[-1], 99.0, "wait")]
        if index == 2:
            cues = cues[1:2]  # it knows less than the others
        sources.append(_annotated(pouring, index, Annotations(cues=tuple(cues))))
    result = transfer(sources, embedded)
    truth = _truth(pouring)
    for target in result.targets:
        assert [one.cue.text for one in target.cues] == ["wait", "pour", "wait"]
        wanted = list(truth[target.video.name].values())
        times = target.video.times
        pour = target.cues[1].cue
        assert pour.start == pytest.approx(times[wanted[0]], abs=0.2)
        assert pour.end == pytest.approx(times[wanted[-1]], abs=0.2)
        assert target.cues[0].cue.start == 0.0
        assert target.cues[2].cue.end == pytest.approx(target.duration)
        # Two of three sources have it at all.
        assert target.cues[0].confidence <= 2 / 3 + 1e-6


def test_a_recording_is_read_at_the_matched_times(
    pouring: Collection, embedded: list[EmbeddedVideo]
) -> None:
    # The sensor measures the state itself, so the truth is known.
    sources = [
        _annotated(pouring, index, Annotations(recording=_state_recording(embedded, index)))
        for index in (0, 1)
    ]
    for target in transfer(sources, embedded).targets:
        assert target.recording is not None
        assert target.recording.columns == ("level",)
        np.testing.assert_array_equal(target.recording.times, target.video.times)
        wrong = np.abs(target.recording.values - target.video.embeddings)
        assert np.nanmean(wrong) < 0.02
        assert target.recording_confidence.shape == target.video.times.shape


def test_what_was_not_recorded_is_not_made_up(
    pouring: Collection, embedded: list[EmbeddedVideo]
) -> None:
    whole = _state_recording(embedded, 0)
    half = Recording(whole.times[:5], ("early",), whole.values[:5])
    sources = [
        _annotated(pouring, 0, Annotations(recording=half)),
        _annotated(pouring, 1, Annotations(recording=_state_recording(embedded, 1, 2.0))),
    ]
    recording = transfer(sources, embedded).targets[0].recording
    assert recording is not None
    assert recording.columns == ("early", "level")
    assert np.isnan(recording.values[-1, 0])
    assert np.isfinite(recording.values[:, 1]).all()


def test_open_ends_leave_out_what_a_target_does_not_show(
    pouring: Collection, embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...]
) -> None:
    target = embedded[3]
    cut = pouring.videos[3].events["half_full"]
    begun = replace(target, times=target.times[:cut], embeddings=target.embeddings[:cut])
    result = transfer(
        labelled,
        [*embedded[:3], begun],
        options=AlignmentOptions(open_end=True, open_in="reference"),
    )
    assert "container_leaves" not in result.targets[0].events
    assert next(iter(pouring.events)) in result.targets[0].events


def test_labels_json_reads_back(
    pouring: Collection, embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...],
    tmp_path: Path,
) -> None:  # fmt: skip
    result = transfer(labelled, embedded)
    (path,) = result.save(tmp_path / "out")
    assert path == tmp_path / "out" / "labels.json"
    read = Collection.open(path)
    assert read.events == pouring.events
    assert read.names == tuple(_truth(pouring))
    for target in result.targets:
        video = read[target.video.name]
        assert video.path.samefile(target.video.path)
        assert dict(video.events) == {n: e.frame for n, e in target.events.items()}
    # So it can be a source in turn.
    assert len(read_annotations(path)) == 3


def test_tables_and_captions_read_back(
    embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...], tmp_path: Path
) -> None:
    result = transfer(labelled, embedded[:4])
    (target,) = result.targets
    result.save(tmp_path / "out", formats=["csv", "srt", "vtt"])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "events.csv", "pouring_003.srt", "pouring_003.vtt",
    ]  # fmt: skip
    with (tmp_path / "out" / "events.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["event"] for row in rows] == list(target.events)
    assert [int(row["frame"]) for row in rows] == [e.frame for e in target.events.values()]
    for suffix in ("vtt", "srt"):
        cues = read_captions(tmp_path / "out" / f"pouring_003.{suffix}")
        assert [cue.start for cue in cues[1:]] == pytest.approx(
            [event.seconds for event in target.events.values()], abs=1e-3
        )
    assert "NOTE confidence" in (tmp_path / "out" / "pouring_003.vtt").read_text()


def test_a_target_unlike_the_sources_is_unreliable_and_the_files_say_where(
    embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...], tmp_path: Path
) -> None:
    odd = embedded[3]
    half = len(odd.times) // 2
    elsewhere = odd.embeddings.copy()
    elsewhere[half:] = 9.0
    result = transfer(labelled, [*embedded[:3], replace(odd, embeddings=elsewhere), embedded[4]])
    first, second = result.verdicts()
    assert second.reliable
    assert second.stretches == ()
    ((start, end),) = first.stretches
    assert start == pytest.approx(odd.times[half], abs=0.3 * odd.duration)
    assert end == odd.times[-1]
    result.save(tmp_path / "out", formats=["csv", "json"])
    with (tmp_path / "out" / "events.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            doubted = row["video"] == odd.name and float(row["time"]) >= start
            assert row["doubtful"] == str(int(doubted))
    told = json.loads((tmp_path / "out" / "labels.json").read_text())["verdicts"]
    assert told == {verdict.name: verdict.to_dict() for verdict in (first, second)}
    assert result.to_dict()["targets"][odd.name]["doubtful"] == told[odd.name]["doubtful"]


def test_one_file_for_one_target(
    pouring: Collection, embedded: list[EmbeddedVideo], tmp_path: Path
) -> None:
    annotations = Annotations(recording=_state_recording(embedded, 0))
    result = transfer([_annotated(pouring, 0, annotations)], embedded[:2])
    result.save(tmp_path / "level.csv")
    read = read_recording(tmp_path / "level.csv")
    assert read.columns == ("level", "reliable", "doubtful", "confidence")
    assert (read.values[:, 1] == 1).all()
    assert (read.values[:, 2] == 0).all()
    assert len(read.times) == len(embedded[1].times)
    # A recording has no captions: nothing is written.
    with pytest.raises(OutputError, match="no captions"):
        result.save(tmp_path / "level.vtt")
    assert not (tmp_path / "level.vtt").exists()


def test_the_preview_shows_the_captions_on_the_frames(
    embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...], tmp_path: Path
) -> None:
    result = transfer(labelled, embedded[:4])
    result.save(tmp_path / "preview.mp4")
    info, plain = probe(tmp_path / "preview.mp4"), probe(embedded[3].path)
    assert info.frames == plain.frames
    assert info.has_audio
    assert info.width == 4 * plain.width  # enlarged, so that text has room
    np.testing.assert_allclose(info.times, plain.times, atol=1e-3)
    with VideoReader(tmp_path / "preview.mp4") as shown, VideoReader(
        embedded[3].path, size=(info.width, info.height)
    ) as original:  # fmt: skip
        moved = np.abs(shown[10].astype(int) - original[10].astype(int)).mean(axis=(1, 2))
    third = info.height // 3
    # The lower third has the caption; the middle is left alone.
    assert moved[-third:].mean() > 5 * moved[third : 2 * third].mean()


def test_unusable_input_is_one_sentence(
    pouring: Collection, embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...]
) -> None:
    with pytest.raises(AlignmentError, match="all of them are sources"):
        transfer(labelled, embedded[:3])
    with pytest.raises(AlignmentError, match="None of the videos with annotations"):
        transfer(labelled, embedded[3:])
    late = _annotated(pouring, 0, Annotations(events={"late": 77.0}))
    with pytest.raises(CollectionError, match=r"at 77 s, but the video lasts"):
        transfer([late], embedded)
    with pytest.raises(AlignmentError, match="No target has labels"):
        transfer_error(transfer(labelled, embedded), labelled, embedded, {})


@pytest.mark.parametrize(
    ("path", "formats", "told"),
    [
        ("x.txt", None, "must be a folder or end in"),
        ("x.vtt", None, "can hold one video, and there are 3"),
        ("x.mp4", None, "can hold one video"),
        ("x.json", ["csv"], "give a folder"),
        ("x", ["ass"], "no format ass"),
    ],
)
def test_a_wrong_output_is_one_sentence(
    embedded: list[EmbeddedVideo], labelled: tuple[AnnotatedVideo, ...], tmp_path: Path,
    path: str, formats: list[str] | None, told: str,
) -> None:  # fmt: skip
    with pytest.raises(OutputError, match=told):
        transfer(labelled, embedded).save(tmp_path / path, formats=formats)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["eaf", "boris", "xml"])
def test_events_open_in_the_programs_that_labels_are_made_in(
    form: str,
    embedded: list[EmbeddedVideo],
    labelled: tuple[AnnotatedVideo, ...],
    tmp_path: Path,
) -> None:
    result = transfer(labelled, embedded)
    written = result.save(tmp_path / "out", formats=[form])
    assert len(written) == (1 if form == "boris" else len(result.targets))
    paths = [target.video.path for target in result.targets]
    for path in written:
        conversion = convert_labels(path, paths)
        for name, entry in conversion.videos.items():
            target = next(one for one in result.targets if one.video.name == name)
            assert entry["events"] == {event: at.frame for event, at in target.events.items()}
        assert len(conversion.videos) == (len(paths) if form == "boris" else 1)
