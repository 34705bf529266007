"""Timelines have the frame rates and time codes that editing programs know."""

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inphase.applications.synchronization.edit_plan import check_edit_list
from inphase.applications.synchronization.edit_rate import (
    STANDARD,
    TimeCode,
    nominal_rate,
    timeline_rate,
)
from inphase.applications.synchronization.result import Synchronization
from inphase.applications.synchronization.synchronize import synchronize
from inphase.applications.synchronization.writers import edit_plan
from inphase.errors import OutputError
from inphase.models import EmbeddedVideo
from inphase.video import probe

NTSC = Fraction(30000, 1001)
OtioTime = otio.opentime.RationalTime


def made(path: Path, ticks: Sequence[int], *, rate: Fraction, time_code: str | None = None) -> Path:
    """A small video with frames at some ticks of its rate, and the time code of its first."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        if time_code is not None:
            stream.metadata["timecode"] = time_code
        for tick in ticks:
            frame = av.VideoFrame.from_ndarray(np.full((32, 32, 3), tick % 256, np.uint8), "rgb24")
            frame.pts, frame.time_base = tick, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def matched(reference: Path, query: Path) -> Synchronization:
    """Two videos of the same action, matched by their share of it."""
    videos = []
    for path in (reference, query):
        info = probe(path)
        states = (info.times / info.duration).astype(np.float32)[:, None]
        videos.append(EmbeddedVideo(path.stem, path, info.times, states))
    return synchronize(videos, reference=reference.stem)


@pytest.mark.parametrize(
    ("rate", "timeline"),
    [
        (NTSC, NTSC),
        (Fraction(30), Fraction(30)),
        (Fraction("29.97033"), NTSC),  # milliseconds of Matroska
        (Fraction("29.99703"), Fraction(30)),
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (Fraction(240), Fraction(60)),
        (Fraction(120000, 1001), Fraction(60000, 1001)),
        (Fraction(100), Fraction(50)),
        (Fraction(12), Fraction(24)),
        (Fraction("12.5"), Fraction(25)),
        (Fraction(10), Fraction(30)),
        (Fraction(18), Fraction(24000, 1001)),
    ],
)
def test_a_timeline_has_the_standard_rate_nearest_to_the_nominal_one(
    rate: Fraction, timeline: Fraction
) -> None:
    assert timeline_rate(rate) == timeline
    assert OtioTime.is_smpte_timecode_rate(float(timeline))


def test_every_standard_rate_is_its_own() -> None:
    assert [timeline_rate(rate) for rate in STANDARD] == list(STANDARD)


def test_frames_that_a_phone_dropped_do_not_lower_the_rate() -> None:
    times = np.delete(np.arange(900), np.arange(50, 900, 90)) / 30
    average = (len(times) - 1) / float(times[-1])
    assert timeline_rate(nominal_rate(times, declared=None, average=average)) == 30
    # What a file declares counts only where its frames agree.
    assert nominal_rate(times, declared=Fraction(30), average=average) == 30
    assert nominal_rate(times, declared=Fraction(90000), average=average) == 30


@given(st.integers(0, 24 * 3600 * 59), st.sampled_from([NTSC, 2 * NTSC]))
def test_a_drop_frame_code_is_that_of_opentimelineio(number: int, rate: Fraction) -> None:
    number %= int(24 * 3600 * rate)
    theirs = otio.opentime.to_timecode(OtioTime(number, float(rate)), float(rate), True)
    assert TimeCode(number, rate, drop=True).at(0) == theirs
    assert TimeCode.read(theirs, own=rate, rate=rate) == TimeCode(number, rate, drop=True)


@pytest.mark.parametrize("text", [None, "", "noon", "1:2:3", "00:00:00:xx"])
def test_a_video_without_a_time_code_starts_at_0(text: str | None) -> None:
    assert TimeCode.read(text, own=NTSC, rate=NTSC).at(0) == "00:00:00:00"


def test_a_time_code_at_another_rate_keeps_its_second() -> None:
    code = TimeCode.read("10:11:12:24", own=Fraction(25), rate=Fraction(30))
    assert code.at(0) == "10:11:12:28"


def test_an_edit_list_ends_when_its_reference_does_although_a_phone_dropped_frames(
    tmp_path: Path,
) -> None:
    ticks = np.delete(np.arange(900), np.arange(50, 900, 45))
    reference = made(tmp_path / "a.mp4", ticks.tolist(), rate=Fraction(30))
    query = made(tmp_path / "b.mp4", range(600), rate=Fraction(30))
    result = matched(reference, query)
    plan = edit_plan(result)
    assert plan.rate == 30
    assert plan.frames == 900
    # What is shown at a frame of the timeline is what belongs to the reference's frame then.
    shown = np.searchsorted(ticks, np.arange(plan.frames), side="right") - 1
    wanted = result.alignments[0].query_frames[shown]
    assert np.abs(plan.tracks[1].shown() - wanted).max() <= plan.error
    result.save(tmp_path / "x.edl")
    assert re.findall(r"\S+$", (tmp_path / "x.edl").read_text(), re.M)
    assert "00:00:30:00\n" in (tmp_path / "x.edl").read_text()


@pytest.mark.parametrize(
    ("code", "first", "frame"),
    [("01:00:00;00", "01:00:00;00", 107892), ("10:11:12:13", "10:11:12:13", 1100173)],
)
def test_source_times_count_from_the_files_own_time_code(
    tmp_path: Path, code: str, first: str, frame: int
) -> None:
    reference = made(tmp_path / "a.mov", range(60), rate=NTSC)
    query = made(tmp_path / "b.mov", range(60), rate=NTSC, time_code=code)
    result = matched(reference, query)
    result.save(tmp_path / "x.edl")
    event = next(
        line for line in (tmp_path / "x.edl").read_text().splitlines() if line.startswith("001")
    )
    assert event.split()[4] == first
    assert event.split()[6] == "00:00:00:00"
    result.save(tmp_path / "x.otio")
    timeline = otio.adapters.read_from_file(str(tmp_path / "x.otio"))
    clip = timeline.tracks[1][0]
    for start in (clip.source_range.start_time, clip.available_range().start_time):
        assert start.to_frames() == frame
        assert OtioTime.is_smpte_timecode_rate(start.rate)
    assert timeline.tracks[0][0].source_range.start_time.to_frames() == 0


def test_an_edit_list_of_slow_motion_is_refused_and_a_timeline_has_a_rate_that_exists(
    tmp_path: Path,
) -> None:
    fast = made(tmp_path / "fast.mp4", range(120), rate=Fraction(240))
    plain = made(tmp_path / "plain.mp4", range(30), rate=Fraction(30))
    result = matched(fast, plain)
    with pytest.raises(
        OutputError, match=r"at most 60 frames per second, .* has 240; write \.otio"
    ):
        result.save(tmp_path / "x.edl")
    assert not (tmp_path / "x.edl").exists()
    with pytest.raises(OutputError, match=r"write \.otio"):
        check_edit_list(tmp_path / "x.edl", [fast])
    check_edit_list(tmp_path / "x.edl", [fast, plain])  # either may become the reference
    result.save(tmp_path / "x.otio")
    timeline = otio.adapters.read_from_file(str(tmp_path / "x.otio"))
    assert timeline.duration() == OtioTime(30, 60)


def test_no_speed_has_more_digits_than_an_edit_list(tmp_path: Path) -> None:
    reference = made(tmp_path / "a.mp4", range(60), rate=Fraction(60))
    query = made(tmp_path / "b.mp4", range(1200), rate=Fraction(60))
    times = np.arange(1200) / 60
    states = np.interp(np.arange(1200), [0, 100, 1100, 1199], [0.0, 0.48, 0.52, 1.0])
    videos = [
        EmbeddedVideo("a", reference, times[:60], np.linspace(0, 1, 60, dtype=np.float32)[:, None]),
        EmbeddedVideo("b", query, times, states.astype(np.float32)[:, None]),
    ]
    result = synchronize(videos, reference="a")
    result.save(tmp_path / "x.edl", cut_error=5)
    paces = re.findall(r"^M2 +AX +(\S+)", (tmp_path / "x.edl").read_text(), re.M)
    assert all(re.fullmatch(r"\d{3}\.\d", pace) for pace in paces)


def test_a_name_cannot_add_an_event_to_an_edit_list(tmp_path: Path) -> None:
    reference = made(tmp_path / "a.mp4", range(20), rate=Fraction(25))
    event = "002  AX  V  C  00:00:00:00 00:00:09:00 00:00:00:20 00:00:09:00"
    query = made(tmp_path / "b.mp4", range(20), rate=Fraction(25))
    query = query.rename(tmp_path / f"b\n{event}\r\x0b\u2028.mp4")
    matched(reference, query).save(tmp_path / "x.edl")
    lines = (tmp_path / "x.edl").read_text(encoding="utf-8").splitlines()
    assert sum(bool(re.match(r"\d{3} ", line)) for line in lines) == 1
    assert f"* FROM CLIP NAME: b_{event}___.mp4" in lines
