"""Corrected matches on disk: written, read back, reversed, kept, and refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inphase.applications.anchors import Anchors, read_alignment_file
from inphase.applications.label_transfer.transfer import transfer
from inphase.applications.synchronization.synchronize import synchronize
from inphase.data import AnnotatedVideo, Annotations, Recording, Video
from inphase.errors import AlignmentError
from inphase.models import EmbeddedVideo


def video(name: str, frames: int, *, fps: float = 25.0) -> EmbeddedVideo:
    states = np.linspace(0, 1, frames)
    embeddings = np.stack([np.cos(states), np.sin(states)], axis=1).astype(np.float32)
    return EmbeddedVideo(name, Path(f"{name}.mp4"), np.arange(frames) / fps, embeddings)


A, B, C = video("a", 40), video("b", 60), video("c", 50)
FIRST = {"reference": "a", "query": "b", "reference_frame": 10, "query_frame": 40}


def write(path: Path, *anchors: Any) -> Path:
    path.write_text(json.dumps({"anchors": list(anchors)}))
    return path


def test_a_synchronization_keeps_to_anchors_and_its_file_keeps_them(tmp_path: Path) -> None:
    anchors = Anchors().with_pair(A, B, [(10, 40), (30, 45)]).with_pair(C, B, [(5, 5)])
    result = synchronize([A, B, C], reference="a", anchors=anchors)
    assert result.alignments[0].query_frames[[10, 30]].tolist() == [40, 45]
    result.save(tmp_path / "x.json")
    again = read_alignment_file(tmp_path / "x.json")
    assert again.all == anchors.all
    repeated = synchronize([A, B, C], reference="a", anchors=again)
    for one, other in zip(result.alignments, repeated.alignments, strict=True):
        np.testing.assert_array_equal(one.query_frames, other.query_frames)
    free = synchronize([A, B, C], reference="a")
    np.testing.assert_array_equal(
        free.alignments[1].query_frames, result.alignments[1].query_frames
    )


def test_anchors_hold_the_other_way_round(tmp_path: Path) -> None:
    anchors = read_alignment_file(write(tmp_path / "x.json", FIRST))
    assert anchors.between(A, B) == [(10, 40)]
    assert anchors.between(B, A) == [(40, 10)]
    assert anchors.between(A, C) == []
    result = synchronize([A, B, C], reference="b", anchors=anchors)
    assert result.alignments[0].query_frames[40] == 10


def test_times_count_before_frames_so_that_another_frame_rate_keeps_them(tmp_path: Path) -> None:
    synchronize([A, B], anchors=Anchors().with_pair(A, B, [(10, 40)])).save(tmp_path / "x.json")
    twice = video("b", 119, fps=50.0)
    assert read_alignment_file(tmp_path / "x.json").between(A, twice) == [(10, 80)]
    by_hand = {"reference": "a", "query": "b", "reference_time": 0.41, "query_frame": 3}
    assert read_alignment_file(write(tmp_path / "y.json", by_hand)).between(A, B) == [(10, 3)]


def test_a_pair_is_replaced_and_the_others_stay() -> None:
    anchors = Anchors().with_pair(A, B, [(10, 40)]).with_pair(A, C, [(1, 2)])
    changed = anchors.with_pair(B, A, [(20, 11)])
    assert changed.between(A, B) == [(11, 20)]
    assert changed.between(A, C) == [(1, 2)]
    assert changed.with_pair(A, B, []).between(A, B) == []


def test_transfer_keeps_to_anchors_both_ways(tmp_path: Path) -> None:
    anchors = read_alignment_file(write(tmp_path / "x.json", FIRST))
    seconds = np.arange(40) / 25
    recording = Recording(seconds, ("x",), np.arange(40.0)[:, None])
    known = Annotations(events={"pour": 0.4}, recording=recording)
    source = AnnotatedVideo(Video("a", A.path), known)
    free = transfer([source], [A, B]).targets[0]
    held = transfer([source], [A, B], anchors=anchors).targets[0]
    assert held.events["pour"].seconds == pytest.approx(B.times[40])
    assert held.events["pour"].confidence == pytest.approx(1)
    assert free.events["pour"].seconds < B.times[20]
    assert held.recording is not None
    assert held.recording.values[40, 0] == pytest.approx(10)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "not a JSON file"),
        ("[]", "one JSON object"),
        ("{}", "is not an alignment file, as it holds no list `anchors`"),
        ('{"videos": {}, "anchors": []}', "holds labels of videos"),
        ('{"anchors": {}}', "must be a list"),
        ('{"anchors": [3]}', "anchor 1 must be a JSON object"),
        ('{"anchors": [{"reference": "a", "query": "b"}]}', "anchor 1 needs a `reference_time`"),
        ('{"anchors": [{"query": "a"}]}', "`reference`: field required"),
        (json.dumps({"anchors": [{**FIRST, "query_tiem": 1.0}]}), "did you mean query_time"),
        ('{"anchors": [{"reference": "a", "query": "b", "query_frame": 1.5}]}', "integer"),
        ('{"anchors": [{"reference": "a", "query": "b", "query_frame": -1}]}', "query_frame"),
        (
            '{"anchors": [{"reference": "a", "query": "b", "query_time": NaN}]}',
            "NaN is not a number",
        ),
    ],
)
def test_a_wrong_file_is_one_sentence(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(AlignmentError, match=told) as caught:
        read_alignment_file(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_anchors_that_do_not_fit_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AlignmentError, match="does not exist"):
        read_alignment_file(tmp_path / "none.json")
    last = {"reference": "a", "query": "b", "reference_frame": 20, "query_frame": 30}
    crossed = read_alignment_file(write(tmp_path / "x.json", FIRST, last))
    with pytest.raises(AlignmentError, match=r"x\.json: the anchors of a and b must increase"):
        synchronize([A, B], anchors=crossed)
    for outside in ({**FIRST, "query_frame": 60}, {**FIRST, "query_time": 2.5}):
        anchors = read_alignment_file(write(tmp_path / "x.json", outside))
        with pytest.raises(AlignmentError, match="outside b, which has 60 frames"):
            synchronize([A, B], anchors=anchors)
    with pytest.raises(AlignmentError, match="no anchor between any two of these videos"):
        synchronize([A, C], anchors=read_alignment_file(write(tmp_path / "x.json", FIRST)))
