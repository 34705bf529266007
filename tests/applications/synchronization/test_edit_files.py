"""Files for editing programs play the frames that were asked for."""

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

from inphase.applications.synchronization.picture.retimed import write_retimed
from inphase.applications.synchronization.result import Synchronization
from inphase.applications.synchronization.synchronize import synchronize
from inphase.applications.synchronization.writers import edit_plan
from inphase.errors import AlignmentError, OutputError
from inphase.models import EmbeddedVideo
from inphase.video import VideoReader, VideoWriter, probe

BITS = 8


def numbered(path: Path, frames: int, *, fps: float = 25) -> Path:
    """A video whose every frame shows its own number, as eight black or white bars."""
    with VideoWriter(path, fps=fps, size=(16 * BITS, 32)) as writer:
        for index in range(frames):
            bits = [255 * (index >> bit & 1) for bit in range(BITS)]
            row = np.repeat(np.array(bits, dtype=np.uint8), 16)
            writer.write(np.broadcast_to(row[None, :, None], (32, 16 * BITS, 3)).copy())
    return path


def numbers(path: Path) -> list[int]:
    """The numbers shown in a video's frames."""
    found = []
    for _, frame in VideoReader(path):
        bars = frame[8:24].mean(axis=(0, 2)).reshape(BITS, 16)[:, 4:12].mean(axis=1)
        found.append(sum(1 << bit for bit in range(BITS) if bars[bit] > 127))
    return found


def embedded(path: Path, states: NDArray[np.float64]) -> EmbeddedVideo:
    return EmbeddedVideo(path.stem, path, probe(path).times, states.astype(np.float32)[:, None])


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Synchronization:
    """A query that is slow, then fast, then slow."""
    folder = tmp_path_factory.mktemp("numbered")
    reference = numbered(folder / "me.mp4", 100)
    query = numbered(folder / "pro's take.mp4", 120)
    pace = np.interp(np.arange(120), [0, 50, 70, 119], [0.0, 0.25, 0.75, 1.0])
    return synchronize([embedded(reference, np.linspace(0, 1, 100)), embedded(query, pace)])


@pytest.mark.parametrize("error", [0, 1, 2, 5])
def test_the_plan_shows_no_frame_further_off_than_allowed(
    result: Synchronization, error: int
) -> None:
    plan = edit_plan(result, error=error)
    shown = plan.tracks[1].shown()
    assert len(shown) == plan.frames == 100
    assert np.abs(shown - result.alignments[0].query_frames).max() <= error
    assert plan.cuts == len(plan.tracks[1].segments) - 1
    if error >= 2:
        assert plan.cuts == 2  # it was made at three paces


def test_a_timeline_reads_back_as_one_track_a_video_whose_clips_show_the_plans_frames(
    result: Synchronization, tmp_path: Path
) -> None:
    result.save(tmp_path / "x.otio", cut_error=2)
    timeline = otio.adapters.read_from_file(str(tmp_path / "x.otio"))
    assert [track.name for track in timeline.tracks] == ["me", "pro's take"]
    plan = edit_plan(result, error=2)
    for track, planned in zip(timeline.tracks, plan.tracks, strict=True):
        shown: list[int] = []
        for clip in track:
            speed = next((effect.time_scalar for effect in clip.effects), 1.0)
            assert clip.source_range.start_time.rate == 25
            assert track.range_of_child(clip).start_time.to_frames() == len(shown)
            start = clip.source_range.start_time.to_frames()
            count = clip.source_range.duration.to_frames()
            shown += [start + int(step * speed + 1e-9) for step in range(count)]
            assert (
                Path(clip.media_reference.target_url).name.endswith("take.mp4") or len(track) == 1
            )
        assert shown == planned.shown().tolist()
    assert timeline.duration().to_frames() == 100
    assert timeline.metadata["inphase"]["cuts"] == plan.cuts


def frames_of(code: str) -> int:
    hours, minutes, seconds, frames = map(int, code.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * 25 + frames


def test_an_edit_list_reads_back_as_the_plan(result: Synchronization, tmp_path: Path) -> None:
    result.save(tmp_path / "x.edl", cut_error=2)
    text = (tmp_path / "x.edl").read_text()
    assert text.startswith("TITLE: x\nFCM: NON-DROP FRAME\n")
    code = r"(\d\d:\d\d:\d\d:\d\d)"
    event = re.compile(
        rf"^\d{{3}}  AX +V +C +{code} {code} {code} {code}(?:\nM2 +AX +([\d.]+))?", re.M
    )
    shown: list[int] = []
    for source, _, begin, end, pace in event.findall(text):
        assert frames_of(begin) == len(shown)
        speed = Fraction(pace or "25") / 25
        count = frames_of(end) - frames_of(begin)
        shown += [frames_of(source) + int(step * speed) for step in range(count)]
    assert shown == edit_plan(result, error=2).tracks[1].shown().tolist()


@pytest.mark.parametrize("way", ["our edit list", "an edit list made of our timeline"])
def test_the_reader_of_edit_lists_of_opentimelineio_sees_the_plan(
    result: Synchronization, tmp_path: Path, way: str
) -> None:
    edl = tmp_path / "x.edl"
    if way == "our edit list":
        result.save(edl, cut_error=2)
    else:
        result.save(tmp_path / "x.otio", cut_error=2)
        timeline = otio.adapters.read_from_file(str(tmp_path / "x.otio"))
        timeline.tracks[:] = [timeline.tracks[1].clone()]  # an edit list has one track
        otio.adapters.write_to_file(timeline, str(edl), adapter_name="cmx_3600")
    read = otio.adapters.read_from_file(str(edl), adapter_name="cmx_3600", rate=25)
    (track,) = read.tracks
    planned = edit_plan(result, error=2).tracks[1].segments
    assert len(track) == len(planned)
    for clip, segment in zip(track, planned, strict=True):
        assert track.range_of_child(clip).start_time.to_frames() == segment.first
        assert clip.source_range.start_time.to_frames() == segment.source
        assert clip.source_range.duration.to_frames() == segment.frames
        (warp,) = clip.effects
        assert warp.time_scalar == pytest.approx(float(segment.speed), abs=1e-9)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the program ffmpeg is not installed")
@pytest.mark.parametrize("error", [0, 2])
def test_ffmpeg_runs_the_script_and_shows_what_our_own_retimed_video_shows(
    result: Synchronization, tmp_path: Path, error: int
) -> None:
    result.save(tmp_path / "x.sh", cut_error=error)
    subprocess.run([tmp_path / "x.sh"], cwd=tmp_path, check=True)
    shown = edit_plan(result, error=error).tracks[1].shown()
    times = np.arange(100) / 25
    # Not all at once: at a cut the picture may go back by a frame or two.
    pieces = np.split(shown, np.flatnonzero(np.diff(shown) < 0) + 1)
    ours = []
    for index, piece in enumerate(pieces):
        path = tmp_path / f"ours{index}.mp4"
        write_retimed(path, result.queries[0].path, piece, times[: len(piece)])
        ours += numbers(path)
    theirs = tmp_path / "retimed_pro_s_take.mp4"
    assert numbers(theirs) == ours == shown.tolist()
    np.testing.assert_allclose(probe(theirs).times, times, atol=1e-3)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="the program ffmpeg is not installed")
def test_a_query_of_another_frame_rate_is_conformed_by_all_alike(tmp_path: Path) -> None:
    reference, query = numbered(tmp_path / "a.mp4", 50), numbered(tmp_path / "b.mp4", 60, fps=30)
    result = synchronize(
        [embedded(reference, np.linspace(0, 1, 50)), embedded(query, np.linspace(0, 1, 60))]
    )
    plan = edit_plan(result, error=1)
    assert plan.cuts == 0
    assert np.abs(plan.tracks[1].shown() - result.alignments[0].query_frames).max() <= 2
    result.save(tmp_path / "x.sh", cut_error=1)
    (tmp_path / "out").mkdir()
    subprocess.run([tmp_path / "x.sh"], cwd=tmp_path / "out", check=True)
    theirs = np.array(numbers(tmp_path / "out" / "retimed_b.mp4"))
    assert len(theirs) == 50
    assert np.abs(theirs - plan.tracks[1].shown()).max() <= 1


def test_an_edit_list_of_two_queries_is_refused(result: Synchronization, tmp_path: Path) -> None:
    videos = [result.reference, *result.queries, result.queries[0]]
    two = synchronize(videos, reference=result.reference.name)
    with pytest.raises(OutputError, match=r"can hold 2 videos, and there are 3; write \.otio"):
        two.save(tmp_path / "x.edl")
    assert not (tmp_path / "x.edl").exists()


def test_a_negative_error_is_refused(result: Synchronization, tmp_path: Path) -> None:
    with pytest.raises(AlignmentError, match="0 or more"):
        result.save(tmp_path / "x.otio", cut_error=-1)
